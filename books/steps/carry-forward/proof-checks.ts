/** The invariants of a carry-forward, each as a query for what breaks it. */
import { type RawBuilder, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { CELL_HASH, NAMES, codesOf } from './proof-sums.ts'
import type { ProofTables } from './proof-tables.ts'
import type { Invariant } from './prove.ts'

const KEY = 'book, account, unit, function, revenue, economic, project, fund, counterparty'
const item = (columns: string): RawBuilder<unknown> =>
  sql.raw(
    `jsonb_strip_nulls(jsonb_build_object(${columns.split(', ').map((name) => `'${name}', nullif(${name}::text, '')`).join(', ')})) as item`,
  )
const money = (fen: string): RawBuilder<unknown> => sql.raw(`to_char((${fen})::numeric / 100, 'FM999999999999999999990.00')`)

/** Ledger of the account at `a`. */
const LEDGER = sql.raw(`case when a.element like 'budget%' then 'budgetary' else 'financial' end`)

const lists = (context: StepContext, pick: 'zero_after' | 'no_credit_after') =>
  JSON.stringify(Object.values(context.config.closing)
    .flatMap((rules) => rules[pick].map((account) => ({ system: rules.system, account }))))

/** Invariants of the books. */
export function bookChecks(context: StepContext, carryId: number, tables: ProofTables): Invariant[] {
  const { joins, columns } = codesOf(context.scopeId)
  return [
    balanced('balanced-before', '结转前各账套财务、预算两类账分别借贷平衡', 'before: each ledger of each book balances by itself', sql`
      select a.book, ${LEDGER} as ledger, sum(a.before) as difference from proof_accounts a group by 1, 2`),
    balanced('vouchers-balanced', '每张结转凭证在一类账内借贷平衡', 'each closing voucher balances within one ledger', sql`
      select a.book, rule || ' ' || ${LEDGER} as ledger, sum(debit) - sum(credit) as difference from proof_lines a group by 1, 2`),
    balanced('balanced-after', '结转后各账套两类账分别平衡：资产＝负债＋净资产，资金结存＝各项结转结余',
      'after: each ledger of each book balances: assets = liabilities + net assets, budget funds = budget balances', sql`
      select a.book, ${LEDGER} as ledger, sum(a.amount) as difference from proof_accounts a group by 1, 2`),
    {
      name: 'closed-to-zero', zh: '收入、费用、预算收入、预算支出及应结平科目的每个辅助项均为零',
      en: 'revenue, expense, budget revenue, budget expenditure and all that must be closed are zero in every dimension',
      offending: sql`select ${item(`${KEY}, amount`)} from (
        select ${columns}, p.amount from proof_after p ${joins} where p.amount <> 0 and p.account_id in (
          select a.account_id from proof_accounts a where a.balances > 0 and (
            a.element in ('revenue', 'expense', 'budget_revenue', 'budget_expenditure')
            or exists (select from jsonb_to_recordset(${lists(context, 'zero_after')}::jsonb) z(system text, account text)
              where z.system = a.system and starts_with(a.account, z.account))))) standing`,
    },
    {
      name: 'losses-only', zh: '事业单位经营结余只可为亏损（借方）或零',
      en: 'the operating balance of an institution is a loss or zero, never a credit',
      offending: sql`select ${item('book, account, amount')} from (
        select a.book, z.account, sum(a.amount) as amount from proof_accounts a
        join units u on u.scope_id = ${context.scopeId} and u.unit = a.book_unit and u.kind = 'institution'
        join jsonb_to_recordset(${lists(context, 'no_credit_after')}::jsonb) z(system text, account text)
          on z.system = a.system and starts_with(a.account, z.account)
        group by 1, 2 having sum(a.amount) < 0) credits`,
    },
    cellsApart(context.scopeId),
    openingsEqual(carryId, context.scopeId, tables),
    balanced('openings-balanced', '新年度期初各账套两类账分别借贷平衡', 'openings: each ledger of each book balances by itself', sql`
      select k.book, case when coalesce(a.element like 'budget%', left(k.account, 1) >= '6') then 'budgetary' else 'financial' end as ledger, sum(k.amount) as difference
      from (select book, account, sum(balance) as amount from opening_balances where carry_id = ${carryId} group by 1, 2) k
      join books b on b.scope_id = ${context.scopeId} and b.book = k.book
      left join accounts a on a.scope_id = ${context.scopeId} and a.book_id = b.book_id and a.account = k.account group by 1, 2`),
    ...lineChecks(context),
  ]
}

/** Sums by cell are sums by code: no two cells are the same. Only those whose hashes are equal are compared. */
const cellsApart = (scopeId: number): Invariant => ({
  name: 'cells-apart', zh: '上年数据中每个科目与辅助项的组合只有一个单元', en: 'each account with its dimensions is one cell of the old year',
  offending: sql`
    with twice as materialized (select ${CELL_HASH} as hash from cells c where c.scope_id = ${scopeId} group by 1 having count(*) > 1)
    select ${item(`account_id, ${NAMES.join(', ')}, cells`)} from (
      select c.account_id, ${sql.raw(NAMES.map((name) => `c.${name}`).join(', '))}, count(*) as cells from cells c
      where c.scope_id = ${scopeId} and ${CELL_HASH} in (select hash from twice)
      group by c.account_id, ${sql.raw(NAMES.map((name) => `c.${name}`).join(', '))} having count(*) > 1) same`,
})

/** The heart of the proof: every balance after closing, mapped, is exactly one opening, and nothing else is. */
const openingsEqual = (carryId: number, scopeId: number, { expected }: ProofTables): Invariant => {
  const { joins, columns } = codesOf(scopeId)
  const coded = expected === 'proof_expected' ? sql`select * from proof_expected p` : sql`select ${columns}, p.amount, p.opened, p.times from proof_after p ${joins}`
  return {
    name: 'openings-equal-closing', zh: '新年度期初＝上年结转后余额（按新旧对照），逐科目、逐辅助项，且每项只有一笔',
    en: 'openings = balances after closing, mapped, for each account and dimension, each exactly once',
    offending: sql`select ${item(`${KEY}, expected, actual, times`)} from (
      select ${sql.raw(KEY)}, amount as expected, coalesce(opened, 0) as actual, times from (
        ${coded} where p.amount <> coalesce(p.opened, 0) or p.times <> (p.amount <> 0)::int) broken) differences`,
    totals: sql`select ${money(`(select coalesce(sum(greatest(amount, 0)), 0) from ${expected})`)} as expected,
      ${money(`(select coalesce(sum(greatest(balance, 0)), 0) from opening_balances where carry_id = ${carryId})`)} as actual`,
  }
}

function lineChecks(context: StepContext): Invariant[] {
  const repeats = Object.values(context.config.closing).flatMap((rules) => rules.rules.filter((rule) => rule.repeat)
    .map((rule) => ({ system: rules.system, rule: rule.rule, amount_of: rule.repeat!.amount_of })))
  return [
    {
      name: 'declared-dimensions', zh: '结转分录只带本科目的辅助核算，且都记在明细科目',
      en: 'each closing line is on a posting account and carries only dimensions that it declares',
      offending: sql`select ${item('book, rule, account')} from proof_lines where account_id is null or not leaf or not carries <@ dimensions`,
    },
    {
      name: 'extraction-mirrored', zh: '财务会计提取专用基金＝预算会计提取数',
      en: 'the financial ledger extracts to special funds what the budgetary ledger does',
      offending: sql`select ${item('book, rule, difference')} from (
        select e.book, r.rule, sum(case e.rule when r.rule then e.debit else -e.debit end) as difference
        from jsonb_to_recordset(${JSON.stringify(repeats)}::jsonb) r(system text, rule text, amount_of text)
        join proof_lines e on e.system = r.system and e.rule in (r.rule, r.amount_of) group by 1, 2) pairs where difference <> 0`,
    },
    {
      name: 'all-posted', zh: '上年没有未记账分录', en: 'no entry of the old year is unposted',
      // The entries are read a second time only when the sums have met one.
      offending: sql`select ${item('voucher, line')} from entries where scope_id = ${context.scopeId} and not posted
        and exists (select from proof_after where unposted)`,
    },
  ]
}

/** A sum by book and ledger that must be zero. */
const balanced = (name: string, zh: string, en: string, sums: RawBuilder<unknown>): Invariant => ({
  name, zh, en, offending: sql`select ${item('book, ledger, difference')} from (${sums}) s where difference <> 0`,
})

/** Invariants of the indicators: amount + adjusted = paid + carried + surplus, one by one and in total. */
export function indicatorChecks(context: StepContext, carryId: number): Invariant[] {
  return [
    {
      name: 'indicator-identity', zh: '每条指标：指标金额＋调整净额＝已支付＋结转＋结余',
      en: 'each indicator: amount + adjusted = paid + carried + surplus',
      offending: sql`select ${item('indicator, available, paid, disposed')} from (
        select coalesce(i.indicator, d.indicator) as indicator, i.amount + i.adjusted as available, i.paid, coalesce(d.amount, 0) as disposed
        from (select * from indicators where scope_id = ${context.scopeId}) i
        full join (select * from indicator_dispositions where carry_id = ${carryId}) d on d.indicator = i.indicator
        where i.indicator is null or i.amount + i.adjusted <> i.paid + coalesce(d.amount, 0) or i.occupied <> 0 or d.amount <= 0) broken`,
      totals: sql`select ${money(`(select coalesce(sum(amount + adjusted), 0) from indicators where scope_id = ${context.scopeId})`)} as expected,
        ${money(`(select coalesce(sum(paid), 0) from indicators where scope_id = ${context.scopeId})
          + (select coalesce(sum(amount), 0) from indicator_dispositions where carry_id = ${carryId})`)} as actual`,
    },
    {
      name: 'indicators-carried', zh: '结转指标的新指标金额合计＝结转数，首次安排年度不变',
      en: 'new indicators add up to what their source carries, with its origin year',
      offending: sql`select ${item('indicator, carried, created')} from (
        select d.indicator, d.amount as carried, sum(n.amount) as created
        from indicator_dispositions d join indicators i on i.scope_id = ${context.scopeId} and i.indicator = d.indicator
        left join new_indicators n on n.carry_id = ${carryId} and n.source = d.indicator
        where d.carry_id = ${carryId} group by d.indicator, d.amount, d.disposition
        having coalesce(sum(n.amount), 0) <> case d.disposition when 'carry' then d.amount else 0 end
          or bool_or(n.origin_year <> i.origin_year)) broken`,
      totals: sql`select ${money(`(select coalesce(sum(amount), 0) from indicator_dispositions where carry_id = ${carryId} and disposition = 'carry')`)} as expected,
        ${money(`(select coalesce(sum(amount), 0) from new_indicators where carry_id = ${carryId})`)} as actual`,
    },
  ]
}
