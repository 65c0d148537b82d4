/** Judges a stored decision and, when it counts, writes what it changes: all of it in one transaction. */
import type { Transaction } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import { settleCases } from '../books/cases/open.ts'
import { storeReceipts } from '../books/cases/receipts.ts'
import { type StoredDecision, applyFindingDecisions, lockDecision, voidOtherApprovals } from '../books/decisions.ts'
import { refreshAdjusted } from '../books/differences/balances.ts'
import { storeConfirmation } from '../books/confirmations/store.ts'
import { refreshEvidence } from '../books/evidence.ts'
import { type Run, findRun } from '../books/runs.ts'
import type { Database } from '../books/tables.ts'
import { voidUndoWords } from '../books/undo.ts'
import type { Decision } from '../domain/decisions.ts'
import { wordOf } from './audit-words.ts'
import { tellCases, temporalNow } from './cases.ts'
import type { JudgeRequest, Judgement } from './contract.ts'
import { type ActivityDeps, pinnedConfig } from './deps.ts'
import { inTransaction } from './heavy.ts'
import { type Bench, type Refusal, judgeDecision, judgeIdentity, readDecision, refusal } from './judge.ts'
import { judgeStanding } from './judge-standing.ts'
import { isUndo, stepsOf, verdict } from './verdict.ts'

/**
 * Judges the decision of that id against what the workflow knows of the steps.
 * A decision is judged once: asked again, it gives the same word, and the counts as they are now.
 */
export async function judge(deps: ActivityDeps, request: JudgeRequest): Promise<Judgement> {
  const judgement = await judgeOnce(deps, request)
  if (judgement.kind === 'findings' && judgement.touched.some(({ step }) => step === 'in-transit')) {
    await tellCases(deps, request.runId)
  }
  return judgement
}

