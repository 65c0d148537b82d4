/**
 * Cards with faults. Each card is otherwise healthy and stands in its unit's book as it is, so that only its own rules find it.
 */
import { type Card, KINDS, type Kind, card, intangible } from '../assets.ts'
import { formatYuan, parseYuan } from '../../domain/money.ts'
import type { Severity } from '../../domain/findings.ts'
import type { SampleUnit } from '../plan.ts'
import type { World } from '../world.ts'
import { BUILDING_FAULTS, DATE_FAULTS, DISPOSAL_FAULTS, MONEY_FAULTS, NUMBER_FAULTS, VEHICLE_FAULTS } from './asset-faults.ts'
import type { Defect } from './defect.ts'

/** One fault: a kind of card, how many of them, what is written over it, and the rules that must find each card. */
export interface Fault {
  kind: Kind['key']
  /** ISO date; decides the depreciation. */
  acquired: string
  /** Written over the healthy card. `#` in a value becomes the number of the fault: the same on each of its cards. */
  change: Readonly<Record<string, string>>
  /** Yuan; a price fit for the kind without it. */
  cost?: string
  /** Yuan added to the depreciation, in the card and in the book. */
  written?: string
  rules: readonly (readonly [rule: string, severity: Severity])[]
  /** Cards of this fault; of several, the finding of `once` rules is the number's, not the cards'. */
  cards?: readonly Readonly<Record<string, string>>[]
  once?: readonly (readonly [rule: string, severity: Severity])[]
  unit?: 'administrative' | 'institution'
}

const SEQUENCE_FROM = 90_000

/** All faults of these families, in one district. */
const faulty = (...families: readonly (readonly Fault[])[]): Defect => ({
  late: (world) => { families.flat().forEach((fault, index) => plantFault(world, fault, SEQUENCE_FROM + index * 10)) },
})

export const ASSETS_DNL = faulty(DATE_FAULTS, NUMBER_FAULTS, BUILDING_FAULTS)
export const ASSETS_FVS = faulty(MONEY_FAULTS, VEHICLE_FAULTS, DISPOSAL_FAULTS)

function plantFault(world: World, fault: Fault, sequence: number): void {
  const units = world.plan.units.filter((unit) => unit.kind === (fault.unit ?? 'administrative'))
  const variants = fault.cards ?? [{}]
  variants.forEach((variant, index) => {
    const unit = variant.unit === 'other' ? units[1]! : units[0]!
    const { row, key } = faultyCard(world, fault, variant, unit, sequence + index)
    const rules = variant.rules === undefined
      ? fault.rules
      : fault.rules.filter(([rule]) => variant.rules!.split(' ').includes(rule))
    for (const [rule, severity] of rules) world.expect('asset-health', rule, key, severity)
    if (index === 0) for (const [rule, severity] of fault.once ?? []) world.expect('asset-health', rule, row.asset_no!, severity)
  })
}

function faultyCard(world: World, fault: Fault, variant: Readonly<Record<string, string>>, unit: SampleUnit, sequence: number) {
  const kind = KINDS.find((one) => one.key === fault.kind)!
  const cost = fault.cost === undefined ? BigInt(Math.round((kind.low + kind.high) / 2)) * 100n : parseYuan(fault.cost)
  const { unit: _unit, rules: _rules, ...own } = variant
  const move = (text: string) => inYear(text, world.plan.year)
  const changes = { ...fault.change, ...own }
  const life = changes.life_months
  const made: Card = card(
    world, unit, life ? { ...kind, life: Number(life) } : kind, sequence, move(fault.acquired), cost, '01-00001',
  )
  const row = made.row
  if (fault.written !== undefined) {
    const written = parseYuan(row.accumulated_depreciation!) + parseYuan(fault.written)
    Object.assign(row, { accumulated_depreciation: formatYuan(written), net_value: formatYuan(cost - written) })
  }
  for (const [column, value] of Object.entries(changes)) {
    row[column] = move(value).replace('#', String(sequence - (sequence % 10)))
  }
  world.assets.push(row)
  book(world, unit, kind, row)
  // The header is line 1.
  return { row, key: row.asset_no === '' ? `line:${world.assets.length + 1}` : row.asset_no! }
}

/** Faults are dated in 2025: the same dates counted from another closing year. */
const inYear = (text: string, year: number): string =>
  text.replace(/^(\d{4})(-\d\d(?:-\d\d)?)$/, (_, own: string, rest: string) => `${Number(own) + year - 2025}${rest}`)

/** Opens the card in its unit's book, if a book would have it: R18 stays equal. */
function book(world: World, unit: SampleUnit, kind: Kind, row: Record<string, string>): void {
  if (row.booked !== '1' || row.use_status === 'disposed') return
  const dims = { unit: unit.code }
  const [cost, written] = [parseYuan(row.cost!), parseYuan(row.accumulated_depreciation!)]
  const accounts = intangible(kind) ? ['1701', '1702'] : ['1601', '1602']
  world.ledger.open(unit.book, accounts[0]!, dims, cost)
  world.ledger.open(unit.book, accounts[1]!, dims, -written)
  world.ledger.open(unit.book, '3001', dims, written - cost)
}
