/** The figures of a plan that a person approves and the report shows. Counts are numbers, money is yuan text. */
import { sql } from 'kysely'
import type { Plain } from '../../../domain/canonical.ts'
import { type Trx, yuan } from './sql.ts'

export interface RuleFigures {
  rule: string; name: { zh: string; en: string }; source: string; vouchers: number; lines: number; debit: string
}
export interface ClassFigures { accountClass: string; balances: number; debit: string; credit: string }
export interface DispositionFigures { disposition: string; indicators: number; amount: string }
export interface PlanFigures {
  closing: readonly RuleFigures[]
  /** Openings of the new year by first digit of the account. */
  openings: readonly ClassFigures[]
  openingTotals: { balances: number; books: number; debit: string; credit: string }
  indicators: readonly DispositionFigures[]
  newIndicators: { indicators: number; amount: string }
  /** Against the generation that is live, if one is: what a late change alters. */
  change: { openings: number; amount: string } | null
}

/** Reads the figures of a generation from its rows. */
export async function readFigures(trx: Trx, carryId: number): Promise<PlanFigures> {
  const closing = await sql<RuleFigures>`
    select rule, jsonb_build_object('zh', name_zh, 'en', name_en) as name, source, vouchers::int, lines::int, ${yuan('debit')} as debit
    from (select rule_no, count(*) as vouchers, sum(lines) as lines, sum(debit) as debit from (
        select rule_no, book, count(*) as lines, sum(debit) as debit from closing_entries where carry_id = ${carryId} and not reversal
        group by rule_no, book) vouchers group by rule_no) sums
    join carry_rules r on r.carry_id = ${carryId} and r.rule_no = sums.rule_no order by sums.rule_no`.execute(trx)
  const openings = await sql<ClassFigures & { books: number }>`
    with sums as materialized (
      select book, left(account, 1) as class, count(*) as balances, sum(greatest(balance, 0)) as debit, sum(greatest(-balance, 0)) as credit
      from opening_balances where carry_id = ${carryId} group by 1, 2)
    select class as "accountClass", sum(balances)::int as balances, count(distinct book)::int as books,
      ${yuan('coalesce(sum(debit), 0)')} as debit, ${yuan('coalesce(sum(credit), 0)')} as credit
    from sums group by grouping sets ((class), ()) order by class nulls last`.execute(trx)
  const { accountClass: _, ...openingTotals } = openings.rows.at(-1)!
  const indicators = await sql<DispositionFigures>`
    select disposition, count(*)::int as indicators, ${yuan('sum(amount)')} as amount
    from indicator_dispositions where carry_id = ${carryId} group by disposition order by disposition`.execute(trx)
  const created = await sql<PlanFigures['newIndicators']>`
    select count(*)::int as indicators, ${yuan('coalesce(sum(amount), 0)')} as amount from new_indicators where carry_id = ${carryId}`.execute(trx)
  return {
    closing: closing.rows, openings: openings.rows.slice(0, -1).map(({ books: __, ...figures }) => figures), openingTotals,
    indicators: indicators.rows,
    newIndicators: created.rows[0]!, change: await readChange(trx, carryId),
  }
}

/** How many openings differ from the generation that this one replaces, and by how much in all. */
async function readChange(trx: Trx, carryId: number): Promise<PlanFigures['change']> {
  const { rows: [carry] } = await sql<{ replaces: number | null }>`select replaces from carry_forwards where carry_id = ${carryId}`.execute(trx)
  if (!carry?.replaces) return null
  const { rows } = await sql<{ openings: number; amount: string }>`
    select count(*)::int as openings, ${yuan('coalesce(sum(abs(change)), 0)')} as amount from (
      select sum(case carry_id when ${carryId} then balance else -balance end) as change
      from opening_balances where carry_id in (${carryId}, ${carry.replaces})
      group by book, account, unit, function, revenue, economic, project, fund, counterparty) changes where change <> 0`.execute(trx)
  return rows[0]!
}

/** The figures as plain values, for the evidence. */
export const plainFigures = (figures: PlanFigures): { readonly [name: string]: Plain } =>
  JSON.parse(JSON.stringify(figures)) as { readonly [name: string]: Plain }
