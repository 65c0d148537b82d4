/** A problem in the books: its events, appended one after another, and the row that screens read, which is their fold. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { Plain } from '../../domain/canonical.ts'
import { CLOCKS, type Clock, type Promises, type Window } from '../../domain/clocks.ts'
import { type ProblemEvent, type ProblemStanding, afterEvent, standingOf } from '../../domain/problem-standing.ts'
import type { OpenWord } from '../../domain/problems.ts'
import { appendAudit } from '../audit.ts'
import type { Database } from '../tables.ts'

/** A problem under the lock of a transaction. */
export interface HeldProblem {
  problemId: string
  district: string
  user: string
  text: string
  kind: OpenWord['kind']
  channel: OpenWord['channel']
  promises: Promises
  standing: ProblemStanding
}

/** The problem, locked until the transaction ends; undefined when there is none of that id. */
export async function holdProblem(trx: Transaction<Database>, problemId: string): Promise<HeldProblem | undefined> {
  const row = await trx.selectFrom('problems').select(['problem_id', 'district', 'user_name', 'body', 'kind', 'channel', 'rules'])
    .where('problem_id', '=', problemId).forUpdate().executeTakeFirst()
  if (!row) return undefined
  return {
    problemId, district: row.district, user: row.user_name, text: row.body, kind: row.kind, channel: row.channel, promises: row.rules,
    standing: standingOf(await eventsOf(trx, problemId)),
  }
}

/** The events of a problem, in order. */
export async function eventsOf(db: Kysely<Database>, problemId: string): Promise<ProblemEvent[]> {
  const rows = await db.selectFrom('problem_events').select(['sequence', 'at', 'action', 'actor', 'party', 'detail'])
    .where('problem_id', '=', problemId).orderBy('sequence').execute()
  return rows.map((row) => ({ ...row, at: row.at.getTime() }))
}

/** The first row of a problem; its first event gives it its state. */
export async function createProblem(trx: Transaction<Database>, word: OpenWord, promises: Promises, clockFrom: number): Promise<HeldProblem> {
  const { problemId, district, user, channel, kind, text } = word
  await trx.insertInto('problems').values({
    problem_id: problemId, district, user_name: user, channel, kind, body: text, called_at: word.calledAt, opened_at: word.signedAt, opened_by: word.actor,
    clock_from: new Date(clockFrom), rules: JSON.stringify(promises), state: 'open', sequence: 0,
    window_year: promises.windows.find(({ from, to }) => from <= clockFrom && clockFrom < to)?.year ?? null,
  }).execute()
  return { problemId, district, user, text, kind, channel, promises, standing: standingOf([]) }
}

export type NewEvent = Omit<ProblemEvent, 'sequence'> & { wordId?: string }

/** Appends events, each with a link in the district's audit chain, and brings the row up to date. */
export async function appendEvents(trx: Transaction<Database>, held: HeldProblem, events: readonly NewEvent[]): Promise<HeldProblem> {
  let { standing } = held
  for (const { wordId, ...event } of events) {
    const numbered = { ...event, sequence: standing.sequence + 1 }
    await trx.insertInto('problem_events').values({
      problem_id: held.problemId, sequence: numbered.sequence, at: new Date(event.at), action: event.action, actor: event.actor, word_id: wordId ?? null,
      party: event.party, detail: JSON.stringify(event.detail),
    }).execute()
    await appendAudit(trx, {
      district: held.district, kind: `problem.${event.action}`, actor: event.actor, subject: `${held.problemId}/${numbered.sequence}`,
      detail: { at: new Date(event.at).toISOString(), ...(JSON.parse(JSON.stringify(event.detail)) as { [name: string]: Plain }), ...(wordId ? { word: wordId } : {}) },
    })
    standing = afterEvent(standing, numbered)
  }
  await project(trx, held.problemId, standing)
  return { ...held, standing }
}

const time = (at: number | null | undefined): Date | null => (at === null || at === undefined ? null : new Date(at))

async function project(trx: Transaction<Database>, problemId: string, { clocks: { response, resolution }, ...standing }: ProblemStanding): Promise<void> {
  const calling = [resolution, response].flatMap((clock) => (clock?.stoppedAt === null && clock.alarmed && !clock.alarmed.answered ? [clock.alarmed] : []))
  await trx.updateTable('problems').set({
    state: standing.state, sequence: standing.sequence, assignee: standing.assignee, waiting_on: standing.waiting?.on ?? null,
    waiting_since: time(standing.waiting?.since), waiting_reason: standing.waiting?.reason ?? null,
    response_due: time(response?.due), responded_at: time(standing.responded?.at), responded_by: standing.responded?.by ?? null,
    resolution_due: time(resolution?.due), resolution_measure: resolution?.measure ?? null,
    // Reported before the window and still open when it began, a fault counts in it from then on.
    ...(resolution?.windowYear ? { window_year: resolution.windowYear } : {}),
    resolved_at: time(standing.resolved?.at), confirmed_by: standing.resolved?.confirmedBy ?? null,
    paused_ms: BigInt(standing.paused.ms), paused_since: time(standing.paused.since),
    alarm_level: Math.max(0, ...CLOCKS.map((clock) => (({ response, resolution })[clock]?.alarmed?.rung ?? -1) + 1)),
    calling: [...new Set(calling.flatMap(({ people }) => people))], calling_since: time(calling[0]?.at), updated_at: new Date(),
  }).where('problem_id', '=', problemId).execute()
}

/** A breach, with whose minutes ran when the time was up. Written down once. */
export async function recordBreach(trx: Transaction<Database>, held: HeldProblem, clock: Clock, due: number, at: number): Promise<void> {
  await trx.insertInto('problem_breaches').values({
    problem_id: held.problemId, clock, due_at: new Date(due), district: held.district, user_name: held.user, party: held.standing.party ?? '', recorded_at: new Date(at),
  }).onConflict((conflict) => conflict.doNothing()).execute()
}

/** The word that stopped the clock in time came in after the breach: the record keeps both. */
export async function withdrawBreach(trx: Transaction<Database>, problemId: string, clock: Clock, due: number, wordId: string, at: number): Promise<void> {
  await trx.updateTable('problem_breaches').set({ withdrawn_at: new Date(at), withdrawn_by: wordId })
    .where('problem_id', '=', problemId).where('clock', '=', clock).where('due_at', '=', new Date(due)).where('withdrawn_at', 'is', null).execute()
}

/** When the year-ends of a district ran: windows of their own. One that runs has no end yet. */
export async function liveWindows(db: Kysely<Database>, district: string): Promise<Window[]> {
  const { rows } = await sql<{ year: number; from: Date; to: Date | null }>`
    select s.year, r.started_at as from, r.ended_at as to from runs r join scopes s using (scope_id)
    where s.district = ${district} and r.kind = 'real' order by r.run_id`.execute(db)
  return rows.map(({ year, from, to }) => ({ year, from: from.getTime(), to: to?.getTime() ?? END_OF_TIME }))
}

/** The last moment that JavaScript knows: JSON has no infinity. */
const END_OF_TIME = 8.64e15
