/** What the service's reports rest on, as it stands in the books: calls, ratings, complaints, problems and their events. */
import { type Transaction, sql } from 'kysely'
import { type ListedEvent, type ListedProblem, listProblems, readProblemEvents } from '../../books/problems/read.ts'
import { type ListedComplaint, listComplaints } from '../../books/service/records.ts'
import type { Database } from '../../books/tables.ts'
import { attributeEvents, timeByParty } from '../../domain/attribution.ts'

export interface CallRow { district: string; called_at: Date; answered_at: Date | null; called_back_at: Date | null }
export interface RatingRow { district: string; month: string; score: string }

export interface Facts {
  calls: readonly CallRow[]
  ratings: readonly RatingRow[]
  complaints: readonly ListedComplaint[]
  /** In the order of the calls. */
  problems: readonly ListedProblem[]
  events: ReadonlyMap<string, readonly ListedEvent[]>
  /** Milliseconds of each problem by party. */
  minutes: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** The latest time in the records; milliseconds since the epoch. */
  asOf: number | null
}

export async function readFacts(trx: Transaction<Database>, districts?: readonly string[]): Promise<Facts> {
  const own = districts ? sql`district = any(${[...districts]}::text[])` : sql`true`
  const { rows: calls } = await sql<CallRow>`select district, called_at, answered_at, called_back_at from service_calls where ${own} order by called_at, call_id`.execute(trx)
  const { rows: ratings } = await sql<RatingRow>`select district, month, score::text as score from service_ratings where ${own} order by month, word_id`.execute(trx)
  const complaints = await listComplaints(trx, districts)
  const problems = (await listProblems(trx, districts ? { districts } : {}))
    .toSorted((a, b) => (a.calledAt < b.calledAt ? -1 : a.calledAt > b.calledAt ? 1 : a.id < b.id ? -1 : 1))
  const events = await readProblemEvents(trx, problems.map(({ id }) => id))
  const { rows: [last] } = await sql<{ at: Date | null }>`
    select greatest((select max(at) from problem_events), (select max(at) from service_words), (select max(called_at) from service_calls)) as at`.execute(trx)
  const asOf = last!.at?.getTime() ?? null
  const minutes = new Map([...events].map(([id, list]) =>
    [id, timeByParty(attributeEvents(list.map(({ at, party }) => ({ at: Date.parse(at), party })), asOf ?? 0))] as const))
  return { calls, ratings, complaints, problems, events, minutes, asOf }
}
