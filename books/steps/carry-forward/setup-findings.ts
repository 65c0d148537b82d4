/**
 * I1–I4: the new year's code tables and mappings (CONTRACT §2.2, §6). Found when the carry-forward is planned and again by
 * `initialise`.
 */
import { sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { MAPPED_TABLES, bareCode, codeSystem } from './mapping.ts'
import type { Trx } from './sql.ts'

/**
 * Puts I1 (parent missing), I2 (duplicate code), I3 (mapping to a code that does not exist or is inactive) and I4 (shares
 * that do not add to 1) into `found`, step `initialise`. Needs `createFound`; writes nothing else.
 */
export async function findInitialiseProblems(trx: Trx, context: StepContext): Promise<void> {
  await findMissingParents(trx, context.scopeId)
  await findDuplicates(trx, context.scopeId)
  await findBadTargets(trx, context.scopeId)
  await findBadShares(trx, context.scopeId)
}

const INTO_FOUND = sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)`
const TABLES = sql.join([...MAPPED_TABLES])

/** A parent counts as there when its table lists it; an account also when it stands in a chart, a unit also in units.csv. */
async function findMissingParents(trx: Trx, scopeId: number): Promise<void> {
  await sql`${INTO_FOUND}
    select 'initialise', 'I1', s.table_name || '/' || s.code, 'error', null,
      format('%s 表代码 %s 的上级 %s 不存在（setup.csv:%s）：补上上级代码或改正', s.table_name, s.code, string_agg(distinct s.parent, '、'), min(s.file_line)),
      format('code %s of table %s has parent %s, which does not exist (setup.csv:%s): add the parent or correct it', s.code, s.table_name, string_agg(distinct s.parent, ', '), min(s.file_line)),
      jsonb_build_object('table', s.table_name, 'code', s.code, 'parents', jsonb_agg(distinct s.parent), 'lines', jsonb_agg(distinct s.file_line))
    from setup_items s
    where s.scope_id = ${scopeId} and s.parent <> ''
      and not exists (select from setup_items p where p.scope_id = s.scope_id and p.table_name = s.table_name and p.code = s.parent)
      and not (s.table_name = 'unit' and exists (select from units u where u.scope_id = s.scope_id and u.unit = s.parent))
      and not (s.table_name = 'account' and exists (
        select from accounts a join books b using (scope_id, book_id)
        where a.scope_id = s.scope_id and (a.account = s.parent or b.system || ':' || a.account = s.parent)))
    group by s.table_name, s.code`.execute(trx)
}

async function findDuplicates(trx: Trx, scopeId: number): Promise<void> {
  await sql`${INTO_FOUND}
    select 'initialise', 'I2', table_name || '/' || code, 'error', null,
      format('%s 表代码 %s 重复 %s 次（setup.csv 第 %s 行）：只保留一行', table_name, code, count(*), string_agg(file_line::text, '、' order by file_line)),
      format('code %s stands %s times in table %s (setup.csv lines %s): keep one row', code, count(*), table_name, string_agg(file_line::text, ', ' order by file_line)),
      jsonb_build_object('table', table_name, 'code', code, 'lines', jsonb_agg(file_line order by file_line))
    from setup_items where scope_id = ${scopeId} group by table_name, code having count(*) > 1`.execute(trx)
}

/**
 * A new code must be listed as active in setup.csv; an account may stand in the chart instead, unless it is listed as inactive.
 */
async function findBadTargets(trx: Trx, scopeId: number): Promise<void> {
  await sql`
    with chart as materialized (select distinct b.system, a.account from accounts a join books b using (scope_id, book_id) where scope_id = ${scopeId}),
    given as (
      select table_name, old, new, file_line, coalesce(${codeSystem('new')}, ${codeSystem('old')}) as system, ${bareCode('new')} as code, ${bareCode('old')} as old_code
      from mappings where scope_id = ${scopeId} and table_name in (${TABLES})),
    -- an account without a system is mapped in every system whose chart has it: each must know the new code
    targets as (
      select g.table_name, g.old, g.new, g.file_line, g.code, coalesce(o.system, g.system) as system
      from given g left join chart o on g.table_name = 'account' and o.account = g.old_code and (g.system is null or o.system = g.system)),
    listed as (
      select table_name, ${codeSystem('code')} as system, ${bareCode('code')} as code, bool_or(active) as active
      from setup_items where scope_id = ${scopeId} and table_name in (${TABLES}) group by 1, 2, 3),
    judged as (
      select t.*, coalesce(exact.active, general.active) as active,
        t.table_name = 'account' and exists (select from chart n where n.account = t.code and (t.system is null or n.system = t.system)) as in_chart
      from targets t
      left join listed exact on exact.table_name = t.table_name and exact.code = t.code and exact.system = t.system
      left join listed general on general.table_name = t.table_name and general.code = t.code and general.system is null)
    ${INTO_FOUND}
    select 'initialise', 'I3', table_name || '/' || old || '>' || new, 'error', null,
      format('%s 对照 %s → %s 的新代码%s（mappings.csv:%s）：在 setup.csv 中列为启用，或改对照', table_name, old, new,
        case when bool_or(active is false) then '已停用' else '不存在' end, min(file_line)),
      format('mapping %s %s -> %s leads to a code that %s (mappings.csv:%s): list it as active in setup.csv, or correct the mapping', table_name, old, new,
        case when bool_or(active is false) then 'is inactive' else 'does not exist' end, min(file_line)),
      jsonb_build_object('table', table_name, 'old', old, 'new', new, 'inactive', bool_or(active is false), 'line', min(file_line))
    from judged where active is false or (active is null and not in_chart)
    group by table_name, old, new`.execute(trx)
}

async function findBadShares(trx: Trx, scopeId: number): Promise<void> {
  await sql`${INTO_FOUND}
    select 'initialise', 'I4', table_name || '/' || old, 'error', null,
      format('%s 旧代码 %s 的各份额合计 %s，应为 1（mappings.csv 第 %s 行）：改正份额', table_name, old, trim_scale(sum(share)), string_agg(file_line::text, '、' order by file_line)),
      format('the shares of %s code %s add to %s instead of 1 (mappings.csv lines %s): correct the shares', table_name, old, trim_scale(sum(share)), string_agg(file_line::text, ', ' order by file_line)),
      jsonb_build_object('table', table_name, 'old', old, 'sum', trim_scale(sum(share))::text, 'lines', jsonb_agg(file_line order by file_line))
    from mappings where scope_id = ${scopeId} group by table_name, old having sum(share) <> 1`.execute(trx)
}
