/** The tables of the confirmations of reconciliations, as Kysely sees them. Amounts are fen. */
export interface ReconciliationBalancesTable {
  run_id: number; reconciliation: string; party: string; generation: number; state: string; a: bigint; b: bigint
  differences: number; digest: string
}
export interface ConfirmationsTable {
  decision_id: string; reconciliation: string; party: string; confirmer: string; a: bigint; b: bigint; differences: number
  digest: string
}
export interface ConfirmationTables {
  reconciliation_balances: ReconciliationBalancesTable
  confirmations: ConfirmationsTable
}
