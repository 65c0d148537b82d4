/** Tells the books what the workflow knows: only steps that changed, one message at a time, in order. */
import { STEPS, type RunState, type Step } from '../domain/steps.ts'
import type { StepProjection } from '../activities/contract.ts'
import { type DistrictRun, deadlineOf, shownState } from './run.ts'
import { books } from './proxies.ts'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** A step as the books show it. */
export function projectionOf(run: DistrictRun, step: Step): StepProjection {
  const status = run.steps[step]
  return {
    step, state: shownState(run, status), attempt: status.attempt, generation: status.generation,
    startedAt: iso(status.startedAt),
    endedAt: iso(status.endedAt), waitingOn: status.waitingOn, waitingSince: iso(status.wait?.since ?? null),
    deadline: deadlineOf(run, status), escalationLevel: status.level, evidenceDigest: status.evidenceDigest,
    failure: status.failure,
  }
}

/** The books were told of this step by another way (an alarm writes its own level). */
export function markProjected(run: DistrictRun, step: Step): void {
  run.projected.set(step, JSON.stringify(projectionOf(run, step)))
}

/** Writes every step that changed since the last time; returns when the books hold it. */
export function project(run: DistrictRun, runState?: RunState, by?: string): Promise<void> {
  const changed = STEPS.map((step) => projectionOf(run, step))
    .filter((shown) => run.projected.get(shown.step) !== JSON.stringify(shown))
  for (const shown of changed) run.projected.set(shown.step, JSON.stringify(shown))
  if (changed.length === 0 && !runState) return run.projecting
  const at = new Date(Date.now()).toISOString()
  run.projecting = run.projecting.catch(() => {})
    .then(() => books.project({ runId: run.input.runId, at, steps: changed, runState, by }))
  return run.projecting.catch((error: unknown) => {
    // Cancelled on the way: the next message tells it again.
    for (const { step } of changed) run.projected.delete(step)
    throw error
  })
}
