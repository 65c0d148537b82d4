/** The projection of a run: what screens, commands and the report read. The workflow decides, this only writes it down. */
import type { Transaction } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import { staleSteps } from '../books/evidence.ts'
import { findRun, inputVersionOf } from '../books/runs.ts'
import { finalOpenings } from '../books/steps/initialise/verify.ts'
import type { Database } from '../books/tables.ts'
import { STEPS } from '../domain/steps.ts'
import { tellCases } from './cases.ts'
import type { BeginResult, FinishRequest, ProjectRequest, StaleResult, StepProjection, VoidRequest } from './contract.ts'
import type { ActivityDeps } from './deps.ts'
import { StepProblem } from './failures.ts'
import { inTransaction } from './heavy.ts'

/** The run has begun: every step stands in the projection. */
export function beginRun(deps: ActivityDeps, { runId }: { runId: number }): Promise<BeginResult> {
  return inTransaction(deps, async (trx) => {
    const run = await findRun(trx, runId)
    await refuseGivenUp(trx, runId)
    await trx.insertInto('step_states').values(STEPS.map((step) => ({ run_id: runId, step, state: 'pending' as const })))
      .onConflict((conflict) => conflict.columns(['run_id', 'step']).doNothing()).execute()
    const reached = await trx.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
      .innerJoin('step_states', 'step_states.run_id', 'runs.run_id').select('runs.run_id')
      .where('district', '=', run.league).where('year', '=', run.year).where('kind', '=', run.kind)
      .where('runs.state', '<>', 'cancelled')
      .where('step_states.step', '=', 'reconcile').where('step_states.generation', '>', 0).executeTakeFirst()
    return { leagueReached: reached !== undefined }
  })
}

/**
 * A run that its starter gave up, because the server did not answer in time, stays given up when the workflow comes to be
 * after all: it ends, and the district can be started anew. A run that is taken up again after its sign-off goes on.
 */
async function refuseGivenUp(trx: Transaction<Database>, runId: number): Promise<void> {
  const run = await trx.selectFrom('runs').select('state').where('run_id', '=', runId).executeTakeFirstOrThrow()
  if (run.state !== 'cancelled') return
  throw new StepProblem({
    code: 'given-up', zh: '该次年结在启动时已被放弃，请重新启动。', en: 'this run was given up while it started: start the district again',
  })
}

/** Writes the steps that changed; a state that a step newly has goes into its history too. */
export function project(deps: ActivityDeps, { runId, at, steps, runState, by }: ProjectRequest): Promise<void> {
  return inTransaction(deps, async (trx) => {
    for (const step of steps) await projectStep(trx, runId, at, step)
    if (!runState) return
    await trx.updateTable('runs').set({ state: runState, ended_at: null }).where('run_id', '=', runId).execute()
    const run = await findRun(trx, runId)
    await appendAudit(trx, {
      district: run.district, kind: `run.${runState}`, actor: by ?? 'system', subject: String(runId), detail: { at },
    })
  })
}

async function projectStep(trx: Transaction<Database>, runId: number, at: string, step: StepProjection): Promise<void> {
  const row = {
    state: step.state, attempt: step.attempt, generation: step.generation, started_at: step.startedAt, ended_at: step.endedAt,
    waiting_on: step.waitingOn, waiting_since: step.waitingSince, deadline: step.deadline, escalation_level: step.escalationLevel,
    evidence_digest: step.evidenceDigest, failure: step.failure ? JSON.stringify(step.failure) : null, updated_at: at,
  }
  const last = await trx.selectFrom('step_history').select(['state', 'generation', 'waiting_on']).where('run_id', '=', runId)
    .where('step', '=', step.step).orderBy('history_id', 'desc').executeTakeFirst()
  await trx.insertInto('step_states').values({ run_id: runId, step: step.step, ...row })
    .onConflict((conflict) => conflict.columns(['run_id', 'step']).doUpdateSet(row)).execute()
  if (last?.state === step.state && last.generation === step.generation && last.waiting_on === step.waitingOn) return
  await trx.insertInto('step_history').values({
    run_id: runId, step: step.step, state: step.state, attempt: step.attempt, generation: step.generation,
    waiting_on: step.waitingOn, at,
  }).execute()
}

/** Which steps rest on something that is no longer so. */
export function findStale(deps: ActivityDeps, { runId }: { runId: number }): Promise<StaleResult> {
  return inTransaction(deps, async (trx) => {
    const run = await findRun(trx, runId)
    return { stale: await staleSteps(trx, run), inputVersion: await inputVersionOf(trx, run.scopeId) }
  })
}

/** Results and approvals of these steps no longer hold; the record keeps them, with the reason. */
export function voidSteps(deps: ActivityDeps, { runId, steps, reason }: VoidRequest): Promise<void> {
  return inTransaction(deps, async (trx) => {
    const run = await findRun(trx, runId)
    const fallen = { void_at: new Date(), void_reason: reason }
    const results = await trx.updateTable('step_results').set(fallen).where('run_id', '=', runId)
      .where((eb) => eb.or(steps.map(({ step, generation }) => eb.and([
        eb('step', '=', step), eb('generation', '<=', generation),
      ]))))
      .where('void_at', 'is', null).returning(['step', 'generation']).execute()
    const approvals = await trx.updateTable('decisions').set(fallen).where('run_id', '=', runId)
      .where('step', 'in', steps.map(({ step }) => step))
      .where('kind', 'in', ['approve', 'reject']).where('accepted', '=', true).where('void_at', 'is', null)
      .returning(['decision_id', 'step', 'actor', 'kind']).execute()
    if (results.length + approvals.length === 0) return
    await appendAudit(trx, {
      district: run.district, kind: 'step.void', actor: 'system', subject: String(runId),
      detail: {
        reason, results: results.map(({ step, generation }) => ({ step, generation })),
        decisions: approvals.map(({ decision_id, step, actor, kind }) => ({ decision: decision_id, step, actor, kind })),
      },
    })
  })
}

/** The run has ended. With the sign-off of a real one the openings of the new year are provisional no more. */
export async function finishRun(deps: ActivityDeps, { runId, state, by }: FinishRequest): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const ended = await trx.updateTable('runs').set({ state, ended_at: new Date() }).where('run_id', '=', runId)
      .where('ended_at', 'is', null).returning('run_id').execute()
    if (ended.length === 0) return
    const run = await findRun(trx, runId)
    await appendAudit(trx, {
      district: run.district, kind: `run.${state}`, actor: by ?? 'system', subject: String(runId),
      detail: { year: run.year, kind: run.kind },
    })
    const openings = state === 'completed' ? await finalOpenings(trx, runId) : null
    if (openings) {
      await appendAudit(trx, {
        district: run.district, kind: 'openings.final', actor: by ?? 'system', subject: String(runId), detail: openings,
      })
    }
  })
  await tellCases(deps, runId)
}
