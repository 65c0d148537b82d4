/** Input tables (migration 001) as Kysely sees them; keyed and partitioned by scope (district and year). */
import type { ColumnType } from 'kysely'
import type { Element, System } from '../domain/dimensions.ts'

export interface UnitsTable {
  scope_id: number; unit: string; name: string; kind: 'administrative' | 'institution'; parent: string | null; active: boolean
  file_line: number
}
export interface BooksTable {
  scope_id: number; book_id: number; book: string; name: string; system: System; unit: string | null; file_line: number
}
export interface AccountsTable {
  scope_id: number; account_id: number; book_id: number; account: string; name: string; element: Element; side: 'debit' | 'credit'
  dimensions: string[]; leaf: boolean; verified: boolean; file_line: number | null
}
export interface CellsTable {
  scope_id: number; cell_id: number; book_id: number; account_id: number; unit: string; function: string; revenue: string
  economic: string; project: string; fund: string; counterparty: string
}
export interface EntriesTable {
  scope_id: number; cell_id: number; book_id: number; line: number; file_line: number; date: string; posted: boolean
  debit: bigint; credit: bigint; voucher: string; source: string | null; summary: string | null
}
export interface OpeningsTable { scope_id: number; cell_id: number; debit: bigint; credit: bigint; file_line: number }
export interface CellTotalsTable {
  scope_id: number; cell_id: number; opening: bigint; debit: bigint; credit: bigint; entries: bigint; unposted: bigint
}
export interface IndicatorsTable {
  scope_id: number; indicator: string; unit: string | null; function: string | null; economic: string | null
  project: string | null
  fund: string | null; origin_year: number; category: 'basic' | 'project'; amount: bigint; adjusted: bigint; paid: bigint
  occupied: bigint; file_line: number
}
export interface DocumentsTable {
  scope_id: number; type: string; number: string; unit: string | null; indicator: string | null; function: string | null
  project: string | null; fund: string | null; amount: bigint | null; status: string; created_on: string | null
  updated_on: string | null
  counterparty: string | null; reference: string | null; file_line: number
}
export interface StatementsTable {
  scope_id: number; row_id: number; reconciliation: string; party: string | null; reference: string | null; date: string | null
  unit: string | null; function: string | null; revenue: string | null; project: string | null; fund: string | null
  indicator: string | null; amount: bigint; file_line: number
  /** Of statement_files; null for a row of statements.csv. */
  file_id: ColumnType<number | null, number | null | undefined, number | null>
}
export interface SetupItemsTable {
  scope_id: number; row_id: number; table_name: string; code: string; name: string | null; parent: string | null
  value: string | null; active: boolean; file_line: number
}
export interface MappingsTable {
  scope_id: number; row_id: number; table_name: string; old: string; new: string; share: string; file_line: number
}
export interface AssetsTable {
  scope_id: number; row_id: number; asset_no: string | null; unit: string | null; class_code: string | null
  use_status: string | null
  cost: bigint | null; accumulated_depreciation: bigint | null; net_value: bigint | null; booked: boolean | null
  file_line: number
}
export interface AssetReportTable {
  scope_id: number; row_id: number; unit: string; table_name: string; line: string; column_name: string
  value: string | null; prior_value: string | null; file_line: number
}

export interface AssetAnalysisTable { scope_id: number; row_id: number; text: string; file_line: number }

export interface InputTables {
  units: UnitsTable
  books: BooksTable
  accounts: AccountsTable
  cells: CellsTable
  entries: EntriesTable
  openings: OpeningsTable
  cell_totals: CellTotalsTable
  indicators: IndicatorsTable
  documents: DocumentsTable
  statements: StatementsTable
  setup_items: SetupItemsTable
  mappings: MappingsTable
  assets: AssetsTable
  asset_report: AssetReportTable
  asset_analysis: AssetAnalysisTable
}
