/** What is exported can be imported again, says the same as the books, and is the same bytes each time. */
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExportKind, findGeneration, writeExport } from '../../books/export/export.ts'
import { applyCarryForward, explainBalance } from '../../books/steps/carry-forward/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { filesOf, importDistrict } from './csv.ts'
import { loadDistrict, plan } from './load.ts'
import type { District } from './model.ts'
import { districtOf } from './random.ts'
import { reference } from './reference.ts'

let database: TestDatabase
let input: District
const exported: Record<string, string> = {}

beforeAll(async () => {
  database = await createTestDatabase()
  input = { ...fc.sample(districtOf({ postings: 60, indicators: 8 }), { seed: 7, numRuns: 1 })[0]!, mappings: [], setup: [] }
  const context = await importDistrict(database, { district: '152501', year: 2025, files: filesOf(input) })
  await database.db.transaction().execute(async (trx) => { await plan(trx, context) })
  await database.db.transaction().execute(async (trx) => { await applyCarryForward(trx, context) })
  for (const kind of ['opening', 'closing-entries', 'indicators', 'indicator-dispositions'] as const) exported[kind] = await textOf(kind, 2025)
})
afterAll(async () => { await database.drop() })

async function textOf(kind: ExportKind, closingYear: number): Promise<string> {
  const source = await findGeneration(database.db, { district: '152501', closingYear })
  let text = ''
  await writeExport(database, kind, source!, new Writable({ write: (chunk, _, done) => { text += String(chunk); done() } }))
  return text
}
const rowsOf = (text: string) => text.trimEnd().split('\n').slice(1).map((line) => line.split(','))

describe('exports', () => {
  it('write the openings of an import, in code point order, never negative, with what the books hold', () => {
    const lines = exported.opening!.trimEnd().split('\n')
    expect(lines[0]).toBe('book,account,unit,function,revenue,economic,project,fund,counterparty,debit,credit')
    const rows = rowsOf(exported.opening!)
    const keys = rows.map((row) => row.slice(0, 9).join('\u0001'))
    expect(keys).toEqual([...keys].sort())
    expect(new Map(rows.map((row) => [row.slice(0, 9).join('|'), BigInt(row[9]!.replace('.', '')) - BigInt(row[10]!.replace('.', ''))])))
      .toEqual(new Map([...reference(input).openings].sort()))
    expect(exported.opening).not.toMatch(/,-\d/)
  })

  it('write closing entries that an import takes, each voucher balanced', () => {
    const sums = new Map<string, bigint>()
    for (const row of rowsOf(exported['closing-entries']!)) {
      const key = `${row[0]} ${row[1]}`
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(row[12]!.replace('.', '')) - BigInt(row[13]!.replace('.', '')))
      expect(row[1]).toMatch(/^CLOSE-2025-[ABFS]\d+[a-d]?$/)
      expect(row[3]).toBe('2025-12-31')
    }
    expect([...sums.values()].every((sum) => sum === 0n)).toBe(true)
  })

  it('are the same bytes for the same state', async () => {
    for (const kind of Object.keys(exported) as ExportKind[]) expect(await textOf(kind, 2025)).toBe(exported[kind])
  })

  it('open the next year: a year without entries closes to the same balances again', async () => {
    const files = { units: filesOf(input).units!, books: filesOf(input).books!, opening: exported.opening!, indicators: exported.indicators!.split('\n').map((line) => line.split(',').slice(0, 12).join(',')).join('\n') }
    const context = await importDistrict(database, { district: '152501', year: 2026, files })
    await database.db.transaction().execute(async (trx) => { await plan(trx, context); await applyCarryForward(trx, context) })
    expect(await textOf('opening', 2026)).toBe(exported.opening)
    // What was carried once and not spent is recovered now.
    expect(rowsOf(await textOf('indicator-dispositions', 2026)).every((row) => row[2] === 'surplus')).toBe(true)
  })

  it('take the closing entries back in: with them nothing is left to close', async () => {
    const closing = exported['closing-entries']!.split('\n').slice(1).join('\n')
    const files = { ...filesOf(input), entries: filesOf(input).entries! + closing }
    const context = await importDistrict(database, { district: '152502', year: 2025, files })
    await database.db.transaction().execute(async (trx) => {
      expect((await plan(trx, context)).figures).toMatchObject({ written: true, closing: [] })
    })
  })
})

describe('a rehearsal', () => {
  it('is exported as its latest one left it: nothing when that one planned nothing', async () => {
    const of = { district: '152503', closingYear: 2025, rehearsal: true }
    const load = () => database.db.transaction().execute((trx) => loadDistrict(trx, { ...input, district: of.district }, 'rehearsal'))
    const first = await load()
    await database.db.transaction().execute(async (trx) => { await plan(trx, first) })
    const { rows: [planned] } = await sql<{ id: number }>`select carry_id as id from carry_forwards where run_id = ${first.runId}`.execute(database.db)
    expect(await findGeneration(database.db, of)).toMatchObject({ carryId: planned!.id, state: 'planned' })
    expect(await findGeneration(database.db, { ...of, rehearsal: false })).toBeNull()
    await sql`update runs set state = 'completed' where run_id = ${first.runId}`.execute(database.db)
    expect((await load()).runId).toBeGreaterThan(first.runId)
    expect(await findGeneration(database.db, of)).toBeNull()
  })
})

describe('an explanation', () => {
  it('leads from the old balance over each closing entry to the opening', async () => {
    const source = await findGeneration(database.db, { district: '152501', closingYear: 2025 })
    const explanation = await database.db.transaction().execute((trx) => explainBalance(trx, source!.carryId, { book: 'U2', account: '820204' }))
    expect(explanation!.closing.map((row) => row.rule)).toEqual(expect.arrayContaining(['B10']))
    expect(explanation!.totals.after).toBe(explanation!.totals.opening)
  })
})
