/** The tables of the life of a difference; see migration 120. */
import type { ColumnType, Generated } from 'kysely'

type AtNow = ColumnType<Date, Date | string | undefined, Date | string>

export interface DifferencesTable {
  scope_id: number; finding_id: string; rule: string; key: string; first_seen_at: AtNow; owner: string | null
}
export interface DifferenceEventsTable {
  event_id: Generated<bigint>; scope_id: number; finding_id: string; run_id: number; generation: number; at: AtNow
  what: 'seen' | 'changed' | 'gone' | 'back'; amount: bigint | null; content_digest: string | null
}
export interface EvidenceFilesTable { sha256: string; size: number; content: Buffer; stored_at: AtNow; stored_by: string | null }

export interface StatementOpeningsTable { run_id: number; reconciliation: string; party: string; opening: bigint }

export interface DifferenceTables {
  differences: DifferencesTable
  difference_events: DifferenceEventsTable
  evidence_files: EvidenceFilesTable
  statement_openings: StatementOpeningsTable
}
