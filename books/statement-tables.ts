/** Tables of migrations 110 and 111 as Kysely sees them. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type At = ColumnType<Date, Date | string | undefined, Date | string>

/** A file of a bank, the treasury or a unit that was loaded beside statements.csv. */
export interface StatementFilesTable {
  file_id: Generated<number>; scope_id: number; name: string; format: string; sha256: string; reconciliation: string; rows: number
  amount: bigint; first_day: string | null; last_day: string | null
  in_place_of: JSONColumnType<{ reconciliation: string; party: string }[]>
  checked: JSONColumnType<{ totals: number; balances: number }>
  version: number; loaded_by: string; signature: string | null; loaded_at: At; state: 'live' | 'replaced' | 'removed'
  ended_version: number | null; ended_by: string | null
  ended_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
  replaced_by: number | null
}
/** A line (side a) or row (side b) of a match; matches by reference are not stored, see migration 111. Amounts in fen. */
export interface ReconcileMatchesTable {
  run_id: number; reconciliation: string; generation: number; pass: 'date' | 'n:1' | '1:n' | 'n:m'
  state: Generated<'matched' | 'suggested' | 'ambiguous'>
  match_no: number; side: 'a' | 'b'; member: number; key: string; party: string; reference: string; date: string | null
  amount: bigint
  file_line: number | null; file_id: number | null; rivals: Generated<number>
}
export interface StatementTables {
  statement_files: StatementFilesTable; current_importers: { scope_id: number; actor: string }
  reconcile_matches: ReconcileMatchesTable
}
