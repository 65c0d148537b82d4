/** How one step is taken: checked, waited for, carried out. */
import {
  ActivityFailure, ApplicationFailure, CancellationScope, condition, getExternalWorkflowHandle, isCancellation, log, workflowInfo,
} from '@temporalio/workflow'
import type { StepFailure } from '../activities/contract.ts'
import { STEPS, type Step, stepsBefore } from '../domain/steps.ts'
import { waitForPerson } from './decision.ts'
import { dropSteps } from './handlers.ts'
import { reachedReconcileSignal } from './messages.ts'
import { project } from './projection.ts'
import { books, sql } from './proxies.ts'
import { type DistrictRun, isOver, startWait } from './run.ts'
import { settleAsked } from './undo.ts'

/** Takes a step one state further; returns when its state has changed or the run is over. */
export async function advance(run: DistrictRun, step: Step): Promise<void> {
  const status = run.steps[step]
  if (status.state === 'pending') await check(run, step)
  else if (status.state === 'running' && status.phase === 'apply') await carryOut(run)
  else await waitForPerson(run, step)
}

/** Runs the step's engine and leaves it blocked, awaiting approval or failed. */
export async function check(run: DistrictRun, step: Step): Promise<void> {
  await ready(run)
  if (isOver(run) || !(await foundationHolds(run, step))) return
  const status = run.steps[step]
  Object.assign(status, { state: 'running', phase: 'check', startedAt: Date.now(), endedAt: null, attempt: status.attempt + 1 })
  status.generation += 1
  const { generation } = status
  if (step === 'reconcile') await leagueArrives(run)
  if (!stillMine(run, step, generation)) return
  await project(run)
  const changes = run.inputChanges
  await work(run, step, async () => {
    const result = await sql.runStep({ runId: run.input.runId, step, generation })
    if (!stillMine(run, step, generation)) return
    status.evidenceDigest = result.evidenceDigest
    status.open = result.open
    startWait(run, step, result.open.errors > 0 ? 'blocked' : 'awaiting-approval')
  })
  // What came in while the engine was reading may have been seen or not: look again.
  if (run.inputChanges !== changes) run.inputSeen = Math.min(run.inputSeen, changes)
}

/** Makes the approved plan of the carry-forward the books, and proves it; only then is the step approved. */
export async function carryOut(run: DistrictRun): Promise<void> {
  await ready(run)
  const status = run.steps['carry-forward']
  const { generation, evidenceDigest } = status
  if (isOver(run) || !(await foundationHolds(run, 'carry-forward'))) return
  await project(run)
  await work(run, 'carry-forward', async () => {
    await sql.applyCarryForward({ runId: run.input.runId, generation, evidenceDigest: evidenceDigest! })
    if (run.asked) await settleAsked(run, 'fallen')
    if (!stillMine(run, 'carry-forward', generation)) return
    Object.assign(status, { state: run.input.kind === 'real' ? 'approved' : 'awaiting-approval', endedAt: Date.now() })
  })
}

/** Looks for steps whose input is no longer what they were checked on, and lets them fall. */
export async function dropStale(run: DistrictRun): Promise<boolean> {
  const { stale } = await books.findStale({ runId: run.input.runId })
  // A failed step has no result to compare: any new input is a reason to try it again.
  const failed = run.inputChanges > run.inputSeen ? STEPS.filter((step) => run.steps[step].state === 'failed') : []
  const fallen = [...stale, ...failed].filter((step) => run.steps[step].state !== 'pending')
  await dropSteps(run, fallen, 'input changed')
  return fallen.length > 0
}

const ready = (run: DistrictRun): Promise<void> => condition(() => !run.paused || isOver(run))

const stillMine = (run: DistrictRun, step: Step, generation: number): boolean =>
  !isOver(run) && run.steps[step].generation === generation && run.steps[step].state === 'running'

/** Right before the books are closed, opened or signed, everything that this rests on is looked at once more. */
async function foundationHolds(run: DistrictRun, step: Step): Promise<boolean> {
  if (run.input.kind === 'rehearsal' || step === 'in-transit' || step === 'reconcile' || step === 'asset-health') return true
  return run.exclusive(async () => {
    if (await dropStale(run)) return false
    if (!stepsBefore(step).every((before) => run.steps[before].state === 'approved')) return false
    if (step !== 'carry-forward') return !isOver(run)
    const { changed } = await books.rescan({ runId: run.input.runId })
    if (changed) await dropSteps(run, ['in-transit'], 'in-transit documents changed since they were checked')
    return !changed && !isOver(run)
  })
}

/**
 * Runs heavy work in a scope of its own, so that it can be stopped when the step falls; turns permanent errors into a failed
 * step.
 */
async function work(run: DistrictRun, step: Step, act: () => Promise<void>): Promise<void> {
  const { generation } = run.steps[step]
  const scope = new CancellationScope({ cancellable: true })
  run.working.set(step, scope)
  try {
    await scope.run(act)
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error
    if (!isCancellation(error) && stillMine(run, step, generation)) startWait(run, step, 'failed', failureOf(error))
    else if (!isCancellation(error)) log.warn('a superseded step failed', { step, generation })
  } finally {
    run.working.delete(step)
  }
  await project(run)
}

/** The reason for people: what the activity said in both languages, else its message. */
export function failureOf(error: unknown): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error
  const told = cause instanceof ApplicationFailure ? (cause.details?.[0] as Partial<StepFailure> | undefined) : undefined
  const message = cause instanceof Error ? cause.message : String(cause)
  return { code: told?.code ?? 'failed', zh: told?.zh ?? message, en: told?.en ?? message }
}

/** The league tells the parent, which tells everyone; a district waits for it when the league takes part (R17). */
async function leagueArrives(run: DistrictRun): Promise<void> {
  const { district, league, withLeague } = run.input
  if (district === league) return announceArrival(run)
  if (!withLeague || run.leagueReached) return
  const status = run.steps.reconcile
  const { generation } = status
  status.waitingOn = league
  await project(run)
  await condition(() => run.leagueReached || !stillMine(run, 'reconcile', generation))
  if (stillMine(run, 'reconcile', generation)) status.waitingOn = null
}

async function announceArrival(run: DistrictRun): Promise<void> {
  const { parent } = workflowInfo()
  if (!parent) return
  try {
    await getExternalWorkflowHandle(parent.workflowId).signal(reachedReconcileSignal, { district: run.input.district })
  } catch (error) {
    if (isCancellation(error)) throw error
    log.warn('the year-end workflow is gone: districts that wait for the league must be told by hand', { error: String(error) })
  }
}
