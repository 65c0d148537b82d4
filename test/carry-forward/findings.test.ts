/** C1–C11 and I1–I4: each found before anything is written, with key and amount. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, inRollback, loadDistrict, openFindings, plan, readWritten } from './load.ts'
import { type District, type Entry, type Indicator, emptyDistrict } from './model.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

const base: District = {
  ...emptyDistrict(), units: [{ unit: '001', kind: 'institution' }],
  books: [{ book: 'U', system: 'government-unit', unit: '001' }, { book: 'T', system: 'treasury-2022' }],
}
const pair = (book: string, voucher: string, debited: Partial<Entry>, credited: Partial<Entry>, amount: string): Entry[] => [
  { book, voucher, account: '', debit: amount, credit: '', ...debited }, { book, voucher, account: '', debit: '', credit: amount, ...credited },
]
const indicator = (row: Partial<Indicator>): Indicator => ({
  indicator: 'Z1', unit: '001', function: '2010101', economic: '', project: 'P1', fund: 'general', origin_year: '2025', category: 'project',
  amount: '100.00', adjusted: '0', paid: '0', occupied: '0', ...row,
})
const found = (change: Partial<District>, config = CONFIG) => inRollback(database, async (trx) => {
  const context = await loadDistrict(trx, { ...base, ...change }, 'real', config)
  const { figures } = await plan(trx, context)
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from carry_forwards`.execute(trx)
  return { findings: await openFindings(trx, context), written: figures.written, rows: Number(rows[0]!.n) }
})

describe('what must be settled before closing', () => {
  it.each<[string, Partial<District>, string[]]>([
    ['an indicator with an amount occupied', { indicators: [indicator({ occupied: '5.00' })] }, ['C1 Z1 500']],
    ['an overspent indicator', { indicators: [indicator({ paid: '100.01' })] }, ['C2 Z1 -1']],
    ['unposted entries', { entries: pair('U', 'V9', { account: '1002', posted: '0' }, { account: '3001', posted: '0' }, '1.00') }, ['C4 U/V9']],
    ['revenue to be sorted', { entries: pair('T', 'V1', { account: '8041' }, { account: '6051', fund: 'general' }, '3.00') }, ['C6 T/6051 -300']],
    ['a zero-balance quota in one-system mode', { entries: [
      ...pair('U', 'V1', { account: '1011', unit: '001' }, { account: '3001', unit: '001' }, '2.00'),
      ...pair('U', 'V2', { account: '800101', unit: '001' }, { account: '810107', unit: '001' }, '2.00')] }, ['C7 U/1011 200', 'C7 U/800101 200']],
    ['treasury revenue without a fund', { entries: pair('T', 'V1', { account: '8041' }, { account: '6001', revenue: '10101' }, '4.00') }, ['C8 T/6001 -400']],
    ['treasury expenditure of fund unit', { entries: pair('T', 'V1', { account: '7001', function: '20101', fund: 'unit' }, { account: '8041' }, '4.00') }, ['C8 T/7001 400']],
    ['revenue that no rule closes', {
      accounts: [{ book: '', system: 'government-unit', account: '6690', element: 'budget_revenue', side: 'credit', dimensions: 'unit' }],
      entries: pair('U', 'V1', { account: '800102' }, { account: '6690' }, '6.00'),
    }, ['C9 U/6690 -600']],
    ['a target that the book has split into sub-accounts', {
      accounts: [{ book: 'U', system: 'government-unit', account: '300101', element: 'net_asset', side: 'credit', dimensions: 'unit' }],
      entries: pair('U', 'V1', { account: '1002' }, { account: '4001' }, '6.00'),
    }, ['C10 U/3001']],
    ['a setup parent that is missing', { setup: [{ table: 'function', code: '20199', parent: '201', active: '1' }] }, ['I1 function/20199']],
    ['a code that stands twice', { setup: [{ table: 'fund', code: 'general', active: '1' }, { table: 'fund', code: 'general', active: '1' }] }, ['I2 fund/general']],
    ['mappings to nowhere and to an inactive code', {
      setup: [{ table: 'project', code: 'P8', active: '0' }],
      mappings: [{ table: 'project', old: 'P1', new: 'P7' }, { table: 'project', old: 'P2', new: 'P8' }, { table: 'account', old: '1218', new: '1212' }],
    }, ['I3 project/P1>P7', 'I3 project/P2>P8']],
    ['shares that do not add to 1', {
      setup: [{ table: 'unit', code: '00A', active: '1' }, { table: 'unit', code: '00B', active: '1' }],
      mappings: [{ table: 'unit', old: '009', new: '00A', share: '0.5' }, { table: 'unit', old: '009', new: '00B', share: '0.4' }],
    }, ['I4 unit/009']],
    ['an inactive code with a balance after closing, or with an indicator to carry', {
      setup: [{ table: 'function', code: '2010101', active: '0' }, { table: 'project', code: 'P1', active: '0' }, { table: 'account', code: 'government-unit:1218', active: '0' },
        { table: 'economic', code: '30201', active: '0' }],
      indicators: [indicator({}), indicator({ indicator: 'Z2', function: '2010199', project: '', origin_year: '2024' })],
      entries: [...pair('U', 'V1', { account: '1218', unit: '001' }, { account: '4001' }, '7.00'),
        ...pair('U', 'V2', { account: '720101', function: '2010101', economic: '30201' }, { account: '800102' }, '8.00')],
    }, ['C3 account/government-unit:1218 700', 'C3 function/2010101 800', 'C3 project/P1 10000']],
  ])('names %s', async (_, change, expected) => {
    const { findings, written, rows } = await found(change)
    expect(findings).toEqual(expected.sort())
    expect({ written, rows }).toEqual({ written: false, rows: 0 })
  })

  it('lets a balance on 1902 pass with a warning', async () => {
    const { findings, written } = await found({ entries: pair('U', 'V1', { account: '1902' }, { account: '3001' }, '9.00') })
    expect({ findings, written }).toEqual({ findings: ['C5 U/1902 900'], written: true })
  })

  it('names parameters of the rules that the district has nothing for, and is silent on those of other districts', async () => {
    const config = structuredClone(CONFIG)
    const row = { from: '8101', function: '', revenue: '', economic: '', fund: '', counterparty: '', reason: '批复' }
    config.indicators.overrides = [
      { district: '152501', indicator: 'Z1', disposition: 'surplus', reason: '批复' }, { district: '152501', indicator: 'Z9', disposition: 'surplus', reason: '批复' },
      { district: '152502', indicator: 'Z8', disposition: 'surplus', reason: '批复' },
    ]
    const { parameters } = config.closing['government-unit']!
    parameters.special_fund_rate.units = [{ district: '152501', unit: '001', rate: '0.4' }, { district: '152501', unit: '777', rate: '0.4' }]
    parameters.lists.surplus_projects = [
      { ...row, district: '152501', unit: '001', project: 'P1' }, { ...row, district: '152501', unit: '888', project: 'P9' }, { ...row, district: '', unit: '999', project: 'P8' }]
    config.closing['treasury-2022']!.parameters.lists.working_fund = [{ ...row, district: '152501', book: 'X', unit: '', project: '', amount: '1.00' }]
    const { findings, written, rows } = await found({ indicators: [indicator({})] }, config)
    expect(findings).toEqual(['C11 lists.surplus_projects/888', 'C11 lists.surplus_projects/P9', 'C11 lists.working_fund/X', 'C11 overrides/Z9', 'C11 special_fund_rate/777'])
    expect({ written, rows }).toEqual({ written: false, rows: 0 })
  })

  it('plans a rehearsal past open findings, marked so that it can not go live', async () => {
    await inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, { ...base, indicators: [indicator({ occupied: '5.00' })] }, 'rehearsal')
      expect((await plan(trx, context)).figures).toMatchObject({ written: true, blocking: 1 })
      expect((await readWritten(trx, context, 'planned')).newIndicators).toEqual(['Z1 001|2010101||P1|general 2025 10000'])
      const { applyCarryForward } = await import('../../books/steps/carry-forward/index.ts')
      expect((await applyCarryForward(trx, context)).figures).toMatchObject({ applied: false })
    })
  })

  it('keeps a finding of one system away from the same code of another', async () => {
    const { findings } = await found({
      setup: [{ table: 'account', code: 'treasury-2022:1001', active: '0' }],
      entries: [...pair('U', 'V1', { account: '1001' }, { account: '3001' }, '1.00'), ...pair('T', 'V2', { account: '1001' }, { account: '3001' }, '2.00')],
    })
    expect(findings).toEqual(['C3 account/treasury-2022:1001 200'])
  })
})
