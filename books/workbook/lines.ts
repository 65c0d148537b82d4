/** A line-by-line reconciliation for the workbook: ledger lines beside the rows of the statement. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type { LinesReconciliation } from '../../config/schemas/reconciliations.ts'
import type { Database } from '../tables.ts'
import { statementFilter } from '../steps/reconcile/sides.ts'

/** A line of the ledger (`key` = book/voucher/line) or a row of the statement (`key` = party/reference). Amount in fen. */
export interface Line { party: string; key: string; reference: string; date: string | null; amount: bigint }
/** Lines and rows of one match stand together; `pass` is null where nothing was found for them. */
export interface LinePair { pass: string | null; a: Line | null; b: Line | null }

interface Row { pass: string | null; side: 'a' | 'b'; group_key: string; party: string; key: string; reference: string; date: string | null; amount: bigint }

/** The lines and rows in the order of their matches, what has none first; sums and `total` are over all. */
export async function linePairs(
  trx: Transaction<Database>, context: StepContext, number: string, { a }: LinesReconciliation, most: number,
): Promise<{ pairs: LinePair[]; total: number; a: bigint; b: bigint }> {
  const { rows } = await sql<Row & { total: number; sum_a: bigint; sum_b: bigint }>`
    with lines as (
      select 'a' as side, c.counterparty as party, coalesce(e.source, '') as reference, e.date, e.debit - e.credit as amount,
        b.book || '/' || e.voucher || '/' || e.line as key
      from entries e join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id
        join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
        join books b on b.scope_id = c.scope_id and b.book_id = c.book_id and b.system = ${a.system}
      where e.scope_id = ${context.scopeId}::int and e.posted
        and (${sql.join(a.accounts.map((code) => sql`starts_with(a.account, ${code})`), sql` or `)})
      union all
      select 'b', coalesce(s.party, ''), coalesce(s.reference, ''), s.date, s.amount, coalesce(s.party, '') || '/' || coalesce(s.reference, '')
      from statements s where ${statementFilter(number, undefined, context)}),
    grouped as (
      select *, sum(case side when 'a' then amount else -amount end) over same as off, count(*) filter (where side = 'a') over same as in_a,
        count(*) filter (where side = 'b') over same as in_b
      from lines window same as (partition by party, reference)),
    placed as (
      select *, case when reference <> '' and in_a > 0 and in_b > 0 and off = 0 then 'reference' end as pass from grouped)
    select pass, side, party || '/' || reference as group_key, party, key, reference, date::text as date, amount::bigint as amount, (count(*) over ())::int as total,
      (sum(amount) filter (where side = 'a') over ())::bigint as sum_a, (sum(amount) filter (where side = 'b') over ())::bigint as sum_b
    from placed order by pass nulls first, party collate "C", date nulls last, reference collate "C", side, key collate "C", amount limit ${most}`.execute(trx)
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

const lineOf = (row: Row | undefined): Line | null => (row ? { party: row.party, key: row.key, reference: row.reference, date: row.date, amount: row.amount } : null)
