/** Problems of a district in a year's report: with their clocks and everything that happened to them. */
import type { Transaction } from 'kysely'
import { type ListedEvent, type ListedProblem, listProblems, readProblemEvents } from '../books/problems/read.ts'
import type { Look } from '../books/read-model/current.ts'
import type { Database } from '../books/tables.ts'
import type { YearReport } from './model.ts'
import { CLOCK_WORDS } from '../domain/problem-words.ts'

/** Reported in the year-end window of the year, or made from its run. */
export interface ProblemReport extends ListedProblem { events: readonly ListedEvent[] }

/** The report with the problems of each district that had any. */
export async function withProblems(trx: Transaction<Database>, look: Look, report: YearReport): Promise<YearReport> {
  const listed = await listProblems(trx, { year: look.year, districts: look.districts })
  if (listed.length === 0) return report
  const events = await readProblemEvents(trx, listed.map(({ id }) => id))
  const problems = Map.groupBy(listed.map((one): ProblemReport => ({
    ...one, events: events.get(one.id) ?? [],
  })), ({ district }) => district)
  const times = [...events.values()].flat().map(({ at }) => at)
  const districts = report.districts.map((district) => (problems.has(district.code) ? {
    ...district, problems: problems.get(district.code)!,
  } : district))
  return { ...report, districts, asOf: [report.asOf, ...times].reduce((a, b) => (a !== null && b !== null && a > b ? a : b)) }
}

export const both = ({ zh, en }: { zh: string; en: string }) => `${zh} ${en}`

/** `解决 resolution 2026-01-05T03:30:00.000Z (engineer)`; a withdrawn breach stays, and says so. */
export const breachText = ({ breaches }: ListedProblem): string =>
  breaches.map(
    (one) => `${both(CLOCK_WORDS[one.clock])} ${one.dueAt} (${one.party})${one.withdrawnAt ? ' 已撤销 withdrawn' : ''}`,
  ).join('; ')
