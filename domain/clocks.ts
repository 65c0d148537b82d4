/**
 * The two clocks of a problem (DOMAIN §9), never mixed: response, within 2 hours, all year, for what comes in by the online
 * channels; resolution, for faults, within 2 hours in the district's year-end window and within 3 working days outside it.
 * Exactly the limit is in time. All times are milliseconds since the epoch.
 */
import { type Calendar, endOfWorkday, isWorkday, dateAt } from './calendar.ts'
import type { Channel, ProblemKind } from './problems.ts'

export const CLOCKS = ['response', 'resolution'] as const
export type Clock = (typeof CLOCKS)[number]
export type Measure = 'hours' | 'working-days'

/** A year-end window of a district: from its first moment up to, and without, its last. */
export interface Window { year: number; from: number; to: number }

/** One rung of a ladder: so long after the clock started, so long before it runs out, or once it has run out. */
export interface Rung {
  afterMs?: number
  beforeMs?: number
  breach?: boolean
  /** Levels that are called at once, and those to which the alarm is passed on in the end. */
  to: readonly string[]
  passOnTo: readonly string[]
}

/** What was promised when a problem was reported: it stays so for that problem, whatever becomes of the configuration. */
export interface Promises {
  zoneMs: number
  /** From the user's call, or from the moment at which it was written down. */
  start: 'called' | 'opened'
  response: { withinMs: number; channels: readonly Channel[]; kinds: readonly ProblemKind[] }
  resolution: { kinds: readonly ProblemKind[]; windowMs: number; workingDays: number }
  windows: readonly Window[]
  /** Parties on whom a wait stops the shown clock; the contractual one never stops. */
  pausing: readonly string[]
  /** A reopened problem has the time that was left, or all of it again. */
  reopened: 'continue' | 'anew'
  ladders: { response: readonly Rung[]; resolution: readonly Rung[]; workingDays: readonly Rung[] }
  passOnMs: number
}

/** A clock as it was started: it runs from `from`, and what comes after `due` is late. */
export interface Started { from: number; due: number; measure: Measure; windowYear: number | null }

export interface Report { channel: Channel; kind: ProblemKind; calledAt: number; openedAt: number }

/** When the clocks of a report began. */
export const clockStart = ({ calledAt, openedAt }: Report, { start }: Promises): number =>
  (start === 'called' ? calledAt : openedAt)

/** The clocks that a report starts. @throws NoCalendar */
export function clocksOf(report: Report, promises: Promises, calendar: Calendar): { [C in Clock]: Started | null } {
  const from = clockStart(report, promises)
  const { response, resolution } = promises
  const answered = response.channels.includes(report.channel) && response.kinds.includes(report.kind)
  return {
    response: answered ? { from, due: from + response.withinMs, measure: 'hours', windowYear: null } : null,
    resolution: resolution.kinds.includes(report.kind) ? resolutionFrom(from, promises, calendar) : null,
  }
}

/**
 * The clock of a resolution that begins at `from`.
 * Reported in a window: 2 hours, also when the window ends meanwhile. Reported before it and still open when it begins: what
 * is earlier of the 3 working days and 2 hours after the window's beginning. @throws NoCalendar
 */
export function resolutionFrom(from: number, promises: Promises, calendar: Calendar): Started {
  const { windows, resolution: { windowMs, workingDays }, zoneMs } = promises
  const inside = windows.find((window) => window.from <= from && from < window.to)
  if (inside) return { from, due: from + windowMs, measure: 'hours', windowYear: inside.year }
  return cutByWindow(
    { from, due: endOfWorkday(calendar, from, workingDays, zoneMs), measure: 'working-days', windowYear: null }, promises,
  )
}

function cutByWindow(clock: Started, { windows, resolution: { windowMs } }: Promises): Started {
  const next = windows.filter((window) => window.from > clock.from && window.from + windowMs < clock.due).toSorted(
    (a, b) => a.from - b.from,
  )[0]
  return next ? { from: next.from, due: next.from + windowMs, measure: 'hours', windowYear: next.year } : clock
}

/**
 * The clock of a problem that is taken up again: the time between resolution and reopening does not count, so what was left
 * is left; or, by configuration, all of it again. Working days end with a working day. @throws NoCalendar
 */
export function reopenedFrom(
  before: Started, resolvedAt: number, reopenedAt: number, promises: Promises, calendar: Calendar,
): Started {
  const fresh = resolutionFrom(reopenedAt, promises, calendar)
  if (promises.reopened === 'anew' || before.measure !== fresh.measure) return fresh
  const shift = reopenedAt - resolvedAt
  if (before.measure === 'hours') return { ...before, from: before.from + shift, due: before.due + shift }
  const due = before.due + shift
  const onWorkday = isWorkday(calendar, dateAt(due - 1, promises.zoneMs))
  return cutByWindow(
    { ...before, from: reopenedAt, due: onWorkday ? due : endOfWorkday(calendar, due - 1, 0, promises.zoneMs) }, promises,
  )
}

/** Whether something that happened at `at` was in time: exactly the limit is. */
export const inTime = ({ due }: Pick<Started, 'due'>, at: number): boolean => at <= due

/** The ladder that a clock climbs, with the moment of each rung, in order of time; the breach comes right after the limit. */
export function rungsOf(clock: Clock, started: Started, { ladders }: Promises): { at: number; rung: Rung }[] {
  const ladder = clock === 'response' ? ladders.response : started.measure === 'hours' ? ladders.resolution : ladders.workingDays
  return ladder.map((rung) => ({ rung, at: rungAt(rung, started) }))
    .filter(({ at, rung }) => rung.breach || (at > started.from && at <= started.due)).toSorted((a, b) => a.at - b.at)
}

function rungAt({ afterMs, beforeMs }: Rung, { from, due }: Started): number {
  if (afterMs !== undefined) return from + afterMs
  return beforeMs !== undefined ? due - beforeMs : due + 1
}

/** What is left of a clock at `now`; below zero it is late. `shown` leaves out the time that the shown clock stood still. */
export function timeLeft(
  due: number, now: number, paused: { ms: number; since: number | null },
): { contract: number; shown: number } {
  const contract = due - now
  return { contract, shown: contract + paused.ms + (paused.since === null ? 0 : Math.max(0, now - paused.since)) }
}
