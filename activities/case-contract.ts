/**
 * What travels between the workflow of cases and its activities: ids, counts, times. Types only: safe to import from a workflow.
 */

export interface CasesRequest { district: string; year: number; /** The workflow's time, ISO 8601 UTC. */ at: string }

export interface CasesTended {
  /** Cases that are not settled; 0 also when no real year-end is live there. */
  open: number
  /** When the next of them needs something, ISO 8601 UTC; null when only news can change anything. */
  nextAt: string | null
  /** Alarms to deliver. */
  notifications: readonly string[]
  /** Signed words on defaults that nobody has judged yet: their update got lost on the way. */
  words: readonly string[]
  /** Decisions of defaults to bring to the district. */
  decisions: readonly string[]
  workflowId: string
}

export interface SubmitFiringRequest { workflowId: string; decisionId: string }
export interface JudgeDefaultRequest { defaultId: string }

/** The monthly check of a district; `checkedFor`: when it was due, ISO 8601 UTC. */
export interface CheckRequest { district: string; checkedFor: string }
export interface CheckResult { documents: number; blocking: number; amount: string }
