/**
 * Closing 年终转账 as set-based SQL: one statement for each level of the rules, over all books at once.
 * `close_work` holds what closing may move: the balance of each touched cell and what the rules add, each row with the
 * rule that will close it (null: it stays); the rows of an account that stands `alone` are one for each dimensions. `close_lines`
 * holds the closing entries, debit-positive.
 */
import { sql } from 'kysely'
import type { RunnableRule } from '../../../config/closing-rules.ts'
import type { StepContext } from '../../../activities/step.ts'
import { DIMS, type Trx, dims, dropTemporary, keptDims } from './sql.ts'

/** The rule that closes a row of account, unit, project and fund; joins as `closing`. */
const joinClosingRule = (alias: string) => sql.raw(`
  left join close_accounts closing on closing.account_id = ${alias}.account_id
    and (closing.fund is null or closing.fund = ${alias}.fund)
    and (not closing.by_project or exists (select from close_projects p where p.rule_no = closing.rule_no
      and (p.unit is null or p.unit = ${alias}.unit) and (p.project is null or p.project = ${alias}.project)))`)

/** Runs all rules; leaves `close_work` and `close_lines` for what follows. Amounts are fen, debit-positive. */
export async function closeBooks(trx: Trx, context: StepContext, rules: readonly RunnableRule[]): Promise<void> {
  await dropTemporary(trx, ['close_work', 'close_lines'])
  await sql`create temporary table close_lines (
    rule_no int not null, book_id int not null, account_id int not null, unit text not null, function text not null, revenue text not null,
    economic text not null, project text not null, fund text not null, counterparty text not null, amount bigint not null, cell_id int) on commit drop`.execute(trx)
  await sql`create temporary table close_work on commit drop as
    select closing.rule_no, c.book_id, c.account_id, ${dims('c')}, t.opening + t.debit - t.credit as amount, touched.alone, c.cell_id
    from cells c
    join close_touched touched on touched.account_id = c.account_id
    join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
    ${joinClosingRule('c')}
    where c.scope_id = ${context.scopeId} and t.scope_id = ${context.scopeId} and t.opening + t.debit - t.credit <> 0`.execute(trx)
  await sql`analyze pg_temp.close_work (rule_no, account_id)`.execute(trx)
  const moving = await movingRules(trx)
  const waiting = new Set((await sql<{ rule_no: number }>`select distinct rule_no from close_work where rule_no is not null`.execute(trx))
    .rows.map((row) => row.rule_no))
  for (const level of new Set(rules.map((rule) => rule.level).sort((a, b) => a - b))) {
    const here = rules.filter((rule) => rule.level === level && (waiting.has(rule.number) || moving.has(rule.number)))
    if (here.some(({ rule }) => rule.only_credit)) await releaseDebits(trx, level)
    const added = [
      ...(here.some(({ rule }) => rule.into) ? await closeLevel(trx, level) : []),
      ...(here.some(({ rule }) => !rule.into) ? await moveAmounts(trx, context.scopeId, level) : []),
    ]
    for (const number of added) waiting.add(number)
    context.heartbeat(`closing level ${level}`)
  }
}

/** Rules that take a computed or given amount, if there can be one: a rate, or rows of a list. */
async function movingRules(trx: Trx): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ rule_no: number }>`
    with given as (
      select rule_no, rule, system from close_rules r where kind = 'close'
        or kind = 'extract' and exists (select from close_rates c where c.system = r.system and c.rate <> 0)
        or kind = 'list' and exists (select from close_lists l where l.rule_no = r.rule_no))
    select rule_no from close_rules r where kind in ('extract', 'list') and rule_no in (select rule_no from given)
      or kind = 'repeat' and exists (select from given g where g.rule = r.amount_of and g.system = r.system)`.execute(trx)
  return new Set(rows.map((row) => row.rule_no))
}

/** A rule for credits only (经营结余) leaves a book alone whose total is not a credit: a loss stays. */
async function releaseDebits(trx: Trx, level: number): Promise<void> {
  await sql`update close_work w set rule_no = null
    from (select w.rule_no, w.book_id from close_work w join close_rules r on r.rule_no = w.rule_no and r.level = ${level} and r.only_credit
      group by w.rule_no, w.book_id having sum(w.amount) >= 0) stays
    where w.rule_no = stays.rule_no and w.book_id = stays.book_id`.execute(trx)
}

/**
 * Closes every cell of the level's rules into the rule's target: the source line carries the cell's dimensions, the
 * target line those that the target account declares. What nets to zero needs no line.
 * @returns the rules that will close what was added
 */
