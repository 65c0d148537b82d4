/**
 * Taking a carry-forward back, and what a run does after its sign-off: its workflow has ended, and is begun anew from the
 * books for each word on an undo, each late change and the lock (docs/decisions/0009).
 */
import { CancellationScope, allHandlersFinished, condition, isCancellation } from '@temporalio/workflow'
import type { Judgement } from '../activities/contract.ts'
import { dropSteps } from './handlers.ts'
import { project } from './projection.ts'
import { books, sql } from './proxies.ts'
import { type DistrictRun, isOver, startWait } from './run.ts'
import { failureOf } from './steps.ts'

/** An undo that enough people approved: what rests on the carry-forward falls now, the books are taken back next. */
export async function acceptUndo(run: DistrictRun, { requestId, actors }: NonNullable<Judgement['undo']>): Promise<void> {
  if (run.undo) return
  const reason = `undone by ${actors.join(', ')}`
  run.undo = { requestId, reason }
  const reopens = run.signedOff
  run.signedOff = false
  if (reopens) await project(run, 'running', actors[0])
  await dropSteps(run, ['carry-forward'], reason)
}

/** Carries the undo out. The carry-forward is then planned anew; what keeps the undo from being done leaves the step failed. */
export async function takeBack(run: DistrictRun): Promise<void> {
  const status = run.steps['carry-forward']
  await condition(() => (!run.paused && status.state === 'pending') || isOver(run))
  if (isOver(run)) return
  const { requestId, reason } = run.undo!
  const { generation } = status
  Object.assign(status, { state: 'running', phase: 'undo', startedAt: Date.now() })
  await project(run)
  try {
    await sql.undoCarryForward({ runId: run.input.runId, generation, requestId, reason })
    Object.assign(status, { state: 'pending', phase: 'check', startedAt: null })
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error
    startWait(run, 'carry-forward', 'failed', failureOf(error))
  }
  run.undo = null
  await project(run)
}

/** Brings a signed-off run back to where it stood. @throws when the books do not hold it */
export async function recall(run: DistrictRun): Promise<void> {
  const { steps } = await books.recall({ runId: run.input.runId })
  const at = (time: string | null) => (time === null ? null : Date.parse(time))
  for (const { step, state, attempt, generation, startedAt, endedAt, evidenceDigest } of steps) {
    Object.assign(run.steps[step], { state, attempt, generation, startedAt: at(startedAt), endedAt: at(endedAt), evidenceDigest })
  }
}

/** Hears what came; true when an undo was approved and the year-end goes on, false when there is nothing more to do. */
export async function attend(run: DistrictRun, recalled: Promise<void>): Promise<boolean> {
  await recalled
  for (;;) {
    await condition(allHandlersFinished)
    if (!run.signedOff) return true
    if (run.inputChanges === run.inputSeen) return false
    const seen = run.inputChanges
    await books.watchLate({ runId: run.input.runId })
    run.inputSeen = seen
  }
}
