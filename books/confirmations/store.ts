/** Writes an accepted confirmation down, with the balance that it is for. */
import { type Transaction, sql } from 'kysely'
import type { ConfirmDecision } from '../../domain/decisions.ts'
import type { Database } from '../tables.ts'

/** Keeps the figures that were confirmed: the run's own move on. */
export async function storeConfirmation(trx: Transaction<Database>, runId: number, word: ConfirmDecision): Promise<void> {
  await sql`
    insert into confirmations (decision_id, reconciliation, party, confirmer, a, b, differences, digest)
    select ${word.decisionId}::uuid, reconciliation, party, ${word.confirmer}::text, a, b, differences, digest from reconciliation_balances
    where run_id = ${runId} and reconciliation = ${word.reconciliation} and party = ${word.party} and digest = ${word.evidenceDigest}`.execute(trx)
}
