/** Checks values that people typed by the very checks of the import, and gives them as the books hold them. */
import type { ColumnRule, InputConfig } from '../../config/schemas/input.ts'
import { col, columnChecks, escapeIdentifier, typed } from '../import/columns.ts'
import type { ReasonCode } from '../import/reasons.ts'
import type { Sql } from './cards.ts'

/** A typed value: its text as `to_jsonb` writes it (null: empty), or why it is none. */
export type Typed = { value: string | null } | { code: ReasonCode }

/**
 * @param texts what stands in the cells, for one field; '' is empty
 * @returns one answer for each, in order
 */
export async function typedValues(
  db: Sql, input: InputConfig, field: string, rule: ColumnRule, texts: readonly string[],
): Promise<Typed[]> {
  // A correction with a word that is not in the list would only be the next finding.
  const checks = columnChecks(field, { ...rule, open: false }, input)
  const bad = checks.map(({ code, bad: wrong }) => `when ${wrong} then '${code}'`)
  const code = bad.length > 0 ? `case ${bad.join(' ')} end` : 'null'
  // `case` in one level: a value that is not right is never cast.
  const { rows } = await db.query<{ code: ReasonCode | null; value: string | null }>(`
    select code, case when code is null then to_jsonb(${typed(field, rule, input)}) #>> '{}' end as value
    from (select ordinality, text as ${escapeIdentifier(field)}, ${code.replaceAll(col(field), 't.text')} as code
      from unnest($1::text[]) with ordinality as t(text, ordinality)) s order by ordinality`, [texts])
  return rows.map((row) => (row.code === null ? { value: row.value } : { code: row.code }))
}
