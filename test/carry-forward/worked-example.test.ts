/** A unit's year closed by hand, for both kinds of unit, and the settings that an office may change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import type { Config } from '../../config/load.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, inRollback, loadDistrict, plan, readWritten } from './load.ts'
import { type District, type Line, emptyDistrict } from './model.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

const debit = (account: string, amount: string, dims: Partial<Line> = {}): Line => ({ book: 'U', account, unit: '001', debit: amount, credit: '', ...dims })
const credit = (account: string, amount: string, dims: Partial<Line> = {}): Line => ({ book: 'U', account, unit: '001', debit: '', credit: amount, ...dims })
const posted = (lines: Line[]) => lines.map((line, index) => ({ ...line, voucher: `V${index}` }))
const fiscal = { function: '2010101', project: 'P1', fund: 'general' }

/** Fiscal 1,000 received and 900 spent; 300 other revenue, 120 other expenditure; 80 depreciation beside. */
function unit(kind: 'administrative' | 'institution', spending: string): District {
  return {
    ...emptyDistrict(), units: [{ unit: '001', kind }], books: [{ book: 'U', system: 'government-unit', unit: '001' }],
    opening: [debit('1002', '500.00'), debit('1601', '800.00'), credit('1602', '100.00'), credit('3001', '1200.00'),
      debit('800102', '500.00'), credit('810107', '350.00', fiscal), credit('820204', '150.00')],
    entries: posted([
      debit('1002', '1000.00'), credit('4001', '1000.00'), debit('800102', '1000.00'), credit('6001', '1000.00', fiscal),
      debit('5001', '900.00'), credit('1002', '900.00'), debit(`${spending}01`, '900.00', { ...fiscal, economic: '30201' }), credit('800102', '900.00'),
      debit('1002', '300.00'), credit('4609', '300.00'), debit('800102', '300.00'), credit('660902', '300.00', { fund: 'unit' }),
      debit('5001', '120.00'), credit('1002', '120.00'), debit(`${spending}03`, '120.00', { economic: '30299', fund: 'unit' }), credit('800102', '120.00'),
      debit('5001', '80.00'), credit('1602', '80.00'),
    ]),
  }
}

const shared = {
  'U|1002|001||||||': 78000n, 'U|1601|001||||||': 80000n, 'U|1602|001||||||': -18000n,
  'U|800102|001||||||': 78000n, 'U|810107|001|2010101|||P1|general|': -45000n,
}
const withConfig = (change: (config: Config) => void): Config => {
  const config = structuredClone(CONFIG)
  change(config)
  return config
}
const close = (input: District, config = CONFIG) => inRollback(database, async (trx) => {
  const context = await loadDistrict(trx, input, 'real', config)
  await plan(trx, context)
  await applyCarryForward(trx, context)
  const written = await readWritten(trx, context, 'live')
  return { ...written, openings: Object.fromEntries(written.openings) }
})

describe('a unit closed by hand', () => {
  it('an administrative unit carries its other balance straight to the non-fiscal surplus', async () => {
    const { openings } = await close(unit('administrative', '7101'))
    expect(openings).toEqual({ ...shared, 'U|3001|001||||||': -140000n, 'U|820204|001||||||': -33000n })
  })

  it('an institution carries it through the distribution', async () => {
    const { openings, closing } = await close(unit('institution', '7201'))
    expect(openings).toEqual({ ...shared, 'U|3001|001||||||': -140000n, 'U|820204|001||||||': -33000n })
    expect(closing).toContain('U|8701|001|||||| = 18000')
  })

  it('extracts the special fund in the budgetary ledger and the same amount in the financial one', async () => {
    const config = withConfig((one) => {
      one.closing['government-unit']!.parameters.special_fund_rate.units = [{ district: '152501', unit: '001', rate: '0.4' }]
    })
    const { openings } = await close(unit('institution', '7201'), config)
    expect(openings).toEqual({
      ...shared, 'U|3001|001||||||': -132800n, 'U|3101|001||||||': -7200n, 'U|820204|001||||||': -25800n, 'U|8301|001||||||': -7200n,
    })
  })

  it('leaves an operating loss where it is, and distributes an operating profit', async () => {
    const operating = (revenue: string) => ({ ...unit('institution', '7201'), opening: [], entries: posted([
      debit('800102', revenue), credit('6401', revenue), debit('7301', '50.00'), credit('800102', '50.00'),
    ]) })
    expect((await close(operating('30.00'))).openings).toEqual({ 'U|800102|001||||||': -2000n, 'U|8401|001||||||': 2000n })
    expect((await close(operating('70.00'))).openings).toEqual({ 'U|800102|001||||||': 2000n, 'U|820204|001||||||': -2000n })
  })

  it('moves a finished project from carry-over to surplus when the list says so', async () => {
    const config = withConfig((one) => {
      one.closing['government-unit']!.parameters.lists.surplus_projects = [{ district: '', from: '8101', unit: '', function: '', revenue: '', economic: '', project: 'P1', fund: '', counterparty: '', reason: '完成' }]
    })
    const { openings } = await close(unit('administrative', '7101'), config)
    expect(openings['U|810205|001|2010101|||P1|general|']).toBe(-45000n)
    expect(openings['U|810107|001|2010101|||P1|general|']).toBeUndefined()
  })

  it('cancels unused quota in the legacy mode', async () => {
    const config = withConfig((one) => { one.closing['government-unit']!.parameters.mode = 'legacy-quota' })
    const input = { ...unit('administrative', '7101'), entries: [], opening: [
      debit('1011', '10.00'), credit('3001', '10.00'), debit('800101', '10.00'), credit('810107', '10.00', fiscal),
    ] }
    expect((await close(input, config)).openings).toEqual({
      'U|1201|001||||||': 1000n, 'U|3001|001||||||': -1000n, 'U|800103|001||||||': 1000n, 'U|810107|001|2010101|||P1|general|': -1000n,
    })
  })
})
