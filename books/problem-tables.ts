/** The tables of problems as Kysely sees them (migration 160). */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Clock, Measure, Promises } from '../domain/clocks.ts'
import type { Channel, EventAction, ProblemAction, ProblemKind, ProblemState } from '../domain/problems.ts'

type At = ColumnType<Date, Date | string, Date | string>
type AtNow = ColumnType<Date, Date | string | undefined, Date | string>

/** The projection: a fold of the events. */
export interface ProblemsTable {
  problem_id: string; district: string; user_name: string; channel: Channel; kind: ProblemKind; body: string
  called_at: At; opened_at: At; opened_by: string; clock_from: At; window_year: number | null; rules: JSONColumnType<Promises>
  state: ProblemState; sequence: number; assignee: string | null; waiting_on: string | null; waiting_since: At | null; waiting_reason: string | null
  response_due: At | null; responded_at: At | null; responded_by: string | null
  resolution_due: At | null; resolution_measure: Measure | null; resolved_at: At | null; confirmed_by: string | null
  /** Milliseconds that the shown clock has stood still, and since when it does now. */
  paused_ms: Generated<bigint>; paused_since: At | null
  alarm_level: Generated<number>; calling: Generated<string[]>; calling_since: At | null; updated_at: AtNow
  /** When its next alarm is due. */
  next_alarm: At | null
}
export interface ProblemWordsTable {
  word_id: string; problem_id: string; action: ProblemAction; actor: string; payload: string; signature: string
  entry_key: string | null
  submitted_at: AtNow; judged_at: At | null; accepted: boolean | null
  refusal_code: string | null; refusal_zh: string | null; refusal_en: string | null
}
/** Appended only; the database refuses anything else. `party`: whose minutes run from here on, null after the resolution. */
export interface ProblemEventsTable {
  problem_id: string; sequence: number; at: At; recorded_at: AtNow; action: EventAction; actor: string; word_id: string | null
  party: string | null; detail: JSONColumnType<{ readonly [name: string]: unknown }>
}
export interface ProblemBreachesTable {
  problem_id: string; clock: Clock; due_at: At; district: string; user_name: string; party: string; recorded_at: At
  withdrawn_at: At | null; withdrawn_by: string | null
}
export interface ProblemLinksTable {
  problem_id: string; run_id: number; step: string; generation: number; finding_id: string | null; step_state: string | null
  linked_at: At
}

export interface ProblemTables {
  problems: ProblemsTable
  problem_words: ProblemWordsTable
  problem_events: ProblemEventsTable
  problem_breaches: ProblemBreachesTable
  problem_links: ProblemLinksTable
}
