/** Tables of migration 130 as Kysely sees them: cases of documents, defaults, receipts, instructions, monthly checks. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type At = ColumnType<Date, Date | string, Date | string>
type AtNow = ColumnType<Date, Date | string | undefined, Date | string>

export interface DocumentCasesTable {
  run_id: number; finding_id: string; type: string; number: string; cut_off: At; opened_at: At; level: Generated<number>
  next_at: At | null; settled_at: At | null; outcome: string | null
}
export interface DocumentDefaultsTable {
  default_id: string; scope_id: number; kind: 'approve' | 'withdraw'; target: string | null; type: string; number: string
  action: 'void' | 'return' | 'carry'; comment: string; actor: string; payload: string; signature: string; submitted_at: AtNow
  judged_at: At | null; accepted: boolean | null; refusal_code: string | null; refusal_zh: string | null
  refusal_en: string | null
  withdrawn_at: At | null; withdrawn_by: string | null
}
export interface CaseFiringsTable {
  decision_id: string; run_id: number; default_id: string; attempt: number; findings: number; fired_at: At; sent_at: At | null
}
export interface DocumentReceiptsTable {
  scope_id: number; type: string; number: string; outcome: 'completed' | 'returned'; reference: string; actor: string
  decision_id: string; received_at: AtNow
}
export interface InstructionsTable {
  scope_id: number; instruction: string; sequence: number; format: string; file: string; sha256: string; lines: number
  input_version: number; exported_by: string; exported_at: AtNow
}
export interface InstructionLinesTable {
  scope_id: number; sequence: number; line: number; type: string; number: string; action: string; target: string
  status_then: string; decision_id: string; fields: JSONColumnType<object>
}
export interface InTransitChecksTable {
  scope_id: number; checked_for: At; checked_at: At; input_version: number; figures: JSONColumnType<object>
}

export interface CaseTables {
  document_cases: DocumentCasesTable
  document_defaults: DocumentDefaultsTable
  case_firings: CaseFiringsTable
  document_receipts: DocumentReceiptsTable
  instructions: InstructionsTable
  instruction_lines: InstructionLinesTable
  in_transit_checks: InTransitChecksTable
}
