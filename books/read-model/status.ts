/** Progress of all districts, as `status --json` shows it (CONTRACT §4). */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { DistrictForecast, TrackRecord } from '../../domain/forecast.ts'
import { type FindingCounts, NO_FINDINGS } from '../../domain/findings.ts'
import { type RunKind, type RunState, STEPS, type Step, type StepState } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'
import { PROBLEM_COUNTS, type ProblemCounts, problemCountsFrom } from '../problems/counts.ts'
import { type UndoWait, type UndoWaitRow, undoWaitFrom, undoWaitOf } from './undo-wait.ts'
import type { ConfirmationCounts } from '../confirmations/read.ts'
import { currentRuns, type Look, STEP_REACHED } from './current.ts'

/** Times are ISO 8601 UTC. */
export interface StepStatus {
  step: Step
  state: StepState
  attempt: number
  startedAt: string | null
  endedAt: string | null
  findings: FindingCounts
  waitingOn: string | null
  deadline: string | null
  escalationLevel: number
  /** Why it failed or was sent back; null while nothing stands against it. */
  failure: StepFailure | null
}
/** `code` is for machines: `rejected`, or what the step's failure is called. */
export interface StepFailure { code: string; zh: string; en: string }
export interface DistrictStatus {
  code: string
  /** Chinese, whatever the language of the user: machines read this. */
  name: string
  nameEn: string
  kind: RunKind
  /** `pending`: input is there, nothing was started. */
  state: RunState | 'pending'
  /** Approved steps of all steps, rounded down. */
  percent: number
  startedAt: string | null
  endedAt: string | null
  /** Of the new year's openings: final once the real run is signed off. Absent while nothing is carried forward. */
  openings?: 'provisional' | 'final'
  steps: StepStatus[]
  /** Confirmations of the reconciliations, where they were asked for (`nianjie status`). */
  confirmations?: ConfirmationCounts
  /** An undo of the carry-forward that was asked for and waits for the word of others. */
  undo?: UndoWait
  /** Problems of users that are not resolved; absent without any. */
  problems?: ProblemCounts
  /** When it will be done, of a district that is under way (`nianjie status`). */
  forecast?: DistrictForecast
}
export interface Status {
  year: number
  state: RunState | 'pending'
  districts: DistrictStatus[]
  /** How often such forecasts came true (`nianjie status`). */
  trackRecord?: readonly TrackRecord[]
}

/** District names by code, from config/districts.yaml. */
export type DistrictNames = ReadonlyMap<string, { zh: string; en: string }>

/** A step of a district as the database gives it; the step's columns are null where nothing was started. */
export interface StatusRow {
  district: string; run_id: number | null; kind: RunKind | null; run_state: RunState | null; run_started_at: string | null; run_ended_at: string | null
  step: Step | null; state: StepState | null; attempt: number | null; generation: number | null; started_at: string | null; ended_at: string | null
  waiting_on: string | null; waiting_since: string | null; deadline: string | null; escalation_level: number | null
  evidence_digest: string | null; failure: { code?: string; zh?: string; en?: string; message?: string } | null
  error: number | null; warning: number | null; info: number | null; open: number | null
  /** A carry-forward is in force. */
  carried?: boolean
  undo?: UndoWaitRow | null
  problems?: ProblemCounts | null
}

/** The rows of {@link StatusRow}; expects `current` (see `currentRuns`) as a common table expression. */
export const STATUS_ROWS: RawBuilder<StatusRow> = sql<StatusRow>`
  select c.district, c.run_id, c.kind, c.run_state, c.started_at as run_started_at, c.ended_at as run_ended_at,
    t.step, t.state, t.attempt, t.generation, t.started_at, t.ended_at, t.waiting_on, t.waiting_since, t.deadline,
    t.escalation_level, t.evidence_digest, t.failure, n.error, n.warning, n.info, n.open,
    exists (select from carry_forwards f where f.run_id = c.run_id and f.state = 'live') as carried, ${undoWaitOf('c')} as undo, ${PROBLEM_COUNTS} as problems
  from current c
  left join step_states t on t.run_id = c.run_id
  left join (
    select run_id, step, count(*) filter (where severity = 'error')::int as error,
      count(*) filter (where severity = 'warning')::int as warning, count(*) filter (where severity = 'info')::int as info,
      count(*) filter (where status = 'open')::int as open
    from findings f where run_id in (select run_id from current) and closed_by is distinct from 'recheck' and ${STEP_REACHED}
    group by run_id, step) n on n.run_id = t.run_id and n.step = t.step
  order by c.district collate "C"`

