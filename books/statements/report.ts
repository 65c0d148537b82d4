/** What loading a bank's file says of itself. */
import type { StatementField } from '../../config/schemas/format.ts'
import type { Problem } from '../import/report.ts'
import type { Skipped } from './patterns.ts'

/** Rows of one party (and account) on one day. */
export interface DayTotal { party: string; account: string; date: string; rows: number; amount: bigint }
export interface FirstRow { line: number; account: string; amount: bigint; fields: Readonly<Record<StatementField, string>> }

export interface StatementReport {
  district: string
  year: number
  file: string
  format: string
  reconciliation: string
  sha256: string
  /** False when it was refused or only previewed. */
  loaded: boolean
  /** The input version that holds it; null when nothing was loaded. */
  version: number | null
  rows: number
  amount: bigint
  days: readonly DayTotal[]
  first: readonly FirstRow[]
  skipped: readonly Skipped[]
  /** Lines of totals, and balances, that the file itself states and that were compared. */
  checked: { totals: number; balances: number }
  /** Earlier files that this one takes the place of. */
  replaced: readonly { name: string; rows: number; loadedBy: string; loadedAt: Date }[]
  /** Rows of statements.csv that it takes the place of; null when it was not asked to. */
  inPlaceOfCsv: number | null
  changes: { added: number; removed: number; changed: number }
  /** Why a previewed file would not be loaded although its rows are right. */
  refusal?: { code: string; zh: string; en: string }
  problems: readonly Problem[]
  problemCount: number
}

/** The file can not be loaded although nothing is wrong with it as such; nothing was changed. */
export class StatementRefused extends Error {
  readonly code: string
  readonly zh: string
  readonly en: string
  constructor(refusal: { code: string; zh: string; en: string }) {
    super(refusal.en)
    this.name = 'StatementRefused'
    this.code = refusal.code
    this.zh = refusal.zh
    this.en = refusal.en
  }
}
