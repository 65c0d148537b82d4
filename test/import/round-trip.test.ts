import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CsvReader } from '../../books/import/csv-rows.ts'
import { displayYuan, formatYuan } from '../../domain/money.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { DISTRICT, importWith, YEAR } from './fixture.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

const LARGEST = 999_999_999_999_999n
const fen = fc.bigInt({ min: -LARGEST, max: LARGEST })
/** The ways in which people write an amount. */
const written = fc.tuple(fen, fc.constantFrom(formatYuan, displayYuan, (value: bigint) => formatYuan(value).replace(/\.?0{1,2}$/, ''), (value: bigint) => (value < 0n ? formatYuan(value) : `+${formatYuan(value)}`)))
  .map(([value, write]) => ({ value, text: write(value) }))
const day = fc.date({ min: new Date(`${YEAR}-01-01T00:00:00Z`), max: new Date(`${YEAR + 1}-12-31T00:00:00Z`), noInvalidDate: true })
  .chain((date) => fc.constantFrom(date.toISOString().slice(0, 10), date.toISOString().slice(0, 10).replaceAll('-', '')))
const summary = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', '').trim())

test('amounts, dates and texts come back as they were written', async () => {
  const rows = fc.sample(fc.record({ amount: written, day, summary, side: fc.constantFrom('debit', 'credit') }), 2000)
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const lines = rows.map((row, index) =>
    ['T01', 'V', index, row.day, '1001', row.side === 'debit' ? quoted(row.amount.text) : '', row.side === 'credit' ? quoted(row.amount.text) : '', quoted(row.summary)].join(','))
  const entries = `book,voucher,line,date,account,debit,credit,summary\n${lines.join('\n')}\n`
  const report = await importWith(database, { entries })
  expect(report.problems).toEqual([])
  const stored = (await database.pool.query(`select line, date, debit, credit, coalesce(summary, '') as summary from entries
    where scope_id = (select scope_id from scopes where district = $1) order by line`, [DISTRICT])).rows
  expect(stored).toEqual(rows.map((row, line) => ({
    line, date: row.day.replace(/^(\d{4})-?(\d\d)-?(\d\d)$/, '$1-$2-$3'), summary: row.summary,
    debit: row.side === 'debit' ? row.amount.value : 0n, credit: row.side === 'credit' ? row.amount.value : 0n,
  })))
})

test('a document that gives no amount has none, which is not an amount of 0', async () => {
  const report = await importWith(database, { documents: 'type,number,amount,status\nBASE_INFO,1,,draft\nBASE_INFO,2,0,draft\n' })
  expect(report.problems).toEqual([])
  const stored = await database.pool.query(`select amount from documents
    where scope_id = (select scope_id from scopes where district = $1) order by number`, [DISTRICT])
  expect(stored.rows).toEqual([{ amount: null }, { amount: 0n }])
})

test('any table of texts survives CSV, however the bytes are cut', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', '中', ' '), maxLength: 6 })
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  fc.assert(fc.property(table, fc.integer({ min: 1, max: 7 }), fc.boolean(), (rows, size, last) => {
    const text = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\r\n') + (last ? '\r\n' : '')
    const reader = new CsvReader()
    const read = []
    for (let at = 0; at < text.length; at += size) read.push(...reader.push(text.slice(at, at + size)))
    read.push(...reader.end())
    expect(read.map((row) => row.fields)).toEqual(rows)
    let line = 1
    for (const [index, row] of rows.entries()) {
      expect(read[index]!.line).toBe(line)
      line += 1 + row.join('').split('\n').length - 1
    }
  }))
})
