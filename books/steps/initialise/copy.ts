/**
 * The new year's setup tables, worked out in temporary table `setup_work`:
 * `(table_name, code, name, parent, value, treatment, value_kind, change, live, source_code, old_name, old_parent, old_value)`.
 */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { CODE_TABLES } from '../../../config/schemas/initialise.ts'
import type { Database } from '../../tables.ts'

type Trx = Transaction<Database>

/** `government-unit:1218` is the account 1218 of one system: its bare code, and the code itself in every other table. */
const bare = (column: string, table = 'table_name'): RawBuilder<unknown> =>
  sql.raw(
    `(case when ${table} = 'account' and position(':' in ${column}) > 0 then substr(${column}, position(':' in ${column}) + 1) else ${column} end)`,
  )

/** Takes the old year's rows, the better one of a code that stands twice (its finding is I2). What is inactive is dropped. */
export async function takeOldRows(trx: Trx, context: StepContext): Promise<void> {
  const treatments = JSON.stringify(Object.entries(context.config.initialise.tables)
    .map(([name, { treatment, value }]) => ({ name, treatment, value_kind: value })))
  await sql`drop table if exists pg_temp.setup_work, pg_temp.setup_links`.execute(trx)
  await sql`create temporary table setup_work on commit drop as
    select distinct on (table_name, code) s.table_name, s.code, s.name, nullif(s.parent, '') as parent, s.value, t.treatment, t.value_kind,
      case when s.active and t.treatment <> 'create' then 'same' else 'dropped' end as change, s.active and t.treatment <> 'create' as live,
      null::text as source_code, s.name as old_name, nullif(s.parent, '') as old_parent, s.value as old_value
    from setup_items s join jsonb_to_recordset(${treatments}::jsonb) as t(name text, treatment text, value_kind text) on t.name = s.table_name
    where s.scope_id = ${context.scopeId} order by table_name, code, s.active desc, s.row_id`.execute(trx)
  await sql`alter table setup_work add primary key (table_name, code)`.execute(trx)
}

/**
 * Makes `setup_links (table_name, old, new, single)`: the mappings of this year by bare code; `single` when the old code
 * goes to one new code as a whole and is switched off, so that the new one stands wherever the old one stood.
 */
export async function linkCodes(trx: Trx, context: StepContext): Promise<void> {
  await sql`create temporary table setup_links on commit drop as
    with links as (select distinct table_name, ${bare('old')} as old, ${bare('new')} as new, share from mappings where scope_id = ${context.scopeId}),
    off as (select table_name, ${bare('code')} as code from setup_work group by 1, 2 having not bool_or(live))
    select l.table_name, l.old, l.new, count(*) over (partition by l.table_name, l.old) = 1 and l.share = 1 and o.code is not null as single
    from links l left join off o on o.table_name = l.table_name and o.code = l.old`.execute(trx)
}

/**
 * Follows the mappings: new codes know where they come from, parents that were replaced are replaced, chart accounts are added.
 */
export async function followMappings(trx: Trx, context: StepContext): Promise<void> {
  await sql`insert into setup_work (table_name, code, name, parent, value, treatment, value_kind, change, live, source_code)
    select 'account', l.new, min(a.name), null, null, 'new-version-with-mapping', 'none', 'added', true, null
    from setup_links l join accounts a on a.scope_id = ${context.scopeId} and a.account = l.new
    where l.table_name = 'account' and not exists (select from setup_work w where w.table_name = 'account' and ${bare('w.code', 'w.table_name')} = l.new)
    group by l.new`.execute(trx)
  await findKnownTargets(trx, context.scopeId)
  await sql`with sources as (
      select table_name, new, string_agg(old, ';' order by old collate "C") as olds, count(*) = 1 and bool_and(single) as whole from setup_links group by 1, 2)
    update setup_work w set source_code = s.olds,
      change = case when w.change <> 'same' then w.change when k.known then 'changed' when s.whole then 'renamed' else 'added' end,
      old_name = case when k.known then w.old_name when s.whole then (select o.name from setup_work o where o.table_name = w.table_name and o.code = s.olds) end
    from sources s left join known_targets k using (table_name, new)
    where s.table_name = w.table_name and s.new = ${bare('w.code', 'w.table_name')} and w.live`.execute(trx)
  await sql`update setup_work w set parent = l.new, change = case when w.change = 'same' then 'changed' else w.change end
    from setup_links l where l.table_name = w.table_name and l.old = w.parent and l.single and w.live`.execute(trx)
}

