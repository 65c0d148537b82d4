/**
 * What the facts of a difference say of a payment, and the words of what checks see: the same in commands, screens and reports.
 */
import type { DifferenceEvent } from '../../books/differences/history.ts'
import { placesOf } from '../../domain/differences.ts'
import type { Lang, Text } from './lang.ts'

/** `the odd one out: bank`, `not decidable`, or that all agree. */
export function oddText(facts: { readonly [name: string]: unknown }, lang: Lang): string {
  const { places, odd } = placesOf(facts)
  if (!odd.decided) return { zh: '无多数，不能判定', en: 'not decidable: no majority' }[lang]
  const names = places.filter(({ place }) => odd.places.includes(place)).map(({ place, name }) => name?.[lang] ?? place)
  if (names.length === 0) return { zh: '各方一致', en: 'all agree' }[lang]
  return lang === 'zh' ? `不一致的一方：${names.join('、')}` : `the odd one out: ${names.join(', ')}`
}

/** `1 row`, `2 rows`; nothing where rows are not counted. */
export function rowsText(rows: number | null, lang: Lang): string {
  if (rows === null) return ''
  return lang === 'zh' ? `${rows} 笔` : `${rows} row${rows === 1 ? '' : 's'}`
}

/** What a check saw; words of people have their own names. */
export const SEEN_WORDS: Partial<Record<DifferenceEvent['what'], Text>> = {
  seen: { zh: '首次发现', en: 'first seen' }, changed: { zh: '金额或明细有变', en: 'amounts or rows changed' },
  gone: { zh: '复查时已消除', en: 'gone when checked again' }, back: { zh: '再次出现', en: 'there again' },
}
