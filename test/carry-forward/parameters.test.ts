/** Each parameter of config/closing and config/indicators.yaml, set in an office's folder as docs/closing.md says, does what it says. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { builtInFolder, loadConfig } from '../../config/load.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { inRollback, loadDistrict, plan, readWritten } from './load.ts'
import { type District, type Line, emptyDistrict } from './model.ts'

let database: TestDatabase
let office: string
beforeAll(async () => {
  database = await createTestDatabase()
  office = mkdtempSync(join(tmpdir(), 'nianjie-office-'))
})
afterAll(async () => {
  await database.drop()
  rmSync(office, { recursive: true, force: true })
})

const line = (book: string, account: string, amount: string, dims: Partial<Line> = {}): Line => (amount.startsWith('-')
  ? { book, account, debit: '', credit: amount.slice(1), ...dims } : { book, account, debit: amount, credit: '', ...dims })
const fiscal = { unit: '001', function: '2010101', project: 'P1', fund: 'general' }
const input: District = {
  ...emptyDistrict(), units: [{ unit: '001', kind: 'institution' }],
  books: [{ book: 'U', system: 'government-unit', unit: '001' }, { book: 'T', system: 'treasury-2022' }],
  opening: [
    line('U', '1002', '60.00', { unit: '001' }), line('U', '3001', '-60.00', { unit: '001' }), line('U', '800102', '60.00', { unit: '001' }), line('U', '810107', '-60.00', fiscal),
    line('T', '1001', '500.00'), line('T', '3001', '-500.00'), line('T', '8041', '500.00'), line('T', '8001', '-300.00', { fund: 'general' }), line('T', '8031', '-200.00'),
  ],
  entries: [line('U', '800102', '100.00', { unit: '001' }), line('U', '660902', '-100.00', { unit: '001', project: '', fund: 'unit' }), line('U', '1002', '100.00', { unit: '001' }), line('U', '4609', '-100.00', { unit: '001' }),
    line('T', '8041', '80.00'), line('T', '6001', '-80.00', { revenue: '10101', fund: 'general' })].map((one) => ({ ...one, voucher: 'V1' })),
  indicators: [{ indicator: 'Z1', unit: '001', function: '2010101', economic: '', project: 'P1', fund: 'general', origin_year: '2025', category: 'project', amount: '60.00', adjusted: '0', paid: '0', occupied: '0' }],
}

/** Copies the built-in file into the office's folder with one text changed, as a person does. */
function change(file: string, from: string, to: string): void {
  const text = readFileSync(join(builtInFolder(), file), 'utf8')
  expect(text).toContain(from)
  mkdirSync(dirname(join(office, file)), { recursive: true })
  writeFileSync(join(office, file), text.replace(from, to))
}

async function close(of: District = input): Promise<{ openings: Record<string, bigint>; dispositions: string[] }> {
  const config = loadConfig(office)
  rmSync(office, { recursive: true })
  return inRollback(database, async (trx) => {
    const context = await loadDistrict(trx, of, 'real', config)
    const { figures } = await plan(trx, context)
    expect(figures).toMatchObject({ written: true })
    await applyCarryForward(trx, context)
    const { openings, dispositions } = await readWritten(trx, context, 'live')
    return { openings: Object.fromEntries([...openings].map(([key, amount]) => [key.replace(/\|+$/, ''), amount])), dispositions }
  })
}

const UNIT = 'closing/government-unit.yaml'
const TREASURY = 'closing/treasury-2022.yaml'

