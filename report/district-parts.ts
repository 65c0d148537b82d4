/** The parts of a district's report, as they were stored. Times are ISO 8601 UTC. */
import type { Difference } from '../books/differences/read.ts'
import type { BalanceStatement } from '../books/differences/statement.ts'
import type { Plain } from '../domain/canonical.ts'
import type { DifferenceState, OddOnes, PaymentPlace, WordAction } from '../domain/differences.ts'
import type { KnownSides } from '../books/cases/known.ts'
import type { Finding, FindingCounts } from '../domain/findings.ts'
import type { Step, StepState } from '../domain/steps.ts'

export interface Text { zh: string; en: string }

/** A step of a district. Times are ISO 8601 UTC. */
export interface StepReport {
  step: Step
  state: StepState
  attempt: number
  generation: number
  startedAt: string | null
  endedAt: string | null
  waitingOn: string | null
  deadline: string | null
  escalationLevel: number
  findings: FindingCounts
  evidenceDigest: string | null
  failure: Text | null
  /** Every state that it was in. */
  history: readonly { state: StepState; attempt: number; generation: number; waitingOn: string | null; at: string }[]
  /** What each generation rested on and gave; a void one stays. */
  results: readonly StepResult[]
}
export interface StepResult {
  generation: number
  inputDigest: string
  evidenceDigest: string
  at: string
  figures: Plain
  voidAt: string | null
  voidReason: string | null
}

/** A word on a finding, accepted or refused, for the finding as it stood then. */
export interface FindingWord {
  actor: string; action: WordAction; comment: string; at: string; accepted: boolean | null; refusal: Text | null; void: boolean
}
export interface FindingReport extends Omit<Finding, 'district'> {
  openedAt: string
  closedAt: string | null
  closedBy: string | null
  words: readonly FindingWord[]
  /** Of a document in doubt: what bank, ledger and receipt know of it by its number. */
  known?: KnownSides
}

/** An approval or a rejection, with the evidence that was seen. Void ones stay. */
export interface Approval {
  step: Step | null
  kind: string
  actor: string
  comment: string
  at: string
  evidenceDigest: string | null
  accepted: boolean | null
  refusal: Text | null
  voidAt: string | null
  voidReason: string | null
}

/** One generation of the carry-forward with its totals and its proof. */
export interface CarryForward {
  generation: number
  state: string
  planDigest: string
  plannedAt: string
  liveAt: string | null
  reversedAt: string | null
  reversedBecause: string | null
  totals: Plain
  proof: Plain
  /** Openings of the new year as the database holds them, by book. */
  books: readonly { book: string; balances: number; debit: string; credit: string }[]
}

export interface Alarm {
  step: Step
  kind: string
  level: number
  toRoles: readonly string[]
  dueAt: string
  at: string
  message: Text
  seenBy: string | null
  deliveries: readonly { channel: string; target: string; attempt: number; state: string; at: string; error: string | null }[]
}

export interface InputReport {
  version: number
  digest: string
  importedAt: string
  importedBy: string | null
  files: readonly { file: string; rows: number; sha256: string }[]
}

export type BalanceReport = BalanceStatement

/** A difference as it stands; `suggested` while nobody has explained it. Amounts are yuan text. */
export interface DifferenceReport {
  id: string
  rule: string
  key: string
  a: string | null
  b: string | null
  difference: string | null
  kind: Text | null
  suggested: boolean
  owner: string | null
  explanation: Difference['explanation']
  state: DifferenceState
  since: string | null
  firstSeenAt: string
  /** As of the report. */
  ageDays: number
  payment: string | null
  places: readonly PaymentPlace[]
  odd: OddOnes
}
