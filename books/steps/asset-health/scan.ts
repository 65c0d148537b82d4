/**
 * One pass over the cards for all conditions: every card gets a mask for each family, with a bit for each rule that it
 * violates, and only the cards with a bit stay. The SQL comes from the checked expressions of config/asset-rules.ts.
 */
import { type Transaction, sql } from 'kysely'
import type { CompiledRule } from '../../../config/asset-rules.ts'
import type { Database } from '../../tables.ts'
import { type CardSource, type Family, brokenColumn, limitColumn } from './source.ts'

export function bitOf(family: Family, rule: CompiledRule): string {
  return `${1n << BigInt(family.rules.indexOf(rule))}::bigint`
}

/** A family's column in `asset_hits (row_id int, key_0 text, …, mask_d bigint, …)`; a card may stand in several rows. */
export const maskColumn = (family: Family): string => `mask_${family.letter.toLowerCase()}`

/**
 * Makes `asset_hits` and fills it with what the conditions and medians find; with `key_0`, … the cards that have one of the
 * keys (SQL over `a`, text or null), so that the rules on shared numbers need no reading of their own.
 */
export async function scanCards(
  trx: Transaction<Database>, source: CardSource, families: readonly Family[], keys: readonly string[],
): Promise<void> {
  const masks = families.map((family) => ({ column: maskColumn(family), mask: maskSql(family) }))
  const withUnits = families.some(({ rules }) => rules.some((rule) => rule.readsUnits && rule.groups.length === 0))
  const keyed = keys.length > 0 ? [`coalesce(${keys.join(', ')}) is not null`] : []
  await sql.raw('drop table if exists pg_temp.asset_hits').execute(trx)
  // `create table as` may read with parallel workers, `insert … select` may not.
  await sql.raw(`create temporary table asset_hits on commit drop as
    select a.row_id${keys.map((key, index) => `, ${key} as key_${index}`).join('')}${masks.map(({ column, mask }) => `, ${mask} as ${column}`).join('')}
    from ${source.from({ withUnits })} and (${[...keyed, ...masks.map(({ mask }) => `${mask} <> 0`)].join(' or ') || 'false'})`).execute(trx)
}

/**
 * SQL of a card's mask. Rules that begin with the same test (most of a family look at one class) share it, so that a card
 * of another class costs one test for all of them.
 */
function maskSql(family: Family): string {
  const guarded = new Map<string, { rest: readonly string[]; bit: string }[]>()
  for (const rule of family.rules) {
    const parts = conditionOf(rule)
    if (!parts) continue
    const [guard, ...rest] = parts
    guarded.set(guard!, [...(guarded.get(guard!) ?? []), { rest, bit: bitOf(family, rule) }])
  }
  const terms = [...guarded].map(([guard, rules]) => {
    const bits = rules.map(
      ({ rest, bit }) => (rest.length === 0 ? bit : `case when ${rest.join(' and ')} then ${bit} else 0 end`),
    )
    return `case when ${guard} then ${bits.join(' | ')} else 0 end`
  })
  return terms.length > 0 ? `(${terms.join(' | ')})` : '0::bigint'
}

function conditionOf(rule: CompiledRule): readonly string[] | null {
  if (rule.ofClass) return [`k.${brokenColumn(rule)}`]
  return rule.median ? [`(${rule.median.of} > k.${limitColumn(rule)})`, rule.median.where] : rule.condition
}
