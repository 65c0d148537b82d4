/** Receipts 回单 of banks and the treasury: one for each document, with the number that proves it. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { WordOnFinding } from '../../domain/decisions.ts'
import type { Run } from '../runs.ts'
import type { Database } from '../tables.ts'

export interface StoredReceipt {
  type: string; number: string; outcome: 'completed' | 'returned'; reference: string; actor: string; receivedAt: string
}

/** The receipts of these documents (`TYPE/number`) of a district and year. */
export async function receiptsOf(
  db: Kysely<Database>, scopeId: number, keys: readonly string[],
): Promise<Map<string, StoredReceipt>> {
  const { rows } = await sql<Omit<StoredReceipt, 'receivedAt'> & { received_at: Date }>`
    select type, number, outcome, reference, actor, received_at from document_receipts
    where scope_id = ${scopeId} and type || '/' || number = any(${[...keys]}::text[])`.execute(db)
  return new Map(rows.map(({ received_at, ...row }) => [
    `${row.type}/${row.number}`, { ...row, receivedAt: received_at.toISOString() },
  ]))
}

/** Writes the receipts of an accepted decision down. @throws when a document has one already: entered by two at the same time */
export async function storeReceipts(
  trx: Transaction<Database>, run: Run, decision: { decisionId: string; actor: string }, words: readonly WordOnFinding[],
): Promise<void> {
  const receipts = words.flatMap(({ id, receipt }) => (receipt ? [
    { id, outcome: receipt.outcome, reference: receipt.reference },
  ] : []))
  if (receipts.length === 0) return
  await sql`
    insert into document_receipts (scope_id, type, number, outcome, reference, actor, decision_id)
    select ${run.scopeId}, f.rule, substr(f.key, length(f.rule) + 2), w.outcome, w.reference, ${decision.actor}, ${decision.decisionId}::uuid
    from jsonb_to_recordset(${JSON.stringify(receipts)}::jsonb) as w(id text, outcome text, reference text)
    join findings f on f.run_id = ${run.runId} and f.finding_id = w.id`.execute(trx)
}
