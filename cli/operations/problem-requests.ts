/** What commands and screens can do with the problems that users report. */
import type { ActionWord, Channel, ProblemKind } from '../../domain/problems.ts'
import type { Step } from '../../domain/steps.ts'
import type { Done } from '../operations.ts'

/** Of a cause, a finding or a step, what is left out is taken: district and text. */
export interface OpenProblemRequest {
  actor: string
  district?: string
  user?: string
  channel?: Channel
  kind?: ProblemKind
  text?: string
  /** When the user called; now without it. */
  calledAt?: Date
  /** The office's own number of the call: the same number is the same problem. */
  id?: string
  from?: { findingId: string } | { year: number; step: Step }
}

type Said<W> = W extends ActionWord ? Omit<W, 'wordId' | 'problemId' | 'actor' | 'signedAt'> : never
/** What is said of a problem, before it is signed. */
export type SaidOfProblem = Said<ActionWord>

export interface ProblemOperations {
  /** Reports a problem; the same call given twice is one problem, and `existed` says so. */
  openProblem(request: OpenProblemRequest): Promise<Done<{ problemId: string; existed: boolean }>>
  /** A signed word on a problem: acknowledge, take, assign, wait, resume, resolve, reopen. */
  actOnProblem(request: { actor: string; problemId: string; word: SaidOfProblem }): Promise<Done>
}
