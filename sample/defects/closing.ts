/** What keeps the books from being closed: C1–C8. All but C5 can only be cleared by correcting the input. */
import { type World, day } from '../world.ts'
import type { Defect } from './defect.ts'

const defect = (early: (world: World) => void): Defect => ({ early })

/** A part of an indicator is still held by a payment under way. */
export const C1 = defect((world) => {
  const indicator = world.plan.indicators[1]!
  indicator.remaining = 5_000_000n
  if (world.corrected) return
  indicator.occupied = 330_000n
  world.expect('carry-forward', 'C1', indicator.number, 'error', 330_000n)
})

/** More was paid than the indicator gave. */
export const C2 = defect((world) => {
  const indicator = world.plan.indicators[2]!
  indicator.remaining = world.corrected ? 0n : -75_000n
  if (!world.corrected) world.expect('carry-forward', 'C2', indicator.number, 'error', -75_000n)
})

/** A function code that ends with the year, with a balance and without a successor. */
export const C3 = defect((world) => {
  const unit = world.plan.units[1]!
  const [code, fen] = ['2130122', 2_500_000n]
  const open = (account: string, dims: object, amount: bigint) =>
    world.ledger.open(unit.book, account, { unit: unit.code, ...dims }, amount)
  open('810107', { function: code, project: world.plan.projects[1]!.code, fund: 'general' }, -fen)
  open('800102', {}, fen)
  open('1002', {}, fen)
  open('3001', {}, -fen)
  world.setup.push({ table: 'function', code, name: '农业生产发展（停用）', parent: '21301', value: '', active: '0' })
  if (world.corrected) world.mappings.push({ table: 'function', old: code, new: '2130101', share: '' })
  else world.expect('carry-forward', 'C3', `function/${code}`, 'error', -fen)
})

/** A voucher that nobody has posted. */
export const C4 = defect((world) => {
  const unit = world.plan.units[1]!
  const dims = { unit: unit.code }
  const voucher = world.ledger.post({
    book: unit.book, date: day(world.plan, 12, 30), summary: '补记办公用品', posted: world.corrected,
    lines: [{ account: '5001', dims, debit: 45_600n }, { account: '1302', dims, credit: 45_600n }],
  })
  if (!world.corrected) world.expect('carry-forward', 'C4', `${unit.book}/${voucher}`, 'error')
})

/** Assets whose disposal is not settled. */
export const C5 = defect((world) => {
  const unit = world.plan.units[0]!
  world.ledger.open(unit.book, '1902', { unit: unit.code }, 310_000n)
  world.ledger.open(unit.book, '3001', { unit: unit.code }, -310_000n)
  world.expect('carry-forward', 'C5', `${unit.book}/1902`, 'warning', 310_000n)
})

/** A receipt that was never assigned to a revenue. */
export const C6 = defect((world) => {
  const { plan, corrected } = world
  const fen = 1_200_000n
  world.ledger.post({
    book: plan.treasury, date: day(plan, 12, 19), summary: '待查收入',
    lines: [
      { account: '1001', debit: fen }, { account: corrected ? '4101' : '2015', credit: fen }, { account: '8041', debit: fen },
      { account: corrected ? '6001' : '6051', dims: { revenue: corrected ? '1030799' : '', fund: 'general' }, credit: fen },
    ],
  })
  if (!corrected) world.expect('carry-forward', 'C6', `${plan.treasury}/6051`, 'error', -fen)
})

/** Zero-balance quota that was not cancelled, in both ledgers. */
export const C7 = defect((world) => {
  const unit = world.plan.units[1]!
  const fen = 660_000n
  const open = (account: string, amount: bigint, dims: object = {}) =>
    world.ledger.open(unit.book, account, { unit: unit.code, ...dims }, amount)
  open(world.corrected ? '1002' : '1011', fen)
  open('3001', -fen)
  open(world.corrected ? '800102' : '800101', fen)
  open('820204', -fen, { fund: 'unit' })
  if (world.corrected) return
  world.expect('carry-forward', 'C7', `${unit.book}/1011`, 'error', fen)
  world.expect('carry-forward', 'C7', `${unit.book}/800101`, 'error', fen)
})

/** An expenditure of the treasury without its fund. */
export const C8 = defect((world) => {
  const { plan } = world
  const fen = 88_800n
  world.ledger.post({
    book: plan.treasury, date: day(plan, 12, 22), summary: '补列支出',
    lines: [
      { account: '5001', debit: fen }, { account: '1001', credit: fen },
      { account: '7001', dims: { function: '2010601', fund: world.corrected ? 'general' : '' }, debit: fen },
      { account: '8041', credit: fen },
    ],
  })
  if (!world.corrected) world.expect('carry-forward', 'C8', `${plan.treasury}/7001`, 'error', fen)
})
