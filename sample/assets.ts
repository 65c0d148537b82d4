/** Asset cards 资产卡片 without fault: what they cost and have been depreciated is what the unit's book says. */
import { formatYuan } from '../domain/money.ts'
import { pay } from './payments.ts'
import type { Indicator, SampleUnit } from './plan.ts'
import type { AssetOpening } from './units.ts'
import { type World, day } from './world.ts'

/** A kind of thing that a unit owns. */
export interface Kind {
  key: 'building' | 'computer' | 'printer' | 'car' | 'desk' | 'software' | 'land' | 'book'
  class: string
  name: string
  /** Months of use; 0 is not depreciated. */
  life: number
  low: number
  high: number
}
export const KINDS: readonly Kind[] = [
  { key: 'building', class: 'A01010200', name: '办公用房', life: 600, low: 2_000_000, high: 9_000_000 },
  { key: 'computer', class: 'A02010105', name: '台式计算机', life: 72, low: 4_000, high: 6_500 },
  { key: 'printer', class: 'A02020400', name: '多功能一体机', life: 72, low: 2_000, high: 4_000 },
  { key: 'car', class: 'A02030500', name: '小型客车', life: 96, low: 120_000, high: 170_000 },
  { key: 'desk', class: 'A05010200', name: '办公桌椅', life: 180, low: 1_200, high: 2_400 },
  { key: 'software', class: 'A08060300', name: '业务应用软件', life: 120, low: 20_000, high: 60_000 },
  { key: 'land', class: 'A01090100', name: '单独计价入账的土地', life: 0, low: 300_000, high: 900_000 },
  { key: 'book', class: 'A04010100', name: '专业图书', life: 0, low: 1_000, high: 3_000 },
]

export interface Card { row: Record<string, string>; kind: Kind; unit: SampleUnit; cost: bigint; acquired: string }

/** Straight line, the month of acquisition counts, no residual value: rounded half up. */
export function depreciation(cost: bigint, life: number, acquired: string, until: string): bigint {
  if (life === 0) return 0n
  const months = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7))
  const elapsed = Math.max(0, Math.min(life, months(until) - months(acquired) + 1))
  return (cost * BigInt(elapsed) * 2n + BigInt(life)) / (2n * BigInt(life))
}

/** True for 1701/1702; all other cards stand in 1601/1602. */
export const intangible = (kind: Kind) => kind.class.startsWith('A08') || kind.class.startsWith('A0109')

/** The cards that a unit has on 1 January. */
export function cardsOf(world: World, unit: SampleUnit): Card[] {
  const draw = world.plan.random('assets', unit.code)
  const keys: Kind['key'][] = ['building', 'land', 'computer', 'computer', 'printer', 'desk', 'software', 'book']
  if (draw.chance(70)) keys.push('car')
  if (draw.chance(50)) keys.push('computer', 'desk')
  const cards = keys.map((key, index) => {
    const kind = KINDS.find((one) => one.key === key)!
    const year = kind.key === 'computer' ? world.plan.year - draw.int(1, 5) : world.plan.year - draw.int(2, 9)
    const acquired = `${year}-${String(draw.int(1, 12)).padStart(2, '0')}-${String(draw.int(1, 28)).padStart(2, '0')}`
    return card(
      world, unit, kind, index + 1, acquired, draw.fen(kind.low, kind.high),
      `${acquired.slice(5, 7)}-${String(draw.int(1, 99)).padStart(5, '0')}`,
    )
  })
  if (draw.chance(40)) cards[2]!.row.use_status = 'idle'
  if (draw.chance(25)) {
    Object.assign(cards[0]!.row, {
      area_self_use: '1500.00', area_leased: '300.00', lease_reference: `ZL${world.plan.year}-${unit.code}`,
    })
  }
  if (draw.chance(30)) Object.assign(cards[7]!.row, { acquire_mode: 'donation' })
  return cards
}

/** What the unit's book opens with. */
export function openingOf(world: World, cards: readonly Card[]): AssetOpening {
  const before = `${world.plan.year - 1}-12-31`
  const sum = (of: (one: Card) => bigint, wanted: boolean) =>
    cards.filter((one) => intangible(one.kind) === wanted).reduce((total, one) => total + of(one), 0n)
  const written = (one: Card) => depreciation(one.cost, one.kind.life, one.acquired, before)
  return {
    fixed: sum((one) => one.cost, false), fixedDepreciation: sum(written, false),
    intangible: sum((one) => one.cost, true), amortisation: sum(written, true),
  }
}

/** Buys a computer for a unit in the year: a payment, and the card that it made. */
export function buy(world: World, indicator: Indicator, cards: Card[], date: string): void {
  const { unit } = indicator
  const kind = KINDS.find((one) => one.key === 'computer')!
  const cost = world.plan.random('purchase', unit.code).fen(kind.low, kind.high)
  const { unitVoucher } = pay(world, { indicator, amount: cost, date, asset: '1601' })
  cards.push(card(world, unit, kind, cards.length + 1, date, cost, unitVoucher))
}

