/**
 * Benchmark `year-end`: all districts hands-free, from the start to the last sign-off, people's signed decisions included,
 * against the sum of its SQL: the same engines one after the other on the same input. What is left is what orchestration
 * and people cost. `rows` are the entry lines of all districts together.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { ENGINES } from '../activities/engines.ts'
import type { StepContext } from '../activities/step.ts'
import type { Books } from '../books/connect.ts'
import { createFound, mergeFound } from '../books/findings.ts'
import { importFolder } from '../books/import/import-folder.ts'
import { storeRulePack } from '../books/runs.ts'
import { connectTemporal } from '../cli/local/connect-temporal.ts'
import { findServers } from '../cli/local/servers.ts'
import { operationsOf } from '../cli/operations/index.ts'
import { castActors } from '../cli/sample/actors.ts'
import { driveYear } from '../cli/sample/drive.ts'
import { type Config, loadConfig } from '../config/load.ts'
import { overlayFolder } from '../config/overlay.ts'
import { CHAIN, type Step } from '../domain/steps.ts'
import { writeSample } from '../sample/generate.ts'
import type { Bench } from './benches.ts'
import { timed } from './timing.ts'

const YEAR = 2025

/** Runs the benchmark: first the SQL alone in transactions that are taken back, then the product. */
export const benchYearEnd: Bench = async ({ rows, database, env }) => {
  const config = loadConfig(overlayFolder(env))
  const districts = config.districts.districts.filter((one) => one.enabled).length
  await load(database, config, Math.max(1, Math.round(rows / districts)))
  const baselineSeconds = await timed(() => sqlAlone(database, config))
  const seconds = await timed(() => handsFree(database, config, env))
  return {
    name: 'year-end', rows, seconds, baselineSeconds, ratio: seconds / baselineSeconds,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  }
}

/** Clean input: how long people take to mend a defect is not the point. */
async function load(database: Books, config: Config, entries: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nianjie-bench-year-end-'))
  try {
    await writeSample({ out: folder, seed: 1, entries, year: YEAR, districts: [], corrected: false, clean: true, config })
    const report = await importFolder(database, { folder, year: YEAR, config, by: 'bench' })
    const refused = report.districts.find((one) => !one.loaded)
    if (refused) throw new Error(`the benchmark's input was refused: ${refused.district} ${JSON.stringify(refused.problems[0])}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class TakenBack extends Error {}

/** Each district's engines in one transaction, taken back at its end. */
async function sqlAlone(database: Books, config: Config): Promise<void> {
  const digest = await storeRulePack(database.db, config)
  const { league } = config.districts
  const { rows: scopes } = await sql<{ scope_id: number; district: string }>`select scope_id, district from scopes where year = ${YEAR} order by 2`.execute(database.db)
  const leagueScope = scopes.find((scope) => scope.district === league)!.scope_id
  for (const { scope_id: scopeId, district } of scopes) {
    await database.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ run_id: number }>`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
        values (${scopeId}, 'real', 'bench', 'running', ${digest}, true, ${league}) returning run_id`.execute(trx)
      const context: Omit<StepContext, 'step'> = {
        runId: rows[0]!.run_id, scopeId, district, year: YEAR, generation: 1, kind: 'real', inputVersion: 1,
        league: { district: league, scopeId: leagueScope }, config, heartbeat: () => {},
      }
      for (const step of [...CHAIN, 'asset-health'] as const) {
        await runEngine(trx, { ...context, step })
        if (step === 'carry-forward') await (await ENGINES.apply())(trx, { ...context, step })
      }
      throw new TakenBack()
    }).catch((error: unknown) => { if (!(error instanceof TakenBack)) throw error })
  }
}

async function runEngine(trx: Parameters<typeof createFound>[0], context: StepContext): Promise<void> {
  const { runId, district, generation } = context
  await createFound(trx)
  await (await ENGINES.check(context.step))(trx, context)
  const merge = (step: Step, rules?: string) =>
    mergeFound(trx, { runId, district, year: YEAR, generation, step, ...(rules ? { rules } : {}) })
  await merge(context.step)
  if (context.step === 'carry-forward') await merge('initialise', 'I[0-9]+')
}

async function handsFree(database: Books, config: Config, env: NodeJS.ProcessEnv): Promise<void> {
  const overlay = overlayFolder(env)
  const keysFolder = env.NIANJIE_KEYS!
  const cast = castActors(config, { overlay, keysFolder })
  const client = await connectTemporal(await findServers(env))
  try {
    const operations = operationsOf({ books: database, client, config, overlay, keysFolder })
    const started = await operations.start({ year: YEAR, districts: [], kind: 'real', by: 'bench' })
    if (!started.ok) throw new Error(started.en)
    await driveYear({
      db: database.db, operations, config, cast, year: YEAR,
      names: new Map(config.districts.districts.map((one) => [one.code, one.name])),
      correct: (district) => Promise.reject(new Error(`clean input needs no correction: ${district}`)), onBoard: () => {},
    })
  } finally {
    await client.connection.close()
  }
}
