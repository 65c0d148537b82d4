/** What a rule on asset cards may name: the columns of assets.csv (CONTRACT §1.3) and the few that are worked out from them. */
import { quote } from '../domain/expression/literals.ts'
import type { Names, ParameterValue, ValueType } from '../domain/expression/types.ts'

const COLUMNS_BY_TYPE: Partial<Record<ValueType, string>> = {
  text: `asset_no card_no name class_code unit use_status acquire_mode voucher_no value_type department keeper location land_use_type
    structure certificate_no no_certificate_reason address lease_reference plate_no vin engine_no energy vehicle_usage quota_status
    brand_model dispose_type dispose_approval_no last_depreciated_month`,
  date: `acquired_on booked_on in_use_on created_on certificate_on completed_on registered_on dispose_approved_on disposed_on dispose_booked_on`,
  money: 'unit_price cost accumulated_depreciation net_value fiscal_amount other_amount dispose_income dispose_income_remitted',
  number: `quantity life_months land_area floor_area usable_area area_self_use area_leased area_idle area_other displacement`,
  boolean: 'booked certificate',
}

/** The columns of a card, as they stand in table `assets` (alias `a`). */
export const CARD_COLUMNS: ReadonlyMap<string, ValueType> = new Map(Object.entries(COLUMNS_BY_TYPE)
  .flatMap(([type, names]) => names.split(/\s+/).map((name) => [name, type as ValueType] as const)))

/** A class prefix with its shortest life in months, one figure or one for each building structure. */
export interface LifeMinimum { class: string; months?: number; by_structure?: Record<string, number>; max?: number }

export interface ClassData {
  class_pattern: string
  classes: Record<string, readonly string[]>
  non_depreciable: readonly string[]
  life_minimum: readonly LifeMinimum[]
}

/** The parameters that every condition has: the report year Y, its first day and its last. */
function yearParameters(year: number): ReadonlyMap<string, ParameterValue> {
  return new Map<string, ParameterValue>([
    ['year', { type: 'number', value: year }],
    ['year_start', { type: 'date', value: `${year}-01-01` }],
    ['year_end', { type: 'date', value: `${year}-12-31` }],
  ])
}

/** Everything that the conditions of the report year `year` may name: columns of `a` (assets), `u` (units) and `k` (classes). */
export function cardNames(data: ClassData, year: number, parameters: ReadonlyMap<string, ParameterValue>, wide: boolean): Names {
  const classes = new Map(Object.keys(data.classes).map((group) => [group, `k.${classColumn(group)}`]))
  const stored = [...CARD_COLUMNS].map(([name, type]) => [name, { type, sql: `a.${name}` }] as const)
  const derived = Object.entries(derivedColumns(data, year, wide))
  return {
    columns: new Map([...stored, ...derived]), parameters: new Map([...parameters, ...yearParameters(year)]), classes, wide,
  }
}

/** The columns that a worked-out one rests on: what a person would correct. */
const DERIVED_FROM: Readonly<Record<string, readonly string[]>> = {
  key: ['asset_no'], line: [], unit_kind: ['unit'], disposed: ['use_status'], depreciable: ['class_code', 'value_type'],
  class_in_force: ['class_code'],
  months_passed: ['acquired_on'], elapsed_months: ['acquired_on', 'life_months'],
  expected_depreciation: ['cost', 'acquired_on', 'life_months'],
  life_minimum: ['life_months'], life_maximum: ['life_months'],
}

/** The columns of assets.csv behind what an expression reads, each once, in order. */
export function cardFields(columns: Iterable<string>): string[] {
  return [...new Set([...columns].flatMap((name) => (CARD_COLUMNS.has(name) ? [name] : DERIVED_FROM[name] ?? [])))]
}

type Column = { type: ValueType; sql: string }

