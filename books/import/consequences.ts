/** What a new input touches: the live runs that read it, and the steps in them that people have approved. */
import type { Kysely } from 'kysely'
import { type RunKind, type Step, STEPS, stepsAfter } from '../../domain/steps.ts'
import { staleSteps } from '../evidence.ts'
import { type Run, readersOf } from '../runs.ts'
import type { Database } from '../tables.ts'

export interface TouchedRun {
  /** Not always the imported one: R17 of every district reads the league's book. */
  district: string
  year: number
  kind: RunKind
  /** Approved steps whose approval no longer holds: what they read says something else now, or they rest on such a step. */
  fallen: readonly Step[]
}

/** Live runs that read a district's input of a year, with what its current version means for them. */
export async function touchedRuns(db: Kysely<Database>, district: string, year: number): Promise<TouchedRun[]> {
  const { own } = await readersOf(db, district, year)
  const touched: TouchedRun[] = []
  for (const run of own) touched.push(await touchedRun(db, run, await staleSteps(db, run)))
  return touched
}

/**
 * Live runs beside those of {@link touchedRuns} whose asset check no longer stands: the league's, where it has handed in a
 * summary, and the district's own of the next year.
 */
export async function runsBeside(db: Kysely<Database>, district: string, year: number): Promise<TouchedRun[]> {
  const { beside } = await readersOf(db, district, year)
  const touched: TouchedRun[] = []
  for (const run of beside) {
    const stale = await staleSteps(db, run)
    if (stale.includes('asset-health')) touched.push(await touchedRun(db, run, stale))
  }
  return touched
}

async function touchedRun(db: Kysely<Database>, { runId, district, year, kind }: Run, stale: readonly Step[]): Promise<TouchedRun> {
  const hit = new Set(stale.flatMap((step) => [step, ...stepsAfter(step)]))
  const approved = await db.selectFrom('step_states').select('step').where('run_id', '=', runId).where('state', '=', 'approved')
    .execute()
  return { district, year, kind, fallen: STEPS.filter((step) => hit.has(step) && approved.some((one) => one.step === step)) }
}
