/**
 * R7: entry lines against bank rows. Cases by hand for each pass; then random districts, compared with a matcher that
 * takes pairs one by one, with rows in any order, and every line and row accounted for.
 */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcileOne } from '../../books/steps/reconcile/index.ts'
import { formatYuan } from '../../domain/money.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, type Found, contextOf, keysOf, loadDistrict, runEngine } from './fixture.ts'
import { type BankRow, type LedgerLine, matchOneByOne } from './one-by-one.ts'

let database: TestDatabase
let year = 3000
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

interface Matching { found: Found[]; figures: Record<string, unknown>; matches: { pass: string; line: string | null; row: number | null }[] }

async function match(lines: readonly LedgerLine[], rows: readonly BankRow[]): Promise<Matching> {
  year += 1
  const scope = await loadDistrict(database, '152501', year, {
    books: [{ book: 'S', system: 'special-account' }, { book: 'T', system: 'treasury-2022' }],
    entries: [
      ...lines.map((line, index) => ({
        book: 'S', voucher: line.voucher, line: String(line.line ?? index + 1), account: index % 2 ? '1004' : '100401', counterparty: line.party, date: line.date,
        ...(line.amount < 0n ? { credit: formatYuan(-line.amount) } : { debit: formatYuan(line.amount) }), ...(line.source ? { source: line.source } : {}),
      })),
      { book: 'T', voucher: 'X', line: '1', account: '1004', counterparty: 'icbc', debit: '12345' },
      { book: 'S', voucher: 'X', line: '1', account: '1004', counterparty: 'icbc', debit: '777', posted: '0' },
    ],
    statements: rows.map((row) => ({
      reconciliation: 'R7', party: row.party, amount: formatYuan(row.amount), ...(row.reference ? { reference: row.reference } : {}), ...(row.date ? { date: row.date } : {}),
    })),
  })
  const { found, outcome } = await runEngine(database, async (trx) => {
    const figures = await reconcileOne(trx, contextOf(scope, '152501', year), 'R7', CONFIG.reconciliations.reconciliations.R7!)
    if (figures.state !== 'compared') return { figures, matches: [] }
    const { rows: matches } = await sql<Matching['matches'][number]>`
      select pass, line_key as line, m.row_id as row from line_matches m left join left_lines l on l.id = m.line_id order by 1, 2, 3`.execute(trx)
    return { figures, matches }
  })
  return { found, ...outcome }
}

const line = (voucher: string, amount: bigint, date: string, source = '', party = 'icbc', at = 1): LedgerLine => ({ voucher, line: at, party, date, amount, source })
const row = (amount: bigint, date: string, reference = '', party = 'icbc'): BankRow => ({ party, date, amount, reference })

describe('the passes', () => {
  it('match by reference first, whatever the day, and report the same reference with another amount once', async () => {
    const { found, figures } = await match(
      [line('V1', 100n, '2025-01-01', 'A'), line('V2', 200n, '2025-01-01', 'B'), line('V3', 50n, '2025-02-01', 'C'), line('V3', 50n, '2025-02-01', 'C', 'icbc', 2)],
      [row(100n, '2025-09-01', 'A'), row(210n, '2025-01-01', 'B'), row(100n, '2025-02-01', 'C'), row(100n, '2025-01-01', 'A', 'abc')])
    expect(keysOf(found, 'R7')).toEqual(['abc/A -100', 'icbc/B -10'])
    expect(figures).toMatchObject({ keys: 4, unequal: 2, matched: { reference: 2, date: 0 } })
  })

  it('match by amount within three days, nearest day first, then reference', async () => {
    const { found, matches } = await match(
      [line('V1', 100n, '2025-01-10'), line('V2', 300n, '2025-01-10'), line('V3', 400n, '2025-01-10')],
      [row(100n, '2025-01-09', 'Q'), row(100n, '2025-01-11', 'P'), row(100n, '2025-01-12', 'A'), row(300n, '2025-01-13'), row(400n, '2025-01-14')])
    expect(matches.map(({ pass, line }) => `${pass} ${line}`)).toEqual(['date S/V1/1', 'date S/V2/1'])
    expect(keysOf(found, 'R7')).toEqual(['S/V3/1 400', 'icbc/ -400', 'icbc/A -100', 'icbc/Q -100'])
    const candidate = found.find((one) => one.key === 'S/V3/1')!.facts as { candidates?: unknown[] }
    expect(candidate.candidates).toEqual([{ reference: '', date: '2025-01-14', amount: '4.00' }])
  })

  it('match n to 1 and 1 to n within a day', async () => {
    const { found, matches } = await match(
      [line('V1', 100n, '2025-01-10'), line('V2', -30n, '2025-01-10'), line('V3', 90n, '2025-03-01', 'own')],
      [row(70n, '2025-01-10', 'Z'), row(40n, '2025-03-01'), row(50n, '2025-03-01', 'b'), row(5n, '2025-03-02')])
    expect(matches.map(({ pass }) => pass)).toEqual(['1:n', '1:n', '1:n', 'n:1', 'n:1', 'n:1'])
    expect(keysOf(found, 'R7')).toEqual(['icbc/ -5'])
  })

  it('gives one finding where the bank sent nothing, and keeps banks and empty dates apart', async () => {
    expect(keysOf((await match([line('V1', 100n, '2025-01-10')], [])).found, 'R7')).toEqual(['R7/missing 100'])
    const { found } = await match([line('V1', 100n, '2025-01-10')], [row(100n, '2025-01-10', '', 'abc'), { party: 'icbc', amount: 100n, reference: '', date: '' }])
    expect(keysOf(found, 'R7')).toEqual(['S/V1/1 100', 'abc/ -100', 'icbc/ -100'])
  })
})

