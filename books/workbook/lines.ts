/** A line-by-line reconciliation for the workbook: ledger lines beside the rows of the statement. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type { LinesReconciliation } from '../../config/schemas/reconciliations.ts'
import type { Database } from '../tables.ts'
import { ledgerLines, statementLines } from '../steps/reconcile/lines.ts'

/** A line of the ledger (`key` = book/voucher/line) or a row of the statement (`key` = party/reference). Amount in fen. */
export interface Line { party: string; key: string; reference: string; date: string | null; amount: bigint }
/** Lines and rows of one match stand together; `pass` is null where nothing was found for them. */
export interface LinePair { pass: string | null; a: Line | null; b: Line | null }

interface Row {
  pass: string | null; side: 'a' | 'b'; group_key: string; party: string; key: string; reference: string; date: string | null
  amount: bigint
}

/**
 * The lines and rows in the order of their matches, what has none first; sums and `total` are over all. Matches by reference
 * follow from the input (as books/read-model/matches.ts lists them), the others are those that the run stored.
 */
export async function linePairs(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: LinesReconciliation, most: number,
): Promise<{ pairs: LinePair[]; total: number; a: bigint; b: bigint }> {
  const { rows } = await sql<Row & { total: number; sum_a: bigint; sum_b: bigint }>`
    with lines as (
      select 'a' as side, party, reference, date, amount, line_key as key, null::int as file_line, null::int as file_id from (${ledgerLines(context, reconciliation)}) a
      union all
      select 'b', party, reference, date, amount, party || '/' || reference, file_line, file_id from (${statementLines(context, number)}) b),
    grouped as (
      select *, sum(case side when 'a' then amount else -amount end) over same as off, count(*) filter (where side = 'a') over same as in_a,
        count(*) filter (where side = 'b') over same as in_b
      from lines window same as (partition by party, reference)),
    stored as (select * from reconcile_matches where run_id = ${context.runId}::int and reconciliation = ${number} and state = 'matched'),
    placed as (
      select g.*, case when g.reference <> '' and in_a > 0 and in_b > 0 and off = 0 then 'reference' else m.pass end as pass,
        case when g.reference <> '' and in_a > 0 and in_b > 0 and off = 0 then g.party || '/' || g.reference else m.match_no::text end as group_key
      from grouped g left join stored m on m.side = g.side and m.key = g.key and m.file_line is not distinct from g.file_line
        and m.file_id is not distinct from g.file_id)
    select pass, side, coalesce(group_key, '') as group_key, party, key, reference, date::text as date, amount::bigint as amount, (count(*) over ())::int as total,
      coalesce(sum(amount) filter (where side = 'a') over (), 0)::bigint as sum_a, coalesce(sum(amount) filter (where side = 'b') over (), 0)::bigint as sum_b
    from placed order by array_position(array['reference', 'date', 'n:1', '1:n', 'n:m'], pass) nulls first, party collate "C", min(date) over (partition by pass, group_key),
      group_key, side, date, reference collate "C", key collate "C", amount limit ${most}`.execute(trx)
  const first = rows[0]
  return { pairs: pairsOf(rows), total: first?.total ?? 0, a: first?.sum_a ?? 0n, b: first?.sum_b ?? 0n }
}

/** Rows of one match side by side: the n-th line beside the n-th row; what has no match stands alone. */
function pairsOf(rows: readonly Row[]): LinePair[] {
  const groups = Map.groupBy(rows, (row) => (row.pass === null ? Symbol(row.key) : `${row.pass} ${row.group_key}`))
  return [...groups.values()].flatMap((group) => {
    const sides = { a: group.filter(({ side }) => side === 'a'), b: group.filter(({ side }) => side === 'b') }
    return Array.from({ length: Math.max(sides.a.length, sides.b.length) }, (_, index): LinePair =>
      ({ pass: group[0]!.pass, a: lineOf(sides.a[index]), b: lineOf(sides.b[index]) }))
  })
}

const lineOf = (row: Row | undefined): Line | null =>
  (row ? { party: row.party, key: row.key, reference: row.reference, date: row.date, amount: row.amount } : null)
