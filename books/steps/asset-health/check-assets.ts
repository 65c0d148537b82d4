/** The step `asset-health`: every rule of config/asset-health.yaml over the cards of a district, then the annual report. */
import { type Transaction, sql } from 'kysely'
import { cardWords } from '../../../config/asset-messages.ts'
import { type CompiledRule, compileRules } from '../../../config/asset-rules.ts'
import type { StepContext, StepEngine, StepOutcome } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'
import { measureHealth, showCards, writeFindings } from './findings.ts'
import { checkGiven } from './given.ts'
import { findTwins, poolCards, scanGroups, sharedKeys } from './groups.ts'
import { checkLastYear } from './last-year.ts'
import { checkReport } from './report.ts'
import { storePoints } from './points.ts'
import { scanCards } from './scan.ts'
import { type Family, openSource } from './source.ts'

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
 * @throws AssetCheckTooSlow naming the part that took too long
 */
export const checkAssets: StepEngine = async (trx, context): Promise<StepOutcome> => {
  const { time_limit_seconds: seconds } = context.config['asset-health']
  const before = await limitTime(trx, seconds)
  const figures = await checkCards(trx, context, seconds)
  await sql`select set_config('statement_timeout', ${before.timeout}, true), set_config('work_mem', ${before.memory}, true)`.execute(trx)
  return { figures }
}

const OUT_OF_RANGE = '22003'

/** With machine integers; where an amount is too large for them, once more with numerics. */
async function checkCards(trx: Transaction<Database>, context: StepContext, seconds: number): Promise<StepOutcome['figures']> {
  await sql`savepoint asset_health`.execute(trx)
  try {
    return await runRules(trx, context, seconds, false)
  } catch (error) {
    if ((error as { code?: string }).code !== OUT_OF_RANGE) throw error
    await sql`rollback to savepoint asset_health`.execute(trx)
    return runRules(trx, context, seconds, true)
  }
}

async function runRules(
  trx: Transaction<Database>, context: StepContext, seconds: number, wide: boolean,
): Promise<StepOutcome['figures']> {
  const config = context.config['asset-health']
  const words = cardWords(context.config.input)
  const families = familiesOf(compileRules(config, context.district, context.year, wide, words), Object.keys(config.families))
  const within = <T>(part: string, work: () => Promise<T>) => named(part, seconds, work)
  const source = await within('classes', () => openSource(trx, context.scopeId, config, families))
  context.heartbeat('asset-health classes')
  await within('shared numbers', () => findTwins(trx, context.scopeId))
  context.heartbeat('asset-health numbers')
  const keys = sharedKeys(families)
  await within('conditions', () => scanCards(trx, source, families, keys))
  context.heartbeat('asset-health conditions')
  await within('shared numbers', () => poolCards(trx, source, keys.length))
  for (const family of families) await within(`family ${family.letter}`, () => scanGroups(trx, source, family))
  await within('cards with findings', () => showCards(trx, source, families))
  for (const family of families) {
    await within(`family ${family.letter}`, () => writeFindings(trx, source, family))
    context.heartbeat(`asset-health ${family.letter}`)
  }
  const given = await within('what units were given', () => checkGiven(trx, context, source))
  const lastYear = await within("last year's cards", () => checkLastYear(trx, context, source))
  const report = await within('the annual report', () => checkReport(trx, context, source))
  context.heartbeat('asset-health report')
  const health = await within('health scores', () => measureHealth(trx, context.scopeId, families, UNITS_MAX))
  await within('health scores', () => storePoints(trx, context, families.map(({ letter }) => letter)))
  return {
    cards: health.all.cards, rules: families.reduce((count, { rules }) => count + rules.length, 0),
    findings: await countByFamily(trx), report, ...(given ? { given } : {}), ...(lastYear ? { lastYear: { ...lastYear } } : {}),
    health: { all: { ...health.all }, families: plain(health.families), units: plain(health.units) },
  }
}

const plain = <T extends object>(record: Record<string, T>) =>
  ({ ...record }) as unknown as Record<string, Record<string, number>>

function familiesOf(rules: readonly CompiledRule[], letters: readonly string[]): Family[] {
  return letters.map((letter) => ({ letter, rules: rules.filter(({ family }) => family === letter) }))
}

/** Sets the time limit of the statements of this transaction, and memory for the groups; gives what was set before. */
async function limitTime(trx: Transaction<Database>, seconds: number): Promise<{ timeout: string; memory: string }> {
  const { rows } = await sql<{ timeout: string; memory: string }>`
    select current_setting('statement_timeout') as timeout, current_setting('work_mem') as memory`.execute(trx)
  await sql`select set_config('statement_timeout', ${`${seconds}s`}, true), set_config('work_mem', '128MB', true)`.execute(trx)
  return rows[0]!
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