describe('names with slashes', () => {
  it('put what shares a key into one finding', async () => {
    const { found } = await match(
      [line('V1', 100n, '2025-01-10', 'x', 'S/V1'), line('V/1', 7n, '2025-01-10')],
      [row(30n, '2025-01-20', 'V/1/1', 'S'), row(5n, '2025-01-20', '1', 'S/V'), row(9n, '2025-01-20', 'b/c', 'a'), row(8n, '2025-01-20', 'c', 'a/b')])
    expect(keysOf(found, 'R7')).toEqual(['S/V/1 -5', 'S/V/1/1 -23', 'S/V1/1 100', 'a/b/c -17'])
    expect(found[3]!.message_en).toMatch(/ a\/b: on the bank statement.* a: on the bank statement/)
    expect((found[3]!.facts as { also?: unknown[] }).also).toHaveLength(1)
  })
})

describe('random statements', () => {
  const day = fc.integer({ min: 1, max: 9 }).map((value) => `2025-01-0${value}`)
  const party = fc.constantFrom('icbc', 'abc')
  const amount = fc.constantFrom(100n, 100n, 100n, 200n, 300n, -100n, 0n)
  const reference = fc.constantFrom('', '', '', 'A', 'B', 'C', 'D', 'E', 'F')
  const sides = fc.record({
    lines: fc.array(fc.record({ party, date: day, amount, source: reference }), { maxLength: 14 }),
    rows: fc.array(fc.record({ party, date: day, amount, reference }), { minLength: 1, maxLength: 14 }),
  }).map(({ lines, rows }) => ({ rows, lines: lines.map((one, index) => ({ ...one, voucher: `V${index % 4}`, line: index + 1 })) }))

  it('match as one by one, in any order of rows, and leave nothing out', async () => {
    await fc.assert(fc.asyncProperty(sides, fc.infiniteStream(fc.nat()), async ({ lines, rows }, order) => {
      const shuffled = <T>(list: readonly T[]): T[] => list.map((one) => [order.next().value as number, one] as const).sort(([a], [b]) => a - b).map(([, one]) => one)
      const first = await match(lines, rows)
      const again = await match(shuffled(lines), shuffled(rows))
      const expected = matchOneByOne(lines, rows)
      expect(keysOf(first.found, 'R7')).toEqual(expected.findings)
      expect(keysOf(again.found, 'R7')).toEqual(expected.findings)
      expect(again.found.map((one) => one.message_zh)).toEqual(first.found.map((one) => one.message_zh))
      expect(first.figures.matched).toEqual(expected.matched)
      const lineKeys = first.matches.flatMap((one) => (one.line === null ? [] : [one.line]))
      expect(new Set(lineKeys).size).toBe(lineKeys.length)
      const rowKeys = first.matches.flatMap((one) => (one.row === null ? [] : [one.row]))
      expect(new Set(rowKeys).size).toBe(rowKeys.length)
    }), { numRuns: 40 })
  }, 180_000)
})
