/** Texts of instructions: whatever a number holds, it stays a constant in SQL and a field in CSV. */
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentsSchema } from '../../config/schemas/documents.ts'
import { loadConfig } from '../../config/load.ts'
import { csvField, instructionText, sqlText } from '../../domain/instructions.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const { documents } = loadConfig()
const printable = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text))

describe('an SQL constant', () => {
  it('is the very text to PostgreSQL, quotes, backslashes and comments included', async () => {
    const database: TestDatabase = await createTestDatabase()
    try {
      const texts = ["'", "a'; drop table x; --", '\\', "\\'", '/* */', '{number}', ...fc.sample(printable.filter((text) => text.isWellFormed()), 60)]
      const { rows } = await database.pool.query<{ text: string }>(`select * from (values ${texts.map((text, index) => `(${index}, ${sqlText(text)})`).join(', ')}) v(n, text) order by n`)
      expect(rows.map((row) => row.text)).toEqual(texts)
    } finally {
      await database.drop()
    }
  })

  it('never holds a control character', () => expect(() => sqlText('a\nb')).toThrow(RangeError))
})

describe('an instruction', () => {
  it('in CSV is read back field by field', () => {
    fc.assert(fc.property(fc.array(fc.record({ number: printable, comment: fc.string() }), { minLength: 1 }), (lines) => {
      const text = instructionText({ kind: 'csv', columns: [{ title: '单据号', value: '{number}' }, { title: '说明', value: '{comment}' }] }, lines)
      const rows = parse(text, { relax_column_count: false }) as string[][]
      expect(rows.slice(1).map(([number, comment]) => [number, comment])).toEqual(lines.map(({ number, comment }) =>
        [number, comment].map((value) => (/^[=@\t]|^[+-](?![\d.,]+$)/.test(value!) ? `'${value}` : value))))
    }))
    expect(csvField('=1+1')).toBe("'=1+1")
    expect(csvField('-5.00')).toBe('-5.00')
  })

  it('in SQL takes the statement of the type, and its head can not end its comment', () => {
    const text = instructionText({ kind: 'sql', head: '-- {instruction} {comment}', statement: 'a {number};', statements: { PAY_CERT: 'b {number}, {status};' } }, [
      { type: 'PAY_APPLY', number: "1'2", instruction: 'ZL', comment: 'x\ndrop table y;' }, { type: 'PAY_CERT', number: '3', status: 'sent' },
    ])
    expect(text).toBe("-- ZL x drop table y;\na '1''2';\nb '3', 'sent';\n")
  })
})

describe('the configuration of cases', () => {
  const accepts = (change: object) => documentsSchema.safeParse({ ...documents, ...change }).success
  const type = (name: string, change: object) => ({ types: { ...documents.types, [name]: { ...documents.types[name], ...change } } })

  it('refuses defaults that can not be, ladders out of order, unknown fields and quoted ones', () => {
    expect(accepts({})).toBe(true)
    expect(accepts(type('PAY_CERT', { default_by_status: { sent: 'void' } }))).toBe(false)
    expect(accepts(type('PAY_CERT', { default: 'complete' }))).toBe(false)
    expect(accepts(type('PAY_APPLY', { default: 'carry' }))).toBe(false)
    expect(accepts({ ladder: [{ before: '2h', roles: ['engineer'] }, { before: '24h', roles: ['engineer'] }] })).toBe(false)
    const format = (statement: string) => accepts({ instructions: { ...documents.instructions, formats: { own: { kind: 'sql', statement } } } })
    expect([format('update x set a = {status};'), format("update x set a = '{status}';"), format('update x set a = {state};')]).toEqual([true, false, false])
    expect(accepts({ cut_offs_of_year: { 2025: { '*': { PAY_APPLY: '2025-12-26' } } } })).toBe(true)
    expect(accepts({ cut_offs_of_year: { 2025: { '*': { NOPE: '2025-12-26' } } } })).toBe(false)
    expect(accepts({ cut_offs_of_year: { 2025: { '*': { PAY_APPLY: '2025-13-26' } } } })).toBe(false)
    expect(accepts({ watch: { ...documents.watch, time_zone: 'Mars/Olympus' } })).toBe(false)
  })
})
