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

/** Live runs that read a district's input of a year, with what its current version means for them. */
export async function touchedRuns(db: Kysely<Database>, district: string, year: number): Promise<TouchedRun[]> {
  const rows = await db.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id').select('runs.run_id')
    .where((eb) => eb.or([eb('scopes.district', '=', district), eb.and([eb('runs.league', '=', district), eb('runs.with_league', '=', true)])]))
    .where('scopes.year', '=', year).where('runs.state', 'in', ['running', 'paused'])
    .orderBy('runs.run_id').execute()
  const touched: TouchedRun[] = []
  for (const { run_id: runId } of rows) {
    const run = await findRun(db, runId)
    const hit = new Set((await staleSteps(db, run)).flatMap((step) => [step, ...stepsAfter(step)]))
    const approved = await db.selectFrom('step_states').select('step').where('run_id', '=', runId).where('state', '=', 'approved').execute()
    touched.push({ runId, district: run.district, kind: run.kind, fallen: STEPS.filter((step) => hit.has(step) && approved.some((one) => one.step === step)) })
  }
  return touched
}
