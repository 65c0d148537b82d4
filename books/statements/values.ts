/** Values as banks write them: amounts, dates, and the text of a line. Pure. */

/** Half-width, without spaces at the ends: `（１）` is `(1)`. */
export const plain = (text: string): string => text.normalize('NFKC').trim()

/** A title without spaces, half-width, in small letters. */
export const normalTitle = (title: string): string => title.normalize('NFKC').replace(/\s+/g, '').toLowerCase()

const AMOUNT = /^([+-]?)(?:[¥￥]|RMB|CNY)?\s*([+-]?)(\d{1,13}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,2}))?(-?)$/
const NONE = new Set(['', '-', '--', '—', '/'])

/**
 * Fen of an amount as banks write it: separators, a currency sign, brackets or a minus behind it for a negative one.
 * @returns null for none (also a dash), undefined when it is no amount
 */
export function amountOf(text: string): bigint | null | undefined {
  const value = plain(text)
  if (NONE.has(value)) return null
  const bracketed = /^\((.+)\)$/.exec(value)
  const match = AMOUNT.exec(bracketed ? bracketed[1]! : value)
  if (!match) return undefined
  const signs = [match[1], match[2], match[5], bracketed ? '-' : ''].filter((sign) => sign !== '')
  const digits = match[3]!.replaceAll(',', '')
  if (signs.length > 1 || digits.length > 13) return undefined
  const fen = BigInt(digits) * 100n + BigInt((match[4] ?? '').padEnd(2, '0'))
  return signs[0] === '-' ? -fen : fen
}

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})', MM: '(?<month>\\d{2})', M: '(?<month>\\d{1,2})', DD: '(?<day>\\d{2})', D: '(?<day>\\d{1,2})',
  HH: '\\d{2}', H: '\\d{1,2}', mm: '\\d{2}', m: '\\d{1,2}', ss: '\\d{2}', s: '\\d{1,2}',
}

/**
 * A reader of dates in given forms, such as `YYYY年M月D日` or `YYYYMMDDHHmmss`; a time is read over.
 * @returns ISO day, or undefined when the text is no real day in any of the forms
 */
export function dateReader(forms: readonly string[]): (text: string) => string | undefined {
  const patterns = forms.map(
    (form) => new RegExp(`^${form.replace(/YYYY|MM?|DD?|HH?|mm?|ss?|[.]/g, (token) => TOKENS[token] ?? '\\.')}$`),
  )
  return (text) => {
    const value = plain(text)
    for (const pattern of patterns) {
      const { year, month, day } = pattern.exec(value)?.groups ?? {}
      if (year === undefined) continue
      const iso = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
      if (isDay(iso)) return iso
    }
    return undefined
  }
}

/** True for a day that the calendar has. */
function isDay(iso: string): boolean {
  const time = Date.parse(`${iso}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(iso) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso)
}
