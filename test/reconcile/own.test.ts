/** Reconciliations that an office adds to its own configuration: data only, and refused where they can not be right. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcileOne } from '../../books/steps/reconcile/index.ts'
import { reconciliationsSchema } from '../../config/schemas/reconciliations.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, type Found, contextOf, keysOf, loadDistrict, runEngine } from './fixture.ts'

let database: TestDatabase
let scope: number
beforeAll(async () => {
  database = await createTestDatabase()
  scope = await loadDistrict(database, '152501', 2025, {
    books: [{ book: 'T', system: 'treasury-2022' }],
    opening: [{ book: 'T', account: '1071', debit: '500', project: 'grain' }, { book: 'T', account: '2021', credit: '70' }],
    indicators: [{ indicator: 'I1', unit: 'u1', amount: '10', adjusted: '2' }, { indicator: 'I2', unit: 'u1', amount: '5' }, { indicator: 'I3', amount: '1' }],
    documents: [
      { type: 'NONTAX_PAY', number: 'N1', amount: '3', function: 'f' }, { type: 'NONTAX_PAY', number: 'N2', amount: '4', status: 'sent' },
      { type: 'SALARY', number: 'S1', amount: '4' },
    ],
    statements: [
      { reconciliation: 'R30', unit: 'u1', amount: '17' }, { reconciliation: 'R31', reference: 'grain', amount: '499.99' },
      { reconciliation: 'R6', reference: 'N1', amount: '3' }, { reconciliation: 'R6', reference: 'N2', amount: '4' },
      { reconciliation: 'R22', reference: '1071', amount: '500' }, { reconciliation: 'R22', reference: '2021', amount: '71' },
    ],
  })
})
afterAll(() => database.drop())

const heading = { method: 'keyed', name: { zh: '自设对账', en: 'our own' }, confirms: [{ zh: '会计', en: 'accountant' }], cadence: ['year-end'] }
const names = { a: { zh: '甲', en: 'A' }, b: { zh: '乙', en: 'B' } }
const statement = (key: string[]) => ({ of: 'statement', name: names.b, key })

async function run(number: string, own?: object): Promise<Found[]> {
  const all = own ? reconciliationsSchema.parse({ reconciliations: { [number]: own } }) : CONFIG.reconciliations
  const { found } = await runEngine(database, (trx) => reconcileOne(trx, contextOf(scope, '152501', 2025), number, all.reconciliations[number]!))
  return found
}

describe('a reconciliation out of data', () => {
  it('compares indicators by unit, and ledger balances by a dimension, with statements', async () => {
    const byUnit = await run('R30', { ...heading, a: { of: 'indicators', name: names.a, key: ['unit'], measure: 'adjusted-amount' }, b: statement(['unit']) })
    expect(keysOf(byUnit, 'R30')).toEqual([' 100'])
    const equity = await run('R31', {
      ...heading, a: { of: 'ledger', name: names.a, key: ['project'], system: 'treasury-2022', accounts: ['1071'], measure: 'balance', sign: 'debit' }, b: statement(['reference']),
    })
    expect(keysOf(equity, 'R31')).toEqual(['grain 1'])
    expect(equity[0]!.message_zh).toContain('自设对账')
    expect(equity[0]!.facts).toMatchObject({ parts: { project: 'grain' }, confirms: [{ en: 'accountant' }] })
  })

  it('compares documents with documents', async () => {
    const found = await run('R32', {
      ...heading, a: { of: 'documents', name: names.a, key: ['function'], add: ['NONTAX_PAY'], statuses: ['completed', 'sent'] },
      b: { of: 'documents', name: names.b, key: ['function'], add: ['SALARY'] },
    })
    expect(keysOf(found, 'R32')).toEqual(['f 300'])
  })

  it('of the built-in ones beyond the year-end\'s is left out without a statement and runs with one', async () => {
    expect(keysOf(await run('R6'), 'R6')).toEqual(['N2 -400'])
    expect((await run('R6'))[0]!.facts.kind).toBe('state-mismatch')
    expect(keysOf(await run('R22'), 'R22')).toEqual(['2021 -100'])
    for (const number of ['R2', 'R5', 'R9', 'R11', 'R20', 'R21']) expect(await run(number)).toEqual([])
  })
})

describe('a wrong one', () => {
  it.each([
    ['keys of different length', { ...heading, a: { of: 'indicators', name: names.a, key: ['unit', 'fund'], measure: 'paid' }, b: statement(['unit']) }],
    ['a column that the side does not have', { ...heading, a: { of: 'indicators', name: names.a, key: ['revenue'], measure: 'paid' }, b: statement(['revenue']) }],
    ['an account inside another', {
      ...heading, a: { of: 'ledger', name: names.a, key: ['account'], system: 'treasury-2022', accounts: ['1001', '100101'], measure: 'balance', sign: 'debit' }, b: statement(['reference']),
    }],
    ['a statement as side A', { ...heading, a: statement(['unit']), b: statement(['unit']) }],
    ['a tolerance', { ...heading, tolerance: '0.01', a: { of: 'indicators', name: names.a, key: ['unit'], measure: 'paid' }, b: statement(['unit']) }],
  ])('is refused: %s', (_, own) => {
    expect(reconciliationsSchema.safeParse({ reconciliations: { R40: own } }).success).toBe(false)
  })
})
