/** How long something took, as people read it: the same words in commands, screens and reports. Pure. */

/**
 * `0.4 s`, `7 s`, `4 min 10 s`, `2 h 05 min`, `3 d 04 h`; in Chinese `4 分 10 秒`. Nothing for null.
 * @param ms milliseconds, not negative
 */
export function durationText(ms: number | null, lang: 'zh' | 'en'): string {
  if (ms === null) return ''
  const [day, hour, minute, second] = UNITS[lang]
  if (ms > 0 && ms < 9_950) return `${(Math.max(ms, 50) / 1000).toFixed(1).replace(/\.0$/, '')} ${second}`
  const seconds = Math.round(ms / 1000)
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)]
  if (days > 0) return `${days} ${day} ${two(hours % 24)} ${hour}`
  if (hours > 0) return `${hours} ${hour} ${two(minutes % 60)} ${minute}`
  return minutes > 0 ? `${minutes} ${minute} ${two(seconds % 60)} ${second}` : `${seconds} ${second}`
}

const UNITS = { zh: ['天', '小时', '分', '秒'], en: ['d', 'h', 'min', 's'] } as const
const two = (value: number) => String(value).padStart(2, '0')
