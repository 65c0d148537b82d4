/** The one place where workflow ids and effect keys are made. */
import type { RunKind, Step } from '../domain/steps.ts'

export const TASK_QUEUE = 'nianjie'
/** Heavy SQL has a queue of its own, so that decisions never wait behind a carry-forward. */
export const SQL_TASK_QUEUE = 'nianjie-sql'

const prefix = (kind: RunKind) => (kind === 'rehearsal' ? 'rehearsal' : 'year-end')

/** Id of the parent workflow of a year: `year-end-2025`. */
export function yearEndWorkflowId(year: number, kind: RunKind = 'real'): string {
  return `${prefix(kind)}-${year}`
}

/** Id of one district's workflow: `year-end-2025-152501`. */
export function districtWorkflowId(year: number, district: string, kind: RunKind = 'real'): string {
  return `${prefix(kind)}-${year}-${district}`
}

/** Id of the workflow that looks after a district's documents in transit: `cases-2025-152501`. */
export function casesWorkflowId(year: number, district: string): string {
  return `cases-${year}-${district}`
}

/** Id of the monthly check of a district, of its schedule and (with the time of the run behind it) of its workflows. */
export function inTransitWatchId(district: string): string {
  return `in-transit-${district}`
}

/** The effect key of a step's generation: never a run id of Temporal, never an attempt. */
export function effectKey(runId: number, step: Step | 'open' | 'close', generation: number, effect: string): string {
  return `${runId}/${step}/${generation}/${effect}`
}
