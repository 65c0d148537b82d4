/** Reads the service's report from PostgreSQL, in one snapshot. */
import { type Kysely, type Transaction, sql } from 'kysely'
import { type ListedProblem, listProblems, readProblemEvents } from '../../books/problems/read.ts'
import { type ListedComplaint, listComplaints } from '../../books/service/records.ts'
import type { Database } from '../../books/tables.ts'
import type { ServiceTargets } from '../../config/schemas/service-targets.ts'
import { attributeEvents, timeByParty } from '../../domain/attribution.ts'
import { dateAt } from '../../domain/calendar.ts'
import type { Text } from '../model.ts'
import { type CallFigures, type ClockFigures, type MonthReport, type RepeatComplaints, type ServiceReport, percentOf } from './model.ts'

export interface ServiceLook {
  /** Months from and to, both included: `2025-12`. */
  from: string
  to: string
  districts?: readonly string[]
  names: Readonly<Record<string, Text>>
  parties: Readonly<Record<string, Text>>
  targets: ServiceTargets
  /** Civil time of months and days. */
  zoneMs: number
}

interface CallRow { district: string; called_at: Date; answered_at: Date | null; called_back_at: Date | null }
interface RatingRow { district: string; month: string; score: string }
interface Facts {
  calls: readonly CallRow[]; ratings: readonly RatingRow[]; complaints: readonly ListedComplaint[]; problems: readonly ListedProblem[]
  minutes: ReadonlyMap<string, ReadonlyMap<string, number>>; asOf: number | null
}

/** Districts without any record in a month have no row for it. */
export function readServiceReport(db: Kysely<Database>, look: ServiceLook): Promise<ServiceReport> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (trx) => {
    const facts = await readFacts(trx, look)
    const monthOf = (at: Date | string) => dateAt(new Date(at).getTime(), look.zoneMs).slice(0, 7)
    const keyed = <T>(rows: readonly T[], key: (row: T) => string) => Map.groupBy(rows, key)
    const calls = keyed(facts.calls, (one) => `${one.district}/${monthOf(one.called_at)}`)
    const problems = keyed(facts.problems, (one) => `${one.district}/${monthOf(one.calledAt)}`)
    const complaints = keyed(facts.complaints, (one) => `${one.district}/${monthOf(one.at)}`)
    const ratings = keyed(facts.ratings, (one) => `${one.district}/${one.month}`)
    const keys = [...new Set([calls, problems, complaints, ratings].flatMap((part) => [...part.keys()]))].toSorted()
      .filter((key) => key.split('/')[1]! >= look.from && key.split('/')[1]! <= look.to)
    return {
      from: look.from, to: look.to, names: look.names, parties: look.parties, asOf: facts.asOf === null ? null : new Date(facts.asOf).toISOString(),
      targets: {
        answerRate: look.targets.answer_rate, satisfactionAverage: look.targets.satisfaction_average, satisfactionEach: look.targets.satisfaction_each,
        repeatComplaints: look.targets.repeat_complaints,
      },
      months: keys.map((key) => monthReport(key, {
        calls: calls.get(key) ?? [], problems: problems.get(key) ?? [], complaints: complaints.get(key) ?? [], ratings: ratings.get(key) ?? [],
      }, facts, look)),
      repeats: repeatsOf(facts.complaints, look),
    }
  })
}

async function readFacts(trx: Transaction<Database>, look: ServiceLook): Promise<Facts> {
  const own = look.districts ? sql`district = any(${[...look.districts]}::text[])` : sql`true`
  const { rows: calls } = await sql<CallRow>`select district, called_at, answered_at, called_back_at from service_calls where ${own} order by called_at, call_id`.execute(trx)
  const { rows: ratings } = await sql<RatingRow>`select district, month, score::text as score from service_ratings where ${own} order by month, word_id`.execute(trx)
  const complaints = await listComplaints(trx, look.districts)
  const problems = (await listProblems(trx, look.districts ? { districts: look.districts } : {})).toSorted((a, b) => (a.calledAt < b.calledAt ? -1 : a.calledAt > b.calledAt ? 1 : a.id < b.id ? -1 : 1))
  const events = await readProblemEvents(trx, problems.map(({ id }) => id))
  const { rows: [last] } = await sql<{ at: Date | null }>`
    select greatest((select max(at) from problem_events), (select max(at) from service_words), (select max(called_at) from service_calls)) as at`.execute(trx)
  const asOf = last!.at?.getTime() ?? null
  const minutes = new Map([...events].map(([id, list]) =>
    [id, timeByParty(attributeEvents(list.map(({ at, party }) => ({ at: Date.parse(at), party })), asOf ?? 0))] as const))
  return { calls, ratings, complaints, problems, minutes, asOf }
}

