/** The tables as Kysely sees them. Amounts are fen; dates ISO text; numerics text. Input tables are in `input-tables.ts`. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { WordAction } from '../domain/differences.ts'
import type { FindingStatus, Severity } from '../domain/findings.ts'
import type { RunKind, RunState, Step, StepState } from '../domain/steps.ts'
import type { AssetTables } from './asset-tables.ts'
import type { CaseTables } from './case-tables.ts'
import type { DifferenceTables } from './differences/tables.ts'
import type { MonthlyTables } from './monthly/tables.ts'
import type { ConfirmationTables } from './confirmation-tables.ts'
import type { InputTables } from './input-tables.ts'
import type { ServiceTables } from './service/tables.ts'
import type { StatementTables } from './statement-tables.ts'
import type { ProblemTables } from './problem-tables.ts'
import type { TrialTables } from './trial-tables.ts'

type Json<T extends object> = JSONColumnType<T>
type At = ColumnType<Date, Date | string, Date | string>
/** JSON that the database fills in where nothing is given. */
type Defaulted<T> = ColumnType<T, string | undefined, string>
type AtNow = ColumnType<Date, Date | string | undefined, Date | string>

export interface ScopesTable { scope_id: Generated<number>; district: string; year: number }
export interface InputVersionsTable {
  scope_id: number; version: number; digest: string; imported_at: AtNow; imported_by: string | null; changes: Json<object>
  origin: Generated<'folder' | 'statement' | 'correction'>; folder_digest: string | null
}
export interface InputFilesTable {
  scope_id: number; version: number; file: string; path: string; sha256: string; content_digest: string; rows: bigint
}
export interface RulePacksTable { digest: string; content: Json<object>; stored_at: AtNow }
export interface RunsTable {
  run_id: Generated<number>; scope_id: number; kind: RunKind; workflow_id: string; state: RunState; rules_digest: string
  with_league: boolean; league: string; started_by: string | null; started_at: AtNow; ended_at: At | null
}
export interface StepStatesTable {
  run_id: number; step: Step; state: StepState; attempt: Generated<number>; generation: Generated<number>
  started_at: At | null; ended_at: At | null; waiting_on: string | null; waiting_since: At | null; deadline: At | null
  escalation_level: Generated<number>; evidence_digest: string | null; failure: Json<object> | null; updated_at: AtNow
}
export interface StepHistoryTable {
  history_id: Generated<bigint>; run_id: number; step: Step; state: StepState; attempt: number; generation: number
  waiting_on: string | null; at: At
}
export interface EffectsTable { effect_key: string; input_hash: string; result: Json<object>; created_at: AtNow }
export interface StepResultsTable {
  run_id: number; step: Step; generation: number; input_digest: string; evidence_digest: string; result: Json<object>
  created_at: AtNow; void_at: At | null; void_reason: string | null
}
export interface FindingsTable {
  run_id: number; finding_id: string; step: Step; rule: string; key: string; severity: Severity; amount: bigint | null
  status: FindingStatus; message_zh: string; message_en: string; facts: Json<object>; content_digest: string
  opened_generation: number; seen_generation: number; opened_at: AtNow; closed_at: At | null; closed_by: string | null
  decision_id: string | null
}
export type DecisionKind = 'approve' | 'reject' | 'findings' | 'undo' | 'approve-undo' | 'reject-undo' | 'control' | 'confirm'
export interface DecisionsTable {
  decision_id: string; run_id: number; kind: DecisionKind; step: Step | null; actor: string; payload: string; signature: string
  evidence_digest: string | null; submitted_at: AtNow; judged_at: At | null; accepted: boolean | null
  refusal_code: string | null; refusal_zh: string | null; refusal_en: string | null; void_at: At | null
  void_reason: string | null
}
export interface FindingDecisionsTable {
  decision_id: string; finding_id: string; action: WordAction; comment: string; content_digest: string
  difference_kind: string | null; owner: string | null; evidence_sha256: string | null; evidence_name: string | null
}
/** Of a run's step, or of a problem's clock: either has run, step and generation, or problem, clock and sequence. */
export interface NotificationsTable {
  notification_id: string; run_id: number | null; step: Step | null; generation: number | null
  kind: 'reminder' | 'escalation' | 'done' | 'failure' | 'breach'
  level: number; to_roles: string[]; due_at: At; created_at: AtNow; message_zh: string; message_en: string
  seen_by: string | null; seen_at: At | null; about_cases: Generated<boolean>; undo_request: string | null
  problem_id: string | null; clock: 'response' | 'resolution' | null; sequence: number | null
  to_people: Defaulted<readonly { name: string; email?: string; phone?: string }[]>
  answered_by: string | null; answered_at: At | null
}
/** The wait of an undo that was asked for; `request_id` is the decision that asked. */
export interface UndoRequestsTable {
  request_id: string; run_id: number; state: 'open' | 'approved' | 'rejected' | 'fallen'; waiting_on: string; waiting_since: At
  deadline: At; escalation_level: Generated<number>; closed_at: At | null
}
export interface DeliveriesTable {
  delivery_id: Generated<bigint>; notification_id: string; channel: string; target: string; attempt: number
  state: 'sent' | 'failed' | 'void'; at: AtNow; error: string | null
}
export interface CarryForwardsTable {
  carry_id: Generated<number>; run_id: number; scope_id: number; generation: number; rehearsal: boolean
  state: 'planned' | 'live' | 'reversed' | 'discarded'; provisional: Generated<boolean>
  input_version: number; plan_digest: string; totals: Json<object>; proof: Json<object> | null; replaces: number | null
  planned_at: AtNow; live_at: At | null; reversed_at: At | null; reversed_because: string | null
  written_in: string | null; written_rows: number | null; written_digest: string | null
}
export interface CarryRulesTable {
  carry_id: number; rule_no: number; rule: string; system: string; name_zh: string; name_en: string; source: string
}
interface DimensionColumns {
  unit: string; function: string; revenue: string; economic: string; project: string; fund: string; counterparty: string
}
export interface ClosingEntriesTable extends DimensionColumns {
  carry_id: number; rule_no: number; rule: string; book: string; account: string; debit: bigint; credit: bigint
  reversal: Generated<boolean>; cell_id: number | null
}
export interface OpeningBalancesTable extends DimensionColumns {
  carry_id: number; book: string; account: string; balance: bigint; cell_id: number | null
}
export interface IndicatorDispositionsTable {
  carry_id: number; indicator: string; remaining: bigint; disposition: 'carry' | 'surplus'; amount: bigint
  reason_zh: string; reason_en: string; overridden: Generated<boolean>
}
export interface NewIndicatorsTable {
  carry_id: number; indicator: string; unit: string | null; function: string | null; economic: string | null
  project: string | null
  fund: string | null; origin_year: number; category: string; amount: bigint; source: string
}
export interface NewSetupItemsTable {
  run_id: number; generation: number; table_name: string; code: string; name: string | null; parent: string | null
  value: string | null
  treatment: string; change: 'same' | 'added' | 'dropped' | 'renamed' | 'changed'; changed: boolean; live: boolean
  source_code: string | null; old_name: string | null; old_parent: string | null; old_value: string | null
}
export interface NewPeriodsTable { run_id: number; generation: number; period: string; starts_on: string; ends_on: string }
export interface CarriedDocumentsTable {
  run_id: number; type: string; number: string; new_number: string; unit: string | null; amount: bigint
  decision_id: string | null
}
export interface AuditEventsTable {
  district: string; sequence: bigint; at: At; kind: string; actor: string; subject: string; detail: string; previous_hash: string
  hash: string
}

export interface Database extends InputTables, ConfirmationTables, MonthlyTables, AssetTables, TrialTables, DifferenceTables, CaseTables, ProblemTables, StatementTables, ServiceTables {
  scopes: ScopesTable
  input_versions: InputVersionsTable
  input_files: InputFilesTable
  rule_packs: RulePacksTable
  runs: RunsTable
  step_states: StepStatesTable
  step_history: StepHistoryTable
  effects: EffectsTable
  step_results: StepResultsTable
  findings: FindingsTable
  decisions: DecisionsTable
  finding_decisions: FindingDecisionsTable
  notifications: NotificationsTable
  undo_requests: UndoRequestsTable
  deliveries: DeliveriesTable
  carry_forwards: CarryForwardsTable
  carry_rules: CarryRulesTable
  closing_entries: ClosingEntriesTable
  opening_balances: OpeningBalancesTable
  indicator_dispositions: IndicatorDispositionsTable
  new_indicators: NewIndicatorsTable
  new_setup_items: NewSetupItemsTable
  new_periods: NewPeriodsTable
  carried_documents: CarriedDocumentsTable
  'audit.events': AuditEventsTable
}
