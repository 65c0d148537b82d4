/** R15 and R16: vouchers balance, ledgers balance, and every final document has one posted voucher. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcileOne } from '../../books/steps/reconcile/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, type District, type Found, contextOf, keysOf, loadDistrict, runEngine } from './fixture.ts'

let database: TestDatabase
let year = 3000
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

async function run(number: string, data: District): Promise<{ found: Found[]; figures: { keys: number; unequal: number; state: string } }> {
  year += 1
  const scope = await loadDistrict(database, '152501', year, data)
  const { found, outcome } = await runEngine(database, (trx) =>
    reconcileOne(trx, contextOf(scope, '152501', year), number, CONFIG.reconciliations.reconciliations[number]!))
  return { found, figures: outcome }
}

const books = [{ book: 'T', system: 'treasury-2022' }, { book: 'U', system: 'government-unit', unit: 'u1' }]
const line = (book: string, voucher: string, at: number, account: string, debit: string, credit: string, more: Record<string, string> = {}) =>
  ({ book, voucher, line: String(at), account, debit, credit, ...more })

describe('R15 ledger against ledger', () => {
  it('finds vouchers that do not balance, posted or not, and each ledger of each book by itself', async () => {
    const { found, figures } = await run('R15', {
      books,
      opening: [{ book: 'T', account: '1001', debit: '100' }, { book: 'T', account: '3001', credit: '99' }],
      entries: [
        line('T', 'V1', 1, '1001', '10', ''), line('T', 'V1', 2, '4001', '', '10'), line('T', 'V1', 3, '8041', '10', ''), line('T', 'V1', 4, '6001', '', '10'),
        line('U', 'V1', 1, '5001', '7', ''), line('U', 'V1', 2, '8001', '', '7'),
        line('U', 'V2', 1, '1001', '3.33', '', { posted: '0' }), line('U', 'V2', 2, '4001', '', '3.34', { posted: '0' }),
        line('U', 'V3', 1, '1001', '-5', ''), line('U', 'V3', 2, '4001', '', '-5'),
      ],
    })
    expect(keysOf(found, 'R15')).toEqual(['T/financial 100', 'U/V2 -1', 'U/budgetary -700', 'U/financial 699'])
    expect(figures).toMatchObject({ keys: 8, unequal: 4 })
    expect(found.find((one) => one.key === 'U/V2')!.message_en).toContain('not posted')
  })

  it('keeps a voucher called like a ledger beside that ledger', async () => {
    const { found } = await run('R15', { books, entries: [line('U', 'financial', 1, '1001', '5', '')] })
    expect(keysOf(found, 'R15')).toEqual(['U/financial 1000'])
    expect(found[0]!.message_en).toMatch(/voucher financial.*\..*|financial ledger/)
  })

  it('skips a district without books', async () => {
    expect((await run('R15', {})).figures).toMatchObject({ state: 'skipped', keys: 0 })
  })
})

describe('R16 vouchers and documents', () => {
  const documents = [
    { type: 'PAY_CERT', number: 'Z1', amount: '10' }, { type: 'PAY_CERT', number: 'Z2', amount: '20' }, { type: 'PAY_CERT', number: 'Z3', amount: '30' },
    { type: 'PAY_CERT', number: 'Z4', amount: '40' }, { type: 'PAY_CERT', number: 'Z5', amount: '50', status: 'sent' },
    { type: 'PAY_REFUND', number: 'R1', amount: '5' }, { type: 'PAY_ALLOC', number: 'A1', amount: '-6' }, { type: 'NONTAX_PAY', number: 'N1', amount: '7' },
    { type: 'SALARY', number: 'S1', amount: '8' },
  ]
  const paid = (voucher: string, source: string, amount: string, more: Record<string, string> = {}) => [
    line('T', voucher, 1, '5001', amount, '', { source, ...more }), line('T', voucher, 2, '1001', '', amount, more),
    line('T', voucher, 3, '7001', amount, '', { source, ...more }), line('T', voucher, 4, '8041', '', amount, more),
  ]

  it('wants exactly one posted voucher of the amount, counts its financial debit only, and takes a refund\'s red one', async () => {
    const { found, figures } = await run('R16', {
      books, documents,
      entries: [
        ...paid('V1', 'Z1', '10'), ...paid('V2', 'Z2', '19.99'), ...paid('V3', 'Z3', '15'), ...paid('V4', 'Z3', '15'),
        ...paid('V5', 'Z4', '40', { posted: '0' }), ...paid('V6', 'R1', '-5'), ...paid('V7', 'A1', '-6'), ...paid('V8', 'other', '1'),
        line('U', 'V9', 1, '5001', '7', '', { source: 'N1' }), line('U', 'V9', 2, '1001', '', '7', { source: 'N1' }),
      ],
    })
    expect(keysOf(found, 'R16')).toEqual(['NONTAX_PAY/N1 700', 'PAY_CERT/Z2 1', 'PAY_CERT/Z3 0', 'PAY_CERT/Z4 4000'])
    expect(figures).toMatchObject({ keys: 7, unequal: 4 })
    expect(found.find((one) => one.key === 'PAY_CERT/Z4')!.message_en).toContain('not posted: T/V5')
    expect(found.find((one) => one.key === 'PAY_CERT/Z3')!.facts.kind).toBe('duplicate')
  })

  it('takes a document that gives no amount as one of 0', async () => {
    const { found } = await run('R16', {
      books, documents: [{ type: 'PAY_CERT', number: 'Z1', amount: '' }, { type: 'PAY_CERT', number: 'Z2', amount: '' }], entries: paid('V2', 'Z2', '3'),
    })
    expect(keysOf(found, 'R16')).toEqual(['PAY_CERT/Z1 0', 'PAY_CERT/Z2 -300'])
  })

  it('counts a voucher of several documents by the lines of each', async () => {
    const { found } = await run('R16', {
      books, documents: documents.slice(0, 2),
      entries: [line('T', 'V1', 1, '5001', '10', '', { source: 'Z1' }), line('T', 'V1', 2, '5001', '20', '', { source: 'Z2' }), line('T', 'V1', 3, '1001', '', '30')],
    })
    expect(found).toEqual([])
  })
})
