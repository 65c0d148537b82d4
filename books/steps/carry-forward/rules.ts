/** The closing rules as temporary tables, resolved against the charts of the district's books. */
import { sql } from 'kysely'
import { type RunnableRule, runnableRules } from '../../../config/closing-rules.ts'
import type { ClosingConfig } from '../../../config/schemas/closing.ts'
import type { StepContext } from '../../../activities/step.ts'
import { DIMENSIONS } from '../../../domain/dimensions.ts'
import { parseYuan } from '../../../domain/money.ts'
import { type Trx, dropTemporary, recordset } from './sql.ts'

const TABLES = [
  'charts', 'close_rules', 'close_projects', 'close_rates', 'close_lists', 'close_roles', 'close_takes', 'close_accounts',
  'close_touched',
]

/**
 * Makes, for the transaction:
 * - `charts` (system, account, element, leaf): the accounts of the district's books, once for each system
 * - `close_rules` (rule_no, rule, system, level, kind, units, only_credit, by_project): rules in force
 * - `close_roles` (rule_no, book_id, role, account_id, keeps_*): the accounts that a rule writes in each book
 * - `close_accounts` (account_id, rule_no, book_id, fund, by_project): which rule closes an account
 * - `close_touched` (account_id, alone): accounts whose balances a rule closes or takes from; on all others balances stand, and
 *   rules only add to them. `alone`: no rule adds to it
 * - `close_projects`, `close_rates`, `close_lists`: the parameters of this district
 * @returns the rules in force, in order
 */
export async function prepareRules(trx: Trx, context: StepContext): Promise<RunnableRule[]> {
  const rules = runnableRules(context.config)
  await dropTemporary(trx, TABLES)
  await insertRules(trx, context, rules)
  await insertParameters(trx, context, rules)
  await resolveRoles(trx, context.scopeId)
  await resolveAccounts(trx, context.scopeId)
  return rules
}

async function insertRules(trx: Trx, context: StepContext, rules: readonly RunnableRule[]): Promise<void> {
  const clearBefore = (system: string) => Object.values(context.config.closing).find((one) => one.system === system)!.clear_before
  const rows = rules.map(({ number, level, system, rule }) => ({
    rule_no: number, rule: rule.rule, system, level, units: rule.units ?? null, only_credit: rule.only_credit,
    by_project: rule.projects !== undefined,
    kind: rule.into ? 'close' : rule.extract ? 'extract' : rule.repeat ? 'repeat' : 'list',
    amount_of: rule.repeat?.amount_of ?? null, roles: rolesOf(rule),
    takes: rule.close?.map((prefix) => ({ prefix, element: null })) ?? (rule.close_class ? [{
      prefix: null, element: rule.close_class,
    }] : []),
    excepts: rule.close_class ? clearBefore(system) : [], fund: rule.only_fund ?? null,
  }))
  await sql`create temporary table close_rules on commit drop as
    select * from ${recordset(rows, `rule_no int, rule text, system text, level int, kind text, units text, only_credit boolean,
      by_project boolean, amount_of text, fund text, roles jsonb, takes jsonb, excepts jsonb`)}`.execute(trx)
}

function rolesOf({ into, extract, repeat, list }: RunnableRule['rule']): Record<string, string> {
  if (into) return { into }
  if (extract) return { debit: extract.from, credit: extract.into }
  const pair = repeat ?? list!
  return { debit: pair.debit, credit: pair.credit }
}

async function insertParameters(trx: Trx, context: StepContext, rules: readonly RunnableRule[]): Promise<void> {
  const configs = Object.values(context.config.closing)
  const parametersOf = (system: string) => configs.find((one) => one.system === system)!.parameters
  const here = (row: { district: string }) => row.district === '' || row.district === context.district
  const projects = rules.flatMap(({ number, system, rule }) => (rule.projects ? parametersOf(system).lists[rule.projects.parameter]! : [])
    .filter((row) => here(row) && row.from === rule.projects!.from)
    .map((row) => ({ rule_no: number, unit: row.unit || null, project: row.project || null })))
  const lists = rules.flatMap(({ number, system, rule }) => (rule.list ? parametersOf(system).lists[rule.list.parameter]! : [])
    .filter(here).map((row) => ({ ...row, rule_no: number, amount: parseYuan(row.amount ?? '0').toString() })))
  await sql`create temporary table close_projects on commit drop as
    select distinct * from ${recordset(projects, 'rule_no int, unit text, project text')}`.execute(trx)
  await sql`create temporary table close_lists on commit drop as
    select * from ${recordset(lists, `rule_no int, book text, amount bigint, ${DIMENSIONS.map((name) => `${name} text`).join(', ')}`)}`.execute(trx)
  await sql`create temporary table close_rates on commit drop as
    select * from ${recordset(configs.flatMap((one) => rates(one, context.district)), 'system text, unit text, rate numeric')}`.execute(trx)
}

