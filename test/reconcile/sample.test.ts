/**
 * The sample's districts through the real import: the planted defects of documents and reconciliations are found, all of
 * them, with their amounts, and nothing else. The sample plants by its own bookkeeping and shares no code with the engines.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { importFolder } from '../../books/import/import-folder.ts'
import { scanInTransit } from '../../books/steps/in-transit/index.ts'
import { reconcile } from '../../books/steps/reconcile/index.ts'
import { loadConfig } from '../../config/load.ts'
import { formatYuan } from '../../domain/money.ts'
import { type Sample, writeSample } from '../../sample/generate.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { contextOf, runEngine } from './fixture.ts'

const YEAR = 2025
const config = loadConfig()
let database: TestDatabase
let folder: string
let sample: Sample
let scopes: Map<string, number>

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'nianjie-sample-'))
  sample = await writeSample({ out: folder, seed: 7, entries: 600, year: YEAR, districts: [], corrected: false, config })
  await importFolder(database, { folder, year: YEAR, districts: [], config, check: false, by: 'test' })
  scopes = new Map((await database.db.selectFrom('scopes').selectAll().execute()).map((scope) => [scope.district, scope.scope_id]))
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

it('finds exactly the planted documents and differences in every district', async () => {
  const league = { district: config.districts.league, scopeId: scopes.get(config.districts.league)! }
  const [found, planted]: [Record<string, string[]>, Record<string, string[]>] = [{}, {}]
  for (const [district, expected] of Object.entries(sample.districts)) {
    const context = contextOf(scopes.get(district)!, district, YEAR, { config, league })
    const documents = await runEngine(database, (trx) => scanInTransit(trx, { ...context, step: 'in-transit' }))
    const differences = await runEngine(database, (trx) => reconcile(trx, context))
    found[district] = [...documents.found, ...differences.found]
      .map((one) => `${one.rule} ${one.key} ${one.severity} ${one.amount === null ? 'null' : formatYuan(one.amount)}`).sort()
    planted[district] = expected.filter((one) => one.step === 'in-transit' || one.step === 'reconcile')
      .map((one) => `${one.rule} ${one.key} ${one.severity} ${one.amount}`).sort()
  }
  expect(found).toEqual(planted)
  expect(Object.values(planted).flat().length).toBeGreaterThan(30)
})
