/**
 * The input as it stood at the end of a month, laid over the input for one transaction: temporary views and a table under
 * the same names, which PostgreSQL looks up first. So every reconciliation runs for a month as it runs for the year, those
 * that an office declared itself too. Nothing of it outlives the transaction.
 */
import { type Transaction, sql } from 'kysely'
import type { Reconciliation, ReconciliationSide } from '../../config/schemas/reconciliations.ts'
import { daysOfMonth } from '../../domain/months.ts'
import type { Database } from '../tables.ts'

export interface MonthOverlay {
  month: string
  /** The last month of the year: what has no date belongs to it. */
  isLast: boolean
  scopes: readonly number[]
  /** Reconciliations of balances: of their statement only the last day of the month counts, not all days up to it. */
  balances: readonly string[]
}

/** Lays the month over `entries`, `cell_totals`, `documents` and `statements` of these scopes. */
export async function layMonth(trx: Transaction<Database>, { month, isLast, scopes, balances }: MonthOverlay): Promise<void> {
  const days = daysOfMonth(month)
  const [first, last] = [sql`${sql.lit(days.first)}::date`, sql`${sql.lit(days.last)}::date`]
  const own = sql`scope_id in (${sql.join(scopes.map((scope) => sql.lit(scope)))})`
  const undated = isLast ? sql`true` : sql`false`
  const ofBalances = balances.length === 0
    ? sql`false`
    : sql`reconciliation in (${sql.join(balances.map((number) => sql.lit(number)))})`
  await sql`create temporary view entries as select * from books.entries where ${own} and date <= ${last}`.execute(trx)
  await sql`create temporary view documents as select * from books.documents
    where ${own} and coalesce(coalesce(updated_on, created_on) <= ${last}, ${undated})`.execute(trx)
  await sql`create temporary view statements as
    select s.* from books.statements s
      left join (select scope_id as of_scope, reconciliation as of_number, coalesce(party, '') as of_party, max(date) as day from books.statements
        where ${own} and date between ${first} and ${last} group by 1, 2, 3) final
      on of_scope = s.scope_id and of_number = s.reconciliation and of_party = coalesce(s.party, '')
    where s.${own} and case when ${ofBalances} then coalesce(s.date = final.day, ${undated} and s.date is null) else coalesce(s.date <= ${last}, ${undated}) end`.execute(trx)
  await sql`create temporary table cell_totals on commit drop as
    select t.scope_id, t.cell_id, t.opening, coalesce(e.debit, 0)::bigint as debit, coalesce(e.credit, 0)::bigint as credit,
      coalesce(e.entries, 0)::bigint as entries, coalesce(e.unposted, 0)::bigint as unposted
    from books.cell_totals t left join (
      select scope_id, cell_id, sum(debit) filter (where posted) as debit, sum(credit) filter (where posted) as credit,
        count(*) filter (where posted) as entries, count(*) filter (where not posted) as unposted
      from entries group by 1, 2) e on e.scope_id = t.scope_id and e.cell_id = t.cell_id
    where t.${own}`.execute(trx)
  await sql`analyze cell_totals`.execute(trx)
}

/** Sides whose rows say only what holds today: indicators and cards have no day on which they held something else. */
const UNDATED = ['indicators', 'cards'] as const

/** Whether a side of it can only be had for the end of the year. */
export function isUndated(reconciliation: Reconciliation): boolean {
  if (reconciliation.method !== 'keyed') return false
  return [reconciliation.a, reconciliation.b].some((side) => UNDATED.some((of) => of === side.of))
}

/** Whether it compares a balance at a day, and not what moved up to it. */
export function comparesBalances(reconciliation: Reconciliation): boolean {
  const isBalance = (side: ReconciliationSide) => side.of === 'ledger' && side.measure !== 'turnover'
  return reconciliation.method === 'keyed' && [reconciliation.a, reconciliation.b].some(isBalance)
}
