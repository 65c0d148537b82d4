/** What is left of a problem's clocks, as commands and screens show it. */
import { type Clock, timeLeft } from '../../domain/clocks.ts'
import type { ListedProblem } from '../../books/problems/read.ts'

/** The clock that runs out next, with what is left of it; null when none runs. */
export interface RunningClock { clock: Clock; due: string; contract: number; shown: number }

/** The clocks of a problem that still run at `now`, the most urgent first. */
export function runningClocks(problem: ListedProblem, now: Date): RunningClock[] {
  if (problem.state === 'resolved') return []
  const paused = { ms: problem.paused.ms, since: problem.paused.since === null ? null : Date.parse(problem.paused.since) }
  const left = (clock: Clock, due: string): RunningClock =>
    ({ clock, due, ...timeLeft(Date.parse(due), now.getTime(), clock === 'resolution' ? paused : { ms: 0, since: null }) })
  return [
    ...(problem.response && problem.response.at === null ? [left('response', problem.response.due)] : []),
    ...(problem.resolution ? [left('resolution', problem.resolution.due)] : []),
  ].toSorted((a, b) => a.contract - b.contract)
}

/** `1:05` hours and minutes, `2d 3:00` with days, `12d` when they are many, `-0:12` when it is over. */
export function clockText(ms: number): string {
  const size = Math.floor(Math.abs(ms) / 60_000)
  const days = Math.floor(size / 1_440)
  const text = `${Math.floor((size % 1_440) / 60)}:${String(size % 60).padStart(2, '0')}`
  const shown = days >= 10 ? `${days}d` : days > 0 ? `${days}d ${text}` : text
  return `${ms < 0 ? '-' : ''}${shown}`
}

/** Whether a promise to the user was broken and the record stands. */
export const isBreached = (problem: ListedProblem): boolean => problem.breaches.some(({ withdrawnAt }) => withdrawnAt === null)