/** Posts the year's depreciation 折旧 and amortisation 摊销 of a unit, at the end of each of `months`. */
export function depreciate(world: World, unit: SampleUnit, cards: readonly Card[], months: readonly number[]): void {
  const own = { unit: unit.code }
  let last = `${world.plan.year - 1}-12-31`
  for (const month of months) {
    const date = day(world.plan, month, 28)
    for (const [account, wanted] of [['1602', false], ['1702', true]] as const) {
      const due = cards.filter((one) => intangible(one.kind) === wanted)
        .reduce((total, one) => total + depreciation(one.cost, one.kind.life, one.acquired, date) - depreciation(
          one.cost, one.kind.life, one.acquired, last,
        ), 0n)
      if (due === 0n) continue
      const lines = [{ account: '5001', dims: own, debit: due }, { account, dims: own, credit: due }]
      world.ledger.post({ book: unit.book, date, summary: wanted ? '计提无形资产摊销' : '计提固定资产折旧', lines })
    }
    last = date
  }
}

/** A worn-out computer that was scrapped in the year: its cost and depreciation leave the book together. */
export function scrap(world: World, unit: SampleUnit, cards: readonly Card[]): void {
  const { plan } = world
  const kind = KINDS.find((one) => one.key === 'computer')!
  const acquired = `${plan.year - 8}-04-11`
  const { row, cost } = card(
    world, unit, kind, cards.length + 51, acquired, plan.random('scrap', unit.code).fen(kind.low, kind.high), '04-00017',
  )
  const date = day(plan, 6, 26)
  const dims = { unit: unit.code }
  world.ledger.open(unit.book, '1601', dims, cost)
  world.ledger.open(unit.book, '1602', dims, -cost)
  world.ledger.post({
    book: unit.book, date, summary: '报废计算机核销',
    lines: [{ account: '1602', dims, debit: cost }, { account: '1601', dims, credit: cost }],
  })
  world.assets.push({
    ...row, use_status: 'disposed', dispose_type: 'scrap', dispose_approval_no: `锡财资〔${plan.year}〕${unit.code}号`,
    dispose_approved_on: day(plan, 6, 10), disposed_on: date, dispose_booked_on: date, dispose_income: '120.00',
    dispose_income_remitted: '120.00', last_depreciated_month: `${plan.year - 2}-03`,
  })
}

/** A card without fault; its depreciation is that of 31 December. */
export function card(
  world: World, unit: SampleUnit, kind: Kind, sequence: number, acquired: string, cost: bigint, voucher: string,
): Card {
  const { plan } = world
  const written = depreciation(cost, kind.life, acquired, world.lastDay)
  const number = `${unit.code}${kind.class.slice(1, 5)}${acquired.slice(0, 4)}${String(sequence).padStart(5, '0')}`
  const row: Record<string, string> = {
    asset_no: number, card_no: `K${number}`, name: kind.name, class_code: kind.class, unit: unit.code, use_status: 'in-use',
    acquire_mode: 'purchase',
    acquired_on: acquired, booked_on: acquired, booked: '1', voucher_no: voucher, in_use_on: acquired, created_on: acquired,
    value_type: 'actual',
    quantity: '1', unit_price: formatYuan(cost), cost: formatYuan(cost), accumulated_depreciation: formatYuan(written),
    net_value: formatYuan(cost - written),
    life_months: kind.life === 0 ? '' : String(kind.life), fiscal_amount: formatYuan(cost), other_amount: '0.00',
    department: '办公室', keeper: '王建国',
    location: `${plan.place}${unit.name}`, last_depreciated_month: kind.life === 0 ? '' : `${plan.year}-12`,
    ...details(plan.place, unit, kind, sequence, acquired),
  }
  return { row, kind, unit, cost, acquired }
}

/** Without I and O, as plates and vehicle numbers have them. */
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'

/** 17 characters, one for each unit and number. */
const vinOf = (unit: SampleUnit, sequence: number): string =>
  `LSVA${LETTERS[Math.floor(sequence / 1000) % LETTERS.length]}49J${unit.code}${String(sequence % 1000).padStart(3, '0')}`

/** `蒙H`, a letter for the department, four figures: one plate for each unit and number. */
function plateOf(unit: SampleUnit, sequence: number): string {
  const place = Number(unit.code) % 1000
  return `蒙H${LETTERS[Number(unit.code.slice(0, 3)) % LETTERS.length]}${String((place * 37 + sequence) % 10_000).padStart(4, '0')}`
}

function details(place: string, unit: SampleUnit, kind: Kind, sequence: number, acquired: string): Record<string, string> {
  const serial = `${unit.code}${String(sequence).padStart(3, '0')}`
  const address = `${place}${unit.name}院内`
  const title = {
    certificate: '1', certificate_no: `蒙（${acquired.slice(0, 4)}）不动产权第${serial}号`, certificate_on: acquired, address,
  }
  switch (kind.key) {
    case 'building': return {
      ...title, floor_area: '1800.00', usable_area: '1440.00', structure: 'steel-concrete', completed_on: acquired,
      area_self_use: '1800.00',
      area_leased: '0', area_idle: '0', area_other: '0',
    }
    case 'land': return {
      ...title, land_area: '5200.00', land_use_type: '划拨', area_self_use: '5200.00', area_leased: '0', area_idle: '0',
      area_other: '0',
    }
    case 'car': return {
      plate_no: plateOf(unit, sequence), vin: vinOf(unit, sequence), engine_no: `EA211${serial}`, registered_on: acquired,
      displacement: '1.6',
      energy: 'fuel', vehicle_usage: '应急保障', quota_status: '在编', brand_model: '大众牌 SVW71611',
    }
    default: return {}
  }
}
