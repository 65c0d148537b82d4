/** A problem in the books: its events, appended one after another, and the row that screens read, which is their fold. */
import { type Kysely, type Selectable, type Transaction, sql } from 'kysely'
import type { Plain } from '../../domain/canonical.ts'
import { CLOCKS, type Clock, type Promises, type Window } from '../../domain/clocks.ts'
import { type ProblemEvent, type ProblemStanding, afterEvent, nextAlarms, standingOf } from '../../domain/problem-standing.ts'
import type { OpenWord } from '../../domain/problems.ts'
import { appendAudits } from '../audit.ts'
import type { ProblemsTable } from '../problem-tables.ts'
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
  const row = await trx.selectFrom('problems').select(HELD).where('problem_id', '=', problemId).forUpdate().executeTakeFirst()
  return row && (await heldOf(trx, [row]))[0]
}

/** The problems of a district whose alarms were due at that moment and that nobody holds, locked until the transaction ends. */
export async function holdDue(trx: Transaction<Database>, district: string, at: number, limit: number): Promise<HeldProblem[]> {
  const rows = await trx.selectFrom('problems').select(HELD).where('district', '=', district)
    .where('next_alarm', '<=', new Date(at))
    .orderBy('next_alarm').orderBy('problem_id').limit(limit).forUpdate().skipLocked().execute()
  return heldOf(trx, rows)
}

const HELD = ['problem_id', 'district', 'user_name', 'body', 'kind', 'channel', 'rules'] as const
type HeldRow = Pick<Selectable<ProblemsTable>, (typeof HELD)[number]>

async function heldOf(trx: Transaction<Database>, rows: readonly HeldRow[]): Promise<HeldProblem[]> {
  const events = await eventsOf(trx, rows.map((row) => row.problem_id))
  return rows.map((row) => ({
    problemId: row.problem_id, district: row.district, user: row.user_name, text: row.body, kind: row.kind, channel: row.channel,
    promises: row.rules,
    standing: standingOf(events.get(row.problem_id) ?? []),
  }))
}

/** The events of problems, in order. */
async function eventsOf(db: Kysely<Database>, problemIds: readonly string[]): Promise<Map<string, ProblemEvent[]>> {
  if (problemIds.length === 0) return new Map()
  const rows = await db.selectFrom('problem_events')
    .select(['problem_id', 'sequence', 'at', 'action', 'actor', 'party', 'detail'])
    .where('problem_id', 'in', problemIds).orderBy('problem_id').orderBy('sequence').execute()
  return new Map([...Map.groupBy(rows, (row) => row.problem_id)].map(([id, own]) =>
    [id, own.map(({ problem_id: _id, ...row }) => ({ ...row, at: row.at.getTime() }))]))
}

/** The first row of a problem; its first event gives it its state. */
export async function createProblem(
  trx: Transaction<Database>, word: OpenWord, promises: Promises, clockFrom: number,
): Promise<HeldProblem> {
  const { problemId, district, user, channel, kind, text } = word
  await trx.insertInto('problems').values({
    problem_id: problemId, district, user_name: user, channel, kind, body: text, called_at: word.calledAt,
    opened_at: word.signedAt, opened_by: word.actor,
    clock_from: new Date(clockFrom), rules: JSON.stringify(promises), state: 'open', sequence: 0,
    window_year: promises.windows.find(({ from, to }) => from <= clockFrom && clockFrom < to)?.year ?? null,
  }).execute()
  return { problemId, district, user, text, kind, channel, promises, standing: standingOf([]) }
}

export type NewEvent = Omit<ProblemEvent, 'sequence'> & { wordId?: string }

/** Appends events, each with a link in the district's audit chain, and brings the row up to date. */
export async function appendEvents(
  trx: Transaction<Database>, held: HeldProblem, events: readonly NewEvent[],
): Promise<HeldProblem> {
  return (await appendToAll(trx, [{ held, events }]))[0]!
}

/** The same for several problems at once; each of them once. */
export async function appendToAll(
  trx: Transaction<Database>, all: readonly { held: HeldProblem; events: readonly NewEvent[] }[],
): Promise<HeldProblem[]> {
  const numbered = all.flatMap(({ held, events }) => events.map((event, index) => ({
    held, event: { ...event, sequence: held.standing.sequence + 1 + index },
  })))
  if (numbered.length === 0) return all.map(({ held }) => held)
  await trx.insertInto('problem_events').values(numbered.map(({ held, event }) => ({
    problem_id: held.problemId, sequence: event.sequence, at: new Date(event.at), action: event.action, actor: event.actor,
    word_id: event.wordId ?? null,
    party: event.party, detail: JSON.stringify(event.detail),
  }))).execute()
  await appendAudits(trx, numbered.map(({ held, event: { wordId, ...event } }) => ({
    district: held.district, kind: `problem.${event.action}`, actor: event.actor, subject: `${held.problemId}/${event.sequence}`,
    detail: {
      at: new Date(event.at).toISOString(), ...(JSON.parse(JSON.stringify(event.detail)) as { [name: string]: Plain }),
      ...(wordId ? { word: wordId } : {}),
    },
  })))
  const after: HeldProblem[] = []
  for (const { held, events } of all) {
    const next = { ...held, standing: events.reduce(
      (standing, { wordId: _word, ...event }) => afterEvent(standing, { ...event, sequence: standing.sequence + 1 }),
      held.standing,
    ) }
    if (events.length > 0) await project(trx, next)
    after.push(next)
  }
  return after
}

const time = (at: number | null | undefined): Date | null => (at === null || at === undefined ? null : new Date(at))

async function project(trx: Transaction<Database>, { problemId, promises, standing: whole }: HeldProblem): Promise<void> {
  const { clocks: { response, resolution }, ...standing } = whole
  const calling = [resolution, response].flatMap(
    (clock) => (clock?.stoppedAt === null && clock.alarmed && !clock.alarmed.answered ? [clock.alarmed] : []),
  )
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
    next_alarm: time(nextAlarms(whole, promises)[0]?.at),
  }).where('problem_id', '=', problemId).execute()
}

/** A breach, with whose minutes ran when the time was up. Written down once. */
export async function recordBreach(
  trx: Transaction<Database>, held: HeldProblem, clock: Clock, due: number, at: number,
): Promise<void> {
  await trx.insertInto('problem_breaches').values({
    problem_id: held.problemId, clock, due_at: new Date(due), district: held.district, user_name: held.user,
    party: held.standing.party ?? '', recorded_at: new Date(at),
  }).onConflict((conflict) => conflict.doNothing()).execute()
}

/** The word that stopped the clock in time came in after the breach: the record keeps both. */
export async function withdrawBreach(
  trx: Transaction<Database>, problemId: string, clock: Clock, due: number, wordId: string, at: number,
): Promise<void> {
  await trx.updateTable('problem_breaches').set({ withdrawn_at: new Date(at), withdrawn_by: wordId })
    .where('problem_id', '=', problemId).where('clock', '=', clock).where('due_at', '=', new Date(due))
    .where('withdrawn_at', 'is', null).execute()
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
