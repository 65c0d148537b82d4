/** The new year as temporary tables with the rules of the real ones: same keys, same constraints, nothing of it stays. */
import { sql } from 'kysely'
import { CODE_TABLES } from '../../../../config/schemas/initialise.ts'
import type { Trx, TrialScope } from './types.ts'

/**
 * Makes, for the transaction or savepoint that it runs in:
 * `trial_codes (table_name, code, rooted, leaf)`: rooted is in force up to the top; `trial_chart (system, account, leaf,
 * was_leaf, now)`;
 * `trial_indicators` and `trial_papers` with the constraints of indicators and documents; `trial_candidates`, the indicators with
 * what is wrong with their codes, and `trial_best`, the one to try with.
 */
export async function makeTables(trx: Trx, scope: TrialScope): Promise<void> {
  await makeCodes(trx, scope)
  await makeChart(trx, scope)
  await sql`create temporary table trial_indicators (like indicators including all) on commit drop`.execute(trx)
  await sql`alter table trial_indicators add constraint not_overdrawn check (amount + adjusted - paid - occupied >= 0)`.execute(trx)
  await sql`insert into trial_indicators (scope_id, indicator, unit, function, economic, project, fund, origin_year, category, amount, adjusted, paid, occupied, file_line)
    select ${scope.scopeId}::int, indicator, unit, function, economic, project, fund, origin_year, category, amount, 0, 0, 0, 0
    from new_indicators where carry_id = ${scope.carryId}::int`.execute(trx)
  await sql`create temporary table trial_papers (like documents including all) on commit drop`.execute(trx)
  await sql`insert into trial_papers (scope_id, type, number, unit, amount, status, file_line)
    select ${scope.scopeId}::int, type, new_number, unit, amount, 'submitted', 0 from carried_documents where run_id = ${scope.runId}`.execute(trx)
  await sql`create temporary table trial_lines (like entries including all) on commit drop`.execute(trx)
  await makeCandidates(trx, scope)
}

const items = ({ runId, generation }: TrialScope) => sql`(
  select table_name, code, parent, value, live, source_code from new_setup_items where run_id = ${runId} and generation = ${generation})`

/** A parent that no table lists is the matter of I1, or stands in units.csv or the chart: here it is the top. */
async function makeCodes(trx: Trx, scope: TrialScope): Promise<void> {
  await sql`create temporary table trial_items on commit drop as select table_name, code, parent, live from ${items(scope)} i where table_name in (${sql.join([...CODE_TABLES])})`.execute(trx)
  await sql`create index on trial_items (table_name, code)`.execute(trx)
  await sql`create index on trial_items (table_name, parent)`.execute(trx)
  await sql`analyze trial_items`.execute(trx)
  await sql`create temporary table trial_codes on commit drop as
    with recursive rooted as (
      select table_name, code from trial_items i where live and not exists (
        select from trial_items p where p.table_name = i.table_name and p.code = i.parent)
      union select i.table_name, i.code from rooted r join trial_items i on i.table_name = r.table_name and i.parent = r.code where i.live)
    select i.table_name, i.code, r.code is not null as rooted,
      not exists (select from trial_items c where c.table_name = i.table_name and c.parent = i.code and c.live) as leaf
    from trial_items i left join rooted r using (table_name, code)`.execute(trx)
  await sql`alter table trial_codes add primary key (table_name, code)`.execute(trx)
  await sql`analyze trial_codes`.execute(trx)
}

/**
 * The chart of the new year: the old one without what is switched off, with what setup.csv adds. `now`: where an old account went
 * as a whole.
 */
async function makeChart(trx: Trx, scope: TrialScope): Promise<void> {
  await sql`create temporary table trial_chart on commit drop as
    with systems as (select distinct system from books where scope_id = ${scope.scopeId}),
    old as (
      select b.system, a.account, bool_or(a.leaf) as was_leaf from accounts a join books b using (scope_id, book_id)
      where a.scope_id = ${scope.scopeId} group by 1, 2),
    listed as (
      select s.system, case when i.code like '%:%' then substr(i.code, position(':' in i.code) + 1) else i.code end as account,
        bool_or(i.live) as live, min(i.source_code) as source
      from ${items(scope)} i join systems s on i.code like s.system || ':%' or i.code not like '%:%'
      where i.table_name = 'account' group by 1, 2),
    -- A listed code without a system belongs to the charts that have it, or an account that it is below, or that went to it.
    own as (
      select l.* from listed l where exists (
        select from old o where o.system = l.system and (l.account like o.account || '%' or o.account = any(string_to_array(l.source, ';'))))),
    chart as (
      select coalesce(o.system, l.system) as system, coalesce(o.account, l.account) as account, coalesce(l.live, true) as live, coalesce(o.was_leaf, false) as was_leaf
      from old o full join own l on l.system = o.system and l.account = o.account)
    select c.system, c.account, c.live, c.was_leaf,
      c.live and not exists (select from chart d where d.system = c.system and d.live and d.account <> c.account and starts_with(d.account, c.account)) as leaf,
      (select min(l.account) from own l where l.system = c.system and l.live and c.account = any(string_to_array(l.source, ';')) having count(*) = 1) as now
    from chart c`.execute(trx)
}

/** Indicators to try with: all codes in force first, then a unit for which somebody may act, then the largest. */
async function makeCandidates(trx: Trx, scope: TrialScope): Promise<void> {
  const dims = ['unit', 'function', 'economic', 'project', 'fund'] as const
  const joins = dims.map((name) => sql`left join trial_codes ${sql.ref(`c_${name}`)} on ${sql.ref(`c_${name}.table_name`)} = ${sql.lit(name)}
    and ${sql.ref(`c_${name}.code`)} = n.${sql.ref(name)} and not ${sql.ref(`c_${name}.rooted`)}`)
  const bad = dims.map(
    (name) => sql`case when ${sql.ref(`c_${name}.code`)} is not null then ${`${name}/`}::text || n.${sql.ref(name)} end`,
  )
  await sql`create temporary table trial_candidates on commit drop as
    select n.indicator, n.unit, n.function, n.economic, n.project, n.fund, n.amount, array_remove(array[${sql.join(bad)}], null) as bad,
      exists (select from ${items(scope)} r where r.table_name = 'role' and r.live and r.value = n.unit) as acted
    from trial_indicators n ${sql.join(joins, sql` `)}`.execute(trx)
  await sql`create temporary table trial_best on commit drop as select indicator from trial_candidates
    order by cardinality(bad), acted desc, amount desc, indicator collate "C" limit 1`.execute(trx)
}
