/** Judges the words on an undo, and the lock of a signed-off year. */
import { isLocked, lateChanges, undoStanding } from '../books/undo.ts'
import type { Actor, Role } from '../config/schemas/people.ts'
import type { LockDecision, UndoDecision } from '../domain/decisions.ts'
import { type Bench, type Refusal, actsFor, refusal, wrongDistrict } from './judge.ts'

/** States in which nothing is at work on the carry-forward, and what came before it holds. */
const STANDS_STILL = ['approved', 'awaiting-approval', 'blocked', 'failed']

/** A request for an undo, the agreement of another person with it, or its rejection. */
export async function judgeUndo(
  bench: Bench, actor: Actor, decision: Pick<UndoDecision, 'kind' | 'evidenceDigest' | 'comment'>,
): Promise<Refusal | null> {
  const { db, run, config, steps } = bench
  const no = judgePerson(bench, actor, config.approvals.undo.roles) ?? await judgeOpen(bench)
  if (no) return no
  if (decision.kind === 'reject-undo') return judgeRejection(bench, decision)
  const state = steps.find(({ step }) => step === 'carry-forward')?.state ?? 'unknown'
  if (!STANDS_STILL.includes(state)) {
    return refusal('wrong-state', `年终结转状态为 ${state}，此时不能撤销。`, `the carry-forward is ${state}: it can not be undone now`)
  }
  const standing = await undoStanding(db, run.runId)
  if (!standing) return refusal('wrong-state', '没有已生效的年终结转可撤销。', 'there is no carry-forward in force to undo')
  if (standing.digest !== decision.evidenceDigest) {
    return refusal(
      'evidence-changed', '已生效的结转已不是您看到的那一次：请重新查看。', 'the carry-forward in force is not the one that you saw: look again',
    )
  }
  const { request, approvers } = standing
  const complete = approvers.length >= config.approvals.undo.approvers
  if (decision.kind === 'undo') {
    if (!request || complete) return null
    return refusal(
      'wrong-state', `${request.actor} 已申请撤销：由另一人用 --approve 批准。`,
      `${request.actor} asked for it already: another person approves it with --approve`,
    )
  }
  if (!request || complete) return nothingAsked()
  if (request.actor === actor.name || approvers.includes(actor.name)) {
    return refusal(
      'separation-of-duties', '您已申请或批准过这次撤销，须由他人批准。',
      'you asked for this undo or approved it already: another person must approve it',
    )
  }
  return null
}

/**
 * Whoever may approve may reject, also the one who asked: that takes the request back. It changes nothing, so it may come at any
 * time.
 */
async function judgeRejection(
  { db, run, config }: Bench, { evidenceDigest, comment }: Pick<UndoDecision, 'evidenceDigest' | 'comment'>,
): Promise<Refusal | null> {
  const standing = await undoStanding(db, run.runId)
  if (!standing?.request || standing.approvers.length >= config.approvals.undo.approvers) return nothingAsked()
  if (standing.digest !== evidenceDigest) {
    return refusal(
      'evidence-changed', '已生效的结转已不是您看到的那一次：请重新查看。', 'the carry-forward in force is not the one that you saw: look again',
    )
  }
  return comment.trim() ? null : refusal('comment-required', '退回必须说明理由。', 'a rejection needs a reason')
}

const nothingAsked = () => refusal('wrong-state', '没有待批准的撤销申请。', 'nobody asked for an undo that awaits an approval')

/** The lock of a year that was signed off; with late changes open it needs its reason. */
export async function judgeLock(bench: Bench, actor: Actor, { comment }: Pick<LockDecision, 'comment'>): Promise<Refusal | null> {
  const no = judgePerson(bench, actor, bench.config.approvals.lock.roles) ?? await judgeOpen(bench)
  if (no) return no
  if (bench.run.state !== 'completed') {
    return refusal('wrong-state', '只有已签署归档的年结才能锁定。', 'only a year-end that was signed off can be locked')
  }
  const asked = await openRequest(bench)
  if (asked) return asked
  const late = await lateChanges(bench.db, bench.run)
  if (late.length > 0 && !comment.trim()) {
    const files = late.map(({ file }) => file).join(', ')
    return refusal(
      'comment-required', `结转后数据又有变化（${files}）：不撤销而锁定须说明理由。`,
      `the input changed after the carry-forward (${files}): to lock without an undo needs a reason`,
    )
  }
  return null
}

/** Null unless somebody asked for an undo that is not decided yet: nothing is signed off or locked over their head. */
export async function openRequest({ db, run, config }: Bench): Promise<Refusal | null> {
  const standing = await undoStanding(db, run.runId)
  if (!standing?.request || standing.approvers.length >= config.approvals.undo.approvers) return null
  const { actor } = standing.request
  return refusal('wrong-state', `${actor} 已申请撤销年终结转：先批准或退回（nianjie undo --approve / --reject）。`,
    `${actor} asked for the undo of the carry-forward: approve or reject that first (nianjie undo --approve / --reject)`)
}

function judgePerson({ run }: Bench, actor: Actor, roles: readonly Role[]): Refusal | null {
  if (!actsFor(actor, run.district)) return wrongDistrict(actor.name, run.district)
  if (roles.some((role) => actor.roles.includes(role))) return null
  return refusal('wrong-role', `这需要角色 ${roles.join('、')}。`, `this needs one of the roles ${roles.join(', ')}`)
}

async function judgeOpen({ db, run }: Bench): Promise<Refusal | null> {
  if (await isLocked(db, run.runId)) return refusal('wrong-state', '该年度已锁定。', 'this year is locked')
  return run.kind === 'real' && run.state !== 'cancelled'
    ? null
    : refusal('wrong-state', '该年结已取消，或只是演练。', 'this year-end was cancelled, or is a rehearsal')
}
