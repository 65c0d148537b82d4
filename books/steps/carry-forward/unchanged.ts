/** Planning again what is planned already: a re-check without anything new must not close the books a second time. */
import { sql } from 'kysely'
import type { StepContext, StepOutcome } from '../../../activities/step.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { findLive } from './live.ts'
import type { Trx } from './sql.ts'

/** Findings that stand and that the plan finds. */
const OWN = sql`closed_by is distinct from 'recheck' and (step = 'carry-forward' or step = 'initialise' and rule ~ '^I[1-4]$')`

/**
 * The outcome of the run's own plan when that was made from this very input, with the run's pinned rules, against the
 * generation that is live now: it is handed on to the context's generation, with the findings that came with it in `found`.
 * Null when there is no such plan, or a finding that it was planned past is open again: then everything must be computed.
 * A rehearsal's provisional plan does not count.
 */
export async function unchangedPlan(trx: Trx, context: StepContext): Promise<StepOutcome | null> {
  const live = await findLive(trx, context)
  const { rows: [plan] } = await sql<{ plan_digest: string; totals: { readonly [name: string]: Plain } }>`
    update carry_forwards set generation = ${context.generation}
    where run_id = ${context.runId} and state = 'planned' and not provisional and input_version = ${context.inputVersion}
      and generation < ${context.generation} and replaces is not distinct from ${live}::int
      and not exists (select from findings f where f.run_id = ${context.runId} and severity = 'error' and status = 'open' and ${OWN})
    returning plan_digest, totals`.execute(trx)
  if (!plan) return null
  await sql`
    insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select step, rule, key, severity, amount, message_zh, message_en, facts from findings
    where run_id = ${context.runId} and ${OWN}`.execute(trx)
  return { figures: { written: true, blocking: 0, planDigest: plan.plan_digest, ...plan.totals } }
}