/** Unit null is the default rate of the system. */
const rates = ({ system, parameters }: ClosingConfig, district: string) => [
  { system, unit: null, rate: parameters.special_fund_rate.default },
  ...parameters.special_fund_rate.units.filter((row) => row.district === district)
    .map(({ unit, rate }) => ({ system, unit, rate })),
]

/** The accounts that each rule writes, book by book; a rule is for the books of its system and kind of unit. */
async function resolveRoles(trx: Trx, scopeId: number): Promise<void> {
  const keeps = sql.raw(DIMENSIONS.map((name) => `'${name}' = any(a.dimensions) as keeps_${name}`).join(', '))
  await sql`create temporary table close_roles on commit drop as
    select r.rule_no, b.book_id, role.key as role, role.value as account, a.account_id, ${keeps}
    from close_rules r
    join books b on b.scope_id = ${scopeId} and b.system = r.system
    left join units u on u.scope_id = b.scope_id and u.unit = b.unit
    cross join jsonb_each_text(r.roles) role
    left join accounts a on a.scope_id = b.scope_id and a.book_id = b.book_id and a.account = role.value and a.leaf
    where r.units is null or r.units = u.kind`.execute(trx)
  await sql`analyze pg_temp.close_roles (rule_no, book_id)`.execute(trx)
}

/**
 * Which rule closes which account. Charts repeat from book to book, so the prefixes are looked up once for each account
 * of a system, and then only for accounts with cells or that a rule adds to. A rule whose target is not a posting account
 * in a book closes nothing there (finding C10).
 */
async function resolveAccounts(trx: Trx, scopeId: number): Promise<void> {
  await sql`create temporary table charts on commit drop as
    select distinct b.system, a.account, a.element, a.leaf from accounts a join books b using (scope_id, book_id) where scope_id = ${scopeId}`.execute(trx)
  await sql`create temporary table close_takes on commit drop as
    select distinct c.system, c.account, r.rule_no, r.fund, r.by_project
    from close_rules r cross join jsonb_to_recordset(r.takes) as take(prefix text, element text)
    join charts c on c.system = r.system and (take.prefix is null or starts_with(c.account, take.prefix))
      and (take.element is null or take.element = c.element)
    where c.leaf and not exists (select from jsonb_array_elements_text(r.excepts) as spared where starts_with(c.account, spared))
      and (not r.by_project or exists (select from close_projects p where p.rule_no = r.rule_no))`.execute(trx)
  await sql`create temporary table close_accounts on commit drop as
    with used as materialized (
      select account_id from cells where scope_id = ${scopeId} union select account_id from close_roles where account_id is not null),
    -- the rule that takes each account first: joined with all roles of its book it would be a hundred times as many
    taken as materialized (
      select a.account_id, a.book_id, t.rule_no, t.fund, t.by_project
      from used join accounts a using (account_id) join books b using (scope_id, book_id) join close_takes t on t.system = b.system and t.account = a.account
      where scope_id = ${scopeId} and a.leaf)
    select taken.* from taken
    join close_roles o on o.rule_no = taken.rule_no and o.book_id = taken.book_id and o.role = 'into' and o.account_id is not null`.execute(trx)
  await sql`create temporary table close_touched on commit drop as
    select account_id, not exists (select from close_roles o where o.account_id = taken.account_id) as alone from (
      select account_id from close_accounts
      union select o.account_id from close_roles o join close_rules r using (rule_no)
        where r.kind = 'extract' and o.role = 'debit' and o.account_id is not null) taken`.execute(trx)
}
