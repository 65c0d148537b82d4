/**
 * The cases of a district's documents as effects: tended at a moment, their defaults brought to the district, words on defaults
 * judged.
 */
import { Context } from '@temporalio/activity'
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { raiseDue } from '../books/cases/alarms.ts'
import { unjudgedDefaults } from '../books/cases/defaults.ts'
import { caseTimes, settleCases } from '../books/cases/open.ts'
import { fireDefaults, firingsToSend, nextLook } from '../books/cases/tend.ts'
import { liveResults } from '../books/evidence.ts'
import { findRun, liveRuns, lockStep } from '../books/runs.ts'
import { TASK_QUEUE, casesWorkflowId } from '../workflows/ids.ts'
import { casesChangedSignal } from '../workflows/case-messages.ts'
import { decideUpdate } from '../workflows/messages.ts'
import type { CasesRequest, CasesTended, SubmitFiringRequest } from './case-contract.ts'
import { type ActivityDeps, pinnedConfig } from './deps.ts'
import { inTransaction } from './heavy.ts'

/**
 * Looks after the open cases of a district and year at a moment. Everything is one transaction, so that an attempt that is
 * repeated finds what the first one left: no alarm twice, no default twice.
 */
export function tendCases(deps: ActivityDeps, { district, year, at }: CasesRequest): Promise<CasesTended> {
  return inTransaction(deps, async (trx) => {
    const now = new Date(at)
    const run = (await liveRuns(trx, 'real', year)).find((one) => one.district === district)
    if (!run) return { open: 0, nextAt: null, notifications: [], words: [], decisions: [], workflowId: '' }
    await lockStep(trx, run.runId, 'run')
    await settleCases(trx, run.runId, now)
    const { documents } = await pinnedConfig(trx, run.rulesDigest)
    const generation = (await liveResults(trx, run.runId)).get('in-transit')?.generation ?? 0
    const notifications = await raiseDue(trx, run, generation, caseTimes(documents, district, year), now)
    // A paused district decides nothing; what has come to its time meanwhile follows when it resumes.
    if (run.state === 'running') await fireDefaults(trx, run, documents, now)
    const decisions = run.state === 'running' ? await firingsToSend(trx, run.runId, now) : []
    return {
      ...await nextLook(trx, run, now), notifications, words: await unjudgedDefaults(trx, run.scopeId), decisions,
      workflowId: run.workflowId,
    }
  })
}

/**
 * Brings the decision of a default to its district, which judges it like any person's word. Only its acceptance by the
 * workflow is waited for: what becomes of it stands in the books.
 */
export async function submitFiring({ workflowId, decisionId }: SubmitFiringRequest): Promise<void> {
  const { client } = Context.current()
  try {
    await client.workflow.getHandle(workflowId)
      .startUpdate(decideUpdate, { args: [{ decisionId }], updateId: decisionId, waitForStage: 'ACCEPTED' })
  } catch (error) {
    // A district that has ended decides nothing any more, and its cases end with it. One that was paused just now refuses to
    // hear it: the decision is brought again later.
    if (!(error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError)) throw error
  }
}

/**
 * Tells the cases of a district that something changed, so that they look again.
 * @param begin whether to begin their workflow when none is open; without it only one that is open hears
 */
async function pokeCases({ district, year }: { district: string; year: number }, begin: boolean): Promise<void> {
  const { client } = Context.current()
  const workflowId = casesWorkflowId(year, district)
  if (begin) {
    await client.workflow.signalWithStart('documentCases', {
      workflowId, taskQueue: TASK_QUEUE, args: [{ district, year }], signal: casesChangedSignal, signalArgs: [],
    })
    return
  }
  try {
    await client.workflow.getHandle(workflowId).signal(casesChangedSignal)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}

/** Temporal's time, which is that of deadlines and cut-offs: when the server gave this attempt out. */
export const temporalNow = (): Date => new Date(Context.current().info.currentAttemptScheduledTimestampMs)

/** Has the open cases of a run looked after: begins the workflow where there are any, and tells one that is open in any case. */
export async function beginCases(deps: ActivityDeps, runId: number): Promise<void> {
  const { db } = deps.books
  const one = await db.selectFrom('document_cases').select('run_id').where('run_id', '=', runId).where('settled_at', 'is', null)
    .limit(1).executeTakeFirst()
  await pokeCases(await findRun(db, runId), one !== undefined)
}

/** News for the cases of a run's district; they look by themselves at the latest after a day, so a failure is only noted. */
export async function tellCases(deps: ActivityDeps, runId: number): Promise<void> {
  try {
    await pokeCases(await findRun(deps.books.db, runId), false)
  } catch (error) {
    deps.log.warn({ runId, error: String(error) }, 'the cases of the district could not be told')
  }
}
