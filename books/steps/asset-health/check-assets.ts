/** The step `asset-health`: every rule of config/asset-health.yaml over the cards of a district, then the annual report. */
import { type Transaction, sql } from 'kysely'
import { type CompiledRule, compileRules } from '../../../config/asset-rules.ts'
import type { StepContext, StepEngine, StepOutcome } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'
import { measureHealth, writeFindings } from './findings.ts'
import { findTwins, poolCards, scanGroups } from './groups.ts'
import { type Family, scanFamily } from './scan.ts'

/** The units that the figures name, worst first; the findings name them all. */
const UNITS_MAX = 50

/** A check that took longer than config/asset-health.yaml allows. */
export class AssetCheckTooSlow extends Error {
  constructor(part: string, seconds: number) {
    super(`asset-health: ${part} took longer than ${seconds} s (time_limit_seconds of config/asset-health.yaml)`)
    this.name = 'AssetCheckTooSlow'
  }
}

/**
 * Checks the cards and the annual report of the district. Findings: key = asset number (`line:N` without one) for cards,
 * `unit/table/line/column` for the report.
 * @throws AssetCheckTooSlow naming the family whose rules took too long
 */
export const checkAssets: StepEngine = async (trx, context): Promise<StepOutcome> => {
  const config = context.config['asset-health']
  const families = familiesOf(compileRules(config, context.district, context.year), Object.keys(config.families))
  const before = await limitTime(trx, config.time_limit_seconds)
  const within = <T>(part: string, work: () => Promise<T>) => named(part, config.time_limit_seconds, work)

  await within('asset numbers', () => prepare(trx, context, families))
  for (const family of families) {
    await within(`family ${family.letter}`, () => checkFamily(trx, context.scopeId, family))
    context.heartbeat(`asset-health ${family.letter}`)
  }
  const health = await within('health scores', () => measureHealth(trx, context.scopeId, families, UNITS_MAX))
  await sql`select set_config('statement_timeout', ${before}, true)`.execute(trx)
  return {
    figures: {
      cards: health.all.cards, rules: families.reduce((count, { rules }) => count + rules.length, 0),
      findings: await countByFamily(trx),
      health: { all: { ...health.all }, families: plain(health.families), units: plain(health.units) },
    },
  }
}

const plain = <T extends object>(record: Record<string, T>) => ({ ...record }) as unknown as Record<string, Record<string, number>>

function familiesOf(rules: readonly CompiledRule[], letters: readonly string[]): Family[] {
  return letters.map((letter) => ({ letter, rules: rules.filter(({ family }) => family === letter) }))
}

async function prepare(trx: Transaction<Database>, context: StepContext, families: readonly Family[]): Promise<void> {
  for (const table of ['asset_twins', 'asset_pool', 'asset_marks', ...families.map(({ letter }) => `asset_hits_${letter.toLowerCase()}`)]) {
    await sql.raw(`drop table if exists ${table}`).execute(trx)
  }
  await findTwins(trx, context.scopeId)
  await poolCards(trx, context.scopeId, families)
  context.heartbeat('asset-health numbers')
}

async function checkFamily(trx: Transaction<Database>, scopeId: number, family: Family): Promise<void> {
  await scanFamily(trx, scopeId, family)
  await scanGroups(trx, scopeId, family)
  await writeFindings(trx, scopeId, family)
}

/** Sets the time limit of the statements of this transaction, and memory for the groups; gives the limit that was. */
async function limitTime(trx: Transaction<Database>, seconds: number): Promise<string> {
  const { rows } = await sql<{ before: string }>`select current_setting('statement_timeout') as before`.execute(trx)
  await sql`select set_config('statement_timeout', ${`${seconds}s`}, true), set_config('work_mem', '128MB', true)`.execute(trx)
  return rows[0]!.before
}

const QUERY_CANCELED = '57014'

async function named<T>(part: string, seconds: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const cancelled = (error as { code?: string }).code === QUERY_CANCELED && /statement timeout/.test(String(error))
    throw cancelled ? new AssetCheckTooSlow(part, seconds) : error
  }
}

async function countByFamily(trx: Transaction<Database>): Promise<Record<string, Record<string, number>>> {
  const { rows } = await sql<{ family: string; severity: string; count: number }>`
    select left(rule, 1) as family, severity, count(*)::int as count from found group by 1, 2 order by 1, 2`.execute(trx)
  const counts: Record<string, Record<string, number>> = {}
  for (const { family, severity, count } of rows) (counts[family] ??= {})[severity] = count
  return counts
}
