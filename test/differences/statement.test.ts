/** The 余额调节表: adjusted balances tie exactly when everything that differs is explained as in transit. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listDifferences } from '../../books/differences/read.ts'
import { type BalanceStatement, readStatements } from '../../books/differences/statement.ts'
import { liveResults } from '../../books/evidence.ts'
import { formatYuan, parseYuan } from '../../domain/money.ts'
import { CONFIG } from '../reconcile/fixture.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Checked, check, checkDistrict, say } from './support.ts'

let database: TestDatabase
let year = 2500
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

const statements = async ({ district, year: of }: Checked, more: object = {}): Promise<BalanceStatement[]> =>
  readStatements(database.db, { year: of, districts: [district], ...more }, () => Promise.resolve(CONFIG))
const differences = ({ district, year: of }: Checked, rule = 'R7') => listDifferences(database.db, { year: of, districts: [district], rule, now: new Date() })
const figures = async ({ runId }: Checked) => (await liveResults(database.db, runId)).get('reconcile')!.result.figures as Record<string, { adjusted?: Record<string, object> }>

const S = { book: 'S', system: 'special-account' }
const U = { book: 'U', system: 'government-unit', unit: 'u1' }
const line = (voucher: string, bank: string, amount: string, source: string, more: object = {}) =>
  ({ book: 'S', voucher, line: '1', account: '1004', counterparty: bank, source, ...(amount.startsWith('-') ? { credit: amount.slice(1) } : { debit: amount }), ...more })
const row = (bank: string, amount: string, reference: string) => ({ reconciliation: 'R7', party: bank, reference, amount, date: `${year}-12-31` })

const bank = () => checkDistrict(database, '152501', year += 1, {
  books: [S, U],
  opening: [{ book: 'S', account: '1004', counterparty: 'icbc', debit: '100' }, { book: 'S', account: '1004', counterparty: 'abc', debit: '7' }, { book: 'U', account: '1004', debit: '9999', counterparty: 'icbc' }],
  entries: [
    line('V1', 'icbc', '50', 'same'), line('V2', 'icbc', '10', 'not-yet-in'), line('V3', 'icbc', '-4', 'not-yet-out', { date: `${year}-12-31` }),
    line('V4', 'icbc', '-20', 'paid'), line('V5', 'abc', '1', 'abc'),
  ],
  statements: [row('icbc', '50', 'same'), row('icbc', '-3', 'fee'), row('icbc', '-19', 'paid'), row('abc', '1', 'abc')],
})

it('adds what is in transit to the side that does not have it yet, and ties when all is explained so', async () => {
  const checked = await bank()
  const all = await differences(checked)
  expect(all.map((one) => `${one.key} ${one.difference} ${one.kind}`)).toEqual(['S/V2/1 10.00 omission', 'S/V3/1 -4.00 timing', 'icbc/fee 3.00 timing', 'icbc/paid -1.00 wrong-amount'])
  const before = (await statements(checked, { reconciliation: 'R7', party: 'icbc' }))[0]!
  expect(before).toMatchObject({ ties: false, difference: '8.00', unplaced: '0.00', a: { opening: '100.00', movement: '36.00', balance: '136.00', adjusted: '136.00' }, b: { balance: '128.00' } })
  expect(before.missing.map((one) => one.key)).toEqual(['S/V2/1', 'S/V3/1', 'icbc/fee', 'icbc/paid'])

  await say(database, checked, all.slice(0, 3).map(({ id }) => ({ id, action: 'explain', about: { kind: 'timing' } })))
  const some = (await statements(checked, { reconciliation: 'R7', party: 'icbc' }))[0]!
  expect(some).toMatchObject({ ties: false, difference: '-1.00', a: { adjusted: '133.00' }, b: { adjusted: '134.00' } })
  expect(some.a.items).toMatchObject([{ key: 'icbc/fee', amount: '-3.00', explanation: 'because' }])
  expect(some.b.items.map((item) => item.amount)).toEqual(['10.00', '-4.00'])
  expect(some.missing.map((one) => one.key)).toEqual(['icbc/paid'])

  await say(database, checked, [{ id: all[3]!.id, action: 'explain', about: { kind: 'timing' } }])
  expect(await statements(checked, { reconciliation: 'R7' })).toMatchObject([
    { party: '', ties: true, a: { opening: '107.00', adjusted: '141.00' }, b: { adjusted: '141.00' } }, { party: 'abc', ties: true, a: { balance: '8.00' } }, { party: 'icbc', ties: true },
  ])
  expect((await figures(checked)).R7!.adjusted).toEqual({
    '*': { a: '144.00', b: '136.00', items: 4, adjustedA: '141.00', adjustedB: '141.00', difference: '0.00', open: 0 },
    icbc: { a: '136.00', b: '128.00', items: 4, adjustedA: '133.00', adjustedB: '133.00', difference: '0.00', open: 0 },
  })
})

it('counts as in transit only what is explained as that: not what is waived, to be corrected, or of another kind', async () => {
  const checked = await bank()
  const [first, second, third, fourth] = (await differences(checked)).map(({ id }) => id) as [string, string, string, string]
  await say(database, checked, [
    { id: first, action: 'waive' }, { id: second, action: 'explain' }, { id: third, action: 'explain', about: { kind: 'wrong-amount' } }, { id: fourth, action: 'correct' },
  ])
  const [whole] = await statements(checked, { reconciliation: 'R7', party: '' })
  // An explanation that names no kind takes the suggested one.
  expect(whole!.b.items.map((item) => item.key)).toEqual(['S/V3/1'])
  expect(whole!.missing.map((one) => [one.key, one.state])).toEqual([['S/V2/1', 'waived'], ['icbc/fee', 'explained'], ['icbc/paid', 'to-correct']])
  const kept = await figures(checked)
  await check(database, checked, 2)
  expect(await figures(checked)).toEqual(kept)
})

it('is made for totals by key too, of each bank or unit, and not for debit against credit or vouchers', async () => {
  const checked = await checkDistrict(database, '152502', year += 1, {
    books: [U], entries: [{ book: 'U', voucher: 'V', account: '1001', debit: '5' }],
    documents: [{ type: 'PAY_CERT', number: 'Z1', amount: '10', counterparty: 'icbc' }, { type: 'PAY_CERT', number: 'Z2', amount: '20', counterparty: 'abc' }],
    statements: [{ reconciliation: 'R8', party: 'icbc', reference: 'Z1', amount: '10' }],
  })
  expect((await statements(checked)).map((one) => one.reconciliation)).not.toContain('R16')
  expect((await statements(checked, { reconciliation: 'R8', onlyUnequal: true })).map((one) => `${one.party} ${one.a.balance} ${one.b.balance} ${one.ties}`)).toEqual([' 30.00 10.00 false', 'abc 20.00 0.00 false'])
  const [one] = await differences(checked, 'R8')
  await say(database, checked, [{ id: one!.id, action: 'explain', about: { kind: 'timing' } }])
  expect((await statements(checked, { reconciliation: 'R8', party: 'abc' }))[0]).toMatchObject({ ties: true, b: { adjusted: '20.00' } })
})

it('is apart by exactly what is not in transit, whatever the rows', async () => {
  const amount = fc.integer({ min: -3, max: 3 }).map((fen) => formatYuan(BigInt(fen)))
  const rows = fc.array(fc.record({ bank: fc.constantFrom('icbc', 'abc'), reference: fc.constantFrom('', 'a', 'b', 'c'), amount }), { maxLength: 8 })
  await fc.assert(fc.asyncProperty(rows, rows, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), async (ledger, statement, transit) => {
    const checked = await checkDistrict(database, '152522', year += 1, {
      books: [S], entries: ledger.map((one, index) => line(`V${index}`, one.bank, one.amount, one.reference)), statements: statement.map((one) => row(one.bank, one.amount, one.reference)),
    })
    const all = await differences(checked)
    const missing = all.some(({ key }) => key === 'R7/missing')
    const explained = all.filter((_, index) => transit[index] && !missing)
    if (explained.length > 0) await say(database, checked, explained.map(({ id }) => ({ id, action: 'explain', about: { kind: 'timing' } })))
    for (const one of await statements(checked, { reconciliation: 'R7' })) {
      const left = one.missing.reduce((sum, { difference }) => sum + parseYuan(difference), 0n)
      const unplaced = parseYuan(one.unplaced)
      expect(parseYuan(one.a.adjusted) - parseYuan(one.b.adjusted)).toBe(left + unplaced)
      // Where no statement came at all the one finding belongs to no bank.
      if (one.party === '' || !missing) expect(unplaced).toBe(0n)
      expect(one.ties).toBe(left + unplaced === 0n)
    }
  }), { numRuns: 12 })
})
