/** Differences between two sides of a reconciliation, one kind for each R-number. A − B is what the product says. */
import { pay, spendingKey } from '../payments.ts'
import { bankRow, enter } from '../special.ts'
import { type World, day } from '../world.ts'
import type { Defect } from './defect.ts'

/** R1, R3, R4, R13, R14: the statement says `fen` more. */
const off = (key: (world: World) => string, fen: bigint): Defect => ({
  early: (world, differences) => {
    const [rule, ...rest] = key(world).split('/') as [string, ...string[]]
    differences.set(key(world), fen)
    world.expect('reconcile', rule, rest.join('/'), 'error', -fen)
  },
})

export const R1 = off(() => 'R1/pboc/1001', 150_000n)
export const R3 = off(() => 'R3/2010601/general', -1_225n)
export const R13 = off(({ plan }) => `R13/${plan.indicators[0]!.unit.code}/${plan.indicators[0]!.project}/general`, 60_000n)
export const R14 = off(({ plan }) => `R14/${spendingKey(plan.indicators[0]!)}`, -99n)
export const R12: Defect = off(({ plan }) => `R12/${plan.indicators[1]!.number}`, 1n)

/** The treasury reports a revenue that the book does not have. */
export const R4: Defect = {
  early: (world) => {
    world.statement({
      reconciliation: 'R4', party: 'pboc', revenue: '1030401', fund: 'general', date: world.lastDay, amount: 880_000n,
    })
    world.expect('reconcile', 'R4', '1030401/general', 'error', -880_000n)
  },
}

/** R7: another amount under the same reference, a line that the bank lacks, a row that the book lacks. */
export const R7: Defect = {
  early: (world) => {
    const { plan } = world
    const reference = world.number('ZH')
    enter(world, 'ICBC', day(plan, 9, 15), 3_300_000n, reference)
    bankRow(world, 'ICBC', day(plan, 9, 15), 3_303_000n, reference)
    world.expect('reconcile', 'R7', `ICBC/${reference}`, 'error', -3_000n)
    const voucher = enter(world, 'ABC', day(plan, 12, 3), 777_701n, '')
    world.expect('reconcile', 'R7', `${plan.special}/${voucher}/1`, 'error', 777_701n)
    bankRow(world, 'ABC', day(plan, 10, 17), 5_150n, 'LX20251017')
    world.expect('reconcile', 'R7', 'ABC/LX20251017', 'error', -5_150n)
  },
}

/** R8: paid with another amount, not paid, paid twice, and paid without a document. */
export const R8: Defect = {
  early: (world) => {
    const { plan } = world
    const indicator = plan.indicators[0]!
    const [amount, date] = [2_468_013n, day(plan, 9, 22)]
    const wrong = pay(world, { indicator, amount, date, bank: 500n })
    world.expect('reconcile', 'R8', `${wrong.bank}/${wrong.number}`, 'error', -500n)
    const missing = pay(world, { indicator, amount, date, bank: 'missing' })
    world.expect('reconcile', 'R8', `${missing.bank}/${missing.number}`, 'error', amount)
    const twice = pay(world, { indicator, amount, date, bank: 'twice' })
    world.expect('reconcile', 'R8', `${twice.bank}/${twice.number}`, 'error', -amount)
    world.statement({ reconciliation: 'R8', party: 'CCB', reference: 'ZF209900000001', date, amount: 12_345n })
    world.expect('reconcile', 'R8', 'CCB/ZF209900000001', 'error', -12_345n)
  },
}

/** The indicator says that more was paid than its documents. */
export const R10: Defect = {
  early: (world) => {
    const indicator = world.plan.indicators.at(-1)!
    indicator.remaining = 4_000_000n
    indicator.overstated = 120_000n
    world.expect('reconcile', 'R10', indicator.number, 'error', 120_000n)
  },
}

/** R16: a payment without voucher, with two that agree, and with another amount; a payment notice without voucher. */
export const R16: Defect = {
  early: (world) => {
    const { plan } = world
    const indicator = plan.indicators[0]!
    const [amount, date] = [1_357_902n, day(plan, 11, 12)]
    const missing = pay(world, { indicator, amount, date, voucher: 'missing' })
    world.expect('reconcile', 'R16', `PAY_CERT/${missing.number}`, 'error', amount)
    const twice = pay(world, { indicator, amount, date, voucher: 'twice' })
    world.expect('reconcile', 'R16', `PAY_CERT/${twice.number}`, 'error', 0n)
    const wrong = pay(world, { indicator, amount, date, voucher: -2n })
    world.expect('reconcile', 'R16', `PAY_CERT/${wrong.number}`, 'error', 2n)
    const notice = world.number('JK')
    world.document({
      type: 'NONTAX_PAY', number: notice, amount: 40_404n, status: 'completed', created_on: date, updated_on: date,
    })
    world.expect('reconcile', 'R16', `NONTAX_PAY/${notice}`, 'error', 40_404n)
  },
}

/**
 * A voucher whose debit is ten fen more than its credit: it is found, and so is its book's ledger. Only corrected input helps.
 */
export const R15: Defect = {
  early: (world) => {
    const unit = world.plan.units[0]!
    const surplus = world.corrected ? 0n : 10n
    const dims = { unit: unit.code }
    const voucher = world.ledger.post({
      book: unit.book, date: day(world.plan, 8, 8), summary: '办公用品',
      lines: [{ account: '5001', dims, debit: 100_000n + surplus }, { account: '1302', dims, credit: 100_000n }],
    })
    if (world.corrected) return
    world.expect('reconcile', 'R15', `${unit.book}/${voucher}`, 'error', 10n)
    world.expect('reconcile', 'R15', `${unit.book}/financial`, 'error', 10n)
  },
}

/** The banner booked more than the league gave; `fen` is what {@link Defects.transferSurplus} must be. */
export const r17 = (fen: bigint): Defect => ({
  early: (world) => world.expect('reconcile', 'R17', `${world.plan.district}/general`, 'error', -fen),
})

/**
 * The unit's book holds more assets and more depreciation than its cards; its annual report then can not agree with both (R402).
 */
export const R18: Defect = {
  early: (world) => {
    const unit = world.plan.units[1]!
    for (const [account, sign] of [['1601', 1n], ['1602', -1n]] as const) {
      const fen = account === '1601' ? 800_000n : 200_000n
      world.ledger.open(unit.book, account, { unit: unit.code }, sign * fen)
      world.ledger.open(unit.book, '3001', { unit: unit.code }, -sign * fen)
      world.expect('reconcile', 'R18', `${unit.code}/${account}`, 'error', fen)
      world.expect('asset-health', 'R402', `${unit.code}/Z02/total/${account === '1601' ? 'cost' : 'depreciation'}`, 'error')
    }
  },
}
