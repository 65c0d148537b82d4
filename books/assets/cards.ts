/** Cards of the current input as text, and how a card is known again after it was sent out. */
import { sha256 } from '../digest.ts'
import type { ColumnRule } from '../../config/schemas/input.ts'

/** Something that runs a statement: a pool or one of its clients. */
export interface Sql { query<R extends object>(text: string, values?: readonly unknown[]): Promise<{ rows: R[] }> }

/** A row of `assets`. Values are text as `to_jsonb` writes them: fen, ISO dates, plain numbers; null is empty. */
export interface CardRow { rowId: number; line: number; values: Readonly<Record<string, string | null>> }

const ROW = `a.row_id as "rowId", a.file_line as line,
  (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(a) - 'scope_id' - 'row_id' - 'file_line')) as values`

/** The cards on these lines of assets.csv. */
export async function cardsOnLines(db: Sql, scopeId: number, lines: readonly number[]): Promise<Map<number, CardRow>> {
  if (lines.length === 0) return new Map()
  const { rows } = await db.query<CardRow>(`select ${ROW} from assets a where a.scope_id = $1 and a.file_line = any($2::int[])`, [
    scopeId, [...new Set(lines)],
  ])
  return new Map(rows.map((row) => [row.line, row]))
}

/** The cards with these numbers. */
export async function cardsNumbered(db: Sql, scopeId: number, numbers: readonly string[]): Promise<CardRow[]> {
  if (numbers.length === 0) return []
  const { rows } = await db.query<CardRow>(`select ${ROW} from assets a where a.scope_id = $1 and a.asset_no = any($2::text[]) order by a.file_line`,
    [scopeId, [...new Set(numbers)]])
  return rows
}

/**
 * A mark of a card and of the value of one of its fields: what a workbook carries, so that a correction is applied to the
 * very card and value that the unit saw.
 */
export const valueMark = ({ values }: CardRow, field: string): string =>
  nameMark(values) + sha256(JSON.stringify([values[field] ?? null])).slice(0, 12)

/** Whether a mark is of this card, whatever the value was. */
export const isMarked = ({ values }: CardRow, mark: string): boolean => mark.startsWith(nameMark(values))

const nameMark = (values: CardRow['values']) => sha256(JSON.stringify(cardName(values))).slice(0, 8)

/** By what a card is known: its numbers and unit; a card without any number by its name too. */
function cardName(values: CardRow['values']): (string | null)[] {
  const { asset_no = null, card_no = null, unit = null, name = null } = values
  return [asset_no, card_no, unit, (asset_no ?? '').trim() === '' && (card_no ?? '').trim() === '' ? name : null]
}

/** Whether the import would keep blanks at the ends, and so must a correction. */
export const trimmed = (rule: ColumnRule, text: string): string => (rule.verbatim && text.trim() !== '' ? text : text.trim())
