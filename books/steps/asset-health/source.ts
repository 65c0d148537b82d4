/**
 * Where the rules read from: the cards `a`, with their class `k` and, where a rule looks at it, their unit `u`. What rules
 * ask of a class (its groups, its life, its median cost) is worked out once for each class code, not for each card.
 */
import { type Transaction, sql } from 'kysely'
import { type ClassData, classColumns } from '../../../config/asset-columns.ts'
import type { CompiledMedian, CompiledRule } from '../../../config/asset-rules.ts'
import { quote } from '../../../domain/expression/literals.ts'
import type { Database } from '../../tables.ts'

/** A family with its rules; a rule's bit in the family's mask is its place in the list. */
export interface Family { letter: string; rules: readonly CompiledRule[] }

export interface CardSource {
  scopeId: number
  /** `from … where …` over the cards (or a table like theirs); open for another `and`. */
  from(options: { withUnits: boolean; withClasses?: boolean; table?: string }): string
}

/** Up to so many class codes stand in the statement itself, so that parallel workers can read them; more in a temporary table. */
const INLINE_CLASSES_MAX = 2000

/** Column of `k` with twice the median of a rule. */
export const medianColumn = (rule: CompiledRule): string => `median_${rule.id.toLowerCase()}`

export async function openSource(
  trx: Transaction<Database>, scopeId: number, data: ClassData, families: readonly Family[],
): Promise<CardSource> {
  const columns = classColumns(data)
  await sql.raw(`drop table if exists pg_temp.asset_classes`).execute(trx)
  await sql.raw(`create temporary table asset_classes on commit drop as
    select code as class_code, ${columns.map(({ name, sql: value }) => `${value} as ${name}`).join(', ')}
    from (select coalesce(class_code, '') as code from assets where scope_id = ${scopeId} group by 1) codes`).execute(trx)
  const names = ['class_code', ...columns.map(({ name }) => name)]
  const draft = sourceOf(scopeId, 'asset_classes k')
  for (const rule of families.flatMap(({ rules }) => rules)) {
    if (!rule.median) continue
    await addMedian(trx, draft, rule, rule.median)
    names.push(medianColumn(rule))
  }
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from asset_classes`.execute(trx)
  return rows[0]!.count > INLINE_CLASSES_MAX ? draft : sourceOf(scopeId, await inlineClasses(trx, names))
}

function sourceOf(scopeId: number, classes: string): CardSource {
  return {
    scopeId,
    from: ({ withUnits, withClasses = true, table = 'assets' }) => {
      const units = withUnits ? ` left join units u on u.scope_id = ${scopeId} and u.unit = a.unit` : ''
      const ofClass = withClasses ? ` join ${classes} on k.class_code = coalesce(a.class_code, '')` : ''
      return `${table} a${ofClass}${units} where a.scope_id = ${scopeId}`
    },
  }
}

/** The median of each class: the middle value, or the mean of the two in the middle; twice it is a whole number. */
async function addMedian(trx: Transaction<Database>, source: CardSource, rule: CompiledRule, median: CompiledMedian): Promise<void> {
  const column = medianColumn(rule)
  await sql.raw(`alter table asset_classes add ${column} numeric`).execute(trx)
  // Equal values are counted together first: that is one pass, in parallel, and the rest is small.
  await sql.raw(`with counted as (
      select coalesce(a.class_code, '') as class_code, (${median.of})::numeric as value, count(*) as cards
      from ${source.from({ withUnits: rule.readsUnits, withClasses: usesClasses(median) })}
        and ${median.where} and ${median.of} is not null group by 1, 2),
    placed as (select *, sum(cards) over (partition by class_code order by value) as upto, sum(cards) over (partition by class_code) as total from counted),
    middles as (
      select class_code, min(value) filter (where upto >= ceil(total / 2)) + min(value) filter (where upto >= floor(total / 2) + 1) as twice
      from placed where total >= ${median.minCards} group by class_code)
    update asset_classes c set ${column} = m.twice from middles m where m.class_code = c.class_code`).execute(trx)
}

/** A temporary table keeps parallel workers away, so it is joined only where the condition asks for the class. */
const usesClasses = (median: CompiledMedian) => /\bk\./.test(median.where + median.of)

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
