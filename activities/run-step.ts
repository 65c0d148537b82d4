/** Runs a step's engine: one transaction, one effect; findings merged, evidence recorded, audited. */
import { type Transaction, sql } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import { openCases } from '../books/cases/open.ts'
import { adjustFigures } from '../books/differences/balances.ts'
import { trackDifferences } from '../books/differences/track.ts'
import { recordBalances } from '../books/confirmations/balances.ts'
import { evidenceDigestOf, inputDigestOf, liveResults, openFindings } from '../books/evidence.ts'
import { countFindings, createFound, mergeFound } from '../books/findings.ts'
import { type Run, findRun, findScope, holdInput, inputVersionOf, lockStep } from '../books/runs.ts'
import type { Database } from '../books/tables.ts'
import type { Step } from '../domain/steps.ts'
import { effectKey } from '../workflows/ids.ts'
import { beginCases, temporalNow } from './cases.ts'
import type { ApplyRequest, StepCheck, StepRequest } from './contract.ts'
import { type ActivityDeps, pinnedConfig } from './deps.ts'
import { StepProblem } from './failures.ts'
import { inTransaction } from './heavy.ts'
import { runOnce } from './once.ts'
import type { StepContext, StepOutcome } from './step.ts'

/**
 * Checks a step: what its engine finds and computes, as a new generation.
 * @throws ApplicationFailure, not retryable, with the reason in both languages
 */
export async function runStep(deps: ActivityDeps, request: StepRequest): Promise<StepCheck> {
  const checked = await checkStep(deps, request)
  if (request.step === 'in-transit') await beginCases(deps, request.runId)
  return checked
}

function checkStep(deps: ActivityDeps, { runId, step, generation }: StepRequest): Promise<StepCheck> {
  return inTransaction(deps, async (trx, heartbeat) => {
    const { run, context } = await prepare(trx, { runId, step, generation }, heartbeat)
    return runOnce(trx, effectKey(runId, step, generation, 'check'), { runId, step, generation, rules: run.rulesDigest }, async () => {
      await refuseSuperseded(trx, runId, step, generation)
      const inputDigest = await inputDigestOf(trx, run, step)
      await createFound(trx)
      const engine = await deps.engines.check(step)
      const outcome = await engine(trx, context)
      if (step === 'reconcile') await recordBalances(trx, context, outcome.figures)
      await merge(trx, run, step, generation)
      if (step === 'reconcile') outcome.figures = await adjustFigures(trx, context, outcome.figures)
      if (step === 'in-transit' && run.kind === 'real') await openCases(trx, run, context.config.documents, temporalNow())
      return record(trx, run, { step, generation, inputDigest, outcome, inputVersion: context.inputVersion })
    })
  })
}

/**
 * Makes the approved plan of the carry-forward the books and proves it.
 * @throws ApplicationFailure, not retryable, when the evidence is no longer what was approved, or the proof fails
 */
export function applyCarryForward(
  deps: ActivityDeps, { runId, generation, evidenceDigest }: ApplyRequest,
): Promise<{ generation: number }> {
  const step = 'carry-forward'
  return inTransaction(deps, async (trx, heartbeat) => {
    const { run, context } = await prepare(trx, { runId, step, generation }, heartbeat)
    return runOnce(trx, effectKey(runId, step, generation, 'apply'), { runId, generation, evidenceDigest }, async () => {
      await refuseSuperseded(trx, runId, step, generation)
      const planned = await approvedPlan(trx, run, generation, evidenceDigest)
      const apply = await deps.engines.apply()
      // A later version that changed no file of this step is the same input to it.
      const { figures } = await apply(trx, { ...context, inputVersion: planned.inputVersion ?? context.inputVersion })
      await trx.updateTable('step_results').set({ result: sql`result || ${JSON.stringify({ applied: figures })}::jsonb` })
        .where('run_id', '=', runId).where('step', '=', step).where('generation', '=', generation).execute()
      await appendAudit(trx, {
        district: run.district, kind: 'carry-forward.applied', actor: 'system', subject: `${runId}/${step}/${generation}`,
        detail: { evidenceDigest, figures },
      })
      return { generation }
    })
  })
}

