/** The year-end of one district (CONTRACT §2): its steps in their order, the asset check beside them, the sign-off at the end. */
import { ApplicationFailure, CancellationScope, allHandlersFinished, condition, isCancellation } from '@temporalio/workflow'
import { CHAIN } from '../domain/steps.ts'
import { handleMessages } from './handlers.ts'
import type { DistrictInput, DistrictResult } from './messages.ts'
import { project } from './projection.ts'
import { books } from './proxies.ts'
import { type DistrictRun, earliestOpen, isOver, openRun } from './run.ts'
import { advance, carryOut, check, dropStale } from './steps.ts'
import { attend, recall, settleAsked, takeBack, watchAsked } from './undo.ts'

/**
 * Runs until everything is approved and signed off, or the run is cancelled; a rehearsal ends by itself and waits for nobody.
 * It always works on the earliest step that is not approved, so a step that falls is simply the next one to be taken.
 * @throws ApplicationFailure type `Cancelled` when it was cancelled: the district can then be started anew
 */
export async function districtYearEnd(input: DistrictInput): Promise<DistrictResult> {
  const run = openRun(input)
  const recalled = input.reopened ? run.exclusive(() => recall(run)) : undefined
  handleMessages(run)
  if (recalled && !(await attend(run, recalled))) {
    run.deliveries.cancel()
    return { district: input.district, outcome: 'completed' }
  }
  try {
    run.leagueReached ||= (await books.beginRun({ runId: input.runId })).leagueReached
    if (input.kind === 'rehearsal') await rehearse(run)
    else await Promise.all([followSteps(run), checkAssets(run), watchInput(run), watchAsked(run)])
  } catch (error) {
    if (!isCancellation(error)) throw error
    run.ending = 'cancelled'
  }
  return CancellationScope.nonCancellable(() => close(run))
}

/** The runbook: in-transit, reconcile, carry-forward, initialise, and when the assets are approved too, sign-off. */
async function followSteps(run: DistrictRun): Promise<void> {
  while (!isOver(run)) {
    if (run.undo) await takeBack(run)
    const step = earliestOpen(run)
    if (isOver(run)) return
    if (step === null) await condition(() => isOver(run) || earliestOpen(run) !== null)
    else if (run.steps[step].state !== 'approved') await advance(run, step)
    // Asked for while the sign-off was under way: signed off is what stands when that is decided.
    else if (run.asked) await condition(() => isOver(run) || run.asked === null)
    // The sign-off is still being written down: a word that waits behind it (an undo) finds the run ended and is refused.
    else run.ending = 'completed'
  }
}

/** The asset check runs beside the others from the first day. */
async function checkAssets(run: DistrictRun): Promise<void> {
  while (!isOver(run)) {
    if (run.steps['asset-health'].state !== 'approved') await advance(run, 'asset-health')
    else await condition(() => isOver(run) || run.steps['asset-health'].state !== 'approved')
  }
}

/** A new import lets fall what rested on the old one, and nothing else. */
async function watchInput(run: DistrictRun): Promise<void> {
  while (!isOver(run)) {
    await condition(() => isOver(run) || run.inputChanges > run.inputSeen)
    if (isOver(run)) return
    const seen = run.inputChanges
    await run.exclusive(() => dropStale(run))
    run.inputSeen = seen
  }
}

/** Everything as far as it goes, past what blocks it; nobody is asked, and the books stay as they were. */
async function rehearse(run: DistrictRun): Promise<void> {
  await Promise.all([check(run, 'asset-health'), rehearseChain(run)])
  await check(run, 'sign-off')
  run.ending ??= 'completed'
}

async function rehearseChain(run: DistrictRun): Promise<void> {
  for (const step of CHAIN) {
    await check(run, step)
    if (step === 'carry-forward' && run.steps[step].state === 'awaiting-approval') {
      Object.assign(run.steps[step], { state: 'running', phase: 'apply' })
      await carryOut(run)
    }
  }
}

async function close(run: DistrictRun): Promise<DistrictResult> {
  run.deliveries.cancel()
  const outcome = run.ending ?? 'completed'
  await settleAsked(run, 'fallen')
  await project(run)
  await books.finishRun({ runId: run.input.runId, state: outcome, by: run.endedBy })
  await condition(allHandlersFinished)
  if (outcome === 'cancelled') {
    throw ApplicationFailure.create({
      message: `cancelled${run.endedBy ? ` by ${run.endedBy}` : ''}`, type: 'Cancelled', nonRetryable: true,
    })
  }
  return { district: run.input.district, outcome }
}
