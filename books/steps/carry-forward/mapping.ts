/** Code mapping 新旧对照 of the new year: renames, merges, splits to the fen (CONTRACT §3, §6). */
import { type RawBuilder, sql } from 'kysely'
import type { Dimension } from '../../../domain/dimensions.ts'
import { type Trx, dropTemporary } from './sql.ts'

/** Tables of mappings.csv, in the order in which splits of one cell apply. Counterparties carry unchanged. */
export const MAPPED_TABLES = ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'] as const satisfies readonly (Dimension | 'account')[]
export type MappedTable = (typeof MAPPED_TABLES)[number]

/** SQL of a possibly system-qualified account code (`government-unit:1218`): its system, or null, and its bare code. */
export const codeSystem = (column: string): RawBuilder<unknown> =>
  sql.raw(`case when table_name = 'account' and position(':' in ${column}) > 0 then split_part(${column}, ':', 1) end`)
export const bareCode = (column: string): RawBuilder<unknown> =>
  sql.raw(
    `case when table_name = 'account' and position(':' in ${column}) > 0 then substr(${column}, position(':' in ${column}) + 1) else ${column} end`,
  )

export interface MappingState {
  /** Tables with at least one mapping. */
  mapped: readonly MappedTable[]
  /** Tables with at least one code that is inactive and not mapped. */
  dead: readonly MappedTable[]
}

/**
 * Makes `new_codes` (table_name, system, old, news, shares: parallel arrays in order of `new`) and
 * `dead_codes` (table_name, system, code, listed, file_line): codes inactive in the new year and not mapped.
 * Needs `charts`. An account code without a system stands for every system whose chart has it; one with its system goes before
 * it.
 */
export async function prepareMapping(trx: Trx, scopeId: number): Promise<MappingState> {
  await dropTemporary(trx, ['new_codes', 'dead_codes', 'chart_codes'])
  await sql`create temporary table chart_codes on commit drop as
    select distinct system, account from charts`.execute(trx)
  await sql`create temporary table new_codes on commit drop as
    with given as (
      select table_name, ${codeSystem('old')} as system, ${bareCode('old')} as old, ${bareCode('new')} as new, share, file_line
      from mappings where scope_id = ${scopeId} and table_name in (${sql.join([...MAPPED_TABLES])})),
    resolved as (
      select g.table_name, c.system, g.old, g.new, g.share, g.file_line, g.system is not null as exact
      from given g join chart_codes c on c.account = g.old and (g.system is null or g.system = c.system) where g.table_name = 'account'
      union all select table_name, '', old, new, share, file_line, true from given where table_name <> 'account'),
    ranked as (select *, max(exact::int) over (partition by table_name, system, old) = exact::int as holds from resolved)
    select table_name, system, old, array_agg(new order by new collate "C", share, file_line) as news,
      array_agg(share order by new collate "C", share, file_line) as shares
    from ranked where holds group by table_name, system, old`.execute(trx)
  await sql`create temporary table dead_codes on commit drop as
    with given as (
      select table_name, ${codeSystem('code')} as system, ${bareCode('code')} as code, code as listed, bool_or(active) as active, min(file_line) as file_line
      from setup_items where scope_id = ${scopeId} and table_name in (${sql.join([...MAPPED_TABLES])}) group by table_name, code),
    resolved as (
      select g.table_name, c.system, g.code, g.listed, g.active, g.file_line, g.system is not null as exact
      from given g join chart_codes c on c.account = g.code and (g.system is null or g.system = c.system) where g.table_name = 'account'
      union all select table_name, '', code, listed, active, file_line, true from given where table_name <> 'account'),
    ranked as (select *, max(exact::int) over (partition by table_name, system, code) = exact::int as holds from resolved)
    select table_name, system, code, listed, file_line from ranked r
    where holds and not active
      and not exists (select from new_codes n where n.table_name = r.table_name and n.system = r.system and n.old = r.code)`.execute(trx)
  const { rows } = await sql<{ table_name: MappedTable; dead: boolean }>`
    select distinct table_name, false as dead from new_codes union all select distinct table_name, true from dead_codes`.execute(trx)
  const tables = (dead: boolean) =>
    MAPPED_TABLES.filter((table) => rows.some((row) => row.table_name === table && row.dead === dead))
  return { mapped: tables(false), dead: tables(true) }
}

/** True for rows of `alias` with a code of table `table` in `codes` (new_codes with `old`, or dead_codes with `code`). */
export const hasCode = (alias: string, table: MappedTable, codes: 'new_codes' | 'dead_codes'): RawBuilder<unknown> => {
  const code = codes === 'new_codes' ? 'old' : 'code'
  return table === 'account'
    ? sql.raw(`(${alias}.system, ${alias}.account) in (select system, ${code} from ${codes} where table_name = 'account')`)
    : sql.raw(`${alias}.${table} in (select ${code} from ${codes} where table_name = '${table}')`)
}

/**
 * One column of a set of rows mapped: each row becomes one row for each share; each share but the last is rounded towards
 * zero and the last takes the remainder.
 * @param rows a query with `columns`, `amount`, and `system` when the table is `account`
 */
export function mapColumn(rows: RawBuilder<unknown>, columns: readonly string[], table: MappedTable): RawBuilder<unknown> {
  const list = sql.raw(
    columns.map((column) => (column === table ? `coalesce(part.code, r.${column}) as ${column}` : `r.${column}`)).join(', '),
  )
  const system = sql.raw(table === 'account' ? 'n.system = r.system' : `n.system = ''`)
  return sql`
    select ${list}, coalesce(part.amount, r.amount) as amount
    from (${rows}) r
    left join new_codes n on n.table_name = ${sql.lit(table)} and ${system} and n.old = r.${sql.raw(table)}
    left join lateral (
      select n.news[i] as code, case when i < cardinality(n.news) then trunc(r.amount * n.shares[i])::bigint
        else r.amount - coalesce((select sum(trunc(r.amount * n.shares[k])) from generate_series(1, cardinality(n.news) - 1) k), 0)::bigint end as amount
      from generate_series(1, cardinality(n.news)) i) part on n.old is not null`
}
