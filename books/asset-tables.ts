/** The tables of the joint review with the units (migration 150), as Kysely sees them. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type AtNow = ColumnType<Date, Date | string | undefined, Date | string>

export interface AssetRoundsTable {
  scope_id: number; unit: string; round: number; input_version: number; content_digest: string; rows: number
  left_open: JSONColumnType<object>; made_at: AtNow; made_by: string | null
}
export interface AssetBatchesTable {
  batch_id: string; scope_id: number; actor: string; payload: string; signature: string; input_version: number; applied_at: AtNow
}
export interface AssetAnswersTable {
  batch_id: string; unit: string; round: number; finding_id: string; rule: string; corrections: number; explanation: string | null
}
export interface AssetCardsTable {
  card_id: Generated<number>; scope_id: number; row_id: number | null; asset_no: string | null; card_no: string | null
  unit: string | null
  imported: JSONColumnType<object>
}
export type CorrectionEnd = 'corrected-again' | 'adopted' | 'superseded' | 'gone'
export interface AssetCorrectionsTable {
  correction_id: Generated<bigint>; card_id: number; batch_id: string; card_version: number; field: string
  imported_value: string | null; old_value: string | null; new_value: string | null; reason: string; finding_id: string
  rule: string; round: number
  ended_because: CorrectionEnd | null; ended_version: number | null; ended_value: string | null
}
export interface AssetHealthPointsTable {
  run_id: number; generation: number; input_version: number; unit: string; family: string
  cards: number; sound: number; clean: number; errors: number; warnings: number; infos: number
}

export interface AssetTables {
  asset_rounds: AssetRoundsTable
  asset_batches: AssetBatchesTable
  asset_answers: AssetAnswersTable
  asset_cards: AssetCardsTable
  asset_corrections: AssetCorrectionsTable
  asset_health_points: AssetHealthPointsTable
}