describe('a parameter that an office sets', () => {
  it('is not there as delivered', async () => {
    change(UNIT, 'mode: one-system', 'mode: one-system')
    expect(await close()).toEqual({
      openings: {
        'U|1002|001': 16000n, 'U|3001|001': -16000n, 'U|800102|001': 16000n, 'U|810107|001|2010101|||P1|general': -6000n, 'U|820204|001': -10000n,
        'T|1001': 50000n, 'T|3001': -50000n, 'T|8041': 58000n, 'T|8001||||||general': -38000n, 'T|8031': -20000n,
      }, dispositions: ['Z1 carry 6000'],
    })
  })

  it('extracts a share to the special fund of one unit', async () => {
    change(UNIT, `{ default: '0', units: [] }`, `{ default: '0', units: [{ district: '152501', unit: '001', rate: '0.4' }] }`)
    expect((await close()).openings).toMatchObject({ 'U|8301|001': -4000n, 'U|820204|001': -6000n, 'U|3101|001': -4000n, 'U|3001|001': -12000n })
  })

  it('extracts a share in every unit', async () => {
    change(UNIT, `{ default: '0', units: [] }`, `{ default: '0.125', units: [] }`)
    expect((await close()).openings).toMatchObject({ 'U|8301|001': -1250n, 'U|3101|001': -1250n })
  })

  it('sends a finished project from carry-over to surplus (B6)', async () => {
    change(UNIT, 'surplus_projects: []', `surplus_projects:\n      - { district: '152501', from: '8101', unit: '001', project: P1, reason: 项目完成 }`)
    const { openings } = await close()
    expect(openings).toMatchObject({ 'U|810205|001|2010101|||P1|general': -6000n })
    expect(openings).not.toHaveProperty('U|810107|001|2010101|||P1|general')
  })

  it('cancels quota in the legacy mode (P1, P2)', async () => {
    change(UNIT, 'mode: one-system', 'mode: legacy-quota')
    const quota = { ...input, opening: [...input.opening, line('U', '1011', '7.00', { unit: '001' }), line('U', '3001', '-7.00', { unit: '001' }), line('U', '800101', '7.00', { unit: '001' }), line('U', '820204', '-7.00', { unit: '001' })] }
    const { openings } = await close(quota)
    expect(openings).toMatchObject({ 'U|1201|001': 700n, 'U|800103|001': 700n })
    expect(openings).not.toHaveProperty('U|1011|001')
  })

  it('recognises quota that may be used next year in both ledgers (P3, P4)', async () => {
    change(UNIT, 'quota_recognition: []', `quota_recognition:\n      - { district: '152501', book: U, unit: '001', function: '2010101', project: P1, fund: general, amount: '5.00', reason: 批复 }`)
    expect((await close()).openings).toMatchObject({ 'U|800103|001': 500n, 'U|810107|001|2010101|||P1|general': -6500n, 'U|1201|001': 500n, 'U|3001|001': -16500n })
  })

  it.each([
    ['accrues unpaid treasury payments (A0)', 'treasury_payment_accrual', `function: '2010101', fund: general, `, { 'T|8041': 57000n, 'T|8001||||||general': -37000n }],
    ['sets aside to the stabilisation fund (A11)', 'stabilisation_fund_set_aside', `function: '2010101', fund: general, `, { 'T|8031': -21000n, 'T|8001||||||general': -37000n }],
    ['draws on the stabilisation fund (A11)', 'stabilisation_fund_drawn', `revenue: '10101', fund: general, `, { 'T|8031': -19000n, 'T|8001||||||general': -39000n }],
    ['sets up the working fund (A12)', 'working_fund', `fund: general, `, { 'T|8033': -1000n, 'T|8001||||||general': -37000n }],
  ])('%s', async (_, list, dims, expected) => {
    change(TREASURY, `${list}: []`, `${list}:\n      - { district: '152501', book: T, ${dims}amount: '10.00', reason: 批复 }`)
    expect((await close()).openings).toMatchObject(expected)
  })

  it('decides a single indicator otherwise, and all of an age', async () => {
    change('indicators.yaml', 'overrides: []', `overrides:\n  - { district: '152501', indicator: Z1, disposition: surplus, reason: 盘活存量 }`)
    expect((await close()).dispositions).toEqual(['Z1 surplus 6000'])
    change('indicators.yaml', 'age: [1]\n    disposition: surplus', 'age: [1, 2]\n    disposition: carry')
    expect(() => loadConfig(office)).toThrow('age 3')
    change('indicators.yaml', 'age: [0, 0]\n    disposition: carry', 'age: [0, 0]\n    disposition: surplus')
    expect((await close()).dispositions).toEqual(['Z1 surplus 6000'])
  })
})
