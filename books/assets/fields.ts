/** The fields of a card as people read and write them: Chinese titles, yuan, words; and as the books hold them. */
import type { ColumnRule, InputConfig } from '../../config/schemas/input.ts'
import { formatYuan } from '../../domain/money.ts'

/** What empties a field in the column for the correction: an empty cell there means that nothing is corrected. */
export const CLEARED = '（清空）'

/** Whether a text asks for an empty field, in whatever brackets. */
export const isCleared = (text: string): boolean => /^[([【]?(清空|empty|clear)[)\]】]?$/i.test(text.normalize('NFKC').trim())

/** The columns of assets.csv, as config/input.yaml has them. */
export function cardRules(input: InputConfig): ReadonlyMap<string, ColumnRule> {
  return new Map(Object.entries(input.files.assets.columns))
}

/** The Chinese title of a field. */
export const titleOf = (rules: ReadonlyMap<string, ColumnRule>, field: string): string => rules.get(field)?.titles[0] ?? field

/**
 * A value as a person reads it, and as an import would take it back: `'360000'` fen → `'3600.00'`, `in-use` → `在用`.
 * @param value text as `to_jsonb` writes it; null is empty
 */
export function shownValue(rule: ColumnRule | undefined, value: string | null): string {
  if (value === null) return ''
  switch (rule?.type) {
    case 'amount': return formatYuan(BigInt(value))
    case 'flag': return value === 'true' ? '是' : '否'
    case 'enum': return rule.values?.[value]?.[0] ?? value
    default: return value
  }
}
