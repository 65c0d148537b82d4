// Sample input is the same for the same arguments, to the byte, and balances in every ledger of every book.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { parseYuan } from '../../domain/money.ts'
import { encodeGb18030 } from '../../report/gb18030.ts'
import { depreciation } from '../../sample/assets.ts'
import { writeSample } from '../../sample/generate.ts'
import { random } from '../../sample/random.ts'

const config = loadConfig()
const folder = mkdtempSync(join(tmpdir(), 'nianjie-sample-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const digests = (path: string) => readdirSync(path, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  .map((one) => `${one.name} ${createHash('sha256').update(readFileSync(join(one.parentPath, one.name))).digest('hex')}`).sort()
const write = (name: string, more: object = {}) =>
  writeSample({ out: join(folder, name), seed: 3, entries: 800, year: 2025, districts: ['152501', '152502', '152523'], corrected: false, config, ...more })
const rowsOf = (path: string): Record<string, string>[] => parse(readFileSync(path), { columns: true, bom: true })

describe('sample input', () => {
  it('is the same bytes for the same arguments, workbooks and GB18030 included', async () => {
    await write('first')
    await new Promise((resolve) => { setTimeout(resolve, 2100) })
    await write('second')
    expect(digests(join(folder, 'second'))).toEqual(digests(join(folder, 'first')))
  })

  it('does not depend on which other districts are written', async () => {
    await write('alone', { districts: ['152502'] })
    await write('together')
    expect(digests(join(folder, 'alone', '152502'))).toEqual(digests(join(folder, 'together', '152502')))
  })

  it('differs with the seed', async () => {
    await write('seed', { seed: 4 })
    await write('other')
    expect(digests(join(folder, 'seed', '152501'))).not.toEqual(digests(join(folder, 'other', '152501')))
  })

  it.each([500, 2000, 6001])('has exactly the wanted number of entry lines: %i', async (entries) => {
    const name = `lines-${entries}`
    await write(name, { entries, districts: ['152501'] })
    const lines = rowsOf(join(folder, name, '152501', 'entries.csv')).length
    expect(lines).toBe(entries)
  })

  it('balances each voucher and each opening by ledger', async () => {
    await write('balance', { districts: ['152501'], clean: true })
    const ledgerOf = (row: Record<string, string>) => (Number(row.account![0]) >= 6 ? 'budgetary' : 'financial')
    for (const [file, by] of [['entries.csv', 'voucher'], ['opening.csv', 'book']] as const) {
      const sums = new Map<string, bigint>()
      for (const row of rowsOf(join(folder, 'balance', '152501', file))) {
        const key = `${row.book}/${row[by]}/${ledgerOf(row)}`
        sums.set(key, (sums.get(key) ?? 0n) + parseYuan(row.debit || '0') - parseYuan(row.credit || '0'))
      }
      expect([...sums].filter(([, sum]) => sum !== 0n)).toEqual([])
    }
  })

  it('refuses a district that the configuration does not have', async () => {
    await expect(write('unknown', { districts: ['999999'] })).rejects.toThrow(/999999/)
  })
})

describe('what the generator is made of', () => {
  it('encodes GB18030 so that its decoder reads the same text', () => {
    const decoder = new TextDecoder('gb18030')
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'A,"0锡林郭勒盟財政（）〔〕—€ÿ\u3400\uA000') }), (text) => {
      expect(decoder.decode(encodeGb18030(text))).toBe(text)
    }))
  })

  it('draws within bounds, and alike for the same name', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(100), (seed, name, low, size) => {
      const [one, two] = [random(seed, name), random(seed, name)]
      for (let count = 0; count < 20; count += 1) {
        const value = one.int(low, low + size)
        expect(value).toBe(two.int(low, low + size))
        expect(value >= low && value <= low + size).toBe(true)
      }
    }))
  })

  it('depreciates from the month of acquisition to the end of life, never more than the cost', () => {
    expect(depreciation(7_200n, 72, '2025-12-31', '2025-12-31')).toBe(100n)
    expect(depreciation(100n, 72, '2020-01-15', '2025-12-31')).toBe(100n)
    expect(depreciation(100n, 72, '2026-01-01', '2025-12-31')).toBe(0n)
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 1, max: 600 }), fc.integer({ min: 2000, max: 2025 }), (cost, life, year) => {
      const written = depreciation(cost, life, `${year}-06-01`, '2025-12-31')
      expect(written >= 0n && written <= cost).toBe(true)
    }))
  })
})
