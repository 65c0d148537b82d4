/** The step in-transit 在途单据检查: every document that is not final, with what is to be done about it. */
import { type Transaction, sql } from 'kysely'
import type { StepContext, StepEngine } from '../../../activities/step.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { createFound } from '../../findings.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import { documentsInTransit } from './select.ts'

/**
 * One finding for each document in transit: rule = its type, key = `TYPE/number`, amount = the document's, null when it gives
 * none.
 * Figures: counts and sums in all, by type and by unit; how many are in doubt at the bank; how many block.
 */
export const scanInTransit: StepEngine = async (trx, context) => {
  await createFound(trx)
  await sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts) ${documentsInTransit(context)}`.execute(trx)
  const { rows } = await sql<{ documents: number; blocking: number; in_doubt: number; amount: string; settled: number }>`
    select count(*)::int as documents, count(*) filter (where severity = 'error')::int as blocking,
      count(*) filter (where (facts->>'inDoubt')::boolean)::int as in_doubt, ${yuanText(sql`coalesce(sum(amount), 0)`)} as amount,
      (select count(*)::int from documents d where d.scope_id = ${context.scopeId}
        and d.status = any(${context.config.documents.final as string[]}::text[])) as settled
    from found`.execute(trx)
  const all = rows[0]!
  return {
    figures: {
      documents: all.documents, settled: all.settled, blocking: all.blocking, inDoubt: all.in_doubt, amount: all.amount,
      byType: await groupFigures(trx, 'type'), byUnit: await groupFigures(trx, 'unit'),
    },
  }
}

/** `{ PAY_CERT: { count: 3, amount: '1200.00' } }`, groups in code point order; '' stands for a document without a unit. */
async function groupFigures(trx: Transaction<Database>, fact: 'type' | 'unit'): Promise<Record<string, Plain>> {
  const { rows } = await sql<{ name: string; count: number; amount: string }>`
    select name, count(*)::int as count, ${yuanText(sql`coalesce(sum(amount), 0)`)} as amount
    from (select coalesce(facts->>${fact}, '') as name, amount
      from found) f group by name order by name collate "C"`.execute(trx)
  return Object.fromEntries(rows.map(({ name, count, amount }) => [name, { count, amount }]))
}

/** A blocking document that no decision of this run covers as it stands now. */
export interface LateDocument { rule: string; key: string; amount: bigint | null; messageZh: string; messageEn: string }

/**
 * Names the blocking documents that came, or changed, after they were last decided.
 * @param cap how many are named at most
 * @returns how many there are, and the first of them by rule and key; `count` 0 means that the carry-forward may go on
 */
export async function lateDocuments(
  trx: Transaction<Database>, context: StepContext, cap = 20,
): Promise<{ count: number; documents: readonly LateDocument[] }> {
  const { rows } = await sql<LateDocument & { total: number }>`
    select n.rule, n.key, n.amount, n.message_zh as "messageZh", n.message_en as "messageEn", count(*) over ()::int as total
    from (${documentsInTransit(context)}) n
    where n.severity = 'error' and not exists (
      select from findings f where f.run_id = ${context.runId} and f.step = 'in-transit' and f.rule = n.rule and f.key = n.key
        and f.status <> 'open' and f.closed_by is distinct from 'recheck' and f.facts = n.facts and f.amount is not distinct
          from n.amount)
    order by n.rule collate "C", n.key collate "C" limit ${cap}`.execute(trx)
  return { count: rows[0]?.total ?? 0, documents: rows.map(({ total: _total, ...document }) => document) }
}
