// The sample says what the product must find on it, and the product finds that and nothing else: each planted defect of
// every kind, on input that is otherwise without fault. Both sides were written apart, from the same contract.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importFolder } from '../../books/import/import-folder.ts'
import { formatProblem } from '../../books/import/report.ts'
import { loadConfig } from '../../config/load.ts'
import { type Sample, writeSample } from '../../sample/generate.ts'
import { type FoundBrief, findEverything } from '../support/engines.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const config = loadConfig()
const folder = mkdtempSync(join(tmpdir(), 'nianjie-sample-'))
const request = { seed: 7, entries: 900, year: 2025, districts: [], config }

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  { name: 'with its defects', corrected: false },
  { name: 'corrected', corrected: true },
])('the sample $name', ({ corrected }) => {
  let database: TestDatabase
  let sample: Sample
  let found: Record<string, FoundBrief[]>

  beforeAll(async () => {
    database = await createTestDatabase()
    sample = await writeSample({ ...request, out: join(folder, String(corrected)), corrected })
    const report = await importFolder(database, { folder: join(folder, String(corrected)), year: 2025, config })
    expect(report.districts.flatMap((one) => one.problems.map((problem) => `${one.district} ${formatProblem(problem, 'en')}`))).toEqual([])
    found = await findEverything(database.db, config, 2025)
  }, 240_000)
  afterAll(() => database?.drop())

  it('is found in every district exactly as expected.json says, in its order', () => {
    for (const [district, expected] of Object.entries(sample.districts)) {
      expect({ [district]: found[district] }).toEqual({ [district]: expected })
    }
  })

  it('leaves at least three districts clean', () => {
    expect(Object.values(found).filter((findings) => findings.length === 0).length).toBeGreaterThanOrEqual(3)
  })

  it('holds what only corrected input can clear until it is corrected', () => {
    const rules = new Set(Object.values(found).flat().map((one) => one.rule))
    const onlyInput = ['C1', 'C2', 'C3', 'C4', 'C6', 'C7', 'C8', 'I1', 'I2', 'I3', 'I4', 'R15']
    expect(onlyInput.filter((rule) => rules.has(rule))).toEqual(corrected ? [] : onlyInput)
  })
})
