/**
 * The service's summary of a year-end, for each district: what came in while it lasted, what was promised and kept, and whose
 * minutes it took. Made from the database alone.
 */
import { type Kysely, type Transaction, sql } from 'kysely'
import { type ListedProblem, listProblems } from '../../books/problems/read.ts'
import { latestRuns } from '../../books/runs.ts'
import { type RunTimeline, readTimelines } from '../../books/service/timelines.ts'
import { inSnapshot } from '../../books/snapshot.ts'
import type { Database } from '../../books/tables.ts'
import { type AttributionRules, timeByParty } from '../../domain/attribution.ts'
import { dateAt } from '../../domain/calendar.ts'
import type { Window } from '../../domain/clocks.ts'
import { medianOf } from '../../domain/forecast.ts'
import { CHANNELS, type Channel, PROBLEM_KINDS, type ProblemKind } from '../../domain/problems.ts'
import { type RunState, STEPS, type Step } from '../../domain/steps.ts'
import type { Text } from '../model.ts'
import { type Facts, readFacts } from './facts.ts'
import {
  type Measure, breachesOf, callFigures, repeatsOf, resolutionsOf, responsesOf, satisfactionOf, timeOf,
} from './figures.ts'
import type { MonthReport, ServiceReport } from './model.ts'
import { targetsOf } from './read.ts'

export interface YearEndLook extends Measure {
  year: number
  districts?: readonly string[]
  names: Readonly<Record<string, Text>>
  /** Of problems and of the year-end. */
  parties: Readonly<Record<string, Text>>
  /** The year-end window of a district. */
  windowOf(district: string): Window
  attribution: AttributionRules
}

/** Seconds; null where nothing was measured. */
export interface HowLong { median: number | null; longest: number | null }

/**
 * The district's real year-end. Times are ISO 8601 UTC, `endedAt` null while it goes on; seconds by party, and by step and party.
 */
export interface YearEndRun {
  state: RunState
  startedAt: string
  endedAt: string | null
  seconds: number
  byParty: Readonly<Record<string, number>>
  bySteps: Readonly<Partial<Record<Step, Readonly<Record<string, number>>>>>
}

/** What a month has, for the year-end window and the time of the run. */
export interface DistrictYearEnd extends MonthReport {
  window: { from: string; to: string }
  run: YearEndRun | null
  unresolved: number
  byKind: Readonly<Record<ProblemKind, number>>
  byChannel: Readonly<Record<Channel, number>>
  /** From the call to the answer, and for faults to the resolution that the user confirmed. */
  answered: HowLong
  resolved: HowLong
  /** What the problems of breaches were made from, by problem; only those that were. */
  causes: Readonly<Record<string, { step: string; findingId: string | null }>>
}

export interface YearEndSummary extends Omit<ServiceReport, 'from' | 'to' | 'months'> {
  year: number; districts: readonly DistrictYearEnd[]
}

/** Districts without a run and without any record have no row. */
export const readYearEnd = (db: Kysely<Database>, look: YearEndLook): Promise<YearEndSummary> =>
  inSnapshot(db, async (trx) => yearEndOf(trx, await readFacts(trx, look.districts), look))

/** The summary from facts that were read already. */
export async function yearEndOf(trx: Transaction<Database>, facts: Facts, look: YearEndLook): Promise<YearEndSummary> {
  const { year, names, parties } = look
  const ids = (await latestRuns(trx, 'real', year)).map((run) => run.runId)
  const asOf = await latestOf(trx, ids, facts.asOf)
  // Of all districts: a wait for the league is whatever held the league up.
  const runs = new Map((await readTimelines(trx, ids, look.attribution, new Date(asOf ?? 0))).map((run) => [run.district, run]))
  const counted = new Set((await listProblems(trx, { year })).map(({ id }) => id))
  const wanted = (district: string) => look.districts === undefined || look.districts.includes(district)
  const known = [...new Set([
    ...runs.keys(),
    ...[facts.calls, facts.problems, facts.complaints, facts.ratings].flatMap((rows) => rows.map((row) => row.district)),
  ])]
  const districts = known.filter(wanted).toSorted()
    .map((district) => districtOf(district, { ...facts, asOf }, look, runs.get(district), counted))
    .filter((one) => one.run !== null || one.calls.calls + one.problems + one.complaints.length + one.satisfaction.ratings > 0)
  return {
    year, names, parties, asOf: asOf === null ? null : iso(asOf), targets: targetsOf(look), districts,
    repeats: repeatsOf(facts.complaints, { ...look, from: year, to: year }),
  }
}

