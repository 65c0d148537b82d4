/** What a new input touches: the live runs that read it, and the steps in them that people have approved. */
import type { Kysely } from 'kysely'
import { type RunKind, type Step, STEPS, stepsAfter } from '../../domain/steps.ts'
import { staleSteps } from '../evidence.ts'
import { findRun } from '../runs.ts'
import type { Database } from '../tables.ts'

export interface TouchedRun {
  runId: number
  /** Not always the imported one: R17 of every district reads the league's book. */
  district: string
  kind: RunKind
  /** Approved steps whose approval no longer holds: what they read says something else now, or they rest on such a step. */
  fallen: readonly Step[]
}

/** A run of another district or year whose asset check rests on the imported reports or cards: they are no input of its own. */
export interface RunBeside { district: string; year: number }

/** Live runs that read a district's input of a year, with what its current version means for them. */
export async function touchedRuns(db: Kysely<Database>, district: string, year: number): Promise<TouchedRun[]> {
  const rows = await db.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id').select('runs.run_id')
    .where((eb) => eb.or([
      eb('scopes.district', '=', district), eb.and([eb('runs.league', '=', district), eb('runs.with_league', '=', true)]),
    ]))
    .where('scopes.year', '=', year).where('runs.state', 'in', ['running', 'paused'])
    .orderBy('runs.run_id').execute()
  const touched: TouchedRun[] = []
  for (const { run_id: runId } of rows) touched.push(await touchedRun(db, runId, await staleSteps(db, await findRun(db, runId))))
  return touched
}

/**
 * Live runs beside those of {@link touchedRuns} whose asset check no longer stands: the league's, which adds up the annual
 * reports of all districts where it has handed in a summary, and the district's own of the next year, which compares with
 * this year's cards.
 */
export async function runsBeside(db: Kysely<Database>, district: string, year: number): Promise<(TouchedRun & RunBeside)[]> {
  const rows = await db.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id').select('runs.run_id')
    .where((eb) => eb.or([
      eb.and([
        eb('scopes.district', '=', eb.ref('runs.league')), eb('scopes.district', '<>', district), eb('scopes.year', '=', year),
      ]),
      eb.and([eb('scopes.district', '=', district), eb('scopes.year', '=', year + 1)]),
    ])).where('runs.state', 'in', ['running', 'paused']).orderBy('runs.run_id').execute()
  const beside: (TouchedRun & RunBeside)[] = []
  for (const { run_id: runId } of rows) {
    const run = await findRun(db, runId)
    const stale = await staleSteps(db, run)
    if (stale.includes('asset-health')) {
      beside.push({ ...await touchedRun(db, runId, stale), year: run.year })
    }
  }
  return beside
}

async function touchedRun(db: Kysely<Database>, runId: number, stale: readonly Step[]): Promise<TouchedRun> {
  const { district, kind } = await findRun(db, runId)
  const hit = new Set(stale.flatMap((step) => [step, ...stepsAfter(step)]))
  const approved = await db.selectFrom('step_states').select('step').where('run_id', '=', runId).where('state', '=', 'approved')
    .execute()
  return { runId, district, kind, fallen: STEPS.filter((step) => hit.has(step) && approved.some((one) => one.step === step)) }
}
