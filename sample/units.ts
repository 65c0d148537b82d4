/** The units' own books: openings, own income and spending, everything that no treasury payment brings. */
import { type Line } from './ledger.ts'
import { expenditure } from './payments.ts'
import type { SampleUnit } from './plan.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** What the cards of a unit say on 1 January: cost and depreciation of 1601/1602 and 1701/1702. */
export interface AssetOpening { fixed: bigint; fixedDepreciation: bigint; intangible: bigint; amortisation: bigint }

/** Openings of a unit's book: both ledgers balance, and 8001 equals the budget balances. */
export function openUnit(world: World, unit: SampleUnit, assets: AssetOpening): void {
  const { ledger, plan } = world
  const draw = plan.random('unit-opening', unit.code)
  const own = { unit: unit.code }
  const institution = unit.kind === 'institution'
  const indicator = plan.indicators.find((one) => one.unit.code === unit.code)!
  const balances = {
    carried: draw.fen(20_000, 90_000), ownCarried: institution ? draw.fen(10_000, 60_000) : 0n,
    ownSurplus: draw.fen(30_000, 200_000), special: institution ? draw.fen(5_000, 40_000) : 0n, quota: draw.fen(1_000, 9_000),
  }
  const open = (account: string, fen: bigint, dims: object = {}) => ledger.open(unit.book, account, { ...own, ...dims }, fen)
  open('810107', -(balances.carried + balances.quota), {
    function: indicator.function, project: indicator.project, fund: 'general',
  })
  open('820105', -balances.ownCarried, { project: indicator.project, fund: 'unit' })
  open('820204', -balances.ownSurplus, { fund: 'unit' })
  open('8301', -balances.special)
  const cash = balances.carried + balances.ownCarried + balances.ownSurplus + balances.special
  open('800102', cash)
  open('800103', balances.quota)
  const [stock, receivable, payable] = [draw.fen(5_000, 40_000), draw.fen(500, 8_000), draw.fen(2_000, 30_000)]
  open('1002', cash)
  open('1201', balances.quota)
  open('1302', stock)
  open('1218', receivable)
  open('2302', -payable)
  open('1601', assets.fixed)
  open('1602', -assets.fixedDepreciation)
  open('1701', assets.intangible)
  open('1702', -assets.amortisation)
  if (institution) open('3101', -balances.special)
  const net = cash + balances.quota + stock + receivable - payable + assets.fixed - assets.fixedDepreciation + assets.intangible - assets.amortisation
  open('3001', -(net - (institution ? balances.special : 0n)))
}

/** One event in a unit's own money, drawn by kind: income for a project or not, spending, business of an institution. */
export function ownEvent(world: World, unit: SampleUnit, draw: Random, date: string): void {
  const amount = draw.fen(200, 40_000)
  const institution = unit.kind === 'institution'
  const kind = draw.int(0, institution ? 7 : 2)
  const own = { unit: unit.code }
  const project = world.plan.projects[draw.int(0, world.plan.projects.length - 1)]!.code
  const spend = { ...own, function: unit.functions[0]!, economic: '30299', fund: 'unit' }
  const post = (summary: string, lines: Line[]) => world.ledger.post({ book: unit.book, date, summary, lines })
  const income = (revenue: string, budget: string, dims: object): Line[] => [
    { account: '1002', dims: own, debit: amount }, { account: revenue, dims: own, credit: amount },
    { account: '800102', dims: own, debit: amount }, { account: budget, dims: { ...own, ...dims, fund: 'unit' }, credit: amount },
  ]
  const spending = (expense: string, budget: string, dims: object): Line[] => [
    { account: expense, dims: own, debit: amount }, { account: '1002', dims: own, credit: amount },
    { account: budget, dims: { ...spend, ...dims }, debit: amount }, { account: '800102', dims: own, credit: amount },
  ]
  switch (kind) {
    case 0: return void post('存款利息收入', income('4604', '660902', {}))
    case 1: return void post('日常支出', spending('5001', expenditure(unit, '03'), {}))
    case 2: return void post('其他收入', income('4609', '660902', {}))
    case 3: return void post('专项事业收入', income('4101', '610101', { project }))
    case 4: return void post('事业收入', income('4101', '610102', {}))
    case 5: return void post('专项支出', spending('5001', '720102', { project }))
    case 6: return void post('经营收入', income('4401', '6401', {}))
    default: return void post('经营支出', spending('5201', '7301', {}))
  }
}

/** A voucher of exactly `lines` lines (two or more): supplies taken from stock for several sections. */
export function filler(world: World, unit: SampleUnit, lines: number, date: string): void {
  const own = { unit: unit.code }
  const takings: Line[] = Array.from({ length: lines - 1 }, (_, index) => ({
    account: '5001', dims: own, debit: BigInt(1_000 + index * 37),
  }))
  const total = takings.reduce((sum, line) => sum + line.debit!, 0n)
  world.ledger.post({
    book: unit.book, date, summary: '领用库存物品', lines: [...takings, { account: '1302', dims: own, credit: total }],
  })
}
