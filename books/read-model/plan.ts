/** The plan of a carry-forward by rule and account: what is closed, what is carried, what opens the new year. */
import { type Kysely, type Transaction, sql } from 'kysely'
import { findGeneration } from '../export/export.ts'
import { type PlanFigures, readFigures } from '../steps/carry-forward/index.ts'
import { isSameInput } from '../steps/carry-forward/lock.ts'
import type { Database } from '../tables.ts'

/** What a rule writes on one account, over all books of its system. Money is yuan text. */
export interface RuleAccount {
  rule: string; system: string; account: string; name: string; lines: number; debit: string; credit: string
}

/** One account over all books of its system; money is yuan text, debit-positive. */
export interface AccountFlow {
  system: string
  account: string
  name: string
  /** Before closing; null with `carried` when the input is no longer the one that the plan was made from. */
  before: string | null
  /** What the closing entries move, net. */
  closed: string
  /** What is left of the old year: before and closed together. */
  carried: string | null
  /** What stands on this code in the new year, after the mapping. */
  opened: string
  balances: number
}

export interface PlanAccounts {
  closing: readonly RuleAccount[]; accounts: readonly AccountFlow[]; totals: readonly LedgerTotals[]
}

/** Debits and credits of one ledger over all books: of what is closed, carried and opened. */
export interface LedgerTotals {
  system: string; ledger: 'financial' | 'budgetary'; closed: { debit: string; credit: string }
  carried: { debit: string; credit: string } | null; opened: { debit: string; credit: string }
}

/** The plan that awaits approval, or what is in force where none does. */
export interface PlanView extends PlanFigures {
  district: string; year: number; state: string; provisional: boolean; planDigest: string; plannedAt: string
  byAccount: PlanAccounts
}

/** @returns null when the district has no plan of that closing year */
export async function readPlan(
  db: Kysely<Database>, of: { district: string; year: number; rehearsal?: boolean; book?: string },
): Promise<PlanView | null> {
  const { district, year, rehearsal, book } = of
  const source = await findGeneration(db, { district, closingYear: year, rehearsal, planned: true })
  if (!source) return null
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<Pick<PlanView, 'provisional' | 'planDigest' | 'plannedAt'>>`
      select provisional, plan_digest as "planDigest", to_char(planned_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "plannedAt"
      from carry_forwards where carry_id = ${source.carryId}`.execute(trx)
    return {
      district, year, state: source.state, ...rows[0]!, ...await readFigures(trx, source.carryId),
      byAccount: await readPlanAccounts(trx, source.carryId, book),
    }
  })
}

const yuan = (fen: string) => sql.raw(`to_char((${fen})::numeric / 100, 'FM999999999999999999990.00')`)

/** Reads a generation, of one book where it is given. Sums are made by PostgreSQL: an answer has as many rows as accounts. */
async function readPlanAccounts(trx: Transaction<Database>, carryId: number, book?: string): Promise<PlanAccounts> {
  const { rows: [of] } = await sql<{ scope_id: number; input_version: number }>`select scope_id, input_version from carry_forwards where carry_id = ${carryId}`.execute(trx)
  const scope = of!.scope_id
  const inBook = (column: string) => (book === undefined ? sql`true` : sql`${sql.raw(column)} = ${book}`)
  const same = await isSameInput(trx, scope, of!.input_version)
  await sql`create temporary table plan_charts on commit drop as
    select b.system, a.account, min(a.name) as name, bool_or(a.element like 'budget%') as budgetary from accounts a join books b using (scope_id, book_id)
    where scope_id = ${scope} group by 1, 2`.execute(trx)
  const closing = await sql<RuleAccount>`
    select rule, system, account, coalesce(c.name, '') as name, lines::int, ${yuan('debit')} as debit, ${yuan('credit')} as credit from (
      select e.rule_no, e.rule, b.system, e.account, count(*) as lines, sum(e.debit) as debit, sum(e.credit) as credit
      from closing_entries e join books b on b.scope_id = ${scope} and b.book = e.book
      where e.carry_id = ${carryId} and not e.reversal and ${inBook('e.book')} group by 1, 2, 3, 4) sums
    left join plan_charts c using (system, account) order by rule_no, account collate "C"`.execute(trx)
  await sql`create temporary table plan_flows on commit drop as
    select system, account, sum(before)::bigint as before, sum(closed)::bigint as closed, sum(opened)::bigint as opened, sum(balances)::int as balances from (
      select b.system, a.account, sum(t.opening + t.debit - t.credit) as before, 0 as closed, 0 as opened, 0 as balances
        from cell_totals t join cells c using (scope_id, cell_id) join accounts a using (scope_id, account_id) join books b on b.scope_id = a.scope_id and b.book_id = a.book_id
        where t.scope_id = ${scope} and ${same} and ${inBook('b.book')} group by 1, 2
      union all select b.system, e.account, 0, sum(e.debit - e.credit), 0, 0 from closing_entries e join books b on b.scope_id = ${scope} and b.book = e.book
        where e.carry_id = ${carryId} and not e.reversal and ${inBook('e.book')} group by 1, 2
      union all select b.system, o.account, 0, 0, sum(o.balance), count(*)
        from opening_balances o join books b on b.scope_id = ${scope} and b.book = o.book where o.carry_id = ${carryId} and ${inBook('o.book')} group by 1, 2) flows
    group by 1, 2`.execute(trx)
  const accounts = await sql<AccountFlow>`
    select system, account, coalesce(c.name, '') as name, case when ${same} then ${yuan('before')} end as before, ${yuan('closed')} as closed,
      case when ${same} then ${yuan('before + closed')} end as carried, ${yuan('opened')} as opened, balances
    from plan_flows left join plan_charts c using (system, account) where before <> 0 or closed <> 0 or opened <> 0 or balances > 0
    order by system, account collate "C"`.execute(trx)
  const totals = await sql<LedgerTotals>`
    with sums as (
      select system, coalesce(c.budgetary, left(account, 1) >= '6') as budgetary, sum(greatest(closed, 0)) as cd, sum(greatest(-closed, 0)) as cc,
        sum(greatest(before + closed, 0)) as bd, sum(greatest(-(before + closed), 0)) as bc, sum(greatest(opened, 0)) as od, sum(greatest(-opened, 0)) as oc
      from plan_flows left join plan_charts c using (system, account) group by 1, 2)
    select system, case when budgetary then 'budgetary' else 'financial' end as ledger, jsonb_build_object('debit', ${yuan('cd')}, 'credit', ${yuan('cc')}) as closed,
      case when ${same} then jsonb_build_object('debit', ${yuan('bd')}, 'credit', ${yuan('bc')}) end as carried,
      jsonb_build_object('debit', ${yuan('od')}, 'credit', ${yuan('oc')}) as opened from sums order by system, budgetary`.execute(trx)
  return { closing: closing.rows, accounts: accounts.rows, totals: totals.rows }
}
