/** Reconciliations by key: equal, unequal, one-sided, missing, skipped; and no leakage between districts and years. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcile } from '../../books/steps/reconcile/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type District, type Found, contextOf, keysOf, loadDistrict, runEngine } from './fixture.ts'

let database: TestDatabase
let next = 0
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

interface Result { found: Found[]; figures: Record<string, { state: string; a: string; b: string; keys: number; unequal: number }> }

async function run(data: District, options: { district?: string; year?: number; league?: District } = {}): Promise<Result> {
  const year = options.year ?? 3000 + (next += 1)
  const district = options.district ?? '152501'
  const league = options.league ? await loadDistrict(database, '152500', year, options.league) : null
  const scope = await loadDistrict(database, district, year, data)
  const { found, outcome } = await runEngine(database, (trx) => reconcile(trx, contextOf(scope, district, year, { league: { district: '152500', scopeId: league } })))
  return { found, figures: outcome.figures as never }
}

const TREASURY = { book: 'T', system: 'treasury-2022' }
/** A balanced voucher of the treasury book. */
const entry = (account: string, amount: string, more: Record<string, string> = {}) => ({ book: 'T', voucher: 'V1', account, debit: amount, ...more })

describe('R1 treasury deposit', () => {
  it('compares the balance of 1001 and its sub-accounts at 31 December with the People\'s Bank', async () => {
    const { found, figures } = await run({
      books: [TREASURY, { book: 'U', system: 'government-unit', unit: 'u1' }],
      opening: [{ book: 'T', account: '100101', debit: '100.00' }, { book: 'U', account: '1001', debit: '7777.00' }],
      entries: [
        entry('100101', '50.25'), { book: 'T', voucher: 'V1', account: '1001', credit: '10.00', line: '9' },
        entry('100101', '500.00', { posted: '0', voucher: 'V2' }),
        entry('100101', '900.00', { date: '2999-01-05', voucher: 'V3' }),
      ],
      statements: [{ reconciliation: 'R1', party: 'pboc', amount: '140.24' }, { reconciliation: 'R1', party: 'other', amount: '5' }],
    }, { year: 2998 })
    expect(keysOf(found, 'R1')).toEqual(['pboc/1001 1'])
    expect(figures.R1).toEqual({ state: 'compared', a: '140.25', b: '140.24', difference: '0.01', keys: 1, unequal: 1 })
    const [finding] = found.filter((one) => one.rule === 'R1')
    expect(finding).toMatchObject({ severity: 'error', step: 'reconcile' })
    expect(finding!.message_zh).toContain('140.25')
    expect(finding!.message_en).toContain('difference 0.01 yuan')
  })

  it('is one finding where the ledger holds something and no statement came, and nothing where neither did', async () => {
    const missing = await run({ books: [TREASURY], opening: [{ book: 'T', account: '1001', debit: '12.00' }] })
    expect(keysOf(missing.found, 'R1')).toEqual(['R1/missing 1200'])
    const skipped = await run({ books: [TREASURY], opening: [{ book: 'T', account: '1001', debit: '12.00' }, { book: 'T', account: '1001', credit: '12.00' }] })
    expect(keysOf(skipped.found, 'R1')).toEqual([])
    expect(skipped.figures.R1!.state).toBe('skipped')
  })
})

describe('R3 and R4', () => {
  it('compare expenditure by function and fund, and revenue by revenue code and fund', async () => {
    const { found } = await run({
      books: [TREASURY, { book: 'U', system: 'government-unit', unit: 'u1' }],
      entries: [
        entry('7001', '100', { function: '205', fund: 'general' }), entry('7002', '40', { function: '212', fund: 'government-fund', line: '2' }),
        entry('7011', '999', { function: '230', fund: 'general', line: '3' }), entry('7001', '5', { line: '4' }),
        { book: 'T', voucher: 'V1', line: '5', account: '6001', credit: '70', revenue: '101', fund: 'general' },
        { book: 'T', voucher: 'V1', line: '6', account: '6002', credit: '-3.50', revenue: '103', fund: 'government-fund' },
        { book: 'U', voucher: 'V1', line: '1', account: '7001', debit: '1', function: '205', fund: 'general' },
      ],
      statements: [
        { reconciliation: 'R3', function: '205', fund: 'general', amount: '60' }, { reconciliation: 'R3', function: '205', fund: 'general', amount: '40' },
        { reconciliation: 'R3', function: '213', fund: 'general', amount: '2' }, { reconciliation: 'R3', function: '299', fund: 'general', amount: '0' },
        { reconciliation: 'R4', revenue: '101', fund: 'general', amount: '70.01' }, { reconciliation: 'R4', revenue: '103', fund: 'government-fund', amount: '-3.5' },
      ],
    })
    expect(keysOf(found, 'R3')).toEqual(['/ 500', '212/government-fund 4000', '213/general -200'])
    expect(keysOf(found, 'R4')).toEqual(['101/general -1'])
  })
})