/**
 * Makes `known_targets (table_name, new, known)`: whether the old year already used a code that mappings lead to. Such a
 * code is not new, however many old ones it takes in: it is changed, and its `source_code` says by what.
 */
async function findKnownTargets(trx: Trx, scopeId: number): Promise<void> {
  const used = CODE_TABLES.filter((table) => table !== 'account').map((table) => sql`
    select distinct ${sql.lit(table)} as table_name, ${sql.ref(`c.${table}`)} as new from cells c
      where c.scope_id = ${scopeId} and ${sql.ref(`c.${table}`)} in (select new from setup_links where table_name = ${sql.lit(table)})
    ${table === 'revenue' ? sql`` : sql`union select distinct ${sql.lit(table)}, ${sql.ref(`i.${table}`)} from indicators i
      where i.scope_id = ${scopeId} and ${sql.ref(`i.${table}`)} in (select new from setup_links where table_name = ${sql.lit(table)})`}`)
  await sql`drop table if exists pg_temp.known_targets`.execute(trx)
  await sql`create temporary table known_targets on commit drop as
    with used as (${sql.join(used, sql` union `)}
      union select 'account', account from accounts where scope_id = ${scopeId}
      union select 'unit', unit from units where scope_id = ${scopeId})
    select distinct l.table_name, l.new, u.new is not null as known from setup_links l left join used u on u.table_name = l.table_name and u.new = l.new`.execute(trx)
}

/** Roles follow the unit that they act for; those of a closed unit without a successor are dropped. */
export async function followHolders(trx: Trx, context: StepContext): Promise<void> {
  await sql`update setup_work w set value = l.new, change = 'changed'
    from setup_links l where w.value_kind = 'holder' and w.live and l.table_name = 'unit' and l.old = w.value and l.single`.execute(trx)
  await sql`update setup_work w set live = false, change = 'dropped'
    where w.value_kind = 'holder' and w.live and (
      exists (select from units u where u.scope_id = ${context.scopeId} and u.unit = w.value and not u.active)
      or exists (select from setup_work u where u.table_name = 'unit' and u.code = w.value and not u.live))
      and not exists (select from setup_work u where u.table_name = 'unit' and u.code = w.value and u.live)`.execute(trx)
}

/** Salary items are linked to the indicator that was carried; the others wait for the new budget, unlinked. */
export async function relinkIndicators(trx: Trx, carryId: number | null): Promise<void> {
  await sql`update setup_work w set value = (
      select string_agg(n.indicator, ';' order by n.indicator collate "C") from new_indicators n where n.carry_id = ${carryId}::int and n.source = w.value),
    change = 'changed' where w.value_kind = 'indicator' and w.live and coalesce(w.value, '') <> ''`.execute(trx)
}

/** In formulas, a code that is replaced as a whole gives way to the new one. */
export async function followFormulas(trx: Trx): Promise<void> {
  await sql`with words as (
      select w.table_name, w.code, m.place, m.found[1] as word
      from setup_work w cross join regexp_matches(w.value, '[A-Za-z0-9_]+|[^A-Za-z0-9_]+', 'g') with ordinality as m(found, place)
      where w.value_kind = 'formula' and w.live),
    heirs as (select old, min(new) as new from setup_links where single group by old having count(distinct new) = 1),
    formulas as (
      select words.table_name, words.code, string_agg(coalesce(h.new, word), '' order by place) as value
      from words left join heirs h on h.old = word and not exists (${liveCode('word')}) group by 1, 2)
    update setup_work w set value = f.value, change = 'changed' from formulas f
    where f.table_name = w.table_name and f.code = w.code and f.value is distinct from w.value`.execute(trx)
}

/** A row of each live setup row whose code, in any code table, is the word. */
export function liveCode(word: string): RawBuilder<unknown> {
  return sql`select from setup_work live where live.live and live.table_name in (${sql.join([...CODE_TABLES])})
    and (live.code = ${sql.raw(word)} or live.code like '%:' || ${sql.raw(word)})`
}

/** Writes the generation. The rows of a generation that was never finished are its own and are written anew. */
export async function writeItems(trx: Trx, context: StepContext): Promise<void> {
  await sql`delete from new_setup_items where run_id = ${context.runId} and generation = ${context.generation}`.execute(trx)
  await sql`insert into new_setup_items (run_id, generation, table_name, code, name, parent, value, treatment, change, changed, live,
      source_code, old_name, old_parent, old_value)
    select ${context.runId}::int, ${context.generation}::int, table_name, code, name, parent, value, treatment, change, change <> 'same', live,
      source_code, old_name, old_parent, old_value from setup_work`.execute(trx)
}
