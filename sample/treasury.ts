/** The treasury's and the special account's year: openings, revenue, transfers between league and banners. */
import { formatYuan } from '../domain/money.ts'
import { BANKS } from './catalogue.ts'
import { treasuryLines } from './payments.ts'
import type { DistrictPlan } from './plan.ts'
import { random } from './random.ts'
import { type World, day } from './world.ts'

/** Accounts of classes 4 and 5 in the treasury's books, whose codes the office chooses. */
const TREASURY_ACCOUNTS = [
  ['4001', '税收收入', 'revenue', 'credit'], ['4101', '非税收入', 'revenue', 'credit'], ['4011', '补助收入', 'revenue', 'credit'],
  ['5001', '政府机关商品和服务拨款费用', 'expense', 'debit'], ['5003', '对事业单位补助拨款费用', 'expense', 'debit'],
  ['5011', '补助费用', 'expense', 'debit'],
] as const

/** A kind of revenue: account of class 4, budget account, code, fund. */
interface Source { financial: string; budget: string; revenue: string; fund: string; name: string }
const source = (financial: string, budget: string, revenue: string, fund: string, name: string): Source =>
  ({ financial, budget, revenue, fund, name })
const SOURCES = [
  source('4001', '6001', '1010101', 'general', '国内增值税入库'), source('4001', '6001', '1010431', 'general', '企业所得税入库'),
  source('4001', '6001', '1010601', 'general', '个人所得税入库'), source('4001', '6001', '1010719', 'general', '资源税入库'),
  source('4101', '6001', '1030799', 'general', '国有资源有偿使用收入'), source('4101', '6002', '1030148', 'government-fund', '土地出让收入'),
  source('4101', '6003', '1030601', 'state-capital', '国有资本利润收入'),
] as const

/** Opening balances of the treasury's and the special account's books; each ledger balances. */
export function openTreasury(world: World): void {
  const { plan, ledger } = world
  const draw = plan.random('treasury-opening')
  const parts = {
    '8001': draw.fen(30_000_000, 80_000_000), '8002': draw.fen(5_000_000, 20_000_000), '8003': draw.fen(500_000, 2_000_000),
  }
  const funds = { '8001': 'general', '8002': 'government-fund', '8003': 'state-capital' }
  const plain = { '8031': draw.fen(8_000_000, 20_000_000), '8033': draw.fen(1_000_000, 3_000_000) }
  let total = 0n
  for (const [account, fen] of Object.entries(parts)) {
    ledger.open(plan.treasury, account, { fund: funds[account as keyof typeof funds] }, -fen)
    total += fen
  }
  for (const [account, fen] of Object.entries(plain)) {
    ledger.open(plan.treasury, account, {}, -fen)
    total += fen
  }
  ledger.open(plan.treasury, '8041', {}, total)
  const receivable = draw.fen(1_000_000, 4_000_000)
  ledger.open(plan.treasury, '1001', {}, total)
  ledger.open(plan.treasury, '1036', {}, receivable)
  ledger.open(plan.treasury, '3001', {}, -(total + receivable))
  for (const bank of BANKS.slice(0, 2)) {
    const fen = draw.fen(400_000, 900_000)
    ledger.open(plan.special, '1004', { counterparty: bank.code }, fen)
    ledger.open(plan.special, '3005', { unit: '102001' }, -fen)
  }
  for (const [account, name, element, side] of TREASURY_ACCOUNTS) {
    world.accounts.push({ system: 'treasury-2022', account, name, element, side })
  }
}

/** One receipt of revenue; `fen` defaults to a drawn amount. */
export function receive(world: World, kind: number, amount: bigint, date: string, document?: string): void {
  const one = SOURCES[kind % SOURCES.length]!
  world.ledger.post({
    book: world.plan.treasury, date, source: document ?? '', summary: one.name,
    lines: [
      { account: '1001', debit: amount }, { account: one.financial, credit: amount },
      { account: '8041', debit: amount }, { account: one.budget, dims: { revenue: one.revenue, fund: one.fund }, credit: amount },
    ],
  })
}