describe('R8 payments by agent banks', () => {
  const documents = [
    { type: 'PAY_CERT', number: 'Z1', counterparty: 'icbc', amount: '10' }, { type: 'PAY_CERT', number: 'Z2', counterparty: 'icbc', amount: '20' },
    { type: 'PAY_CERT', number: 'Z3', counterparty: 'abc', amount: '30' }, { type: 'PAY_CERT', number: 'Z4', counterparty: 'icbc', amount: '40', status: 'sent' },
    { type: 'PAY_CERT', number: 'Z5', amount: '50' }, { type: 'PAY_REFUND', number: 'Z1', counterparty: 'icbc', amount: '1' },
  ]

  it('finds what differs, stands on one side only, or stands twice at the bank though the sum agrees', async () => {
    const { found } = await run({
      documents,
      statements: [
        { reconciliation: 'R8', party: 'icbc', reference: 'Z1', amount: '4' }, { reconciliation: 'R8', party: 'icbc', reference: 'Z1', amount: '6' },
        { reconciliation: 'R8', party: 'icbc', reference: 'Z2', amount: '20.01' }, { reconciliation: 'R8', party: 'icbc', reference: 'Z4', amount: '40' },
        { reconciliation: 'R8', party: 'ccb', reference: 'Z3', amount: '30' }, { reconciliation: 'R7', party: 'icbc', reference: 'Z9', amount: '1' },
      ],
    })
    expect(keysOf(found, 'R8')).toEqual(['/Z5 5000', 'abc/Z3 3000', 'ccb/Z3 -3000', 'icbc/Z1 0', 'icbc/Z2 -1', 'icbc/Z4 -4000'])
    const kinds = Object.fromEntries(found.filter((one) => one.rule === 'R8').map((one) => [one.key, one.facts.kind]))
    expect(kinds).toMatchObject({ 'icbc/Z1': 'duplicate', 'icbc/Z2': 'wrong-amount', 'icbc/Z4': 'state-mismatch', '/Z5': 'omission' })
  })

  it('says once that no bank sent anything', async () => {
    const { found } = await run({ documents })
    expect(keysOf(found, 'R8')).toEqual(['R8/missing 11000'])
  })
})

describe('indicators and units', () => {
  it('compares R10 within the input and R12, R13, R14 with the units', async () => {
    const dims = { unit: 'u1', function: '205', project: 'p', fund: 'general' }
    const { found, figures } = await run({
      indicators: [
        { indicator: 'I1', amount: '100', adjusted: '-10', paid: '60' }, { indicator: 'I2', amount: '10', paid: '0' }, { indicator: 'I3', amount: '5', paid: '1' },
      ],
      documents: [
        { type: 'PAY_CERT', number: '1', indicator: 'I1', amount: '70', ...dims }, { type: 'PAY_REFUND', number: '2', indicator: 'I1', amount: '10', ...dims },
        { type: 'PAY_CERT', number: '3', indicator: 'IX', amount: '2', ...dims, unit: 'u2' }, { type: 'PAY_CERT', number: '4', amount: '3', unit: 'u1' },
        { type: 'PAY_PLAN', number: '5', amount: '9', ...dims }, { type: 'PAY_PLAN', number: '6', amount: '90', status: 'approved', ...dims },
      ],
      statements: [
        { reconciliation: 'R12', indicator: 'I1', amount: '30' }, { reconciliation: 'R12', indicator: 'I2', amount: '9' }, { reconciliation: 'R12', indicator: 'I3', amount: '4' },
        { reconciliation: 'R13', unit: 'u1', project: 'p', fund: 'general', amount: '8' },
        { reconciliation: 'R14', ...dims, amount: '60' }, { reconciliation: 'R14', unit: 'u1', amount: '3' },
      ],
    })
    expect(keysOf(found, 'R10')).toEqual([' -300', 'I3 100', 'IX -200'])
    expect(keysOf(found, 'R12')).toEqual(['I2 100'])
    expect(keysOf(found, 'R13')).toEqual(['u1/p/general 100'])
    expect(keysOf(found, 'R14')).toEqual(['u2/205/p/general 200'])
    expect(figures.R12).toMatchObject({ a: '44.00', b: '43.00', keys: 3, unequal: 1 })
  })
})

