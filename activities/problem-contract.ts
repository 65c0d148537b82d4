/** What travels between a problem's workflow and its activities. Types only: safe to import from a workflow. */
import type { ProblemState } from '../domain/problems.ts'

/** What the workflow has to know of its problem. `state` is null while there is none: its report was refused. */
export interface ProblemWatch {
  sequence: number
  state: ProblemState | null
  /** When the next alarm is due, milliseconds since the epoch; null when none is. */
  next: number | null
}

/** `now` is the workflow's time, ISO 8601 UTC: the clocks go by it, not by the machine that runs the activity. */
export interface ActRequest { problemId: string; wordId: string; now: string }
export interface ActOutcome { accepted: boolean; refusal?: { code: string; zh: string; en: string } }
/** `notifications`: alarms that another problem's call raised meanwhile, still to be delivered. */
export interface ActResult { outcome: ActOutcome; watch: ProblemWatch; notifications?: readonly string[] }

export interface ProblemAlarmRequest { problemId: string; now: string }
export interface ProblemAlarmResult { notifications: readonly string[]; watch: ProblemWatch }
