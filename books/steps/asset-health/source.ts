/**
 * Where the rules read from: the cards `a`, with their class `k` and, where a rule looks at it, their unit `u`. What rules
 * ask of a class (its groups, its life, its median cost) is worked out once for each class code, not for each card.
 */
import { type Transaction, sql } from 'kysely'
import { type ClassData, classColumns } from '../../../config/asset-columns.ts'
import type { CompiledRule } from '../../../config/asset-rules.ts'
import { quote } from '../../../domain/expression/literals.ts'
import type { Database } from '../../tables.ts'

/** A family with its rules; a rule's bit in the family's mask is its place in the list. */
export interface Family { letter: string; rules: readonly CompiledRule[] }

export interface CardSource {
  scopeId: number
  /** `from … where …` over the cards (or a table like theirs); open for another `and`. */
  from(options: { withUnits: boolean; table?: string; join?: string }): string
}

/** Up to so many class codes stand in the statement itself, so that parallel workers can read them; more in a temporary table. */
const INLINE_CLASSES_MAX = 2000

/** Column of `k` with twice the median of a rule. */
export const medianColumn = (rule: CompiledRule): string => `median_${rule.id.toLowerCase()}`

export async function openSource(
  trx: Transaction<Database>, scopeId: number, data: ClassData, families: readonly Family[],
): Promise<CardSource> {
  const columns = classColumns(data)
  const medians = families.flatMap(({ rules }) => rules).filter(({ median }) => median !== null)
  for (const rule of medians) await countValues(trx, scopeId, rule)
  await sql.raw(`drop table if exists pg_temp.asset_classes`).execute(trx)
  await sql.raw(`create temporary table asset_classes on commit drop as
    select code as class_code, ${columns.map(({ name, sql: value }) => `${value} as ${name}`).join(', ')}
    from (select coalesce(class_code, '') as code from ${medians[0] ? countsTable(medians[0]) : `assets where scope_id = ${scopeId}`} group by 1) codes`).execute(trx)
  for (const rule of medians) await addMedian(trx, rule)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from asset_classes`.execute(trx)
  const names = ['class_code', ...columns.map(({ name }) => name), ...medians.map(medianColumn)]
  return sourceOf(scopeId, rows[0]!.count > INLINE_CLASSES_MAX ? 'asset_classes k' : await inlineClasses(trx, names))
}

function sourceOf(scopeId: number, classes: string): CardSource {
  return {
    scopeId,
    from: ({ withUnits, table = 'assets', join = '' }) => {
      const units = withUnits ? ` left join units u on u.scope_id = ${scopeId} and u.unit = a.unit` : ''
      return `${table} a join ${classes} on k.class_code = coalesce(a.class_code, '')${units} ${join} where a.scope_id = ${scopeId}`
    },
  }
}

const countsTable = (rule: CompiledRule): string => `asset_counts_${rule.id.toLowerCase()}`

/** Counts equal values of a class together: that is one pass, in parallel, and what is left is small. */
async function countValues(trx: Transaction<Database>, scopeId: number, rule: CompiledRule): Promise<void> {
  const { of, where } = rule.median!
  await sql.raw(`drop table if exists pg_temp.${countsTable(rule)}`).execute(trx)
  await sql.raw(`create temporary table ${countsTable(rule)} on commit drop as
    select a.class_code, ${of} as value, count(*) filter (where ${where}) as cards from assets a where a.scope_id = ${scopeId} group by 1, 2`).execute(trx)
}

/** The median of each class: the middle value, or the mean of the two in the middle; twice it is a whole number. */
async function addMedian(trx: Transaction<Database>, rule: CompiledRule): Promise<void> {
  const column = medianColumn(rule)
  await sql.raw(`alter table asset_classes add ${column} numeric`).execute(trx)
  await sql.raw(`with placed as (
      select coalesce(class_code, '') as class_code, value::numeric as value, sum(cards) over (partition by class_code order by value) as upto,
        sum(cards) over (partition by class_code) as total
      from ${countsTable(rule)} where cards > 0 and value is not null),
    middles as (
      select class_code, min(value) filter (where upto >= ceil(total / 2)) + min(value) filter (where upto >= floor(total / 2) + 1) as twice
      from placed where total >= ${rule.median!.minCards} group by class_code)
    update asset_classes c set ${column} = m.twice from middles m where m.class_code = c.class_code`).execute(trx)
}

async function inlineClasses(trx: Transaction<Database>, names: readonly string[]): Promise<string> {
  const { rows } = await sql<Record<string, string | number | boolean | null>>`select * from asset_classes order by class_code`.execute(trx)
  const text = (name: string, value: string | number | boolean | null | undefined) => {
    if (value === null || value === undefined) return name === 'life' ? 'null::int' : 'null::numeric'
    if (name === 'class_code') return quote(String(value))
    return typeof value === 'boolean' ? String(value) : name === 'life' ? `${Number(value)}` : `${quote(String(value))}::numeric`
  }
  // A scope without cards still needs a row to have types.
  const none = Object.fromEntries(names.map((name) => [name, name === 'class_code' ? '' : name === 'life' || name.startsWith('median_') ? null : false]))
  const values = rows.length > 0 ? rows : [none]
  return `(values ${values.map((row) => `(${names.map((name) => text(name, row[name])).join(', ')})`).join(', ')}) as k (${names.join(', ')})`
}