type Own = { calls: readonly CallRow[]; problems: readonly ListedProblem[]; complaints: readonly ListedComplaint[]; ratings: readonly RatingRow[] }

function monthReport(key: string, own: Own, { minutes, asOf }: Facts, look: ServiceLook): MonthReport {
  const [district, month] = key.split('/') as [string, string]
  const time: Record<string, number> = {}
  for (const { id } of own.problems) for (const [party, ms] of minutes.get(id) ?? []) time[party] = (time[party] ?? 0) + ms / 1000
  const scores = own.ratings.map(({ score }) => Number(score))
  return {
    district, month, calls: callFigures(own.calls, look), problems: own.problems.length, time,
    responses: clockFigures(own.problems.flatMap(({ response }) => (response ? [{ due: response.due, at: response.at }] : [])), asOf),
    resolutions: {
      hours: clockFigures(own.problems.flatMap(({ resolution }) => (resolution?.measure === 'hours' ? [{ due: resolution.due, at: resolution.at }] : [])), asOf),
      workingDays: clockFigures(own.problems.flatMap(({ resolution }) => (resolution?.measure === 'working-days' ? [{ due: resolution.due, at: resolution.at }] : [])), asOf),
    },
    breaches: own.problems.flatMap((problem) => problem.breaches.map((breach) => {
      const [party, ms] = [...minutes.get(problem.id) ?? []].toSorted((a, b) => b[1] - a[1])[0] ?? [breach.party, 0]
      return {
        problemId: problem.id, user: problem.user, clock: breach.clock, dueAt: breach.dueAt, text: problem.text, party, minutes: Math.round(ms / 60_000),
        withdrawn: breach.withdrawnAt !== null,
      }
    })),
    complaints: own.complaints,
    satisfaction: { ratings: scores.length, average: scores.length === 0 ? null : Math.round((scores.reduce((a, b) => a + b, 0) * 100) / scores.length) / 100 },
  }
}

function callFigures(rows: readonly CallRow[], { zoneMs, targets }: ServiceLook): CallFigures {
  const dayOf = (at: Date) => dateAt(at.getTime(), zoneMs)
  const answered = rows.filter((one) => one.answered_at !== null).length
  const missed = rows.filter((one) => one.answered_at === null)
  const days = [...Map.groupBy(rows, (one) => dayOf(one.called_at))].map(([date, own]) => ({ date, calls: own.length, answered: own.filter((one) => one.answered_at !== null).length }))
  return {
    calls: rows.length, answered, rate: percentOf(answered, rows.length), missed: missed.length,
    calledBack: missed.filter((one) => one.called_back_at !== null && dayOf(one.called_back_at) === dayOf(one.called_at)).length,
    // Compared without rounding: 94.999 % is below.
    daysBelow: days.filter((day) => day.answered * 100 < day.calls * targets.answer_rate).toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  }
}

/** Exactly the limit is in time (DOMAIN §9). */
function clockFigures(clocks: readonly { due: string; at: string | null }[], asOf: number | null): ClockFigures {
  const state = ({ due, at }: { due: string; at: string | null }) => (at !== null ? (at <= due ? 'inTime' : 'late') : asOf !== null && Date.parse(due) < asOf ? 'late' : 'open')
  const count = (which: string) => clocks.filter((one) => state(one) === which).length
  return { total: clocks.length, inTime: count('inTime'), late: count('late'), open: count('open') }
}

/** 以上 includes the number itself (Civil Code 1259). */
function repeatsOf(complaints: readonly ListedComplaint[], { from, to, targets, zoneMs }: ServiceLook): RepeatComplaints[] {
  const upheld = complaints.filter((one) => one.upheld).map((one) => ({ ...one, year: Number(dateAt(Date.parse(one.at), zoneMs).slice(0, 4)) }))
  return [...Map.groupBy(upheld, (one) => `${one.district}\u001f${one.user}\u001f${one.year}`).values()]
    .filter((own) => own.length >= targets.repeat_complaints && own[0]!.year >= Number(from.slice(0, 4)) && own[0]!.year <= Number(to.slice(0, 4)))
    .map((own) => ({ district: own[0]!.district, user: own[0]!.user, year: own[0]!.year, upheld: own.length }))
}
