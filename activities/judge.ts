/**
 * Judges a person's signed word before it counts (CONTRACT §5): identity, role, district, separation of duties, evidence,
 * and whether the finding allows the action. It only looks; `decide.ts` writes. Commands use it too, to say no before trying.
 */
import type { Kysely } from 'kysely'
import { type StoredDecision, approversOf, involvedActors } from '../books/decisions.ts'
import { openFindings } from '../books/evidence.ts'
import type { Run } from '../books/runs.ts'
import { signatureHolds } from '../books/signatures.ts'
import type { Database } from '../books/tables.ts'
import type { Config } from '../config/load.ts'
import type { Actor, ActorsConfig } from '../config/schemas/people.ts'
import { type Decision, type StepDecision, decisionProblem } from '../domain/decisions.ts'
import type { Step } from '../domain/steps.ts'
import type { RefusalCode } from '../workflows/messages.ts'
import type { StepStanding } from './contract.ts'
import { judgeConfirmation, judgeConfirmed } from './judge-confirmation.ts'
import { stillOpen } from './judge-differences.ts'
import { judgeFindings } from './judge-findings.ts'
import { judgeReceipts } from './judge-receipts.ts'
import { judgeLock, judgeUndo, openRequest } from './judge-undo.ts'
import { readPayload } from './payload.ts'

export interface Refusal { code: RefusalCode; zh: string; en: string }
export const refusal = (code: RefusalCode, zh: string, en: string): Refusal => ({ code, zh, en })

/** What a judgement rests on. */
export interface Bench {
  db: Kysely<Database>
  run: Run
  config: Config
  actors: ActorsConfig
  steps: readonly StepStanding[]
}

/** A decision that was understood, or why it was not. */
export type Reading = { decision: Decision; refusal?: undefined } | { refusal: Refusal; decision?: undefined }

/** Reads the signed payload and checks that it is what the row says. */
export function readDecision(row: StoredDecision, run: Run): Reading {
  const malformed = (en: string): Reading =>
    ({ refusal: refusal('malformed', `决定的内容不合规：${en}`, `the decision is malformed: ${en}`) })
  const read = readPayload<Decision>(row.payload, decisionProblem)
  if (read.malformed !== undefined) return malformed(read.malformed)
  const decision = read.said
  const fits = decision.decisionId === row.decisionId && decision.runId === run.runId && row.runId === run.runId
    && decision.runKind === run.kind
    && decision.district === run.district && decision.year === run.year && decision.actor === row.actor
    && decision.kind === row.kind
  return fits ? { decision } : malformed('it belongs to another run, district, year or actor')
}

/** Whether the actor is known, not revoked, and has signed exactly this. */
export function judgeIdentity(row: Signed, actors: ActorsConfig): { actor: Actor; refusal?: undefined } | { refusal: Refusal } {
  const actor = actors.actors.find(({ name }) => name === row.actor)
  if (!actor) return { refusal: refusal('unknown-actor', `没有登记操作人 ${row.actor}。`, `there is no actor ${row.actor}`) }
  if (actor.revoked) return { refusal: refusal('revoked', `操作人 ${row.actor} 已停用。`, `actor ${row.actor} was revoked`) }
  if (!signatureHolds(actor.public_key, row.payload, row.signature)) {
    return { refusal: refusal('bad-signature', '签名与登记的公钥不符。', 'the signature does not fit the registered public key') }
  }
  return { actor }
}

/** What a signature is checked against. */
export type Signed = Pick<StoredDecision, 'actor' | 'payload' | 'signature'>

/** Whether the actor may act for any of these districts. */
export const actsFor = (actor: Actor, ...districts: readonly string[]): boolean =>
  actor.districts.includes('*') || districts.some((district) => actor.districts.includes(district))

/** What one is told who acts for other districts only. */
export const wrongDistrict = (name: string, district: string): Refusal =>
  refusal('wrong-district', `${name} 不负责区划 ${district}。`, `${name} does not act for district ${district}`)

/** Judges a decision whose signature holds. Null: it counts. */
export async function judgeDecision(bench: Bench, actor: Actor, decision: Decision): Promise<Refusal | null> {
  switch (decision.kind) {
    case 'findings': return await judgeFindings(bench, actor, decision) ?? judgeReceipts(bench, decision)
    case 'undo': case 'approve-undo': case 'reject-undo': return judgeUndo(bench, actor, decision)
    case 'control': return judgeLock(bench, actor, decision)
    case 'confirm': return judgeConfirmation(bench, actor, decision)
    default: return judgeStep(bench, actor, decision)
  }
}

const NOTHING_OPEN = { errors: 0, warnings: 0 }

/** An approval or a rejection of a step. */
export async function judgeStep(
  bench: Bench, actor: Actor, decision: Omit<StepDecision, 'decisionId' | 'signedAt'>,
): Promise<Refusal | null> {
  const { run, config, steps } = bench
  const { step } = decision
  const rule = config.approvals.steps[step]
  if (!actsFor(actor, run.district)) return wrongDistrict(actor.name, run.district)
  if (!rule.roles.some((role) => actor.roles.includes(role))) {
    return refusal(
      'wrong-role', `审批该步骤需要角色 ${rule.roles.join('、')}。`, `this step is decided by the roles ${rule.roles.join(', ')}`,
    )
  }
  const standing = steps.find((one) => one.step === step)
  if (standing?.state !== 'awaiting-approval') {
    const open = decision.kind === 'approve' && standing?.state === 'blocked'
      ? await openFindings(bench.db, run.runId, step)
      : NOTHING_OPEN
    if (open.errors + open.warnings > 0) return stillOpen(step, run.district, open)
    return refusal(
      'wrong-state', `步骤状态为 ${standing?.state ?? '未知'}，不在待审批。`,
      `the step is ${standing?.state ?? 'unknown'}, it does not await an approval`,
    )
  }
  if (decision.evidenceDigest !== standing.evidenceDigest) {
    return refusal('evidence-changed', '您看到的依据已有变化：请重新查看后再决定。', 'the evidence is no longer what you saw: look again, then decide')
  }
  if (decision.kind === 'approve') return judgeApproval(bench, actor, step, decision.evidenceDigest)
  return decision.comment.trim() ? null : refusal('comment-required', '退回必须说明理由。', 'a rejection needs a reason')
}

async function judgeApproval(bench: Bench, actor: Actor, step: Step, evidenceDigest: string): Promise<Refusal | null> {
  const { db, run } = bench
  const open = await openFindings(db, run.runId, step)
  if (open.errors + open.warnings > 0) {
    return stillOpen(step, run.district, open)
  }
  if ((await involvedActors(db, run, step)).has(actor.name)) {
    return refusal(
      'separation-of-duties', '您处理过该步骤所依据的事项，须由他人审批。',
      'you prepared, resolved or waived something that this step rests on: another person must approve it',
    )
  }
  if ((await approversOf(db, run.runId, step, evidenceDigest)).includes(actor.name)) {
    return refusal(
      'separation-of-duties', '您已审批过，第二次审批须由他人进行。', 'you approved it already: the next approval must come from another person',
    )
  }
  if (step === 'sign-off') return openRequest(bench)
  return step === 'reconcile' ? judgeConfirmed(bench) : null
}

