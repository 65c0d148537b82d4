/** The step reconcile 对账: every reconciliation of config/reconciliations.yaml, one after the other. */
import { type Transaction, sql } from 'kysely'
import type { StepContext, StepEngine } from '../../../activities/step.ts'
import type { Reconciliation } from '../../../config/schemas/reconciliations.ts'
import { ruleOrder } from '../../../domain/findings.ts'
import { createFound } from '../../findings.ts'
import type { Database } from '../../tables.ts'
import { reconcileBalanced } from './balanced.ts'
import type { ReconciliationFigures } from './figures.ts'
import { finishFindings } from './finish.ts'
import { reconcileKeyed } from './keyed.ts'
import { reconcileLines } from './lines.ts'
import { reconcileVouchers } from './vouchers.ts'

/** Runs every reconciliation; figures are `{ R1: { state, a, b, difference, keys, unequal }, … }`. */
export const reconcile: StepEngine = async (trx, context) => {
  await createFound(trx)
  const figures: Record<string, ReconciliationFigures> = {}
  const all = Object.entries(context.config.reconciliations.reconciliations)
  for (const [number, reconciliation] of all.sort(([one], [other]) => ruleOrder(one)[1] - ruleOrder(other)[1])) {
    context.heartbeat(number)
    figures[number] = await reconcileOne(trx, context, number, reconciliation)
  }
  await foundUndeclared(trx, context, Object.keys(figures))
  await finishFindings(trx, context)
  return { figures }
}

/** Statement rows of a number that is not declared were compared with nothing: said, so that nobody believes they agree. */
async function foundUndeclared(trx: Transaction<Database>, context: StepContext, declared: readonly string[]): Promise<void> {
  await sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', reconciliation, reconciliation || '/undeclared', 'info', null,
      reconciliation || '：对账单有 ' || count(*) || ' 行，但 reconciliations.yaml 未定义此项对账，未核对。',
      reconciliation || ': ' || count(*) || ' statement rows, but reconciliations.yaml declares no such reconciliation: they were not compared.',
      jsonb_build_object('kind', 'undeclared', 'rows', count(*))
    from statements where scope_id = ${context.scopeId} and reconciliation <> all(${declared as string[]}::text[]) group by reconciliation`.execute(trx)
}

/**
 * Memory for one aggregate or sort: both sides of a million lines are grouped without going to disk. Until the transaction ends.
 */
const WORK_MEMORY = '128MB'

/** Runs one reconciliation; its findings go into `found`. */
export async function reconcileOne(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: Reconciliation,
): Promise<ReconciliationFigures> {
  await sql`set local work_mem = ${sql.lit(WORK_MEMORY)}`.execute(trx)
  switch (reconciliation.method) {
    case 'keyed': return reconcileKeyed(trx, context, number, reconciliation)
    case 'lines': return reconcileLines(trx, context, number, reconciliation)
    case 'balanced': return reconcileBalanced(trx, context, number, reconciliation)
    case 'vouchers': return reconcileVouchers(trx, context, number, reconciliation)
    default: return reconciliation satisfies never
  }
}
