/** Rules on several cards: those that share a number, and those far above the median of their class. */
import { type Transaction, sql } from 'kysely'
import type { CompiledGroup, CompiledMedian, CompiledRule } from '../../../config/asset-rules.ts'
import type { Database } from '../../tables.ts'
import { type Family, bitOf, cardsFrom, hitsTable } from './scan.ts'

const keyOf = (column: string) => `coalesce((${column})::text, '')`
/** A card whose last key is blank belongs to no group. */
const lastKey = (group: CompiledGroup) => group.by.at(-1)!

/** The asset numbers that stand on more than one card, as temporary table `asset_twins (asset_no text)`. */
export async function findTwins(trx: Transaction<Database>, scopeId: number): Promise<void> {
  await sql.raw(`create temporary table asset_twins on commit drop as
    select a.asset_no from assets a where a.scope_id = ${scopeId} and a.asset_no is not null group by a.asset_no having count(*) > 1`).execute(trx)
}

/**
 * Copies the cards that share any key of the group rules into temporary table `asset_pool`, so that each of these rules
 * reads a handful of cards. Every key column costs one aggregate over the cards.
 */
export async function poolCards(trx: Transaction<Database>, scopeId: number, families: readonly Family[]): Promise<void> {
  const groups = families.flatMap(({ rules }) => rules.flatMap((rule) => rule.groups))
  const keys = [...new Set(groups.map(lastKey))]
  const shared = keys.map((key) => key === 'a.asset_no'
    ? 'a.asset_no in (select asset_no from asset_twins)'
    : `${key} in (select ${key} from assets a where a.scope_id = ${scopeId} and btrim((${key})::text) <> '' group by 1 having count(*) > 1)`)
  await sql.raw(`create temporary table asset_pool on commit drop as
    select a.* from assets a where a.scope_id = ${scopeId} and (${shared.join(' or ') || 'false'})`).execute(trx)
}

/** Adds to the family's hits what its group and median rules find. */
export async function scanGroups(trx: Transaction<Database>, scopeId: number, family: Family): Promise<void> {
  for (const rule of family.rules) {
    for (const group of rule.groups) await addHits(trx, family, rule, groupSql(scopeId, rule, group))
    if (rule.median) await addHits(trx, family, rule, medianSql(scopeId, rule, rule.median))
  }
}

async function addHits(trx: Transaction<Database>, family: Family, rule: CompiledRule, rows: string): Promise<void> {
  await sql.raw(`insert into ${hitsTable(family)} (row_id, mask) select row_id, ${bitOf(family, rule)} from (${rows}) found`).execute(trx)
}

/** SQL of the row ids of the cards of the groups that count. */
function groupSql(scopeId: number, rule: CompiledRule, group: CompiledGroup): string {
  const from = cardsFrom(scopeId, rule.readsUnits, 'asset_pool')
  const where = [`btrim((${lastKey(group)})::text) <> ''`, ...(group.where === null ? [] : [group.where])].map((part) => ` and ${part}`).join('')
  const keys = group.by.map((column, index) => `${keyOf(column)} as key_${index}`).join(', ')
  const having = [
    'count(*) > 1',
    ...(group.differ === null ? [] : [`min(${group.differ}) <> max(${group.differ})`]),
    ...group.some.map((condition) => `bool_or(${condition})`),
  ].join(' and ')
  // The findings of one asset number are one finding; a group by another key is reported on its first card.
  const once = rule.once && lastKey(group) !== 'a.asset_no'
  const matches = group.by.map((column, index) => `${keyOf(column)} = g.key_${index}`).join(' and ')
  return `select a.row_id from (select ${keys}, min(a.row_id) as first_row from ${from}${where} group by ${group.by.map((_, index) => index + 1).join(', ')} having ${having}) g,
    lateral (select a.row_id from ${from}${where} and ${matches}${group.of === null ? '' : ` and ${group.of}`}${once ? ' and a.row_id = g.first_row' : ''}) a`
}

function medianSql(scopeId: number, rule: CompiledRule, median: CompiledMedian): string {
  const from = cardsFrom(scopeId, rule.readsUnits)
  // The mean of the two in the middle when there is an even number; exact, in whole fen doubled.
  return `select a.row_id from (select by_key, sum(value) filter (where place in ((cards + 1) / 2, cards / 2 + 1)) * case when cards % 2 = 1 then 2 else 1 end as twice
      from (select ${median.by} as by_key, (${median.of})::numeric as value, row_number() over w as place, count(*) over (partition by ${median.by}) as cards
        from ${from} and ${median.where} and ${median.by} is not null window w as (partition by ${median.by} order by ${median.of})) ranked
      where cards >= ${median.minCards} group by by_key, cards) m
    join assets a on a.scope_id = ${scopeId} and ${median.by} = m.by_key and (${median.of})::numeric * 2 > ${median.times} * m.twice
    where ${median.where}`
}