/** The status of a year. Districts without a run and without input are left out. */
export async function readStatus(db: Kysely<Database>, look: Look, names: DistrictNames): Promise<Status> {
  const { rows } = await sql<StatusRow>`with current as (${currentRuns(look)}) ${STATUS_ROWS}`.execute(db)
  return statusOf(look.year, rows, names)
}

/** Builds the status from the rows, each step of each district present. */
export function statusOf(year: number, rows: readonly StatusRow[], names: DistrictNames): Status {
  const byDistrict = Map.groupBy(rows, (row) => row.district)
  const districts = [...byDistrict].map(([code, own]) => districtOf(code, own, names))
  return { year, state: stateOf(districts), districts }
}

function districtOf(code: string, rows: readonly StatusRow[], names: DistrictNames): DistrictStatus {
  const first = rows[0]!
  const undo = undoWaitFrom(first.undo)
  const steps = STEPS.map((step) => stepOf(step, rows.find((row) => row.step === step)))
  const approved = steps.filter((step) => step.state === 'approved').length
  return {
    code,
    name: names.get(code)?.zh ?? code,
    nameEn: names.get(code)?.en ?? code,
    kind: first.kind ?? 'real',
    state: first.run_state ?? 'pending',
    percent: Math.floor((approved * 100) / STEPS.length),
    startedAt: isoTime(first.run_started_at),
    endedAt: isoTime(first.run_ended_at),
    ...(first.carried ? {
      openings: first.kind === 'real' && first.run_state === 'completed' ? 'final' as const : 'provisional' as const,
    } : {}),
    steps,
    ...(undo && { undo }),
    ...(first.problems && { problems: problemCountsFrom(first.problems) }),
  }
}

function stepOf(step: Step, row: StatusRow | undefined): StepStatus {
  // What is done or was called off waits for nobody, whatever it waited for last.
  const waits = row?.state !== 'approved' && row?.state !== 'cancelled'
  return {
    step,
    state: row?.state ?? 'pending',
    attempt: row?.attempt ?? 0,
    startedAt: isoTime(row?.started_at),
    endedAt: isoTime(row?.ended_at),
    findings: row?.error == null
      ? NO_FINDINGS
      : { error: row.error, warning: row.warning ?? 0, info: row.info ?? 0, open: row.open ?? 0 },
    waitingOn: waits ? row?.waiting_on ?? null : null,
    deadline: waits ? isoTime(row?.deadline) : null,
    escalationLevel: row?.escalation_level ?? 0,
    failure: failureOf(row?.failure ?? null),
  }
}

/** A failure as the step's row holds it. */
export function failureOf(failure: StatusRow['failure']): StepFailure | null {
  if (!failure) return null
  const plain = failure.message ?? failure.code ?? JSON.stringify(failure)
  return { code: failure.code ?? 'failed', zh: failure.zh ?? plain, en: failure.en ?? plain }
}

/** A year is running while any district is; what was never started does not count once something was. */
function stateOf(districts: readonly DistrictStatus[]): Status['state'] {
  const states = new Set(districts.map((district) => district.state))
  for (const state of ['running', 'paused', 'completed', 'cancelled'] as const) if (states.has(state)) return state
  return 'pending'
}

/** ISO 8601 UTC with milliseconds, from what the driver or JSON gives. */
export function isoTime(value: Date | string | null | undefined): string | null {
  return value == null ? null : new Date(value).toISOString()
}
