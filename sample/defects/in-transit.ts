/** Documents that were on their way on 31 December. */
import type { Severity } from '../../domain/findings.ts'
import { type World, day } from '../world.ts'
import type { Defect } from './defect.ts'

/** Type, status, severity that the product gives it. */
type Kind = readonly [type: string, status: string, severity: Severity]

/** A payment that the bank has and has not confirmed: nobody may void it before the bank's word. */
export const SENT_CERT: readonly Kind[] = [['PAY_CERT', 'sent', 'error']]

/** One of each type. */
export const EVERY_TYPE: readonly Kind[] = [
  ['PAY_APPLY', 'submitted', 'error'], ['PAY_CERT', 'sent', 'error'], ['PAY_PLAN', 'approved', 'error'],
  ['BGT_FREEZE', 'approved', 'warning'],
  ['BGT_ADJ', 'submitted', 'error'], ['OPENING_IND', 'approved', 'error'], ['UNALLOCATED_IND', 'draft', 'error'],
  ['PAY_REFUND', 'submitted', 'error'], ['PAY_BOUNCED', 'returned', 'error'], ['LQD_QUOTA', 'sent', 'error'],
  ['LQD_CERT', 'sent', 'error'],
  ['PAY_ALLOC', 'approved', 'error'], ['NONTAX_PAY', 'submitted', 'error'], ['NONTAX_SUSPENSE', 'suspended', 'warning'],
  ['REVENUE_REFUND', 'submitted', 'error'], ['TEMP_BALANCE', 'approved', 'warning'], ['GL_VOUCHER', 'draft', 'error'],
  ['AUTO_VOUCHER', 'suspended', 'error'], ['GP_CONTRACT', 'approved', 'warning'], ['SALARY', 'submitted', 'error'],
  ['ACCOUNT_CHANGE', 'submitted', 'warning'], ['UNIT_UPLOAD', 'returned', 'warning'], ['ASSET_DOC', 'submitted', 'warning'],
  ['BASE_INFO', 'submitted', 'info'],
]

/** Documents of these kinds, left open. */
export const inTransit = (kinds: readonly Kind[]): Defect => ({
  early: (world) => { for (const kind of kinds) leaveOpen(world, kind) },
})

function leaveOpen(world: World, [type, status, severity]: Kind): void {
  const { plan } = world
  const draw = plan.random('in-transit', type)
  const indicator = draw.pick(plan.indicators)
  const number = world.number(`ZT${type.split('_').map((part) => part[0]).join('')}`)
  const amount = draw.fen(500, 40_000)
  world.document({
    type, number, unit: indicator.unit.code, indicator: indicator.number, function: indicator.function,
    project: indicator.project,
    fund: indicator.fund, amount, status, created_on: day(plan, 12, draw.int(10, 20)),
    updated_on: day(plan, 12, draw.int(21, 31)),
    counterparty: type === 'PAY_CERT' ? 'ABC' : '',
  })
  world.expect('in-transit', type, `${type}/${number}`, severity, amount)
}
