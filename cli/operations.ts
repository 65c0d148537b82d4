/**
 * What commands and screens can do to a year-end. One implementation for both; it talks to Temporal and PostgreSQL.
 * Refusals are values ({@link Refused}), never exceptions; an unreachable server is an exception of type Unreachable.
 */
import type { AboutDifference, WordAction } from '../domain/differences.ts'
import type { Confirmation } from '../books/confirmations/standing.ts'
import type { DefaultAction } from '../books/cases/defaults.ts'
import type { UndoView } from '../books/undo-view.ts'
import type { Receipt } from '../domain/decisions.ts'
import type { RunKind, Step } from '../domain/steps.ts'
import type { ProblemOperations } from './operations/problem-requests.ts'

export interface Refused { ok: false; code: string; zh: string; en: string }
export type Done<T = object> = ({ ok: true } & T) | Refused

/** `undoing`: enough people agreed, the books are being taken back. */
export type UndoState = 'asked' | 'approved' | 'undoing' | 'rejected'

export interface StartRequest {
  year: number
  /** Empty: all enabled districts that have input. */
  districts: readonly string[]
  kind: RunKind
  /** Overrides config/escalation.yaml, milliseconds. */
  escalateAfterMs?: number
  by: string
}

/** A word on a finding; without `contentDigest` it is for the finding as it stands now. */
export interface WordRow {
  id: string; action: WordAction; comment: string; contentDigest?: string; about?: AboutDifference; receipt?: Receipt
}

export interface ConfirmRequest {
  year: number; district: string; reconciliation: string; party?: string | undefined; confirmer?: string | undefined
  actor: string; comment: string
  digest?: string | undefined
}

/**
 * A default disposition; `number` '' stands for every document of the type, without `action` the proposal of
 * config/documents.yaml holds.
 */
export interface DefaultRequest {
  year: number; district: string; type: string; number: string; action?: DefaultAction | undefined; comment: string; actor: string
}

/** What the other side answered about a document that was sent. */
export interface ReceiptRow extends Receipt { type: string; number: string; comment: string }

export interface Operations extends ProblemOperations {
  /** Approves beforehand what happens to documents that nobody decided by their cut-off; signed. */
  approveDefault(request: DefaultRequest): Promise<Done<{ id: string; action: DefaultAction }>>
  /** Withdraws a default that stands; what it has done already stays done. */
  withdrawDefault(request: Omit<DefaultRequest, 'action'>): Promise<Done<{ id: string }>>
  /** Registers receipts, signed, all or nothing; one that is registered word for word is left as it is. */
  registerReceipts(request: { year: number; district: string; actor: string; rows: readonly ReceiptRow[] }): Promise<Done<{
    registered: number; already: number
  }>>
  /** Starts the year-end; a live one is refused, with the list of districts that are live. */
  start(request: StartRequest): Promise<Done<{ started: readonly string[] }>>
  /** Empty `districts`: all live ones of the year. */
  pause(request: { year: number; districts: readonly string[]; by: string }): Promise<Done<{ districts: readonly string[] }>>
  resume(request: { year: number; districts: readonly string[]; by: string }): Promise<Done<{ districts: readonly string[] }>>
  cancel(request: { year: number; districts: readonly string[]; by: string }): Promise<Done<{ districts: readonly string[] }>>
  recheck(request: { year: number; district: string; step: Step; by: string }): Promise<Done>
  /** Signs with the actor's key and submits; `evidenceDigest` is the one that was shown. */
  decideStep(request: {
    year: number; district: string; step: Step; kind: 'approve' | 'reject'; actor: string; comment: string
    evidenceDigest?: string
  }): Promise<Done>
  /**
   * Every row is checked before any is applied. Finding ids may belong to several districts: these are applied one after
   * another, and should a later one refuse after all, the refusal names those that were decided and those that were not.
   * `files` are kept first: evidence that a row names in `about` must be among them or be kept already.
   */
  decideFindings(request: {
    actor: string; rows: readonly WordRow[]; files?: readonly { name: string; content: Buffer }[]
  }): Promise<Done<{ decided: number }>>
  /** What the worker would say to this approval or rejection now, without trying it. */
  canDecideStep(
    request: { year: number; district: string; step: Step; kind: 'approve' | 'reject'; actor: string; comment: string },
  ): Promise<Done>
  /** What the worker would say to these words on findings now, without trying them. */
  canDecideFindings(request: { actor: string; rows: readonly WordRow[] }): Promise<Done<{ decided: number }>>
  /**
   * Confirms the balance of a reconciliation, or of one party's part, as the confirmer that the actor is named for; `confirmer`
   * and `party` are needed only where the actor could be several. `digest`: what was shown; the present balance without it.
   */
  confirmReconciliation(request: ConfirmRequest): Promise<Done<{ confirmed: Confirmation }>>
  /** What the worker would say to this confirmation now, without trying it. */
  canConfirm(request: ConfirmRequest): Promise<Done<{ confirmed: Confirmation }>>
  /**
   * A word on the undo of the carry-forward in force: asks for it, agrees with the request of another person, or rejects it.
   * `evidenceDigest` is the one that was shown (UndoView.digest).
   */
  decideUndo(request: {
    year: number; district: string; actor: string; comment: string; word: 'ask' | 'approve' | 'reject'; evidenceDigest?: string
  }): Promise<Done<{ state: UndoState }>>
  /** What the worker would say to that word now, without trying it. */
  canDecideUndo(request: Parameters<Operations['decideUndo']>[0]): Promise<Done>
  /** What that undo would touch, without touching it. */
  showUndo(request: { year: number; district: string }): Promise<Done<{ preview: UndoView }>>
  /** Locks a signed-off year for good: no late change is watched for, nothing can be undone. */
  lock(request: { year: number; district: string; actor: string; comment: string }): Promise<Done>
  /** What the worker would say to that lock now, without trying it. */
  canLock(request: Parameters<Operations['lock']>[0]): Promise<Done>
  /** Tells live runs that a district's input was imported again, and has a signed-off one looked at for late changes. */
  announceInput(request: { year: number; district: string; version: number }): Promise<void>
}
