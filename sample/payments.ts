/** Treasury payments 国库集中支付: document, bank, treasury voucher and unit voucher of one payment, and its refund. */
import { BANKS, COMPANIES } from './catalogue.ts'
import type { Line } from './ledger.ts'
import type { Indicator, SampleUnit } from './plan.ts'
import { type World, add } from './world.ts'

export interface Payment {
  indicator: Indicator
  amount: bigint
  date: string
  /** Unit account that the payment buys, such as 1601; an expense without it. */
  asset?: string
  /** What goes wrong: `number` fen too much, missing, or twice. */
  bank?: 'missing' | 'twice' | bigint
  voucher?: 'missing' | 'twice' | bigint
}
export interface Paid { number: string; bank: string; unitVoucher: string }

/** Entry lines that a payment without defects writes. */
export const PAYMENT_LINES = 8

const budgetAccount = { general: '7001', 'government-fund': '7002', 'state-capital': '7003' } as const

/** Pays once: PAY_CERT, the bank's row, four lines in the treasury's book, four in the unit's. */
export function pay(world: World, payment: Payment): Paid {
  const { indicator, amount, date } = payment
  const number = world.number('ZF')
  const bank = BANKS[Number(number.slice(-4)) % BANKS.length]!.code
  const company = COMPANIES[Number(number.slice(-6)) % COMPANIES.length]!
  world.document({
    type: 'PAY_CERT', number, unit: indicator.unit.code, indicator: indicator.number, function: indicator.function,
    project: indicator.project, fund: indicator.fund, amount, status: 'completed', created_on: date, updated_on: date,
    counterparty: bank, reference: `${bank}${number.slice(-8)}`,
  })
  bankRows(world, number, bank, payment)
  treasuryVouchers(world, number, payment, company)
  const unitVoucher = world.ledger.post({
    book: indicator.unit.book, date, source: number, summary: `支付${company}款项`,
    lines: unitLines(indicator, amount, payment.asset ?? '5001'),
  })
  indicator.paid += amount
  add(world.spending, spendingKey(indicator), amount)
  return { number, bank, unitVoucher }
}

/** Takes a part of a payment back: PAY_REFUND with red vouchers 红字 in both books. */
export function refund(world: World, indicator: Indicator, amount: bigint, date: string): void {
  const number = world.number('TK')
  world.document({
    type: 'PAY_REFUND', number, unit: indicator.unit.code, indicator: indicator.number, function: indicator.function,
    project: indicator.project, fund: indicator.fund, amount, status: 'completed', created_on: date, updated_on: date,
  })
  world.ledger.post({
    book: world.plan.treasury, date, source: number, summary: '支付退款冲减支出', lines: treasuryLines(indicator, -amount),
  })
  world.ledger.post({
    book: indicator.unit.book, date, source: number, summary: '支付退款', lines: unitLines(indicator, -amount, '5001'),
  })
  indicator.paid -= amount
  add(world.spending, spendingKey(indicator), -amount)
}

/** Key of R14. */
export const spendingKey = (one: Indicator): string => [one.unit.code, one.function, one.project, one.fund].join('/')

/** Expenditure account of a unit: 行政支出 or 事业支出, with the sub-account of its funds. */
export const expenditure = (unit: SampleUnit, part: '01' | '02' | '03'): string =>
  `${unit.kind === 'administrative' ? '7101' : '7201'}${part}`

function bankRows(world: World, number: string, bank: string, { amount, date, bank: wrong }: Payment): void {
  if (wrong === 'missing') return
  const row = {
    reconciliation: 'R8', party: bank, reference: number, date, amount: typeof wrong === 'bigint' ? amount + wrong : amount,
  }
  world.statement(row)
  if (wrong === 'twice') world.statement(row)
}

function treasuryVouchers(world: World, number: string, payment: Payment, company: string): void {
  const { indicator, amount, date, voucher: wrong } = payment
  if (wrong === 'missing') return
  const post = (fen: bigint) => world.ledger.post({
    book: world.plan.treasury, date, source: number, summary: `${indicator.unit.name}支付${company}`,
    lines: treasuryLines(indicator, fen),
  })
  if (wrong === 'twice') {
    post(amount / 2n)
    post(amount - amount / 2n)
  } else post(typeof wrong === 'bigint' ? amount + wrong : amount)
}

/** Parallel bookkeeping 平行记账 in the treasury's book. */
export function treasuryLines(one: Pick<Indicator, 'function' | 'fund' | 'unit'>, amount: bigint): Line[] {
  return [
    { account: one.unit.kind === 'administrative' ? '5001' : '5003', debit: amount }, { account: '1001', credit: amount },
    { account: budgetAccount[one.fund], dims: { function: one.function, fund: one.fund }, debit: amount },
    { account: '8041', credit: amount },
  ]
}

function unitLines(one: Indicator, amount: bigint, asset: string): Line[] {
  const { unit, function: func, economic, project, fund } = one
  const own = { unit: unit.code }
  return [
    { account: asset, dims: own, debit: amount }, { account: '4001', dims: own, credit: amount },
    {
      account: expenditure(unit, '01'), debit: amount,
      dims: { ...own, function: func, economic: asset === '5001' ? economic : '31002', project, fund },
    },
    { account: '6001', dims: { ...own, function: func, project, fund }, credit: amount },
  ]
}
