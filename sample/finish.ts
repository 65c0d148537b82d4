/** What can be written only when the year is over: statements that agree with the books, indicators, plans, other documents. */
import { formatYuan } from '../domain/money.ts'
import type { Cell } from './ledger.ts'
import { type World, add, day } from './world.ts'

/** Completed spending plans 用款计划, and the units' word on them (R13). */
export function spendingPlans(world: World): void {
  const { plan } = world
  const draw = plan.random('plans')
  for (const one of plan.indicators) {
    for (const month of [1, 7]) {
      const amount = draw.fen(5_000, 60_000)
      world.document({
        type: 'PAY_PLAN', number: world.number('JH'), unit: one.unit.code, indicator: one.number, function: one.function,
        project: one.project,
        fund: one.fund, amount, status: 'completed', created_on: day(plan, month, 3), updated_on: day(plan, month, 5),
      })
      add(world.plans, [one.unit.code, one.project, one.fund].join('/'), amount)
    }
  }
}

/** One document of each other type that came to its end, by one road or the other. */
export function settledDocuments(world: World): void {
  const types = [
    'PAY_APPLY', 'BGT_FREEZE', 'BGT_ADJ', 'OPENING_IND', 'UNALLOCATED_IND', 'PAY_BOUNCED', 'LQD_QUOTA', 'LQD_CERT',
    'NONTAX_SUSPENSE', 'TEMP_BALANCE', 'GL_VOUCHER', 'AUTO_VOUCHER', 'GP_CONTRACT', 'SALARY', 'ACCOUNT_CHANGE', 'UNIT_UPLOAD',
    'ASSET_DOC', 'BASE_INFO',
  ]
  const { plan } = world
  const draw = plan.random('documents')
  for (const type of types) {
    for (const status of ['completed', 'voided']) {
      const unit = draw.pick(plan.units)
      world.document({
        type,
        number: `${type.slice(0, 3).replace('_', '')}${type.length}-${plan.year}-${status === 'completed' ? '00001' : '00002'}`,
        unit: unit.code, amount: draw.fen(100, 30_000), status,
        created_on: day(plan, draw.int(1, 6), draw.int(1, 28)), updated_on: day(plan, draw.int(7, 12), draw.int(1, 28)),
      })
    }
  }
}

/** Indicators as they stand on 31 December, and R12: what the units say is left. */
export function indicators(world: World, differences: Differences): void {
  for (const one of world.plan.indicators) {
    const paid = one.paid + one.overstated
    world.row('indicators', {
      indicator: one.number, unit: one.unit.code, function: one.function, economic: one.economic, project: one.project,
      fund: one.fund,
      origin_year: String(one.originYear), category: one.category, amount: formatYuan(one.paid + one.remaining - one.adjusted),
      adjusted: formatYuan(one.adjusted), paid: formatYuan(paid), occupied: formatYuan(one.occupied),
    })
    world.statement({
      reconciliation: 'R12', party: one.unit.code, indicator: one.number, date: world.lastDay,
      amount: one.remaining - one.overstated + (differences.get(`R12/${one.number}`) ?? 0n),
    })
  }
}

/** Fen that defects add to the other side's word, by R-number and key (`R3/2050203/general`). */
export type Differences = ReadonlyMap<string, bigint>

/** R1, R3, R4, R13, R14: the other side's word, equal to ours but for `differences`. */
export function statements(world: World, differences: Differences): void {
  const { plan, ledger } = world
  const date = world.lastDay
  const off = (key: string) => differences.get(key) ?? 0n
  world.statement({
    reconciliation: 'R1', party: 'pboc', reference: 'KC1231', date,
    amount: ledger.balance(plan.treasury, '1001') + off('R1/pboc/1001'),
  })
  for (const [key, fen] of totals(ledger.cells(plan.treasury, '7001', '7002', '7003'), 'function')) {
    const [code, fund] = key.split('/') as [string, string]
    world.statement({ reconciliation: 'R3', party: 'pboc', function: code, fund, date, amount: fen + off(`R3/${key}`) })
  }
  for (const [key, fen] of totals(ledger.cells(plan.treasury, '6001', '6002', '6003'), 'revenue')) {
    const [code, fund] = key.split('/') as [string, string]
    world.statement({ reconciliation: 'R4', party: 'pboc', revenue: code, fund, date, amount: -fen + off(`R4/${key}`) })
  }
  for (const [key, fen] of world.plans) {
    const [unit, project, fund] = key.split('/') as [string, string, string]
    world.statement({ reconciliation: 'R13', party: unit, unit, project, fund, date, amount: fen + off(`R13/${key}`) })
  }
  for (const [key, fen] of world.spending) {
    const [unit, code, project, fund] = key.split('/') as [string, string, string, string]
    world.statement({
      reconciliation: 'R14', party: unit, unit, function: code, project, fund, date, amount: fen + off(`R14/${key}`),
    })
  }
}

/** Debit less credit by a dimension and fund. */
function totals(cells: readonly Cell[], dimension: 'function' | 'revenue'): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const cell of cells) add(sums, `${cell.dims[dimension] ?? ''}/${cell.dims.fund ?? ''}`, cell.debit - cell.credit)
  return sums
}
