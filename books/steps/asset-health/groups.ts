/** Rules on cards that share a number. Cards that share none are never looked at by these rules. */
import { type Transaction, sql } from 'kysely'
import type { CompiledGroup, CompiledRule } from '../../../config/asset-rules.ts'
import type { Database } from '../../tables.ts'
import { bitOf, maskColumn } from './scan.ts'
import type { CardSource, Family } from './source.ts'

const keyOf = (column: string) => `coalesce((${column})::text, '')`
/** A card whose last key is blank belongs to no group. */
const lastKey = (group: CompiledGroup) => group.by.at(-1)!
const NUMBER = 'a.asset_no'

/** SQL of the keys that cards may share, as text; not the asset number, which every card has and {@link findTwins} looks at. */
export function sharedKeys(families: readonly Family[]): string[] {
  const groups = families.flatMap(({ rules }) => rules.flatMap((rule) => rule.groups))
  return [...new Set(groups.map(lastKey))].filter((key) => key !== NUMBER).map((key) => `(${key})::text`)
}

/**
 * Makes `asset_pool`, the cards that share the last key of any group rule: a handful, which these rules then read. Rests on
 * `asset_hits` with its `keys` columns `key_0`, … and on `asset_twin_rows`.
 */
export async function poolCards(trx: Transaction<Database>, { scopeId }: CardSource, keys: number): Promise<void> {
  const shared = Array.from({ length: keys }, (_, index) => `select row_id from asset_hits where key_${index} in
    (select key_${index} from asset_hits where btrim(key_${index}) <> '' group by 1 having count(*) > 1)`)
  await sql.raw('drop table if exists pg_temp.asset_pool').execute(trx)
  await sql.raw(`create temporary table asset_pool on commit drop as select a.* from assets a where a.scope_id = ${scopeId}
    and a.row_id in (${['select row_id from asset_twin_rows', ...shared].join(' union ')})`).execute(trx)
}

/**
 * Makes `asset_twins (asset_no text)`, the numbers that stand on more than one card, and `asset_twin_rows` with their cards.
 * By a hash first, which is a third of the work; then exactly, among the few that are left. Without parallel workers,
 * which would only hand all the groups on to be sorted.
 */
export async function findTwins(trx: Transaction<Database>, scopeId: number): Promise<void> {
  await sql.raw('drop table if exists pg_temp.asset_twins, pg_temp.asset_twin_hashes, pg_temp.asset_twin_rows').execute(trx)
  const { rows: before } = await sql<{ workers: string }>`select current_setting('max_parallel_workers_per_gather') as workers`.execute(trx)
  await sql`select set_config('max_parallel_workers_per_gather', '0', true)`.execute(trx)
  await sql.raw(`create temporary table asset_twin_hashes on commit drop as
    select hashtextextended(asset_no, 0) as hash from assets where scope_id = ${scopeId} and asset_no is not null group by 1 having count(*) > 1`).execute(trx)
  await sql`select set_config('max_parallel_workers_per_gather', ${before[0]!.workers}, true)`.execute(trx)
  const { rows } = await sql<{ any: boolean }>`select exists (select from asset_twin_hashes) as any`.execute(trx)
  await sql.raw(`create temporary table asset_twin_rows on commit drop as
    select row_id, asset_no from assets where scope_id = ${scopeId} and ${rows[0]!.any ? 'hashtextextended(asset_no, 0) in (select hash from asset_twin_hashes)' : 'false'}`).execute(trx)
  await sql.raw(`create temporary table asset_twins on commit drop as
    select asset_no from asset_twin_rows group by asset_no having count(*) > 1`).execute(trx)
}

/** Adds to the hits what the family's group rules find. */
export async function scanGroups(trx: Transaction<Database>, source: CardSource, family: Family): Promise<void> {
  for (const rule of family.rules) {
    for (const group of rule.groups) {
      await sql.raw(
        `insert into asset_hits (row_id, ${maskColumn(family)}) select row_id, ${bitOf(family, rule)} from (${groupSql(source, rule, group)}) cards`,
      ).execute(trx)
    }
  }
}

/** SQL of the row ids of the cards of the groups that count. */
function groupSql(source: CardSource, rule: CompiledRule, group: CompiledGroup): string {
  const from = source.from({ withUnits: rule.readsUnits, table: 'asset_pool' })
  const where = [`btrim((${lastKey(group)})::text) <> ''`, ...(group.where === null ? [] : [group.where])].map(
    (part) => ` and ${part}`,
  ).join('')
  const keys = group.by.map(keyOf).join(', ')
  // The findings of one asset number are one finding; a group by another key is reported on its first card.
  const once = rule.once && lastKey(group) !== NUMBER
  const having = [
    'cards > 1',
    ...(group.differ === null ? [] : ['lowest <> highest']),
    ...group.some.map((_, index) => `some_${index}`),
    ...(group.of === null ? [] : ['chosen']),
    ...(once ? ['row_id = first_row'] : []),
  ].join(' and ')
  return `select row_id from (select a.row_id, count(*) over w as cards, min(a.row_id) over w as first_row
      ${group.differ === null ? '' : `, min(${group.differ}) over w as lowest, max(${group.differ}) over w as highest`}
      ${group.some.map((condition, index) => `, bool_or(${condition}) over w as some_${index}`).join('')}
      ${group.of === null ? '' : `, ${group.of} as chosen`}
    from ${from}${where} window w as (partition by ${keys})) grouped where ${having}`
}
