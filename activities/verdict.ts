/** What the workflow is told of a decision that counts. */
import type { Transaction } from 'kysely'
import { type StoredDecision, approversOf, findFindings } from '../books/decisions.ts'
import { liveResults, openFindings } from '../books/evidence.ts'
import type { Database } from '../books/tables.ts'
import { undoStanding } from '../books/undo.ts'
import type { Decision, FindingsDecision, StepDecision, UndoDecision } from '../domain/decisions.ts'
import { STEPS, type Step } from '../domain/steps.ts'
import type { Judgement } from './contract.ts'
import type { Bench } from './judge.ts'
import { stepAtWork } from './judge-findings.ts'

/** A decision that counts, with how far each step is that it touches. */
export async function verdict(
  trx: Transaction<Database>, bench: Bench, row: StoredDecision, decision: Decision,
): Promise<Judgement> {
  const { runId } = bench.run
  if (decision.kind === 'confirm') {
    return { outcome: { accepted: true }, kind: null, actor: row.actor, comment: decision.comment, touched: [] }
  }
  if (!isOnSteps(decision)) {
    return {
      outcome: { accepted: true }, kind: decision.kind, actor: row.actor, comment: decision.comment, touched: [],
      ...(isUndo(decision) && { undo: await undoOf(trx, bench) }),
    }
  }
  const steps = decision.kind === 'findings' ? await stepsOf(bench, decision) : [decision.step]
  const live = await liveResults(trx, runId)
  const touched = []
  for (const step of steps) {
    const evidenceDigest = live.get(step)?.evidenceDigest
    if (!evidenceDigest) continue
    const approvals = (await approversOf(trx, runId, step, evidenceDigest)).length
    touched.push({ step, evidenceDigest, open: await openFindings(trx, runId, step), approvals })
  }
  return {
    outcome: { accepted: true }, kind: decision.kind, actor: row.actor, comment: 'comment' in decision ? decision.comment : '',
    touched,
  }
}

export const isUndo = (decision: Decision): decision is UndoDecision =>
  decision.kind === 'undo' || decision.kind === 'approve-undo' || decision.kind === 'reject-undo'
const isOnSteps = (decision: Decision): decision is StepDecision | FindingsDecision =>
  !isUndo(decision) && decision.kind !== 'control' && decision.kind !== 'confirm'

/** Where the undo stands by now; none when it was carried out meanwhile. */
async function undoOf(trx: Transaction<Database>, { run, config }: Bench): Promise<Judgement['undo']> {
  const standing = await undoStanding(trx, run.runId)
  if (!standing?.request) return undefined
  const { request, approvers } = standing
  const { undo } = config.approvals
  return {
    requestId: request.decisionId, actors: [request.actor, ...approvers], complete: approvers.length >= undo.approvers,
    roles: undo.roles,
  }
}

/** The steps whose evidence a word on findings changes. */
export async function stepsOf({ db, run, steps }: Bench, { findings }: Extract<Decision, { kind: 'findings' }>): Promise<Step[]> {
  const found = await findFindings(db, run, findings.map(({ id }) => id))
  const touched = new Set([...found.values()].map((finding) => stepAtWork(finding, steps)))
  return STEPS.filter((step) => touched.has(step))
}