async function closeLevel(trx: Trx, level: number): Promise<readonly number[]> {
  const { rows } = await sql<{ rule_no: number }>`
    with taken as materialized (
      select w.rule_no, w.book_id, w.account_id, ${dims('w')}, w.amount, w.cell_id
      from close_work w join close_rules r on r.rule_no = w.rule_no
      where r.level = ${level} and r.kind = 'close' and w.alone
      union all
      select w.rule_no, w.book_id, w.account_id, ${dims('w')}, sum(w.amount)::bigint, max(w.cell_id)
      from close_work w join close_rules r on r.rule_no = w.rule_no
      where r.level = ${level} and r.kind = 'close' and not w.alone
      group by w.rule_no, w.book_id, w.account_id, ${dims('w')} having sum(w.amount) <> 0),
    targets as materialized (
      select rule_no, book_id, account_id, ${DIMS}, sum(amount)::bigint as amount
      from (select t.rule_no, t.book_id, o.account_id, ${keptDims('t', 'o')}, t.amount
        from taken t join close_roles o on o.rule_no = t.rule_no and o.book_id = t.book_id and o.role = 'into') kept
      group by rule_no, book_id, account_id, ${DIMS} having sum(amount) <> 0),
    closed as (insert into close_lines select rule_no, book_id, account_id, ${DIMS}, -amount, cell_id from taken),
    written as (insert into close_lines select rule_no, book_id, account_id, ${DIMS}, amount from targets),
    added as (insert into close_work
      select closing.rule_no, t.book_id, t.account_id, ${dims('t')}, t.amount, false, null from targets t ${joinClosingRule('t')} returning rule_no)
    select distinct rule_no from added where rule_no is not null`.execute(trx)
  return rows.map((row) => row.rule_no)
}

/**
 * Amounts that are computed or given instead of closed: extraction by rate, its repetition in the other ledger, lists. Returns as
 * `closeLevel`.
 */
async function moveAmounts(trx: Trx, scopeId: number, level: number): Promise<readonly number[]> {
  const { rows } = await sql<{ rule_no: number }>`
    with moved as (
      -- a share of the credit balance, cell by cell, rounded half up to the fen
      select r.rule_no, o.book_id, ${dims('w')}, round(-sum(w.amount) * max(coalesce(own.rate, usual.rate)))::bigint as amount
      from close_rules r
      join close_roles o on o.rule_no = r.rule_no and o.role = 'debit'
      join close_work w on w.account_id = o.account_id
      join books b on b.scope_id = ${scopeId} and b.book_id = o.book_id
      join close_rates usual on usual.system = r.system and usual.unit is null
      left join close_rates own on own.system = r.system and own.unit = b.unit
      where r.level = ${level} and r.kind = 'extract'
      group by r.rule_no, o.book_id, ${dims('w')} having sum(w.amount) < 0
      union all
      select r.rule_no, l.book_id, ${dims('l')}, -l.amount
      from close_rules r join close_rules first on first.rule = r.amount_of and first.system = r.system
      join close_roles o on o.rule_no = first.rule_no and o.role = 'credit'
      join close_lines l on l.rule_no = first.rule_no and l.book_id = o.book_id and l.account_id = o.account_id and l.amount < 0
      where r.level = ${level} and r.kind = 'repeat'
      union all
      select r.rule_no, b.book_id, ${dims('given')}, given.amount
      from close_rules r join close_lists given on given.rule_no = r.rule_no
      join books b on b.scope_id = ${scopeId} and b.book = given.book
      where r.level = ${level} and r.kind = 'list'),
    movements as (
      select * from moved m where amount <> 0
        and not exists (select from close_roles o where o.rule_no = m.rule_no and o.book_id = m.book_id and o.account_id is null)),
    targets as materialized (
      select rule_no, book_id, account_id, ${DIMS}, sum(amount)::bigint as amount
      from (select m.rule_no, m.book_id, o.account_id, ${keptDims('m', 'o')},
          case o.role when 'debit' then m.amount else -m.amount end as amount
        from movements m join close_roles o on o.rule_no = m.rule_no and o.book_id = m.book_id) kept
      group by rule_no, book_id, account_id, ${DIMS} having sum(amount) <> 0),
    written as (insert into close_lines select rule_no, book_id, account_id, ${DIMS}, amount from targets),
    added as (insert into close_work
      select closing.rule_no, t.book_id, t.account_id, ${dims('t')}, t.amount, false, null from targets t ${joinClosingRule('t')} returning rule_no)
    select distinct rule_no from added where rule_no is not null`.execute(trx)
  return rows.map((row) => row.rule_no)
}
