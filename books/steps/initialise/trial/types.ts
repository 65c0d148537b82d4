/** What the trial day is given, and its protocol. */
import type { Transaction } from 'kysely'
import type { Config } from '../../../../config/load.ts'
import type { TrialCheck } from '../../../../config/schemas/trial-day.ts'
import type { Database } from '../../../tables.ts'
import type { TrialResult } from '../../../trial-tables.ts'

export type Trx = Transaction<Database>

/** The new year that is tried: what generation `generation` of the run's initialisation made. */
export interface TrialScope {
  runId: number
  generation: number
  scopeId: number
  district: string
  /** The carry-forward that the indicators come from; null in a rehearsal without a plan. */
  carryId: number | null
  /** `2026-01-05`. */
  day: string
  config: Pick<Config, 'trial-day' | 'documents'>
}

export interface Said { zh: string; en: string }
export interface CheckOutcome extends Said {
  check: TrialCheck
  result: TrialResult
  /** What is wrong, the key of the finding; the class itself without it. */
  subject?: string
  /** The rule of the step that tells of this already. */
  saidBy?: string
}
export interface TrialDocument {
  class: string
  day: string
  number: string | null
  unit: string | null
  indicator: string | null
  /** Fen. */
  amount: bigint
  result: TrialResult
  checks: readonly CheckOutcome[]
}

/** A test document with its codes, before it is tried. */
export interface Draft {
  class: string
  day: string
  amount: bigint
  indicator: string | null
  codes: Readonly<Record<string, string | null>>
  /** Codes of it that are out of force, or below one that is, as `table/code`. */
  bad: readonly string[]
}
export const passed = (check: TrialCheck, zh: string, en: string): CheckOutcome => ({ check, result: 'passed', zh, en })
export const notTried = (check: TrialCheck, zh: string, en: string): CheckOutcome => ({ check, result: 'not-tried', zh, en })
export const failed = (check: TrialCheck, zh: string, en: string, more: Pick<CheckOutcome, 'subject' | 'saidBy'> = {}): CheckOutcome =>
  ({ check, result: 'failed', zh, en, ...more })
