/** What travels between workflows and activities: ids, counts, digests. Types only: safe to import from a workflow. */
import type { Alarm } from '../domain/deadlines.ts'
import type { Decision } from '../domain/decisions.ts'
import type { FindingCounts } from '../domain/findings.ts'
import type { RunState, Step, StepState } from '../domain/steps.ts'
import type { DecisionOutcome } from '../workflows/messages.ts'

/** Why a step failed or was sent back, for people. */
export interface StepFailure { code: string; zh: string; en: string }

/** A step as the workflow last knew it: what the projection shows. Times are ISO 8601 UTC. */
export interface StepProjection {
  step: Step
  state: StepState
  attempt: number
  generation: number
  startedAt: string | null
  endedAt: string | null
  waitingOn: string | null
  waitingSince: string | null
  deadline: string | null
  escalationLevel: number
  evidenceDigest: string | null
  failure: StepFailure | null
}

export interface ProjectRequest { runId: number; at: string; steps: readonly StepProjection[]; runState?: RunState; by?: string }

export interface BeginResult {
  /** The league's run has reached reconciliation already. */
  leagueReached: boolean
}

export interface StepRequest { runId: number; step: Step; generation: number }

/** Open findings that stand between a step and its approval. */
export interface OpenCounts { errors: number; warnings: number }

export interface StepCheck {
  evidenceDigest: string
  findings: FindingCounts
  open: OpenCounts
}

/** What the workflow holds of a step, for the judge of a decision. */
export interface StepStanding { step: Step; state: StepState; generation: number; evidenceDigest: string | null }

export interface JudgeRequest { runId: number; decisionId: string; steps: readonly StepStanding[] }

/** A judged decision, and what it leaves of the steps that it touched. */
export interface Judgement {
  outcome: DecisionOutcome
  /** Null when nothing follows from it for the workflow, as from a confirmation. */
  kind: Exclude<Decision['kind'], 'confirm'> | null
  actor: string
  comment: string
  /** For each touched step: evidence now, what is open, and how many approvals hold for this very evidence. */
  touched: readonly { step: Step; evidenceDigest: string; open: OpenCounts; approvals: number }[]
  /**
   * Of a word on an undo that stands: whose request it is, who agreed, whether that is enough to carry it out, and who may say
   * more.
   */
  undo?: { requestId: string; actors: readonly string[]; complete: boolean; roles: readonly string[] }
}

/** Results up to that generation fall; a later one may be under way already and stays. */
export interface VoidRequest { runId: number; steps: readonly { step: Step; generation: number }[]; reason: string }
export interface StaleResult { stale: readonly Step[]; inputVersion: number }
export interface ApplyRequest { runId: number; generation: number; evidenceDigest: string }
export interface UndoRequest { runId: number; generation: number; requestId: string; reason: string }
/** The wait of an undo that was asked for, as the workflow knows it. Times are ISO 8601 UTC. */
export interface UndoWaitProjection {
  runId: number; requestId: string; state: 'open' | 'approved' | 'rejected' | 'fallen'; waitingOn: string; waitingSince: string
  deadline: string
}
/** A request that stands: how many agreed, and how many alarms of the present wait were raised. */
export interface RecalledUndo { requestId: string; approvals: number; waitingOn: string; waitingSince: string; raised: number }
/** A signed-off run as it stands in the books: where a workflow that takes it up again begins. */
export interface Recalled { steps: readonly StepProjection[]; undo: RecalledUndo | null }
export interface AlarmRequest extends Pick<Alarm, 'kind' | 'level'> {
  runId: number; step: Step; generation: number; roles: readonly string[]; dueAt: string; waitingSince: string; deadline: string
  /** Of the wait for a word on an undo, not of the step: the request. */
  undoRequest?: string
}
export interface DeliverRequest { notificationId: string }
export interface FinishRequest { runId: number; state: 'completed' | 'cancelled'; by: string | null }