describe('R17 upper and lower level', () => {
  const league: District = {
    books: [TREASURY, { book: 'U', system: 'government-unit', unit: 'x' }],
    entries: [
      entry('7011', '100', { counterparty: '152501', fund: 'general' }), entry('7011', '50', { counterparty: '152502', fund: 'general', line: '2' }),
      entry('7011', '7', { counterparty: '152501', fund: 'government-fund', line: '3', posted: '0' }),
    ],
  }
  const district: District = { books: [TREASURY], entries: [{ book: 'T', voucher: 'V', account: '6011', credit: '99', fund: 'general' }, { book: 'T', voucher: 'V', line: '8', account: '6011', credit: '1', fund: 'state-capital' }] }

  it('mirrors the league\'s transfers with what the district received', async () => {
    const { found } = await run(district, { league })
    expect(keysOf(found, 'R17')).toEqual(['152501/general 100', '152501/state-capital -100'])
  })

  it('is one note without the league, and nothing in the league\'s own run', async () => {
    const alone = await run(district)
    expect(alone.found.filter((one) => one.rule === 'R17')).toMatchObject([{ key: 'R17/missing', severity: 'info', amount: null }])
    const own = await run(league, { district: '152500' })
    expect(keysOf(own.found, 'R17')).toEqual([])
    expect(own.figures.R17!.state).toBe('own-league')
  })
})

describe('R18 assets and finance', () => {
  it('compares the financial books of each unit with its booked cards, by class', async () => {
    const { found } = await run({
      books: [{ book: 'B1', system: 'government-unit', unit: 'u1' }, TREASURY],
      opening: [
        { book: 'B1', account: '160101', debit: '100' }, { book: 'B1', account: '1602', credit: '30' }, { book: 'B1', account: '1701', debit: '8' },
        { book: 'T', account: '1601', debit: '999' },
      ],
      assets: [
        { unit: 'u1', class_code: 'A02010104', cost: '60', depreciation: '20' }, { unit: 'u1', class_code: 'A0101', cost: '40', depreciation: '10.01' },
        { unit: 'u1', class_code: 'A0109', cost: '5' }, { unit: 'u1', class_code: 'A08060300', cost: '3' }, { unit: 'u1', class_code: 'A03010000', cost: '77' },
        { unit: 'u1', class_code: 'A07', cost: '77' }, { unit: 'u1', class_code: 'A02', cost: '50', booked: '0' }, { unit: 'u1', class_code: 'A02', cost: '50', use_status: 'disposed' },
        { unit: 'u2', class_code: 'A05', cost: '1', depreciation: '0' },
      ],
    })
    expect(keysOf(found, 'R18')).toEqual(['u1/1602 -1', 'u2/1601 -100'])
  })
})

describe('statement rows of a number that is not declared', () => {
  it('are said not to have been compared', async () => {
    const { found } = await run({ statements: [{ reconciliation: 'R19', amount: '1' }, { reconciliation: 'R19', amount: '2' }] })
    expect(found.filter((one) => one.rule !== 'R17')).toMatchObject([{ rule: 'R19', key: 'R19/undeclared', severity: 'info', amount: null }])
  })
})

describe('scopes', () => {
  it('never mixes districts or years', async () => {
    const data: District = { documents: [{ type: 'PAY_CERT', number: 'N', counterparty: 'icbc', amount: '1', unit: 'u', indicator: 'I' }], statements: [{ reconciliation: 'R8', party: 'icbc', reference: 'N', amount: '1' }] }
    await run({ documents: [{ type: 'PAY_CERT', number: 'M', counterparty: 'icbc', amount: '5' }] }, { district: '152527', year: 2900 })
    const one = await run(data, { district: '152526', year: 2900 })
    const other = await run({ ...data, statements: [{ reconciliation: 'R8', party: 'icbc', reference: 'N', amount: '2' }] }, { district: '152526', year: 2901 })
    expect(keysOf(one.found, 'R8')).toEqual([])
    expect(keysOf(other.found, 'R8')).toEqual(['icbc/N -100'])
  })
})
