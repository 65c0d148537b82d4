/** Which language a person reads: `--lang` before the locale; every message exists in both. */
export const LANGS = ['zh', 'en'] as const
export type Lang = (typeof LANGS)[number]

/** One message in both languages. */
export interface Text { zh: string; en: string }

/** The language of the locale (LC_ALL, LC_MESSAGES, LANG in POSIX order); English when it names neither. */
function langOfLocale(env: NodeJS.ProcessEnv): Lang {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^zh/i.test(locale) ? 'zh' : 'en'
}

/**
 * The language that `--lang` asks for anywhere before `--`, else that of the locale. Needed before the command line is
 * parsed, because help and parse errors speak it too; the parser refuses a value that is neither.
 */
export function langOf(argv: readonly string[], env: NodeJS.ProcessEnv): Lang {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  for (const [index, word] of own.entries()) {
    const value = word === '--lang' ? own[index + 1] : /^--lang=(.*)$/.exec(word)?.[1]
    if (value === 'zh' || value === 'en') return value
  }
  return langOfLocale(env)
}
