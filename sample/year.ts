/** The district's year in the order in which it happens, grown to the wanted number of entry lines. */
import { type Card, buy, cardsOf, depreciate, openingOf, scrap } from './assets.ts'
import { PAYMENT_LINES, pay, refund } from './payments.ts'
import type { Random } from './random.ts'
import { specialAccount } from './special.ts'
import { openTreasury, receive, transfers, treasuryDocuments } from './treasury.ts'
import { filler, openUnit, ownEvent } from './units.ts'
import { type World, day } from './world.ts'

/** Below this many lines a year's depreciation is posted in one voucher, above it month by month. */
const MONTHLY_DEPRECIATION_FROM = 4_000
/** A voucher of fewer lines than this ends the year exactly. */
const FILLER_LINES_MAX = PAYMENT_LINES + 1

/** Books, units and what every year has, whatever its size. */
export function foundation(world: World, surplus: bigint): void {
  const { plan } = world
  openTreasury(world)
  for (const unit of plan.units) {
    world.row('units', { unit: unit.code, name: `${plan.place}${unit.name}`, kind: unit.kind, parent: '', active: '1' })
  }
  world.row('books', { book: plan.treasury, name: `${plan.place}财政总会计账`, system: 'treasury-2022' })
  world.row('books', { book: plan.special, name: `${plan.place}财政专户账`, system: 'special-account' })
  for (const unit of plan.units) {
    world.row('books', { book: unit.book, name: `${plan.place}${unit.name}账`, system: 'government-unit', unit: unit.code })
  }
  transfers(world, surplus)
  treasuryDocuments(world)
  specialAccount(world)
  unitsAndAssets(world)
}

function unitsAndAssets(world: World): void {
  const { plan } = world
  const months = plan.entries < MONTHLY_DEPRECIATION_FROM ? [12] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  plan.units.forEach((unit, index) => {
    const cards: Card[] = cardsOf(world, unit)
    openUnit(world, unit, openingOf(world, cards))
    const indicator = plan.indicators.find((one) => one.unit.code === unit.code)!
    if (index % 2 === 0) buy(world, indicator, cards, day(plan, 3 + (index % 9), 16))
    if (index % 3 === 0) {
      pay(world, { indicator, amount: 1_234_567n, date: day(plan, 5, 9) })
      refund(world, indicator, 100_050n, day(plan, 6, 9))
    }
    if (index % 4 === 1) scrap(world, unit, cards)
    depreciate(world, unit, cards, months)
    world.assets.push(...cards.map((one) => one.row))
  })
}

/**
 * Payments, revenue and the units' own events, spread over the months, until `plan.entries` lines stand (never fewer than the
 * foundation's).
 */
export function events(world: World): void {
  const { plan, ledger } = world
  const draw = plan.random('events')
  const start = ledger.lines
  const wanted = Math.max(0, plan.entries - start)
  let left = wanted
  while (left > 0) {
    const at = Math.floor(((wanted - left) * 365) / wanted)
    const date = new Date(Date.UTC(plan.year, 0, 1 + at)).toISOString().slice(0, 10)
    if (left <= FILLER_LINES_MAX) filler(world, draw.pick(plan.units), Math.max(2, left), date)
    else event(world, draw, date)
    left = plan.entries - ledger.lines
  }
}

/** Three payments for one receipt of revenue that pays for them, and one event in a unit's own money. */
function event(world: World, draw: Random, date: string): void {
  const kind = draw.int(1, 5)
  if (kind <= 3) {
    const indicator = draw.pick(world.plan.indicators)
    pay(world, { indicator, amount: draw.fen(500, 60_000), date })
  } else if (kind === 4) receive(world, draw.int(0, 6), draw.fen(40_000, 160_000), date)
  else ownEvent(world, draw.pick(world.plan.units), draw, date)
}