const iso = (at: number) => new Date(at).toISOString()

/** The latest time of the records and of these runs: until then those that go on are measured. */
async function latestOf(trx: Transaction<Database>, runIds: readonly number[], records: number | null): Promise<number | null> {
  const { rows: [last] } = await sql<{ at: Date | null }>`
    select greatest((select max(at) from step_history where run_id = any(${[...runIds]}::int[])),
      (select max(greatest(started_at, ended_at)) from runs where run_id = any(${[...runIds]}::int[]))) as at`.execute(trx)
  const runs = last!.at?.getTime() ?? null
  return records === null || runs === null ? records ?? runs : Math.max(records, runs)
}

function districtOf(
  district: string, facts: Facts, look: YearEndLook, run: RunTimeline | undefined, counted: ReadonlySet<string>,
): DistrictYearEnd {
  const window = look.windowOf(district)
  const inside = (at: number) => (window.from <= at && at < window.to) || (run !== undefined && run.from <= at && at <= run.to)
  const months = monthsOf([window, ...(run ? [{ from: run.from, to: run.to + 1 }] : [])], look.zoneMs)
  const own = <T extends { district: string }>(rows: readonly T[]) => rows.filter((row) => row.district === district)
  const calls = own(facts.calls).filter((one) => inside(one.called_at.getTime()))
  const problems = own(facts.problems).filter((one) => counted.has(one.id) || inside(Date.parse(one.calledAt)))
  const breaches = breachesOf(problems, facts.minutes)
  const count = <K extends string>(keys: readonly K[], of: (one: ListedProblem) => K) =>
    Object.fromEntries(keys.map((key) => [key, problems.filter((one) => of(one) === key).length])) as Record<K, number>
  return {
    district, month: `${look.year}`, window: { from: iso(window.from), to: iso(window.to) }, run: run ? runOf(run) : null,
    calls: callFigures(calls, look), problems: problems.length,
    unresolved: problems.filter((one) => one.state !== 'resolved').length,
    byKind: count(PROBLEM_KINDS, (one) => one.kind), byChannel: count(CHANNELS, (one) => one.channel),
    responses: responsesOf(problems, facts.asOf), resolutions: resolutionsOf(problems, facts.asOf),
    time: timeOf(problems, facts.minutes), breaches,
    answered: howLong(problems.flatMap(({ calledAt, response }) => (response?.at ? [seconds(calledAt, response.at)] : []))),
    resolved: howLong(problems.flatMap(({ kind, calledAt, resolvedAt }) => (kind === 'fault' && resolvedAt !== null ? [seconds(
      calledAt, resolvedAt,
    )] : []))),
    causes: Object.fromEntries(problems.flatMap(({ id, cause }) => (cause && breaches.some((one) => one.problemId === id)
      ? [[id, { step: cause.step, findingId: cause.findingId }] as const] : []))),
    complaints: own(facts.complaints).filter((one) => inside(Date.parse(one.at))),
    satisfaction: satisfactionOf(own(facts.ratings).filter((one) => months.has(one.month))),
  }
}

function runOf({ state, from, to, stretches }: RunTimeline): YearEndRun {
  const plain = (list: RunTimeline['stretches']) =>
    Object.fromEntries([...timeByParty(list)].map(([party, ms]) => [party, ms / 1000]))
  return {
    state, startedAt: iso(from), endedAt: state === 'completed' || state === 'cancelled' ? iso(to) : null,
    seconds: (to - from) / 1000, byParty: plain(stretches),
    bySteps: Object.fromEntries(STEPS.map((step) => [step, stretches.filter((one) => one.step === step)] as const)
      .filter(([, list]) => list.length > 0).map(([step, list]) => [step, plain(list)])),
  }
}

const seconds = (from: string, to: string) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)

const howLong = (times: readonly number[]): HowLong =>
  ({ median: medianOf(times), longest: times.length === 0 ? null : Math.max(...times) })

/** Months that the stretches touch, in the office's time. */
function monthsOf(stretches: readonly { from: number; to: number }[], zoneMs: number): Set<string> {
  const months = new Set<string>()
  for (const { from, to } of stretches) for (let at = from; at < to; at += DAY_MS) months.add(dateAt(at, zoneMs).slice(0, 7))
  for (const { to } of stretches) months.add(dateAt(to - 1, zoneMs).slice(0, 7))
  return months
}
const DAY_MS = 86_400_000
