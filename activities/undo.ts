/** The undo as an effect, what a signed-off run is taken up from, and the watch on late changes. */
import { type Transaction, sql } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import { createFound, mergeFound } from '../books/findings.ts'
import { findRun, holdInput, lockStep } from '../books/runs.ts'
import { type LateChange, isLocked, lateChanges, undoStanding } from '../books/undo.ts'
import type { Database } from '../books/tables.ts'
import { STEPS } from '../domain/steps.ts'
import { effectKey } from '../workflows/ids.ts'
import type { Recalled, RecalledUndo, StepProjection, UndoRequest, UndoWaitProjection } from './contract.ts'
import type { ActivityDeps } from './deps.ts'
import { inTransaction } from './heavy.ts'
import { runOnce } from './once.ts'

/**
 * Takes the carry-forward in force back, once for each approved request: reversal entries, both kept.
 * @throws ApplicationFailure, not retryable, when nothing is in force or the reversal does not cancel out
 */
export function undoCarryForward(
  deps: ActivityDeps, { runId, generation, requestId, reason }: UndoRequest,
): Promise<{ entries: number }> {
  const step = 'carry-forward'
  return inTransaction(deps, async (trx) => {
    await lockStep(trx, runId, step)
    const run = await findRun(trx, runId)
    return runOnce(trx, effectKey(runId, step, generation, `undo/${requestId}`), { runId, generation, requestId }, async () => {
      const undo = await deps.engines.undo()
      const { carryId, entries } = await undo(trx, run, reason)
      await appendAudit(trx, {
        district: run.district, kind: 'carry-forward.undone', actor: 'system', subject: `${runId}/${step}/${generation}`,
        detail: { carryId, entries, requestId, reason },
      })
      return { entries }
    })
  })
}

/** The steps of a run as the projection holds them, and the request for an undo that stands. */
export function recall(deps: ActivityDeps, { runId }: { runId: number }): Promise<Recalled> {
  return inTransaction(deps, async (trx) => {
    const iso = (at: Date | null) => at?.toISOString() ?? null
    const rows = await trx.selectFrom('step_states').selectAll().where('run_id', '=', runId).execute()
    const steps = rows.map((row): StepProjection => ({
      step: row.step, state: row.state, attempt: row.attempt, generation: row.generation, startedAt: iso(row.started_at),
      endedAt: iso(row.ended_at),
      waitingOn: null, waitingSince: null, deadline: null, escalationLevel: 0, evidenceDigest: row.evidence_digest, failure: null,
    }))
    return { steps: steps.sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step)), undo: await recallUndo(trx, runId) }
  })
}

/** The request that stands; null without one. Alarms of its present wait are those that came due in it. */
async function recallUndo(trx: Transaction<Database>, runId: number): Promise<RecalledUndo | null> {
  const standing = await undoStanding(trx, runId)
  const row = await trx.selectFrom('undo_requests').selectAll().where('run_id', '=', runId).where('closed_at', 'is', null)
    .executeTakeFirst()
  if (!row || standing?.request?.decisionId !== row.request_id) return null
  const { raised } = await trx.selectFrom('notifications').select(({ fn }) => fn.countAll<bigint>().as('raised'))
    .where('undo_request', '=', row.request_id).where('due_at', '>', row.waiting_since).executeTakeFirstOrThrow()
  return {
    requestId: row.request_id, approvals: standing.approvers.length, waitingOn: row.waiting_on,
    waitingSince: row.waiting_since.toISOString(), raised: Number(raised),
  }
}

/** Writes down the wait of an undo that was asked for, and how it ended. */
export function projectUndo(
  deps: ActivityDeps, { runId, requestId, state, waitingOn, waitingSince, deadline }: UndoWaitProjection,
): Promise<void> {
  return inTransaction(deps, async (trx) => {
    const row = {
      state, waiting_on: waitingOn, waiting_since: waitingSince, deadline, escalation_level: 0,
      closed_at: state === 'open' ? null : new Date(),
    }
    await trx.insertInto('undo_requests').values({ request_id: requestId, run_id: runId, ...row })
      .onConflict((conflict) => conflict.column('request_id').doUpdateSet(row)).execute()
  })
}

/**
 * Looks whether the input of a signed-off year still says what the carry-forward in force was made from.
 * A difference is finding LATE of the carry-forward, one for each file; it reopens nothing.
 */
export function watchLate(deps: ActivityDeps, { runId }: { runId: number }): Promise<{ late: number }> {
  return inTransaction(deps, async (trx) => {
    const run = await findRun(trx, runId)
    if (run.state !== 'completed' || await isLocked(trx, runId)) return { late: 0 }
    await holdInput(trx, [run.scopeId])
    const standing = await undoStanding(trx, runId)
    if (!standing) return { late: 0 }
    const late = await lateChanges(trx, run)
    await createFound(trx)
    for (const change of late) await tell(trx, change)
    await mergeFound(trx, {
      runId, district: run.district, year: run.year, generation: standing.generation, step: 'carry-forward', rules: 'LATE',
    })
    if (late.length > 0) {
      await appendAudit(trx, {
        district: run.district, kind: 'late-change', actor: 'system', subject: String(runId),
        detail: { changes: late.map((change) => ({ ...change })) },
      })
    }
    return { late: late.length }
  })
}

async function tell(trx: Parameters<typeof createFound>[0], { file, fromVersion, version, digest }: LateChange): Promise<void> {
  const zh = `签署归档后 ${file} 又有变化（第 ${version} 版，结转依据第 ${fromVersion} 版）。结转未受影响：需要更正时申请撤销（nianjie undo），否则锁定时说明理由。`
  const en = `${file} changed after the sign-off (version ${version}; the carry-forward rests on version ${fromVersion}). Nothing was reopened: ask for an undo (nianjie undo) to correct it, or lock the year with the reason.`
  await sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    values ('carry-forward', 'LATE', ${file}, 'warning', null, ${zh}, ${en}, ${JSON.stringify({ file, fromVersion, version, digest })}::jsonb)`.execute(trx)
}
