/** The protocol of trial days (migration 140) as Kysely sees it. */
export type TrialResult = 'passed' | 'failed' | 'not-tried'

export interface TrialDocumentsTable {
  run_id: number; generation: number; place: number; class: string; day: string; number: string | null; unit: string | null
  indicator: string | null; amount: bigint; result: TrialResult
}
export interface TrialChecksTable {
  run_id: number; generation: number; class: string; check_id: string; name: string; result: TrialResult; zh: string; en: string
}
export interface TrialTables { trial_documents: TrialDocumentsTable; trial_checks: TrialChecksTable }
