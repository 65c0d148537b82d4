/** What a new input touches: the live runs of the district, and the steps in them that people have approved. */
import type { Kysely } from 'kysely'
import { STEP_INPUTS, type Step, stepsAfter } from '../../domain/steps.ts'
import type { RunKind } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'
import type { FileReport } from './report.ts'

export interface TouchedRun {
  runId: number
  /** Not always the imported one: R17 of every district reads the league's book. */
  district: string
  kind: RunKind
  /** Approved steps whose approval no longer holds: they read a file that says something else now, or rest on such a step. */
  fallen: readonly Step[]
}

/** Live runs that read a district's input of a year, with what the differences of the files mean for them. */
export async function touchedRuns(db: Kysely<Database>, district: string, year: number, files: readonly FileReport[]): Promise<TouchedRun[]> {
  const changed = new Set(files.filter((file) => file.added + file.removed + file.changed > 0).map((file) => file.file))
  const rows = await db.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
    .leftJoin('step_states', (join) => join.onRef('step_states.run_id', '=', 'runs.run_id').on('step_states.state', '=', 'approved'))
    .select(['runs.run_id', 'runs.kind', 'scopes.district', 'step_states.step'])
    .where((eb) => eb.or([eb('scopes.district', '=', district), eb.and([eb('runs.league', '=', district), eb('runs.with_league', '=', true)])]))
    .where('scopes.year', '=', year).where('runs.state', 'in', ['running', 'paused'])
    .orderBy('runs.run_id').execute()
  const direct = (Object.keys(STEP_INPUTS) as Step[]).filter((step) => STEP_INPUTS[step].some((file) => changed.has(file)))
  const hit = new Set(direct.flatMap((step) => [step, ...stepsAfter(step)]))
  return [...new Set(rows.map((row) => row.run_id))].map((runId) => {
    const own = rows.filter((row) => row.run_id === runId)
    const run = own[0]!
    const fallen = run.district === district ? own.flatMap(({ step }) => (step && hit.has(step) ? [step] : [])) : []
    return { runId, district: run.district, kind: run.kind, fallen }
  })
}
