/** Monthly reconciliations: as of the month's last day, followed from month to month, and apart from the year-end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listMonthlyChecks, listMonthlyDifferences } from '../../books/monthly/read.ts'
import { reconcileMonth } from '../../books/monthly/run.ts'
import { loadConfig } from '../../config/load.ts'
import { daysOfMonth, monthsBetween } from '../../domain/months.ts'
import { type District, loadDistrict } from '../reconcile/fixture.ts'
import { runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const D = '152501'
const config = loadConfig()
let database: TestDatabase
let home: string

/** 1001 stands in the treasury's and in a unit's book; a payment of December 2024 is still not at the bank in January. */
const treasury = (year: number, more: Partial<District> = {}): District => ({
  books: [{ book: 'T', system: 'treasury-2022' }, { book: 'U', system: 'government-unit', unit: '101' }, { book: 'S', system: 'special-account' }],
  opening: [{ book: 'T', account: '1001', debit: '100' }, { book: 'U', account: '1001', debit: '7' }],
  entries: [
    { book: 'T', voucher: '1', account: '1001', debit: '10', date: `${year}-01-15` },
    { book: 'T', voucher: '2', account: '1001', debit: '20', date: `${year}-02-28` },
    { book: 'T', voucher: '3', account: '1001', credit: '4', date: `${year}-03-01` },
    { book: 'T', voucher: '4', account: '1001', debit: '1000', date: `${year}-01-20`, posted: '0' },
    { book: 'U', voucher: '1', account: '1001', debit: '999', date: `${year}-01-10` },
  ],
  documents: [
    { type: 'PAY_CERT', number: 'P1', amount: '50', counterparty: 'ICBC', created_on: `${year}-01-05`, updated_on: `${year}-02-10` },
    { type: 'PAY_CERT', number: 'P2', amount: '30', counterparty: 'ICBC', created_on: `${year}-01-05`, updated_on: `${year}-01-06` },
    { type: 'PAY_CERT', number: 'LOST', amount: '9', counterparty: 'ABC', created_on: `${year}-01-03`, updated_on: `${year}-01-03` },
  ],
  statements: [
    { reconciliation: 'R1', party: 'pboc', amount: '109', date: `${year}-01-30` }, { reconciliation: 'R1', party: 'pboc', amount: '110', date: `${year}-01-31` },
    { reconciliation: 'R1', party: 'pboc', amount: '125', date: `${year}-02-28` },
    { reconciliation: 'R8', party: 'ICBC', reference: 'P2', amount: '30', date: `${year}-01-06` },
    { reconciliation: 'R8', party: 'ICBC', reference: 'P1', amount: '50', date: `${year}-03-02` },
    { reconciliation: 'R13', party: '101', unit: '101', amount: '1' },
  ],
  indicators: [{ indicator: 'I1', unit: '101', amount: '100', paid: '80' }],
  ...more,
})

beforeAll(async () => {
  database = await createTestDatabase()
  home = mkdtempSync(join(tmpdir(), 'nianjie-monthly-'))
  for (const [district, year] of [[D, 2025], [D, 2024], ['152502', 2025]] as const) {
    const more = district === D ? (year === 2024 ? { documents: [{ type: 'PAY_CERT', number: 'LOST', amount: '9', counterparty: 'ABC', created_on: '2024-12-03', updated_on: '2024-12-03' }], statements: [{ reconciliation: 'R8', party: 'ICBC', reference: 'X', amount: '1', date: '2024-11-01' }] } : {}) : { statements: [] }
    const scope = await loadDistrict(database, district, year, treasury(year, more))
    await database.db.insertInto('input_versions').values({ scope_id: scope, version: 1, digest: 'v1', imported_by: 'test', changes: '{}' }).execute()
  }
})
afterAll(async () => {
  await database?.drop()
  if (home) rmSync(home, { recursive: true })
})

