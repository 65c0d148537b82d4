/** Figures that the service's reports share: calls, clocks, breaches, repeated complaints, satisfaction. */
import type { ListedProblem } from '../../books/problems/read.ts'
import type { ListedComplaint } from '../../books/service/records.ts'
import type { ServiceTargets } from '../../config/schemas/service-targets.ts'
import { dateAt } from '../../domain/calendar.ts'
import type { CallRow, Facts, RatingRow } from './facts.ts'
import { type BreachReport, type CallFigures, type ClockFigures, type RepeatComplaints, percentOf } from './model.ts'

/** By what is measured, and in which civil time. */
export interface Measure { targets: ServiceTargets; zoneMs: number }

export function callFigures(rows: readonly CallRow[], { zoneMs, targets }: Measure): CallFigures {
  const dayOf = (at: Date) => dateAt(at.getTime(), zoneMs)
  const answered = rows.filter((one) => one.answered_at !== null).length
  const missed = rows.filter((one) => one.answered_at === null)
  const days = [...Map.groupBy(rows, (one) => dayOf(one.called_at))].map(([date, own]) => ({
    date, calls: own.length, answered: own.filter((one) => one.answered_at !== null).length,
  }))
  return {
    calls: rows.length, answered, rate: percentOf(answered, rows.length), missed: missed.length,
    calledBack: missed.filter((one) => one.called_back_at !== null && dayOf(one.called_back_at) === dayOf(one.called_at)).length,
    // Compared without rounding: 94.999 % is below.
    daysBelow: days.filter((day) => day.answered * 100 < day.calls * targets.answer_rate)
      .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  }
}

/** Exactly the limit is in time (DOMAIN §9). */
function clockFigures(clocks: readonly { due: string; at: string | null }[], asOf: number | null): ClockFigures {
  const state = ({ due, at }: { due: string; at: string | null }) =>
    (at !== null ? (at <= due ? 'inTime' : 'late') : asOf !== null && Date.parse(due) < asOf ? 'late' : 'open')
  const count = (which: string) => clocks.filter((one) => state(one) === which).length
  return { total: clocks.length, inTime: count('inTime'), late: count('late'), open: count('open') }
}

export const responsesOf = (problems: readonly ListedProblem[], asOf: number | null): ClockFigures =>
  clockFigures(problems.flatMap(({ response }) => (response ? [{ due: response.due, at: response.at }] : [])), asOf)

/** In the year-end window by hours, outside it by working days; never mixed. */
export function resolutionsOf(
  problems: readonly ListedProblem[], asOf: number | null,
): { hours: ClockFigures; workingDays: ClockFigures } {
  const by = (measure: 'hours' | 'working-days') =>
    clockFigures(
      problems.flatMap(({ resolution }) => (resolution?.measure === measure ? [{ due: resolution.due, at: resolution.at }] : [])),
      asOf,
    )
  return { hours: by('hours'), workingDays: by('working-days') }
}

/** Each with the party that most of the problem's time was waited for. */
export const breachesOf = (problems: readonly ListedProblem[], minutes: Facts['minutes']): BreachReport[] =>
  problems.flatMap((problem) => problem.breaches.map((breach) => {
    const [party, ms] = [...minutes.get(problem.id) ?? []].toSorted((a, b) => b[1] - a[1])[0] ?? [breach.party, 0]
    return {
      problemId: problem.id, user: problem.user, clock: breach.clock, dueAt: breach.dueAt, text: problem.text, party,
      minutes: Math.round(ms / 60_000),
      withdrawn: breach.withdrawnAt !== null,
    }
  }))

/** Seconds of these problems by party. */
export function timeOf(problems: readonly ListedProblem[], minutes: Facts['minutes']): Record<string, number> {
  const time: Record<string, number> = {}
  for (const { id } of problems) for (const [party, ms] of minutes.get(id) ?? []) time[party] = (time[party] ?? 0) + ms / 1000
  return time
}

export function satisfactionOf(ratings: readonly RatingRow[]): { ratings: number; average: number | null } {
  const scores = ratings.map(({ score }) => Number(score))
  return {
    ratings: scores.length,
    average: scores.length === 0 ? null : Math.round((scores.reduce((a, b) => a + b, 0) * 100) / scores.length) / 100,
  }
}

/** Of the calendar years from `from` to `to`. 以上 includes the number itself (Civil Code 1259). */
export function repeatsOf(
  complaints: readonly ListedComplaint[], { from, to, targets, zoneMs }: Measure & { from: number; to: number },
): RepeatComplaints[] {
  const upheld = complaints.filter((one) => one.upheld)
    .map((one) => ({ ...one, year: Number(dateAt(Date.parse(one.at), zoneMs).slice(0, 4)) }))
  return [...Map.groupBy(upheld, (one) => `${one.district}\u001f${one.user}\u001f${one.year}`).values()]
    .filter((own) => own.length >= targets.repeat_complaints && own[0]!.year >= from && own[0]!.year <= to)
    .map((own) => ({ district: own[0]!.district, user: own[0]!.user, year: own[0]!.year, upheld: own.length }))
}
