/**
 * Taking a carry-forward back, and what a run does after its sign-off: its workflow has ended, and is begun anew from the
 * books for each word on an undo, each late change and the lock (docs/decisions/0009).
 */
import { CancellationScope, allHandlersFinished, condition, isCancellation } from '@temporalio/workflow'
import type { Judgement, UndoWaitProjection } from '../activities/contract.ts'
import { waitForUndo } from './decision.ts'
import { dropSteps } from './handlers.ts'
import { project } from './projection.ts'
import { books, sql } from './proxies.ts'
import { type AskedUndo, type DistrictRun, escalatesAt, isOver, startWait } from './run.ts'
import { failureOf } from './steps.ts'

/** What a word on an undo that was accepted means: a wait begins or ends, or the undo is carried out. */
export async function heedUndo(run: DistrictRun, { kind, undo }: Judgement): Promise<void> {
  if (kind === 'reject-undo' && !undo) return settleAsked(run, 'rejected')
  if (!undo) return
  if (undo.complete) {
    await settleAsked(run, 'approved')
    return acceptUndo(run, undo)
  }
  const approvals = undo.actors.length - 1
  // A word that comes twice does not begin the wait anew.
  if (run.asked?.requestId === undo.requestId && run.asked.approvals === approvals) return
  run.asked = { requestId: undo.requestId, waitingOn: undo.roles.join(','), approvals, wait: { since: Date.now(), raised: 0 } }
  await books.projectUndo(waitOf(run, run.asked, 'open'))
}

/** The request is decided, or there is nothing left to undo: nobody is called for it any more. */
export async function settleAsked(run: DistrictRun, state: 'approved' | 'rejected' | 'fallen'): Promise<void> {
  const { asked } = run
  if (!asked) return
  run.asked = null
  await books.projectUndo(waitOf(run, asked, state))
}

const waitOf = (run: DistrictRun, asked: AskedUndo, state: UndoWaitProjection['state']): UndoWaitProjection => ({
  runId: run.input.runId, requestId: asked.requestId, state, waitingOn: asked.waitingOn,
  waitingSince: new Date(asked.wait.since).toISOString(), deadline: escalatesAt(run, asked.wait),
})

/** While the year-end goes on: calls for a word on each undo that is asked for. */
export async function watchAsked(run: DistrictRun): Promise<void> {
  while (!isOver(run)) {
    await condition(() => isOver(run) || run.asked !== null)
    if (run.asked && !isOver(run)) await waitForUndo(run, run.asked)
  }
}

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
  const { steps, undo } = await books.recall({ runId: run.input.runId })
  const at = (time: string | null) => (time === null ? null : Date.parse(time))
  for (const { step, state, attempt, generation, startedAt, endedAt, evidenceDigest } of steps) {
    Object.assign(run.steps[step], { state, attempt, generation, startedAt: at(startedAt), endedAt: at(endedAt), evidenceDigest })
  }
  if (!undo) return
  const { requestId, approvals, waitingOn, waitingSince, raised } = undo
  run.asked = { requestId, approvals, waitingOn, wait: { since: Date.parse(waitingSince), raised } }
}

/**
 * Hears what came; true when an undo was approved and the year-end goes on, false when there is nothing more to do.
 * While an undo that was asked for is not decided, there is.
 */
export async function attend(run: DistrictRun, recalled: Promise<void>): Promise<boolean> {
  await recalled
  for (;;) {
    await condition(allHandlersFinished)
    if (!run.signedOff) return true
    if (run.inputChanges !== run.inputSeen) {
      const seen = run.inputChanges
      await books.watchLate({ runId: run.input.runId })
      run.inputSeen = seen
    } else if (run.asked) await waitForUndo(run, run.asked, () => run.inputChanges !== run.inputSeen || !run.signedOff)
    else return false
  }
}