function judgeOnce(deps: ActivityDeps, { runId, decisionId, steps }: JudgeRequest): Promise<Judgement> {
  return inTransaction(deps, async (trx) => {
    const run = await findRun(trx, runId)
    const row = UUID.test(decisionId) ? await lockDecision(trx, decisionId) : undefined
    if (!row) {
      const no = refusal('malformed', '没有这份签名的决定。', 'there is no such signed decision')
      await appendAudit(trx, {
        district: run.district, kind: 'decision.refused', actor: '', subject: `${runId}/${decisionId.slice(0, 64)}`,
        detail: { code: no.code },
      })
      return { outcome: { accepted: false, refusal: no }, kind: null, actor: '', comment: '', touched: [] }
    }
    const bench: Bench = { db: trx, run, steps, actors: deps.loadActors(), config: await pinnedConfig(trx, run.rulesDigest) }
    return row.accepted === null ? judgeNew(trx, bench, row) : repeat(trx, bench, row)
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

async function judgeNew(trx: Transaction<Database>, bench: Bench, row: StoredDecision): Promise<Judgement> {
  const reading = readDecision(row, bench.run)
  if (reading.refusal) return refuse(trx, bench.run, row, reading.refusal)
  const identity = await identityOf(bench, row, reading.decision)
  if (identity.refusal) return refuse(trx, bench.run, row, identity.refusal)
  const no = await judgeDecision(bench, identity.actor, reading.decision)
  if (no) return refuse(trx, bench.run, row, no)
  return accept(trx, bench, row, reading.decision)
}

/** Who stands behind a decision: whoever signed it or, of a default that fired, whoever approved that. */
async function identityOf(bench: Bench, row: StoredDecision, decision: Decision) {
  if (decision.kind !== 'findings' || decision.standing === undefined) return judgeIdentity(row, bench.actors)
  return judgeStanding(bench, row, decision, temporalNow())
}

async function refuse(trx: Transaction<Database>, run: Run, row: StoredDecision, no: Refusal): Promise<Judgement> {
  await recordRefusal(trx, run, row, no)
  return { outcome: { accepted: false, refusal: no }, kind: null, actor: row.actor, comment: '', touched: [] }
}

/** Writes a refusal down, once. */
export async function recordRefusal(
  trx: Transaction<Database>, run: Run, row: Pick<StoredDecision, 'decisionId' | 'actor' | 'kind' | 'step'>, no: Refusal,
): Promise<void> {
  const changed = await trx.updateTable('decisions')
    .set({ judged_at: new Date(), accepted: false, refusal_code: no.code, refusal_zh: no.zh, refusal_en: no.en })
    .where('decision_id', '=', row.decisionId).where('accepted', 'is', null).returning('decision_id').execute()
  if (changed.length === 0) return
  await appendAudit(trx, {
    district: run.district, kind: 'decision.refused', actor: row.actor, subject: `${run.runId}/${row.decisionId}`,
    detail: { code: no.code, kind: row.kind, step: row.step, reason: no.en },
  })
}

async function accept(trx: Transaction<Database>, bench: Bench, row: StoredDecision, decision: Decision): Promise<Judgement> {
  const { run } = bench
  await trx.updateTable('decisions').set({ judged_at: new Date(), accepted: true }).where('decision_id', '=', row.decisionId)
    .execute()
  await appendAudit(trx, {
    district: run.district, kind: 'decision.accepted', actor: row.actor, subject: `${run.runId}/${row.decisionId}`,
    detail: wordOf(decision),
  })
  if (decision.kind === 'findings') {
    await applyFindingDecisions(trx, run, row, decision.findings)
    await storeReceipts(trx, run, row, decision.findings)
    await settleCases(trx, run.runId, temporalNow())
    for (const step of await stepsOf(bench, decision)) {
      if (step === 'reconcile') await refreshAdjusted(trx, run.runId, bench.config)
      const evidenceDigest = await refreshEvidence(trx, run.runId, step)
      await voidOtherApprovals(trx, run.runId, step, evidenceDigest, 'findings were decided since')
    }
  }
  if (decision.kind === 'undo') await voidUndoWords(trx, run.runId, row.decisionId, 'the undo was asked for anew')
  if (decision.kind === 'reject-undo') await voidUndoWords(trx, run.runId, row.decisionId, `rejected by ${row.actor}`)
  if (decision.kind === 'confirm') await storeConfirmation(trx, run.runId, decision)
  if (decision.kind === 'control') await closeLate(trx, run.runId, row)
  if (decision.kind === 'reject') await voidOtherApprovals(trx, run.runId, decision.step, null, `rejected by ${row.actor}`)
  return verdict(trx, bench, row, decision)
}

/** Who locks a year has seen what changed late: the reason stands in the signed word. */
async function closeLate(trx: Transaction<Database>, runId: number, { decisionId, actor }: StoredDecision): Promise<void> {
  await trx.updateTable('findings').set({ status: 'explained', decision_id: decisionId, closed_at: new Date(), closed_by: actor })
    .where('run_id', '=', runId).where('rule', '=', 'LATE').where('status', '=', 'open').execute()
}

/** A decision that was judged before: the same word again; one that fell since then counts no more. */
async function repeat(trx: Transaction<Database>, bench: Bench, row: StoredDecision): Promise<Judgement> {
  const nothing = { kind: null, actor: row.actor, comment: '', touched: [] } as const
  if (!row.accepted) {
    const no = { code: row.refusalCode, zh: row.refusalZh, en: row.refusalEn } as Refusal
    return { outcome: { accepted: false, refusal: no }, ...nothing }
  }
  if (row.voidAt) {
    return { outcome: {
      accepted: false, refusal: refusal('evidence-changed', '这份决定已随依据的变化而失效。', 'this decision fell when its evidence changed'),
    }, ...nothing }
  }
  const reading = readDecision(row, bench.run)
  if (!reading.decision) return { outcome: { accepted: true }, ...nothing }
  const { decision } = reading
  // Only while the step still stands where the decision found it does it change anything.
  const waits = !('step' in decision) || isUndo(decision)
    || bench.steps.some((one) => one.step === decision.step && one.state === 'awaiting-approval')
  return waits ? verdict(trx, bench, row, decision) : { outcome: { accepted: true }, ...nothing }
}
