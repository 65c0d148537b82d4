/** The progress report of a year: everything that was stored of it, and nothing of the moment at which it is written. */
import type { UndoWait } from '../books/read-model/undo-wait.ts'
import type { Confirmation } from '../books/confirmations/standing.ts'
import type { MonthlyCheck, MonthlyDifference } from '../books/monthly/read.ts'
import type { Mirror } from '../books/differences/league.ts'
import type { DistrictReview } from '../books/assets/round-view.ts'
import type { DistrictTime } from '../books/service/where-time-went.ts'
import type { HealthTrend } from '../books/read-model/asset-health.ts'
import type { DistrictForecast, TrackRecord } from '../domain/forecast.ts'
import type { FindingCounts } from '../domain/findings.ts'
import type { RunKind, RunState } from '../domain/steps.ts'
import type { NewYearReport } from './new-year.ts'
import type { ProblemReport } from './problems.ts'
import type {
  Alarm, Approval, BalanceReport, CarryForward, DifferenceReport, FindingReport, InputReport, StepReport, Text,
} from './district-parts.ts'

export type { Text } from './district-parts.ts'

export interface DistrictReport {
  code: string
  name: Text
  kind: RunKind
  runId: number | null
  state: RunState | 'pending'
  percent: number
  startedBy: string | null
  startedAt: string | null
  endedAt: string | null
  rulesDigest: string | null
  input: InputReport | null
  steps: readonly StepReport[]
  findings: readonly FindingReport[]
  differences: readonly DifferenceReport[]
  /** Adjusted balances where something differs. */
  balances: readonly BalanceReport[]
  approvals: readonly Approval[]
  carryForwards: readonly CarryForward[]
  /** What the initialisation made; null before it did. */
  newYear: NewYearReport | null
  alarms: readonly Alarm[]
  /** What users reported in the year-end window, or what was made from this run; not there without any. */
  problems?: readonly ProblemReport[]
  /** The health of the asset data over the checks; null before the first one. */
  assetHealth?: HealthTrend | null
  /** The joint review of the assets with the units; null before the first round and finding. */
  assetReview?: DistrictReview | null
  /** Who confirmed which reconciliation, what fell, what is missing. */
  confirmations?: readonly Confirmation[]
  /** The reconciliations of the months of this year, as last run. */
  /** An undo of the carry-forward that was asked for and is not decided. */
  undo?: UndoWait
  /** Where its time went, in seconds; not there before it was started. */
  time?: Omit<DistrictTime, 'district'>
  /** When it will be done, while it is under way. */
  forecast?: Omit<DistrictForecast, 'district'>
  monthly?: { checks: readonly MonthlyCheck[]; differences: readonly MonthlyDifference[] }
  /** Head of the district's audit chain. */
  audit: { sequence: string; hash: string } | null
}

export interface YearReport {
  year: number
  state: RunState | 'pending'
  /** The latest time in the data: the report shows the state as of then. */
  asOf: string | null
  districts: readonly DistrictReport[]
  /** The league's books against each district's. */
  mirrors: readonly Mirror[]
  /** As of when times and forecasts are, whose minutes they can be, and how often such forecasts came true. */
  time?: { at: string; parties: Readonly<Record<string, Text>>; trackRecord: readonly TrackRecord[] }
}

/**
 * The input was corrected and the finding was not seen again: it counts no more, as in `nianjie status`, and is kept for the
 * record.
 */
export const isCleared = (finding: FindingReport): boolean => finding.closedBy === 'recheck'

/**
 * Findings by severity with how many stay open, as `nianjie status` counts them; beside them those that corrected input cleared.
 */
export function countBySeverity(findings: readonly FindingReport[]): FindingCounts & { cleared: number } {
  const standing = findings.filter((one) => !isCleared(one))
  const count = (fits: (finding: FindingReport) => boolean) => standing.filter(fits).length
  return {
    error: count((one) => one.severity === 'error'), warning: count((one) => one.severity === 'warning'),
    info: count((one) => one.severity === 'info'), open: count((one) => one.status === 'open'),
    cleared: findings.length - standing.length,
  }
}

/** Milliseconds from the first start to the last end; null while it is under way. */
export function spanOf(one: { startedAt: string | null; endedAt: string | null }): number | null {
  return one.startedAt && one.endedAt ? Math.max(0, Date.parse(one.endedAt) - Date.parse(one.startedAt)) : null
}