/** Scans the documents in transit once more, without leaving a trace: says only whether anything is different by now. */
export function rescan(deps: ActivityDeps, { runId }: { runId: number }): Promise<{ changed: boolean }> {
  const step = 'in-transit'
  return inTransaction(deps, async (trx, heartbeat) => {
    const live = (await liveResults(trx, runId)).get(step)
    if (!live) return { changed: true }
    const { run, context } = await prepare(trx, { runId, step, generation: live.generation }, heartbeat)
    await createFound(trx)
    const engine = await deps.engines.rescan()
    const { figures } = await engine(trx, context)
    await merge(trx, run, step, live.generation)
    return { changed: await evidenceDigestOf(trx, runId, step, live.inputDigest, figures) !== live.evidenceDigest }
  }, { keep: false })
}

async function prepare(
  trx: Transaction<Database>, { runId, step, generation }: StepRequest, heartbeat: (progress: string) => void,
): Promise<{ run: Run; context: StepContext }> {
  await lockStep(trx, runId, step)
  const run = await findRun(trx, runId)
  const leagueScope = await findScope(trx, run.league, run.year)
  await holdInput(trx, leagueScope === null ? [run.scopeId] : [run.scopeId, leagueScope])
  const context: StepContext = {
    runId, scopeId: run.scopeId, district: run.district, year: run.year, step, generation, kind: run.kind,
    inputVersion: await inputVersionOf(trx, run.scopeId),
    league: { district: run.league, scopeId: run.withLeague ? leagueScope : null },
    config: await pinnedConfig(trx, run.rulesDigest), heartbeat,
  }
  return { run, context }
}

/** An attempt that outlived its step must not write over what came after it. */
async function refuseSuperseded(trx: Transaction<Database>, runId: number, step: Step, generation: number): Promise<void> {
  const newer = await trx.selectFrom('step_results').select('generation').where('run_id', '=', runId).where('step', '=', step)
    .where('generation', '>', generation).executeTakeFirst()
  if (newer) throw new StepProblem({ code: 'superseded', zh: '该步骤已有更新的一次执行。', en: 'this step has run again since' })
}

/** The result that was approved, if it is still what was approved and rests on input that is still so. */
async function approvedPlan(
  trx: Transaction<Database>, run: Run, generation: number, evidenceDigest: string,
): Promise<{ inputVersion?: number }> {
  const live = (await liveResults(trx, run.runId)).get('carry-forward')
  if (live?.generation === generation && live.evidenceDigest === evidenceDigest && live.inputDigest === await inputDigestOf(
    trx, run, 'carry-forward',
  )) {
    return live.result as { inputVersion?: number }
  }
  throw new StepProblem({
    code: 'evidence-changed', zh: '结转方案已不是审批时的方案，未写入任何数据。',
    en: 'the plan is no longer the one that was approved: nothing was written',
  })
}

/**
 * The carry-forward's plan also finds what belongs to the initialisation (I1–I4, CONTRACT §6). What the step itself found of an
 * earlier new year (I5 on, and T of its trial day) is over with the plan of another one.
 */
async function merge(trx: Transaction<Database>, run: Run, step: Step, generation: number): Promise<void> {
  const scope = { runId: run.runId, district: run.district, year: run.year, generation, step }
  await mergeFound(trx, scope)
  if (step === 'reconcile') await trackDifferences(trx, run, generation)
  if (step === 'carry-forward') await mergeFound(trx, { ...scope, step: 'initialise', rules: '[IT][0-9]+' })
}

async function record(trx: Transaction<Database>, run: Run, what: {
  step: Step; generation: number; inputDigest: string; outcome: StepOutcome; inputVersion: number
}): Promise<StepCheck> {
  const { step, generation, inputDigest, outcome, inputVersion } = what
  const { runId, district } = run
  const evidenceDigest = await evidenceDigestOf(trx, runId, step, inputDigest, outcome.figures)
  const findings = await countFindings(trx, runId, step)
  const open = await openFindings(trx, runId, step)
  await trx.insertInto('step_results').values({
    run_id: runId, step, generation, input_digest: inputDigest, evidence_digest: evidenceDigest,
    result: JSON.stringify({ figures: outcome.figures, findings, inputVersion }),
  }).execute()
  await appendAudit(trx, {
    district, kind: 'step.result', actor: 'system', subject: `${runId}/${step}/${generation}`,
    detail: { inputDigest, evidenceDigest, findings: { ...findings }, open: { ...open }, figures: outcome.figures },
  })
  return { evidenceDigest, findings, open }
}