function derivedColumns(data: ClassData, year: number, wide: boolean): Record<string, Column> {
  // Months from the month of acquisition, which counts, to December of the year, never more than the life (DOMAIN §8, S6 art.
  // 16–21).
  const passed = `greatest((${year} - date_part('year', a.acquired_on)::int) * 12 + 13 - date_part('month', a.acquired_on)::int, 0)`
  const elapsed = `least(${passed}, a.life_months)`
  return {
    // What a card is known by in a finding: its number, or the line of the file when it has none.
    key: { type: 'text', sql: `(case when btrim(a.asset_no) <> '' then a.asset_no else 'line:' || a.file_line end)` },
    line: { type: 'number', sql: 'a.file_line' },
    unit_kind: { type: 'text', sql: 'u.kind' },
    disposed: { type: 'boolean', sql: `coalesce(a.use_status = 'disposed', false)` },
    depreciable: { type: 'boolean', sql: `(k.depreciable and a.value_type is distinct from 'nominal')` },
    class_in_force: { type: 'boolean', sql: 'k.in_force' },
    months_passed: { type: 'number', sql: passed },
    elapsed_months: { type: 'number', sql: `(case when a.life_months > 0 and a.acquired_on is not null then ${elapsed} end)` },
    // Straight line without residual value, cost × elapsed ÷ life, half up to the fen, in whole numbers throughout.
    expected_depreciation: {
      type: 'money',
      sql: `(case when a.life_months > 0 and a.acquired_on is not null then ${wide
        ? `div(2 * a.cost::numeric * ${elapsed} + a.life_months, 2 * a.life_months)`
        : `(2 * a.cost * ${elapsed} + a.life_months) / (2 * a.life_months)`} end)`,
    },
    life_minimum: {
      type: 'number',
      sql: lifeSql(
        data.life_minimum, (life) => life.by_structure ? structureSql(life.by_structure) : String(life.months ?? 'null'),
      ),
    },
    life_maximum: { type: 'number', sql: lifeSql(data.life_minimum, (life) => String(life.max ?? 'null')) },
  }
}

const classColumn = (group: string) => `is_${group}`

/**
 * Columns of the table of classes `k`, beside `class_code`: what a rule asks of a class, worked out once for each code (`code`).
 */
export function classColumns(data: ClassData): { name: string; sql: string }[] {
  const anyOf = (prefixes: readonly string[]) =>
    `(${prefixes.map((prefix) => `code ^@ ${quote(prefix)}`).join(' or ') || 'false'})`
  const longestFirst = data.life_minimum.map((life, place) => ({ life, place }))
    .sort((one, other) => other.life.class.length - one.life.class.length)
  return [
    ...Object.entries(data.classes).map(([group, prefixes]) => ({ name: classColumn(group), sql: anyOf(prefixes) })),
    { name: 'depreciable', sql: `not ${anyOf(data.non_depreciable.flatMap((group) => data.classes[group] ?? []))}` },
    { name: 'in_force', sql: `(${anyOf(data.classes.known ?? [])} and code ~ ${quote(data.class_pattern)})` },
    // The place in life_minimum of the longest prefix that fits.
    {
      name: 'life',
      sql: `(case ${longestFirst.map(({ life, place }) => `when code ^@ ${quote(life.class)} then ${place}`).join(' ') || 'when false then 0'} end)`,
    },
  ]
}

function lifeSql(lives: readonly LifeMinimum[], give: (life: LifeMinimum) => string): string {
  const branches = lives.map((life, place) => [place, give(life)] as const).filter(([, months]) => months !== 'null')
  return branches.length === 0
    ? '(null::int)'
    : `(case k.life ${branches.map(([place, months]) => `when ${place} then ${months}`).join(' ')} end)`
}

function structureSql(minima: Record<string, number>): string {
  const branches = Object.entries(minima).map(([structure, months]) => `when ${quote(structure)} then ${months}`)
  return branches.length === 0 ? 'null' : `(case a.structure ${branches.join(' ')} end)`
}
