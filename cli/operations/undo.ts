/** Undo, lock and the watch of a signed-off year: the workflow that has ended is begun anew for each of them. */
import { WithStartWorkflowOperation, WorkflowIdReusePolicy, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { pinnedConfig } from '../../activities/deps.ts'
import type { Bench } from '../../activities/judge.ts'
import { judgeLock, judgeUndo } from '../../activities/judge-undo.ts'
import { type Run, findRun, latestRuns } from '../../books/runs.ts'
import { undoStanding, watchedRun } from '../../books/undo.ts'
import { type UndoView, viewUndo } from '../../books/undo-view.ts'
import type { Actor } from '../../config/schemas/people.ts'
import type { districtYearEnd } from '../../workflows/district.ts'
import { TASK_QUEUE } from '../../workflows/ids.ts'
import { type DecisionOutcome, type Unanswered, decideUpdate, inputChangedSignal, unansweredSignal } from '../../workflows/messages.ts'
import type { Done, Operations, Refused, UndoState } from '../operations.ts'
import { type Bring, actorOf, benchOf, submit } from './decide.ts'
import { type OperationsDeps, refused } from './deps.ts'
import { districtInput, timesOf } from './start.ts'

type UndoRequest = Parameters<Operations['decideUndo']>[0]

const KINDS = { ask: 'undo', approve: 'approve-undo', reject: 'reject-undo' } as const

/** See `Operations.decideUndo`. */
export async function decideUndo(deps: OperationsDeps, request: UndoRequest): Promise<Done<{ state: UndoState }>> {
  const run = await latestRun(deps, request)
  if ('code' in run) return run
  const standing = await undoStanding(deps.books.db, run.runId)
  const digest = request.evidenceDigest ?? standing?.digest ?? ''
  const word = { kind: KINDS[request.word], step: 'carry-forward', evidenceDigest: digest, comment: request.comment } as const
  const answer = await submit(deps, run, request.actor, word, await bringTo(deps, run))
  if (!answer.ok) return answer
  if (request.word !== 'approve') return { ok: true, state: request.word === 'ask' ? 'asked' : 'rejected' }
  const { approvals: { undo } } = await pinnedConfig(deps.books.db, run.rulesDigest)
  return { ok: true, state: (standing?.approvers.length ?? 0) + 1 >= undo.approvers ? 'undoing' : 'approved' }
}

/** See `Operations.canDecideUndo`. */
export async function canDecideUndo(deps: OperationsDeps, request: UndoRequest): Promise<Done> {
  const seated = await seat(deps, request)
  if ('code' in seated) return seated
  const { bench, actor } = seated
  const digest = request.evidenceDigest ?? (await undoStanding(deps.books.db, bench.run.runId))?.digest ?? ''
  const no = await judgeUndo(bench, actor, { kind: KINDS[request.word], evidenceDigest: digest, comment: request.comment })
  return no ? { ok: false, ...no } : { ok: true }
}

/** See `Operations.canLock`. */
export async function canLock(deps: OperationsDeps, request: Parameters<Operations['lock']>[0]): Promise<Done> {
  const seated = await seat(deps, request)
  if ('code' in seated) return seated
  const no = await judgeLock(seated.bench, seated.actor, request)
  return no ? { ok: false, ...no } : { ok: true }
}

async function seat(deps: OperationsDeps, of: { year: number; district: string; actor: string }): Promise<{ bench: Bench; actor: Actor } | Refused> {
  const run = await latestRun(deps, of)
  if ('code' in run) return run
  const bench = await benchOf(deps, run)
  const actor = actorOf(deps, bench, of.actor)
  return 'code' in actor ? actor : { bench, actor }
}

/** See `Operations.showUndo`. */
export async function showUndo(deps: OperationsDeps, request: { year: number; district: string }): Promise<Done<{ preview: UndoView }>> {
  const run = await latestRun(deps, request)
  if ('code' in run) return run
  const preview = await viewUndo(deps.books.db, run.runId)
  return preview ? { ok: true, preview } : refused('wrong-state', '没有已生效的年终结转可撤销。', 'there is no carry-forward in force to undo')
}

/** See `Operations.lock`. */
export async function lock(deps: OperationsDeps, { actor, comment, ...of }: Parameters<Operations['lock']>[0]): Promise<Done> {
  const run = await latestRun(deps, of)
  if ('code' in run) return run
  return submit(deps, run, actor, { kind: 'control', action: 'lock', comment }, await bringTo(deps, run))
}

/** Has a signed-off year looked at once more; a year that is not signed off or is locked is left alone. */
export async function watchAgain(deps: OperationsDeps, { year, district, version }: { year: number; district: string; version: number }): Promise<void> {
  const watched = await watchedRun(deps.books.db, district, year)
  if (!watched) return
  const run = await findRun(deps.books.db, watched.runId)
  await deps.client.workflow.signalWithStart<typeof districtYearEnd, [{ version: number; district: string }]>('districtYearEnd', {
    ...await anew(deps, run), signal: inputChangedSignal, signalArgs: [{ version, district }],
  })
}

/** The latest real run of the district, whatever became of it. */
export async function latestRun({ books }: OperationsDeps, { year, district }: { year: number; district: string }): Promise<Run | Refused> {
  const run = (await latestRuns(books.db, 'real', year)).find((one) => one.district === district)
  return run ?? refused('wrong-state', `${district} 没有 ${year} 年的年结。`, `there is no year-end of ${year} in ${district}`)
}

/** A live run hears the word itself; one that was signed off is taken up from the books to hear it. */
export async function bringTo(deps: OperationsDeps, run: Run): Promise<Bring | undefined> {
  if (run.state !== 'completed') return undefined
  const { workflowId, ...options } = await anew(deps, run)
  const ask = async (decisionId: string, patience = 3): Promise<DecisionOutcome> => {
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof districtYearEnd>('districtYearEnd', { workflowId, ...options, workflowIdConflictPolicy: 'USE_EXISTING' })
    try {
      return await deps.client.workflow.executeUpdateWithStart(decideUpdate, { args: [{ decisionId }], updateId: decisionId, startWorkflowOperation })
    } catch (error) {
      // The one before it was just ending: judged once whatever happens, the word is brought again.
      if (patience === 0 || !(error instanceof WorkflowNotFoundError || isEnded(error))) throw error
      // A run that is signed off refuses words until it has closed; then it is begun anew for them.
      if (isEnded(error)) await deps.client.workflow.getHandle(workflowId).result().catch(() => {})
      return ask(decisionId, patience - 1)
    }
  }
  const leave = (decisionId: string) => deps.client.workflow.signalWithStart<typeof districtYearEnd, [Unanswered]>('districtYearEnd', {
    workflowId, ...options, signal: unansweredSignal, signalArgs: [{ update: decideUpdate.name, message: { decisionId } }],
  })
  return (decisionId) => ({ ask: () => ask(decisionId), leave: () => leave(decisionId) })
}

const isEnded = (error: unknown): boolean => error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure && error.cause.type === 'ended'

/** A workflow of a run that was signed off: the same run, its own rules, from where the books say that it stood. */
async function anew({ books }: OperationsDeps, { runId, district, year, kind, league, withLeague, workflowId, rulesDigest }: Run) {
  const config = await pinnedConfig(books.db, rulesDigest)
  return {
    workflowId, taskQueue: TASK_QUEUE, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE, memo: { district, year, runId },
    args: [{ ...districtInput(config, { runId, district, year, kind, league, withLeague, times: timesOf(config) }), reopened: true }] as Parameters<typeof districtYearEnd>,
  }
}