const run = (month: string, reconciliations: string[] = ['R1', 'R8'], district = D) => reconcileMonth(database.db, config, { district, month, reconciliations, by: 'test' })
const check = async (month: string, reconciliation: string, district = D) =>
  (await listMonthlyChecks(database.db, { districts: [district], month, reconciliations: [reconciliation] }))[0]!
const told = async (month: string, reconciliation: string) => (await listMonthlyDifferences(database.db, { districts: [D], month, reconciliations: [reconciliation] }))
  .map(({ key, change, difference, firstMonth, months }) => [key, change, difference, firstMonth, months].join(' '))

const nianjie = (...args: string[]) => runCommand(args, { env: { DATABASE_URL: database.url, NIANJIE_HOME: home, LANG: 'C' } })

describe('a month', () => {
  it('compares balances with the statement of its last day, in the book of that system only', async () => {
    for (const month of ['2025-01', '2025-02', '2025-03']) await run(month)
    expect(await check('2025-01', 'R1')).toMatchObject({ state: 'compared', a: '110.00', b: '110.00', unequal: 0 })
    expect(await check('2025-02', 'R1')).toMatchObject({ state: 'compared', a: '130.00', b: '125.00', difference: '5.00', unequal: 1 })
    expect(await check('2025-03', 'R1')).toMatchObject({ state: 'missing', a: '126.00', unequal: 1 })
  })

  it('compares what moved from January to its end, documents from the day on which they were done', async () => {
    expect(await check('2025-01', 'R8')).toMatchObject({ a: '39.00', b: '30.00', unequal: 1 })
    expect(await check('2025-02', 'R8')).toMatchObject({ a: '89.00', b: '30.00', unequal: 2 })
    expect(await check('2025-03', 'R8')).toMatchObject({ a: '89.00', b: '80.00', unequal: 1 })
  })

  it('says which differences are new, still there and since when, and gone', async () => {
    expect(await told('2025-02', 'R8')).toEqual(['ABC/LOST still 9.00 2025-01 2', 'ICBC/P1 new 50.00 2025-02 1'])
    expect(await told('2025-03', 'R8')).toEqual(['ABC/LOST still 9.00 2025-01 3', 'ICBC/P1 gone  2025-02 1'])
    expect(await check('2025-03', 'R8')).toMatchObject({ previousMonth: '2025-02', new: 0, still: 1, gone: 1 })
  })

  it('follows the December of the year before, and an earlier month that is run later or again', async () => {
    await run('2024-11', ['R8'])
    await run('2024-12', ['R8'])
    expect(await told('2025-01', 'R8')).toEqual(['ABC/LOST still 9.00 2024-12 2', 'ICBC/X gone  2024-11 2'])
    expect(await told('2025-03', 'R8')).toEqual(['ABC/LOST still 9.00 2024-12 4', 'ICBC/P1 gone  2025-02 1'])
    await run('2025-02')
    expect(await told('2025-03', 'R8')).toEqual(['ABC/LOST still 9.00 2024-12 4', 'ICBC/P1 gone  2025-02 1'])
  })

  it('leaves out what has no days, but at the end of the year', async () => {
    await run('2025-06', ['R10', 'R13'])
    expect([await check('2025-06', 'R10'), await check('2025-06', 'R13')]).toMatchObject([{ state: 'undated' }, { state: 'undated' }])
    await run('2025-12', ['R10', 'R13'])
    expect([await check('2025-12', 'R10'), await check('2025-12', 'R13')]).toMatchObject([{ state: 'compared' }, { state: 'compared', unequal: 1 }])
  })

  it('runs every reconciliation that is due monthly or more often, in each district by itself', async () => {
    await reconcileMonth(database.db, config, { district: '152502', month: '2025-01', by: 'test' })
    const checks = await listMonthlyChecks(database.db, { districts: ['152502'] })
    expect(checks.map(({ reconciliation }) => reconciliation)).toEqual(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R12', 'R13', 'R14', 'R15', 'R16', 'R18', 'R20', 'R21'])
    expect(await check('2025-01', 'R8', '152502')).toMatchObject({ state: 'missing', previousMonth: null })
  })

  it('touches nothing of the year-end, and leaves the input where it was', async () => {
    const counts = async () => (await sql<Record<string, number>>`
      select (select count(*)::int from findings) as findings, (select count(*)::int from runs) as runs, (select count(*)::int from step_states) as steps,
        (select count(*)::int from step_results) as results, (select count(*)::int from decisions) as decisions, (select count(*)::int from differences) as differences,
        (select count(*)::int from entries) as entries, (select count(*)::int from documents) as documents, (select count(*)::int from statements) as statements,
        (select sum(debit)::int from cell_totals) as debit, (select count(*)::int from pg_class where relnamespace = pg_my_temp_schema()) as temporary`.execute(database.db)).rows[0]
    const before = await counts()
    for (let times = 0; times < 4; times += 1) await run('2025-02', ['R1', 'R3', 'R4', 'R7', 'R8', 'R15', 'R16', 'R17'])
    expect(await counts()).toEqual(before)
    expect(before).toMatchObject({ runs: 0, findings: 0, temporary: 0 })
  })
})

describe('nianjie reconcile', () => {
  it('runs a month and prints it as one JSON document, on the audit chain', async () => {
    const { code, out } = await nianjie('reconcile', '--district', D, '--month', '2025-02', '--reconciliation', 'R1', '--json')
    expect(code).toBe(0)
    const [first] = JSON.parse(out) as { reconciliations: { reconciliation: string }[]; differences: { key: string }[] }[]
    expect(first).toMatchObject({ district: D, year: 2025, month: '2025-02', asOf: '2025-02-28', reconciliations: [{ reconciliation: 'R1', unequal: 1, difference: '5.00' }], differences: [{ key: 'pboc/1001', change: 'new' }] })
    const { rows } = await sql`select from audit.events where kind = 'reconcile.monthly' and district = ${D}`.execute(database.db)
    expect(rows.length).toBeGreaterThan(5)
  })
  it('lists the months, and refuses what is no month, no reconciliation, or was never imported', async () => {
    const { out } = await nianjie('reconcile', '--list', '--district', D, '--year', '2025', '--lang', 'en')
    expect(out.split('\n')[0]).toMatch(/District +No\. +2025-01 +2025-02 +2025-03 +2025-06 +2025-12/)
    expect((await nianjie('reconcile', '--district', D, '--month', '2025-13')).code).toBe(2)
    expect((await nianjie('reconcile', '--district', D, '--month', '2025-01', '--reconciliation', 'R99')).code).toBe(2)
    expect((await nianjie('reconcile', '--month', '2025-01')).code).toBe(2)
    expect(await nianjie('reconcile', '--district', D, '--month', '2023-01', '--lang', 'en')).toMatchObject({ code: 3, err: expect.stringContaining('no input of 2023') })
  })
})

describe('months', () => {
  const month = fc.tuple(fc.integer({ min: 1990, max: 2100 }), fc.integer({ min: 1, max: 12 })).map(([year, number]) => `${year}-${String(number).padStart(2, '0')}`)
  it('end on the day before the next one begins, and are counted over the years', () => {
    fc.assert(fc.property(month, fc.integer({ min: 0, max: 40 }), (from, more) => {
      const next = new Date(Date.parse(`${daysOfMonth(from).last}T00:00:00Z`) + 86_400_000).toISOString()
      expect(next.slice(8, 10)).toBe('01')
      expect(monthsBetween(from, next.slice(0, 7))).toBe(1)
      const later = new Date(Date.UTC(Number(from.slice(0, 4)), Number(from.slice(5)) - 1 + more, 1)).toISOString().slice(0, 7)
      expect(monthsBetween(from, later)).toBe(more)
    }))
  })
})
