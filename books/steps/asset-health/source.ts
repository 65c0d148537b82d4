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

/** Column of `k` with the value above which a card of the class breaks a rule on the median. */
export const limitColumn = (rule: CompiledRule): string => `limit_${rule.id.toLowerCase()}`

/** Column of `k` with whether the class alone breaks a rule. */
export const brokenColumn = (rule: CompiledRule): string => `broken_${rule.id.toLowerCase()}`

export async function openSource(
  trx: Transaction<Database>, scopeId: number, data: ClassData, families: readonly Family[],
): Promise<CardSource> {
  const groups = classColumns(data)
  const rules = families.flatMap((family) => family.rules)
  const [medians, decided] = [rules.filter(({ median }) => median !== null), rules.filter(({ ofClass }) => ofClass)]
  for (const rule of medians) await countValues(trx, scopeId, rule)
  await sql.raw(`drop table if exists pg_temp.asset_classes`).execute(trx)
  await sql.raw(`create temporary table asset_classes on commit drop as
    select code as class_code, ${groups.map(({ name, sql: value }) => `${value} as ${name}`).join(', ')}
    from (select coalesce(class_code, '') as code from ${medians[0] ? countsTable(medians[0]) : `assets where scope_id = ${scopeId}`} group by 1) codes`).execute(trx)
  await decideByClass(trx, decided)
  for (const rule of medians) await addLimit(trx, rule)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from asset_classes`.execute(trx)
  const columns = new Map<string, ClassType>([
    ['class_code', 'text'], ...groups.map(({ name }): [string, ClassType] => [name, name === 'life' ? 'int' : 'boolean']),
    ...decided.map((rule): [string, ClassType] => [brokenColumn(rule), 'boolean']),
    ...medians.map((rule): [string, ClassType] => [limitColumn(rule), limitType(rule)]),
  ])
  return sourceOf(scopeId, rows[0]!.count > INLINE_CLASSES_MAX ? 'asset_classes k' : await inlineClasses(trx, columns))
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

/** Conditions on the class alone, for each class code once. A card without a class has none to compare, not an empty one. */
async function decideByClass(trx: Transaction<Database>, rules: readonly CompiledRule[]): Promise<void> {
  if (rules.length === 0) return
  await sql.raw(`alter table asset_classes ${rules.map((rule) => `add ${brokenColumn(rule)} boolean`).join(', ')}`).execute(trx)
  await sql.raw(`update asset_classes k set ${rules.map((rule) => `${brokenColumn(rule)} = coalesce(${rule.condition!.join(' and ')}, false)`).join(', ')}
    from (select class_code as code, nullif(class_code, '') as class_code from asset_classes) a where a.code = k.class_code`).execute(trx)
}

type ClassType = 'text' | 'boolean' | 'int' | 'bigint' | 'numeric'
const LARGEST = '9223372036854775807'

/** Whole values are compared with a whole limit, in a fraction of the time. */
const limitType = (rule: CompiledRule): ClassType => (rule.median!.whole ? 'bigint' : 'numeric')

/**
 * The limit of each class: `times` its median, which is the middle value, or the mean of the two in the middle. A whole
 * value is above it when it is above its floor.
 */
async function addLimit(trx: Transaction<Database>, rule: CompiledRule): Promise<void> {
  const { whole, times, minCards } = rule.median!
  const limit = `m.twice * ${times} * 0.5`
  await sql.raw(`alter table asset_classes add ${limitColumn(rule)} ${limitType(rule)}`).execute(trx)
  await sql.raw(`with placed as (
      select coalesce(class_code, '') as class_code, value::numeric as value, sum(cards) over (partition by class_code order by value) as upto,
        sum(cards) over (partition by class_code) as total
      from ${countsTable(rule)} where cards > 0 and value is not null),
    middles as (
      select class_code, min(value) filter (where upto >= ceil(total / 2)) + min(value) filter (where upto >= floor(total / 2) + 1) as twice
      from placed where total >= ${minCards} group by class_code)
    update asset_classes c set ${limitColumn(rule)} = ${whole ? `greatest(least(floor(${limit}), ${LARGEST}), -${LARGEST})::bigint` : limit}
    from middles m where m.class_code = c.class_code`).execute(trx)
}

async function inlineClasses(trx: Transaction<Database>, columns: ReadonlyMap<string, ClassType>): Promise<string> {
  const { rows } = await sql<Record<string, string | number | bigint | boolean | null>>`select * from asset_classes order by class_code`.execute(trx)
  const names = [...columns.keys()]
  const text = (name: string, value: string | number | bigint | boolean | null | undefined) => {
    const type = columns.get(name)!
    if (value === null || value === undefined) return `null::${type}`
    return type === 'boolean' || type === 'int'
      ? String(value)
      : type === 'text' ? quote(String(value)) : `${quote(String(value))}::${type}`
  }
  // A scope without cards still needs a row to have types.
  const none = Object.fromEntries(names.map((name) => [
    name, name === 'class_code' ? '' : columns.get(name) === 'boolean' ? false : null,
  ]))
  const values = rows.length > 0 ? rows : [none]
  return `(values ${values.map((row) => `(${names.map((name) => text(name, row[name])).join(', ')})`).join(', ')}) as k (${names.join(', ')})`
}
