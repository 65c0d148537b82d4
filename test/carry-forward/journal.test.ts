/**
 * The exported journal, judged by programs that are not ours: hledger where it is installed (Debian: `apt-get install hledger`),
 * and always a few lines that only add up. Every voucher balances, what must close is zero, each balance opens the new year.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findGeneration } from '../../books/export/export.ts'
import { JournalStale, writeJournal } from '../../books/export/journal.ts'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, loadDistrict, plan } from './load.ts'
import type { District } from './model.ts'
import { randomDistrict } from './random.ts'
import { reference } from './reference.ts'

const HLEDGER = spawnSync('hledger', ['--version']).status === 0
if (!HLEDGER) process.stderr.write('hledger is not installed: its judgement of the journals is skipped (apt-get install hledger)\n')
let database: TestDatabase
let folder: string
let next = 100_000
beforeAll(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'nianjie-journal-'))
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function journalOf(input: District): Promise<{ text: string; district: string }> {
  const district = String(next += 1)
  await database.db.transaction().execute(async (trx) => {
    const context = await loadDistrict(trx, { ...input, district })
    await plan(trx, context)
    await applyCarryForward(trx, context)
  })
  return { text: await read(district), district }
}

async function read(district: string): Promise<string> {
  let text = ''
  await writeJournal(database, (await findGeneration(database.db, { district, closingYear: 2025 }))!, new Writable({ write: (chunk, _, done) => { text += String(chunk); done() } }))
  return text
}

const fen = (yuan: string) => BigInt(yuan.replace('.', ''))

/** Adds the journal up: unbalanced vouchers, broken assertions, and what is left on each account. */
function addUp(text: string): { unbalanced: string[]; broken: string[]; balances: Map<string, bigint>; postings: number } {
  const [unbalanced, broken]: string[][] = [[], []]
  const balances = new Map<string, bigint>()
  let [voucher, sum, postings] = ['', 0n, 0]
  for (const line of [...text.split('\n'), '']) {
    const posting = /^ {4}(\S+) {2}(-?\d+\.\d\d) CNY(?: = (-?\d+\.\d\d) CNY)?$/.exec(line)
    if (posting) {
      const [, account, amount, expected] = posting
      postings += 1
      sum += fen(amount!)
      balances.set(account!, (balances.get(account!) ?? 0n) + fen(amount!))
      if (expected !== undefined && balances.get(account!) !== fen(expected)) broken!.push(account!)
    } else if (/^\d{4}-/.test(line)) voucher = line
    else if (line === '' && voucher !== '') {
      if (sum !== 0n) unbalanced!.push(voucher)
      ;[voucher, sum] = ['', 0n]
    } else if (line !== '' && !/^(;|account |commodity )/.test(line)) throw new Error(`not a line of a journal: ${line}`)
  }
  return { unbalanced: unbalanced!, broken: broken!, balances, postings }
}

const hledger = async (text: string, name: string) => {
  const path = join(folder, `${name}.journal`)
  writeFileSync(path, text)
  return promisify(execFile)('hledger', ['-f', path, 'check', '--strict']).then(() => 'holds', (error: { stderr: string }) => error.stderr)
}

describe('the journal of random books of all three systems', () => {
  it('balances voucher by voucher, ends on the openings, and leaves nothing on what closes', async () => {
    await fc.assert(fc.asyncProperty(randomDistrict, async (input) => {
      const { text, district } = await journalOf(input)
      const { unbalanced, broken, balances } = addUp(text)
      expect({ unbalanced, broken }).toEqual({ unbalanced: [], broken: [] })
      // What is left is what the independent computation says, under the names of the journal.
      const left = [...balances].filter(([, amount]) => amount !== 0n).map(([account, amount]) => `${account} ${amount}`).sort()
      const named = [...reference(input).openings].map(([key, amount]) => {
        const [book, account, ...dims] = key.split('|')
        const names = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']
        return `${book}:${account}${dims.map((code, index) => (code ? `:${names[index]}=${code}` : '')).join('')} ${amount}`
      }).sort()
      expect(left).toEqual(named)
      const classes = new Map(Object.values(CONFIG.charts).map((chart) => [chart.system, new Map(chart.accounts.map((row) => [row.account, row.element]))]))
      for (const [name, amount] of balances) {
        const [book, account] = name.split(':')
        const element = classes.get(input.books.find((one) => one.book === book)!.system)!.get(account!)
        if (['revenue', 'expense', 'budget_revenue', 'budget_expenditure'].includes(element ?? '')) expect([name, amount]).toEqual([name, 0n])
      }
      if (HLEDGER) expect(await hledger(text, district)).toBe('holds')
    }), { numRuns: 8 })
  }, 180_000)

  it.skipIf(!HLEDGER)('is refused by hledger as soon as one fen, one line or one opening is wrong', async () => {
    const [input] = fc.sample(randomDistrict.filter(({ entries, opening }) => entries.length > 6 && opening.length > 2), { seed: 3, numRuns: 1 })
    const { text } = await journalOf(input!)
    expect(await hledger(text, 'whole')).toBe('holds')
    const wrong = {
      fen: text.replace(/( {4}\S+ {2}-?\d+\.\d)(\d) CNY\n/, (_, before: string, cent: string) => `${before}${(Number(cent) + 1) % 10} CNY\n`),
      opening: text.replace(/ = (-?\d+)\.(\d\d) CNY\n(?![\s\S]* = -?[1-9]\d*\.\d\d CNY\n)/, ' = 1$1.$2 CNY\n'),
      closing: text.replace(/\n\d{4}-12-31 \* \(CLOSE-[^\n]*\n(?: {4}[^\n]*\n)+/, '\n'),
    }
    for (const [name, damaged] of Object.entries(wrong)) {
      expect(damaged, name).not.toBe(text)
      expect(await hledger(damaged, name), name).not.toBe('holds')
    }
  })

  it('is the same bytes each time, and refused once the input is another one', async () => {
    const [input] = fc.sample(randomDistrict, { seed: 5, numRuns: 1 })
    const { text, district } = await journalOf(input!)
    expect(await read(district)).toBe(text)
    await sql`insert into input_versions (scope_id, version, digest) select scope_id, 2, 'other' from scopes where district = ${district}`.execute(database.db)
    await sql`insert into input_files (scope_id, version, file, path, sha256, content_digest, rows) select scope_id, 2, 'entries', '', '', 'other', 0 from scopes where district = ${district}`.execute(database.db)
    await expect(read(district)).rejects.toBeInstanceOf(JournalStale)
  })
})
