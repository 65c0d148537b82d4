/** Makes an approved plan the books: exactly that plan, proved, or nothing. */
import { sql } from 'kysely'
import type { StepContext, StepOutcome } from '../../../activities/step.ts'
import { isAsPlanned } from './digest.ts'
import { CarryForwardError } from './errors.ts'
import { findLive } from './live.ts'
import { isSameInput, lockInput } from './lock.ts'
import { type Proof, failedChecks, proveCarryForward } from './prove.ts'
import { reverseGeneration } from './reverse.ts'
import type { Trx } from './sql.ts'

interface Planned { carry_id: number; plan_digest: string; input_version: number; provisional: boolean; replaces: number | null }

/**
 * Flips the planned generation to live, reverses the one that was live, proves the result from the database and stores the
 * proof. Without `planDigest` it is the plan of the context's generation.
 * A provisional plan of a rehearsal (blocking findings were open) is left as it is: `applied: false`.
 * @throws CarryForwardError input-changed, no-plan, plan-changed, proof-failed; then nothing is written
 */
export async function applyCarryForward(
  trx: Trx, context: StepContext, approved: { planDigest?: string } = {},
): Promise<StepOutcome> {
  await lockInput(trx, context)
  const plan = await findPlan(trx, context)
  if (approved.planDigest !== undefined && approved.planDigest !== plan.plan_digest) {
    throw planChanged('no longer the one that was approved', '不是审批时的方案')
  }
  if (!(await isSameInput(trx, context.scopeId, plan.input_version))) {
    throw planChanged('made from an older input', '是根据旧的输入数据编制的')
  }
  if (plan.provisional) return { figures: { applied: false, provisional: true, planDigest: plan.plan_digest } }
  if (!(await isAsPlanned(trx, plan.carry_id))) {
    throw planChanged('not what was planned: its rows were altered', '的数据行已被改动')
  }
  context.heartbeat('plan checked')
  const live = await findLive(trx, context)
  if (live !== plan.replaces) throw planChanged('made against another live generation', '所依据的在册结转已变更')
  if (live !== null) await reverseGeneration(trx, live, `replaced by the plan of generation ${context.generation}`)
  await sql`update carry_forwards set state = 'live', live_at = now() where carry_id = ${plan.carry_id}`.execute(trx)
  const proof = await proveCarryForward(trx, context, plan.carry_id)
  refuseUnproved(proof)
  await sql`update carry_forwards set proof = ${JSON.stringify(proof)}::jsonb where carry_id = ${plan.carry_id}`.execute(trx)
  return {
    figures: {
      applied: true, planDigest: plan.plan_digest, replaced: live !== null,
      proof: proof.checks.map(({ name, zh, en, ok, expected, actual }) => ({ name, zh, en, ok, expected, actual })),
    },
  }
}

async function findPlan(trx: Trx, context: StepContext): Promise<Planned> {
  const { rows } = await sql<Planned>`
    select carry_id, plan_digest, input_version, provisional, replaces from carry_forwards
    where run_id = ${context.runId} and state = 'planned' and generation = ${context.generation}`.execute(trx)
  if (rows[0]) return rows[0]
  throw new CarryForwardError('no-plan', {
    zh: `第 ${context.generation} 次执行没有待实施的结转方案：请重新检查本步骤`,
    en: `generation ${context.generation} has no plan to carry out: check the step again`,
  })
}

const planChanged = (en: string, zh: string) => new CarryForwardError('plan-changed', {
  zh: `结转方案${zh}，未写入任何数据：请重新检查本步骤`, en: `the plan is ${en}: nothing was written, check the step again`,
})

function refuseUnproved(proof: Proof): void {
  const failed = failedChecks(proof)
  if (failed.length === 0) return
  const names = (pick: 'zh' | 'en') =>
    failed.map((check) => `${check[pick]}（${JSON.stringify(check.offending[0] ?? check.actual)}）`).join('；')
  throw new CarryForwardError('proof-failed', {
    zh: `结转结果未通过核验，未写入任何数据：${names('zh')}`, en: `the result could not be proved, nothing was written: ${names('en')}`,
  }, failed)
}
