/** Every message of the workflows and its payload: client-safe, imported by workflows, CLI and tests alike. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { WaitTimes } from '../domain/deadlines.ts'
import type { RunKind, RunState, Step, StepState } from '../domain/steps.ts'

export type { WaitTimes } from '../domain/deadlines.ts'

// --- Inputs ---

export interface DistrictInput {
  runId: number
  district: string
  year: number
  kind: RunKind
  /** The league's district code, and whether it takes part: R17 waits for it only then. */
  league: string
  withLeague: boolean
  times: WaitTimes
  /** How many people must approve each step. */
  approvers: { readonly [S in Step]: number }
  /** Roles that may approve each step: whom the wait is shown as waiting on. */
  approverRoles: { readonly [S in Step]: readonly string[] }
  /** The run was signed off and its workflow has ended: take it up from the books, for a word on an undo or a late change. */
  reopened?: boolean
}

/** How a district's year-end ended; a cancelled one ends as a failure of type `Cancelled`. */
export interface DistrictResult { district: string; outcome: 'completed' | 'cancelled' }

export interface YearEndInput {
  year: number
  kind: RunKind
  league: string
  districts: readonly DistrictInput[]
}

// --- Messages to a district ---

/** Outcome of a decision that was judged on the worker's side. */
export interface DecisionOutcome {
  accepted: boolean
  /** Closed set of reasons, for exit codes and tests. */
  refusal?: { code: RefusalCode; zh: string; en: string }
}

export type RefusalCode =
  | 'unknown-actor' | 'revoked' | 'bad-signature' | 'wrong-role' | 'wrong-district' | 'separation-of-duties'
  | 'evidence-changed' | 'wrong-state' | 'not-allowed' | 'unknown-finding' | 'malformed' | 'comment-required' | 'confirmation-missing'

/**
 * A person's signed word (row of `decisions`). Only the id travels: identity, role,
 * district, separation of duties and evidence are judged by an activity against the stored, signed payload.
 */
export const decideUpdate = defineUpdate<DecisionOutcome, [{ decisionId: string }]>('decide')
export const pauseUpdate = defineUpdate<void, [{ by: string }]>('pause')
export const resumeUpdate = defineUpdate<void, [{ by: string }]>('resume')
export const cancelUpdate = defineUpdate<void, [{ by: string }]>('cancel')
export const recheckUpdate = defineUpdate<void, [{ step: Step; by: string }]>('recheck')
/**
 * A message that no worker answered in time, sent once more by who gives up waiting for it: an update that nobody has taken up
 * is only in the server's memory, a signal is in the history.
 */
export const unansweredSignal = defineSignal<[Unanswered]>('unanswered')
export interface Unanswered { update: string; message: unknown }
/** The district's or the league's input was imported again. */
export const inputChangedSignal = defineSignal<[{ version: number; district: string }]>('inputChanged')
/** A district has reached reconciliation; the league's arrival lets R17 run. */
export const reachedReconcileSignal = defineSignal<[{ district: string }]>('reachedReconcile')

export interface StepView {
  step: Step
  state: StepState
  attempt: number
  generation: number
  evidenceDigest: string | null
  waitingOn: string | null
  /** ISO 8601 UTC. */
  deadline: string | null
  escalationLevel: number
}
export interface DistrictView { district: string; year: number; state: RunState; steps: readonly StepView[] }
export const districtViewQuery = defineQuery<DistrictView>('districtView')

// --- Messages to the parent ---

/** Adds districts to a year-end that is under way. */
export const addDistrictsUpdate = defineUpdate<void, [{ districts: readonly DistrictInput[] }]>('addDistricts')
export interface YearEndView { year: number; open: readonly string[]; closed: readonly { district: string; outcome: string }[] }
export const yearEndViewQuery = defineQuery<YearEndView>('yearEndView')
