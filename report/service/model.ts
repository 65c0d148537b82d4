/** The service's report: what was promised and what was kept, for each district and month. Made from the database alone. */
import type { ListedComplaint } from '../../books/service/records.ts'
import type { Text } from '../model.ts'

export interface CallFigures {
  calls: number
  answered: number
  /** Percent with two decimals; null without calls. */
  rate: number | null
  missed: number
  /** Missed ones that were called back on the same day. */
  calledBack: number
  /** Days whose rate is below the target. */
  daysBelow: readonly { date: string; calls: number; answered: number }[]
}
/** Of clocks that were started by what was reported in the month. `open`: not over yet, and not late so far. */
export interface ClockFigures { total: number; inTime: number; late: number; open: number }
export interface BreachReport {
  problemId: string; user: string; clock: 'response' | 'resolution'; dueAt: string; text: string; party: string; minutes: number
  withdrawn: boolean
}

/** What a district had in a month. Times are ISO 8601 UTC, `seconds` by party. */
export interface MonthReport {
  district: string
  month: string
  calls: CallFigures
  problems: number
  responses: ClockFigures
  /** In the year-end window, by hours; and outside it, by working days. */
  resolutions: { hours: ClockFigures; workingDays: ClockFigures }
  breaches: readonly BreachReport[]
  complaints: readonly ListedComplaint[]
  satisfaction: { ratings: number; average: number | null }
  time: Readonly<Record<string, number>>
}

/** A user with as many upheld complaints in a calendar year as the contract calls a breach. */
export interface RepeatComplaints { district: string; user: string; year: number; upheld: number }

export interface ServiceReport {
  from: string
  to: string
  names: Readonly<Record<string, Text>>
  parties: Readonly<Record<string, Text>>
  targets: { answerRate: number; satisfactionAverage: number; satisfactionEach: number; repeatComplaints: number }
  /** The latest time in the data. */
  asOf: string | null
  months: readonly MonthReport[]
  repeats: readonly RepeatComplaints[]
}

/** Percent with two decimals. */
export const percentOf = (part: number, whole: number): number | null =>
  (whole === 0 ? null : Math.round((part * 10_000) / whole) / 100)