/** 非税缴款、收入退付、实拨: documents that have a treasury voucher and nothing in a unit's book. */
export function treasuryDocuments(world: World): void {
  const { plan } = world
  const draw = plan.random('treasury-documents')
  for (const month of [3, 6, 9]) {
    const date = day(plan, month, 18)
    const [paid, refunded, allotted] = [draw.fen(20_000, 90_000), draw.fen(300, 5_000), draw.fen(50_000, 200_000)]
    const nontax = world.number('JK')
    world.document({
      type: 'NONTAX_PAY', number: nontax, amount: paid, status: 'completed', created_on: date, updated_on: date,
      unit: plan.units[0]!.code,
    })
    receive(world, 4, paid, date, nontax)
    const back = world.number('TF')
    world.document({
      type: 'REVENUE_REFUND', number: back, amount: refunded, status: 'completed', created_on: date, updated_on: date,
    })
    receive(world, 0, -refunded, date, back)
    const alloc = world.number('SB')
    const unit = plan.units[0]!
    world.document({
      type: 'PAY_ALLOC', number: alloc, unit: unit.code, function: unit.functions[0]!, fund: 'general', amount: allotted,
      status: 'completed',
      created_on: date, updated_on: date,
    })
    world.ledger.post({
      book: plan.treasury, date, source: alloc, summary: `实拨${unit.name}经费`,
      lines: treasuryLines({ unit, function: unit.functions[0]!, fund: 'general' }, allotted),
    })
  }
  clearing(world, draw.fen(10_000, 60_000))
}

/** 决算清理期: revenue of the old year on its way on 31 December, booked in January into the old year. */
function clearing(world: World, amount: bigint): void {
  world.ledger.post({
    book: world.plan.treasury, date: `${world.plan.year + 1}-01-05`, summary: '在途税款',
    lines: [
      { account: '1007', debit: amount }, { account: '4001', credit: amount },
      { account: '8041', debit: amount }, { account: '6001', dims: { revenue: '1010101', fund: 'general' }, credit: amount },
    ],
  })
}

interface Transfer { date: string; fund: 'general' | 'government-fund'; amount: bigint }

/** What the league gives a banner in the year: drawn from the banner's code, so both books know it. */
function transfersTo(plan: Pick<DistrictPlan, 'seed' | 'year'>, banner: string): Transfer[] {
  const draw = random(plan.seed, banner, 'transfers')
  return [
    { date: `${plan.year}-04-22`, fund: 'general', amount: draw.fen(3_000_000, 9_000_000) },
    { date: `${plan.year}-07-22`, fund: 'government-fund', amount: draw.fen(300_000, 900_000) },
    { date: `${plan.year}-10-22`, fund: 'general', amount: draw.fen(2_000_000, 6_000_000) },
  ]
}

/** 补助支出 in the league's book, 补助收入 in the banner's: R17 finds them equal. */
export function transfers(world: World, surplus: bigint = 0n): void {
  const { plan } = world
  for (const banner of plan.banners) for (const one of transfersTo(plan, banner)) give(world, banner, one)
  if (plan.isLeague) return
  transfersTo(plan, plan.district)
    .forEach((one, index) => take(world, { ...one, amount: one.amount + (index === 0 ? surplus : 0n) }))
}

function give(world: World, banner: string, one: Transfer): void {
  const code = one.fund === 'general' ? '2300202' : '2300401'
  world.ledger.post({
    book: world.plan.treasury, date: one.date, summary: `补助${banner} ${formatYuan(one.amount)} 元`,
    lines: [
      { account: '5011', debit: one.amount }, { account: '1001', credit: one.amount },
      { account: '7011', dims: { function: code, fund: one.fund, counterparty: banner }, debit: one.amount },
      { account: '8041', credit: one.amount },
    ],
  })
}

function take(world: World, one: Transfer): void {
  const code = one.fund === 'general' ? '1100202' : '1100401'
  world.ledger.post({
    book: world.plan.treasury, date: one.date, summary: '盟级补助收入',
    lines: [
      { account: '1001', debit: one.amount }, { account: '4011', credit: one.amount },
      { account: '8041', debit: one.amount }, { account: '6011', dims: { revenue: code, fund: one.fund }, credit: one.amount },
    ],
  })
}
