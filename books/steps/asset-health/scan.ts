/**
 * One pass over the cards for each family: every card gets a mask with a bit for each rule that it violates, and only the
 * cards with a bit stay. The rules' SQL comes from the checked expressions of config/asset-rules.ts, never from a file as such.
 */
import { type Transaction, sql } from 'kysely'
import type { CompiledRule } from '../../../config/asset-rules.ts'
import type { Database } from '../../tables.ts'

/** A family with its rules; a rule's bit is its place in the list. */
export interface Family { letter: string; rules: readonly CompiledRule[] }

/** The temporary table with the hits of a family: `(row_id int, mask bigint)`; a card may stand in several rows. */
export function hitsTable(family: Family): string {
  return `asset_hits_${family.letter.toLowerCase()}`
}

/** The cards of a scope as `a`, with their unit as `u` where a rule looks at it. */
export function cardsFrom(scopeId: number, withUnits: boolean, table = 'assets'): string {
  const units = withUnits ? ` left join units u on u.scope_id = ${scopeId} and u.unit = a.unit` : ''
  return `${table} a${units} where a.scope_id = ${scopeId}`
}

export function bitOf(family: Family, rule: CompiledRule): string {
  return `${1n << BigInt(family.rules.indexOf(rule))}::bigint`
}

/** Makes the hits table of the family and fills it with what the row conditions find. */
export async function scanFamily(trx: Transaction<Database>, scopeId: number, family: Family): Promise<void> {
  const rules = family.rules.filter(({ condition }) => condition !== null)
  const bits = rules.map((rule) => `case when ${rule.condition} then ${bitOf(family, rule)} else 0 end`)
  const mask = bits.length > 0 ? `(${bits.join(' | ')})` : '0::bigint'
  const from = cardsFrom(scopeId, rules.some(({ readsUnits }) => readsUnits))
  // `create table as` may read with parallel workers, `insert … select` may not.
  await sql.raw(`create temporary table ${hitsTable(family)} on commit drop as select a.row_id, ${mask} as mask from ${from} and ${mask} <> 0`).execute(trx)
}
