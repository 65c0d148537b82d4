/** Sign-off 签署归档: everything is approved; what the coordinator signs are the totals and the evidence of every step. */
import { type LiveResult, liveResults } from '../books/evidence.ts'
import { alteredPart } from '../books/steps/initialise/verify.ts'
import type { Plain } from '../domain/canonical.ts'
import { STEPS, stepsBefore } from '../domain/steps.ts'
import { StepProblem } from './failures.ts'
import type { StepEngine } from './step.ts'

/**
 * Gathers what is signed: for each step its evidence, its findings by status, its figures, and who approved it.
 * @throws StepProblem when a step has no result that holds, or the new year is not the one that was approved (never in a
 *   rehearsal, which shows what there is)
 */
export const signOff: StepEngine = async (trx, { runId, kind }) => {
  const live = await liveResults(trx, runId)
  const missing = stepsBefore('sign-off').filter((step) => !live.has(step))
  if (missing.length > 0 && kind === 'real') {
    throw new StepProblem({
      code: 'not-ready', zh: `这些步骤没有有效结果：${missing.join('、')}`,
      en: `these steps have no result that holds: ${missing.join(', ')}`,
    })
  }
  if (kind === 'real') await refuseAltered(trx, runId, live.get('initialise')!)
  const counts = await trx.selectFrom('findings').select(['step', 'status', ({ fn }) => fn.countAll<bigint>().as('count')])
    .where('run_id', '=', runId).groupBy(['step', 'status']).execute()
  const approvals = await trx.selectFrom('decisions').select(['step', 'actor', 'evidence_digest']).where('run_id', '=', runId)
    .where('kind', '=', 'approve').where('accepted', '=', true).where('void_at', 'is', null).orderBy('step').orderBy('actor')
    .execute()
  const steps = STEPS.filter((step) => live.has(step)).map((step) => [step, {
    evidence: live.get(step)!.evidenceDigest,
    generation: live.get(step)!.generation,
    approvedBy: approvals.filter((approval) => approval.step === step).map((approval) => approval.actor),
    findings: Object.fromEntries(counts.filter((row) => row.step === step).map((row) => [row.status, Number(row.count)])),
    figures: live.get(step)!.result.figures ?? null,
  } satisfies Plain] as const)
  return { figures: { steps: Object.fromEntries(steps) } }
}

/** What is signed off is what stands in the database, not what was said of it. */
async function refuseAltered(trx: Parameters<StepEngine>[0], runId: number, { generation, result }: LiveResult): Promise<void> {
  const altered = await alteredPart(trx, { runId, generation, figures: result.figures ?? null })
  if (altered === null) return
  const part = altered === 'setup' ? { zh: '参数表', en: 'setup tables' } : { zh: '期初余额', en: 'openings' }
  throw new StepProblem({
    code: 'new-year-altered', zh: `新年度的${part.zh}已不是审批时的内容：请重新检查步骤“新年度初始化”。`,
    en: `the ${part.en} of the new year are not what was approved: check the step initialise again`,
  })
}
