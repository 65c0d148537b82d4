/** Writes sample input: the same bytes for the same arguments. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/load.ts'
import { assetReports, writeAssetReports } from './asset-report.ts'
import { planDefects } from './defects/plan.ts'
import { indicators, settledDocuments, spendingPlans, statements } from './finish.ts'
import { planDistrict } from './plan.ts'
import { sortFindings } from './expected.ts'
import { setupTables } from './setup.ts'
import { STATEMENT_FILES_ENTRIES_MAX, writeStatementFiles } from './statement-files.ts'
import type { FileStyle } from './tables.ts'
import { chineseWords } from './words.ts'
import { type ExpectedFinding, World } from './world.ts'
import { events, foundation } from './year.ts'

export interface SampleRequest {
  /** Folder that takes `<district>/<file>` and `expected.json`; made if it is not there. */
  out: string
  seed: number
  /** Entry lines of each district; a year without them has a few hundred. */
  entries: number
  /** The closing fiscal year. */
  year: number
  /** Codes; empty: all enabled districts. */
  districts: readonly string[]
  /** Defects that only corrected input can clear are mended. */
  corrected: boolean
  /** Without any planted defect. */
  clean?: boolean
  config: Pick<Config, 'districts' | 'input'>
}

export interface Sample {
  year: number
  seed: number
  entries: number
  /** What the product must find in each district, in the order of findings. */
  districts: Record<string, ExpectedFinding[]>
}

/**
 * Writes the districts' folders and `expected.json`, one district after the other, in memory that does not grow with `entries`.
 * @throws RangeError on a district that the configuration does not name
 */
export async function writeSample(request: SampleRequest): Promise<Sample> {
  const enabled = request.config.districts.districts.filter((one) => one.enabled).map((one) => one.code)
  const unknown = request.districts.filter((code) => !enabled.includes(code))
  if (unknown.length > 0) throw new RangeError(`区划不存在或未启用 unknown or disabled district: ${unknown.join(', ')}`)
  const sample: Sample = { year: request.year, seed: request.seed, entries: request.entries, districts: {} }
  mkdirSync(request.out, { recursive: true })
  for (const [index, district] of enabled.entries()) {
    if (request.districts.length > 0 && !request.districts.includes(district)) continue
    sample.districts[district] = await writeDistrict(request, district, index)
  }
  writeFileSync(join(request.out, 'expected.json'), `${JSON.stringify(sample, null, 2)}\n`)
  return sample
}

async function writeDistrict(request: SampleRequest, district: string, index: number): Promise<ExpectedFinding[]> {
  const plan = planDistrict(request.config, { seed: request.seed, year: request.year, district, entries: request.entries })
  const withFiles = index === STATEMENT_FILES_DISTRICT && request.entries <= STATEMENT_FILES_ENTRIES_MAX
  const world = new World(plan, request.out, styleOf(index, request.config), request.corrected, withFiles)
  const defects = planDefects(world, request.clean ? null : index)
  foundation(world, defects.transferSurplus)
  setupTables(world, index)
  settledDocuments(world)
  spendingPlans(world)
  defects.plant()
  events(world)
  statements(world, defects.differences)
  indicators(world, defects.differences)
  defects.finish()
  const reports = assetReports(world)
  defects.reports(reports)
  writeAssetReports(world, reports)
  await world.finish()
  if (withFiles) await writeStatementFiles(world, request.out)
  return sortFindings(world.expected)
}

/** The place of the district whose statements also come as their senders' own files: nothing is planted there. */
const STATEMENT_FILES_DISTRICT = 1

/** Offices differ in how they export; by turns the sample has them all. */
function styleOf(index: number, config: SampleRequest['config']): FileStyle {
  const plain: FileStyle = { encoding: 'utf8', xlsx: [], words: null, separators: false, compactDates: false }
  switch (index % 5) {
    case 1: return { ...plain, encoding: 'utf8-bom', compactDates: true }
    case 2: return { ...plain, encoding: 'gb18030', words: chineseWords(config.input) }
    case 3: return { ...plain, separators: true }
    case 4: return {
      ...plain, words: chineseWords(config.input), xlsx: ['units', 'books', 'setup', 'mappings', 'assets', 'indicators'],
    }
    default: return plain
  }
}
