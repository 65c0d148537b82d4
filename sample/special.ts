/** The special account 财政专户: receipts and payments, and the bank's own account of them (R7). */
import { BANKS } from './catalogue.ts'
import { type World, day } from './world.ts'

/** Months of receipts and payments, with every road by which R7 finds its match. */
export function specialAccount(world: World): void {
  const { plan } = world
  const draw = plan.random('special')
  for (let month = 1; month <= 12; month += 1) {
    const bank = BANKS[month % 2]!.code
    const received = draw.fen(20_000, 60_000)
    receipt(world, { bank, date: day(plan, month, 8), amount: received, bankDate: day(plan, month, 8), reference: true })
    payout(world, { bank, date: day(plan, month, 20), amount: received / 2n })
  }
  // Without a reference: the same amount, two days later at the bank.
  receipt(world, {
    bank: BANKS[0]!.code, date: day(plan, 5, 12), bankDate: day(plan, 5, 14), amount: draw.fen(70_000, 80_000), reference: false,
  })
  // Two entry lines that the bank shows as one row, and one that it shows as two.
  const [first, second] = [draw.fen(90_000, 95_000), draw.fen(96_000, 99_000)]
  for (const amount of [first, second]) enter(world, BANKS[1]!.code, day(plan, 8, 25), amount, '')
  bankRow(world, BANKS[1]!.code, day(plan, 8, 25), first + second, '')
  enter(world, BANKS[0]!.code, day(plan, 11, 26), first + second + 100n, '')
  bankRow(world, BANKS[0]!.code, day(plan, 11, 26), first, '')
  bankRow(world, BANKS[0]!.code, day(plan, 11, 26), second + 100n, '')
}

interface Receipt { bank: string; date: string; bankDate: string; amount: bigint; reference: boolean }

function receipt(world: World, one: Receipt): void {
  const reference = one.reference ? world.number('ZH') : ''
  enter(world, one.bank, one.date, one.amount, reference)
  bankRow(world, one.bank, one.bankDate, one.amount, reference)
}

function payout(world: World, one: { bank: string; date: string; amount: bigint }): void {
  const reference = world.number('ZH')
  world.ledger.post({
    book: world.plan.special, date: one.date, source: reference, summary: '教育收费返还',
    lines: [
      { account: '5005', dims: { unit: '102001' }, debit: one.amount },
      { account: '1004', dims: { counterparty: one.bank }, credit: one.amount },
    ],
  })
  bankRow(world, one.bank, one.date, -one.amount, reference)
}

/** A receipt in the book alone. Gives the voucher's number. */
export function enter(world: World, bank: string, date: string, amount: bigint, reference: string): string {
  return world.ledger.post({
    book: world.plan.special, date, source: reference, summary: '教育收费缴入专户',
    lines: [
      { account: '1004', dims: { counterparty: bank }, debit: amount },
      { account: '4005', dims: { unit: '102001' }, credit: amount },
    ],
  })
}

/** A row of the bank alone. */
export function bankRow(world: World, bank: string, date: string, amount: bigint, reference: string): void {
  world.statement({ reconciliation: 'R7', party: bank, date, amount, reference })
}
