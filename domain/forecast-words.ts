/** What a forecast rests on and how far such forecasts could be trusted, in words. Commands, screens and reports share it. */
import type { DistrictForecast, Experience, TrackRecord } from './forecast.ts'

type Lang = 'zh' | 'en'

const EXPERIENCE_WORDS: Record<Experience, { zh: string; en: string }> = {
  'this-year-end': { zh: '', en: '' }, 'earlier-year-ends': { zh: '（含往年）', en: ', earlier year-ends too' },
  rehearsal: { zh: '（演练，不含等人）', en: ' of the rehearsal, which waits for nobody' },
}

/**
 * What a district's forecast rests on, or why there is none; nothing for a district that is done.
 * @param nameOf gives those that are waited for in the reader's words
 */
export function restsText(
  { step, median, rests, from, queue, paused }: DistrictForecast, lang: Lang, nameOf: (waitingOn: string) => string,
): string {
  if (!step) return ''
  const zh = lang === 'zh'
  if (paused) return zh ? '已暂停，何时继续未知' : 'paused: nobody can say when it goes on'
  const whom = queue && (queue.name?.[lang] ?? nameOf(queue.for))
  const place = queue ? (zh ? `；等${whom}，排第 ${queue.place}` : `; waits for ${whom}, place ${queue.place}`) : ''
  if (!median) return (zh ? '后面的步骤还没有区划走过' : 'nobody is through the coming steps yet') + place
  const word = EXPERIENCE_WORDS[from!][lang]
  return (zh ? `${rests} 个区划的用时${word}` : `the times of ${rests} ${rests === 1 ? 'district' : 'districts'}${word}`) + place
}

/** How often such forecasts came true so far, a sentence for each kind of run. */
export function recordTexts(record: readonly TrackRecord[], lang: Lang): string[] {
  return record.map(({ kind, forecasts, byLate, byMedian }) => {
    const share = (count: number) => `${Math.round((count * 100) / forecasts)}%`
    const [late, median, rehearsed] = [share(byLate), share(byMedian), kind === 'rehearsal']
    if (lang === 'zh') {
      const where = rehearsed ? '演练' : '已完成的年结'
      return `${where}中回看 ${forecasts} 次预测：${late} 在偏晚时间前完成，${median} 在中位时间前完成`
    }
    const where = rehearsed ? 'rehearsals' : 'year-ends that are over'
    const many = forecasts === 1 ? 'forecast' : 'forecasts'
    return `${forecasts} ${many} looked back on in ${where}: ${late} were done by the late case, ${median} by the median`
  })
}
