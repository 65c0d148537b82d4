/** What a difference is suggested to be, and where a payment stands: only what the rows show, whatever their order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcile } from '../../books/steps/reconcile/index.ts'
import { type District, type Found, contextOf, loadDistrict, runEngine } from '../reconcile/fixture.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

let database: TestDatabase
let year = 2400
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

async function run(data: (year: number) => District): Promise<Map<string, Found>> {
  year += 1
  const scope = await loadDistrict(database, '152501', year, data(year))
  const { found } = await runEngine(database, (trx) => reconcile(trx, contextOf(scope, '152501', year)))
  return new Map(found.map((one) => [`${one.rule} ${one.key}`, one]))
}
const kinds = (found: Map<string, Found>, ...rules: string[]) =>
  Object.fromEntries([...found.values()].filter((one) => rules.includes(one.rule)).map((one) => [one.key, one.facts.kind]))

const BOOKS = [{ book: 'T', system: 'treasury-2022' }, { book: 'S', system: 'special-account' }, { book: 'U', system: 'government-unit', unit: 'u1' }]
const line = (book: string, voucher: string, at: number, account: string, debit: string, credit: string, more: Record<string, string> = {}) =>
  ({ book, voucher, line: String(at), account, debit, credit, ...more })
const cert = (number: string, amount: string, more: Record<string, string> = {}) => ({ type: 'PAY_CERT', number, amount, counterparty: 'icbc', ...more })
const paid = (number: string, amount: string, more: Record<string, string> = {}) => ({ reconciliation: 'R8', party: 'icbc', reference: number, amount, ...more })

describe('a kind is suggested where the rows show it', () => {
  it('for payments: timing, state mismatch, refund, duplicate, wrong amount, wrong unit, omission', async () => {
    const found = await run((y) => ({
      documents: [
        cert('late', '1', { updated_on: `${y}-12-30` }), cert('sent', '2', { status: 'sent', updated_on: `${y}-12-20` }), cert('next', '3', { status: 'sent' }),
        cert('less', '5', { updated_on: `${y}-03-01` }), cert('twice', '6'), cert('bank', '7', { counterparty: 'abc' }), cert('early', '8', { updated_on: `${y}-06-01` }),
      ],
      statements: [
        paid('sent', '2', { date: `${y}-12-21` }), paid('next', '3', { date: `${y + 1}-01-04` }), paid('back', '-4', { date: `${y}-05-05` }), paid('less', '5.5', { date: `${y}-02-01` }),
        paid('twice', '6'), paid('twice', '6'), paid('bank', '7'),
      ],
    }))
    expect(kinds(found, 'R8')).toEqual({
      'icbc/late': 'timing', 'icbc/sent': 'state-mismatch', 'icbc/next': 'timing', 'icbc/back': 'refund-not-registered', 'icbc/less': 'wrong-amount',
      'icbc/twice': 'duplicate', 'icbc/bank': 'wrong-unit', 'abc/bank': 'wrong-unit', 'icbc/early': 'omission',
    })
    expect(found.get('R8 icbc/less')!.facts.since).toBe(`${year}-02-01`)
  })

  it('for the ledger: wrong account, wrong level, what was posted after the day; two candidates prove nothing', async () => {
    const found = await run((y) => ({
      books: BOOKS,
      opening: [{ book: 'T', account: '1001', debit: '100' }],
      entries: [
        line('T', 'V1', 1, '1001', '7', '', { date: `${y + 1}-01-03` }),
        line('T', 'V2', 1, '7001', '10', '', { function: '205', fund: 'general' }), line('T', 'V2', 2, '7001', '30', '', { function: '2080101', fund: 'general' }),
        line('T', 'V2', 3, '7051', '4', '', { function: '211', fund: 'general' }),
        line('T', 'V2', 4, '7051', '6', '', { function: '213', fund: 'general' }), line('T', 'V2', 5, '7052', '6', '', { function: '213', fund: 'general' }),
        line('U', 'V2', 1, '7101', '4', '', { function: '211', fund: 'general' }),
      ],
      statements: [
        { reconciliation: 'R1', party: 'pboc', amount: '107' },
        { reconciliation: 'R3', function: '206', fund: 'general', amount: '10' }, { reconciliation: 'R3', function: '208', fund: 'general', amount: '30' },
        { reconciliation: 'R3', function: '211', fund: 'general', amount: '4' }, { reconciliation: 'R3', function: '213', fund: 'general', amount: '6' },
      ],
    }))
    expect(kinds(found, 'R1', 'R3')).toEqual({
      'pboc/1001': 'timing', '205/general': 'wrong-account', '206/general': 'wrong-account', '2080101/general': 'wrong-level', '208/general': 'wrong-level',
      '211/general': 'wrong-account', '213/general': 'omission',
    })
    expect(found.get('R3 211/general')!.facts.otherAccount).toBe('7051')
  })

  it('for indicators and vouchers: a refund that one side has not, a unit under another code', async () => {
    const dims = { unit: 'u1', function: '205', project: 'p', fund: 'general' }
    const found = await run(() => ({
      books: BOOKS,
      indicators: [{ indicator: 'I1', amount: '100', paid: '70' }],
      documents: [
        { type: 'PAY_CERT', number: '1', indicator: 'I1', amount: '70', ...dims }, { type: 'PAY_REFUND', number: '2', indicator: 'I1', amount: '10', ...dims },
        { type: 'PAY_CERT', number: '3', indicator: 'I1', amount: '0', ...dims, unit: 'u3' }, { type: 'PAY_CERT', number: '4', amount: '5', ...dims, unit: 'u4' },
      ],
      statements: [{ reconciliation: 'R14', ...dims, amount: '70' }, { reconciliation: 'R14', ...dims, unit: 'u5', amount: '5' }],
    }))
    expect(kinds(found, 'R10', 'R14')).toMatchObject({
      I1: 'refund-not-registered', 'u1/205/p/general': 'refund-not-registered', 'u4/205/p/general': 'wrong-unit', 'u5/205/p/general': 'wrong-unit',
    })
    expect(kinds(found, 'R16')).toMatchObject({ 'PAY_REFUND/2': 'refund-not-registered', 'PAY_CERT/1': 'omission' })
  })

  it('for lines of a bank: in transit at the end of the year, at the wrong bank; older ones are omissions', async () => {
    const found = await run((y) => ({
      books: BOOKS,
      entries: [
        line('S', 'V1', 1, '1004', '10', '', { counterparty: 'icbc', source: 'a', date: `${y}-12-31` }), line('S', 'V2', 1, '1004', '20', '', { counterparty: 'icbc', source: 'b', date: `${y}-05-01` }),
        line('S', 'V3', 1, '1004', '30', '', { counterparty: 'icbc', source: 'c', date: `${y}-05-01` }),
      ],
      statements: [
        { reconciliation: 'R7', party: 'ccb', reference: 'c', amount: '30', date: `${y}-05-02` }, { reconciliation: 'R7', party: 'ccb', reference: 'd', amount: '1', date: `${y}-04-02` },
      ],
    }))
    expect(kinds(found, 'R7')).toEqual({ 'S/V1/1': 'timing', 'S/V2/1': 'omission', 'S/V3/1': 'wrong-unit', 'ccb/c': 'wrong-unit', 'ccb/d': 'omission' })
    expect(found.get('R7 ccb/d')!.facts.since).toBe(`${year}-04-02`)
  })
})

describe('where one payment stands', () => {
  const voucher = (book: string, name: string, source: string, amount: string, more: Record<string, string> = {}) => [
    line(book, name, 1, '5001', amount, '', { source, ...more }), line(book, name, 2, book === 'S' ? '1004' : '1001', '', amount, more), line(book, name, 3, '7001', amount, '', more), line(book, name, 4, '8001', '', amount, more),
  ]
  const placesOf = (one: Found) => (one.facts.places as { place: string; amount: string }[]).map(({ place, amount }) => `${place} ${amount}`)

  it('shows ledger, payment system, bank, People\'s Bank and the unit\'s books at once, by number or bank reference, and names the odd one', async () => {
    const found = await run(() => ({
      books: BOOKS,
      documents: [cert('Z1', '10', { reference: 'B1' }), cert('Z2', '20'), cert('Z3', '30'), { type: 'PAY_REFUND', number: 'Z1', amount: '99' }, cert('Z4', '40', { status: 'sent' })],
      entries: [...voucher('T', 'V1', 'Z1', '10'), ...voucher('U', 'V1', 'B1', '10'), ...voucher('T', 'V2', 'Z2', '20'), ...voucher('T', 'V4', 'Z4', '40'), ...voucher('T', 'V5', 'Z9', '50', { posted: '0' })],
      statements: [
        paid('Z1', '9'), { reconciliation: 'R9', party: 'icbc', reference: 'B1', amount: '10' }, paid('Z3', '30'), paid('Z4', '40'),
        { reconciliation: 'R2', reference: 'Z4', amount: '40' },
      ],
    }))
    const z1 = found.get('R8 icbc/Z1')!
    expect(placesOf(z1)).toEqual(['payment-system 10.00', 'ledger 10.00', 'unit-books 10.00', 'bank 9.00', 'pboc 10.00'])
    expect(z1.facts).toMatchObject({ payment: 'Z1', odd: { decided: true, places: ['bank'] } })
    expect(placesOf(found.get('R8 icbc/Z2')!)).toEqual(['payment-system 20.00', 'ledger 20.00', 'bank 0.00'])
    expect(found.get('R8 icbc/Z2')!.facts.odd).toEqual({ decided: true, places: ['bank'] })
    expect(found.get('R16 PAY_CERT/Z3')!.facts.odd).toEqual({ decided: true, places: ['ledger'] })
    const z4 = found.get('R8 icbc/Z4')!
    expect(z4.facts).toMatchObject({ kind: 'state-mismatch', odd: { decided: true, places: ['payment-system'] } })
    expect((z4.facts.places as object[])[0]).toMatchObject({ place: 'payment-system', amount: '0.00', stated: '40.00', status: 'sent', names: ['PAY_CERT/Z4'] })
  })

  it('does not decide without a majority of three places, nor between two halves', async () => {
    const found = await run(() => ({
      books: BOOKS, documents: [cert('A', '10'), cert('B', '10'), cert('C', '10')],
      entries: [...voucher('T', 'V1', 'A', '7'), ...voucher('T', 'V2', 'C', '10')],
      statements: [paid('A', '5'), paid('B', '11'), paid('C', '9'), { reconciliation: 'R9', party: 'icbc', reference: 'C', amount: '9' }],
    }))
    expect(placesOf(found.get('R8 icbc/A')!)).toEqual(['payment-system 10.00', 'ledger 7.00', 'bank 5.00'])
    expect(found.get('R8 icbc/A')!.facts.odd).toEqual({ decided: false, places: [] })
    expect(found.get('R8 icbc/B')!.facts.odd).toEqual({ decided: false, places: [] })
    expect(placesOf(found.get('R8 icbc/C')!)).toEqual(['payment-system 10.00', 'ledger 10.00', 'bank 9.00', 'pboc 9.00'])
    expect(found.get('R8 icbc/C')!.facts.odd).toEqual({ decided: false, places: [] })
    expect(placesOf(found.get('R16 PAY_CERT/B')!)).toEqual(['payment-system 10.00', 'ledger 0.00', 'bank 11.00'])
  })

  it('is the same in whatever order the rows come, and of the own district and year only', async () => {
    const data = (y: number): District => ({
      books: BOOKS, documents: [cert('Z1', '10'), cert('Z2', '11')], entries: [...voucher('T', 'V1', 'Z1', '10'), ...voucher('T', 'V2', 'Z2', '3')],
      statements: [paid('Z1', '9', { date: `${y}-02-02` }), paid('Z1', '2', { date: `${y}-02-01` }), paid('Z2', '1')],
    })
    const facts = (found: Map<string, Found>) => [...found].map(([key, one]) => [key, JSON.stringify(one.facts).replaceAll(String(year), 'Y')])
    const first = facts(await run(data))
    const second = facts(await run((y) => ({ ...data(y), documents: data(y).documents!.toReversed(), entries: data(y).entries!.toReversed(), statements: data(y).statements!.toReversed() })))
    expect(second).toEqual(first)
  })
})
