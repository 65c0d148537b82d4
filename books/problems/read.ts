/** Problems as lists, screens and reports show them: rows of the projection with their breaches and what they were made from. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Clock, Measure } from '../../domain/clocks.ts'
import type { Channel, EventAction, ProblemKind, ProblemState } from '../../domain/problems.ts'
import type { Database } from '../tables.ts'
import { isoTime } from '../read-model/status.ts'
import { CAUSE_RESOLVED } from './links.ts'

/** Times are ISO 8601 UTC. */
export interface ListedProblem {
  id: string
  district: string
  user: string
  channel: Channel
  kind: ProblemKind
  text: string
  state: ProblemState
  calledAt: string
  openedAt: string
  openedBy: string
  assignee: string | null
  waitingOn: string | null
  waitingReason: string | null
  /** The clock of the response; null where none is promised. */
  response: { due: string; at: string | null; by: string | null } | null
  /** The clock of the resolution; `windowYear`: the closing year of the year-end window that it is judged by. */
  resolution: { due: string; measure: Measure; windowYear: number | null; at: string | null; confirmedBy: string | null } | null
  resolvedAt: string | null
  confirmedBy: string | null
  /** How long the shown clock has stood still, and since when it does. */
  paused: { ms: number; since: string | null }
  /** Rung of the ladder that was reached, and who is called now and has not answered. */
  alarmLevel: number
  calling: readonly string[]
  breaches: readonly { clock: Clock; dueAt: string; recordedAt: string; party: string; withdrawnAt: string | null }[]
  cause: { year: number; step: string; findingId: string | null; resolved: boolean } | null
}

export interface ProblemFilter {
  districts?: readonly string[]
  /** `unresolved` is every state but resolved. */
  state?: ProblemState | 'unresolved'
  /** Reported in that year-end window, or made from that year's run. */
  year?: number
  id?: string
  cause?: { findingId?: string; district: string; step?: string }
  limit?: number
}

interface ProblemRow {
  problem_id: string; district: string; user_name: string; channel: Channel; kind: ProblemKind; body: string; state: ProblemState
  called_at: Date; opened_at: Date; opened_by: string; assignee: string | null; waiting_on: string | null
  waiting_reason: string | null
  response_due: Date | null; responded_at: Date | null; responded_by: string | null; resolution_due: Date | null
  resolution_measure: Measure | null
  window_year: number | null; resolved_at: Date | null; confirmed_by: string | null; paused_ms: bigint; paused_since: Date | null
  alarm_level: number; calling: string[]
  breaches: { clock: Clock; due_at: string; recorded_at: string; party: string; withdrawn_at: string | null }[] | null
  cause_year: number | null; cause_step: string | null; cause_finding: string | null; cause_resolved: boolean | null
}

/** Problems that fit, most urgent first: by what is due next, then by the call; resolved ones last, the newest first. */
export async function listProblems(db: Kysely<Database>, filter: ProblemFilter = {}): Promise<ListedProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select p.*, b.breaches, c.year as cause_year, c.step as cause_step, c.finding_id as cause_finding, c.resolved as cause_resolved
    from problems p
    left join lateral (
      select json_agg(json_build_object('clock', clock, 'due_at', due_at, 'recorded_at', recorded_at, 'party', party, 'withdrawn_at', withdrawn_at)
        order by recorded_at, clock) as breaches
      from problem_breaches b where b.problem_id = p.problem_id) b on true
    left join lateral (
      select s.year, l.step, l.finding_id, ${CAUSE_RESOLVED} as resolved
      from problem_links l join runs r using (run_id) join scopes s using (scope_id) where l.problem_id = p.problem_id order by l.linked_at limit 1) c on true
    where ${sql.join([sql`true`, ...conditionsOf(filter)], sql` and `)}
    order by p.state = 'resolved', case when p.state <> 'resolved' then ${NEXT_DUE} end, p.resolved_at desc nulls last, p.called_at, p.problem_id collate "C"
    limit ${filter.limit ?? null}`.execute(db)
  return rows.map(problemOf)
}

/** What runs out next of the clocks that still run; null for a problem without a promise. */
const NEXT_DUE = sql`coalesce(least(case when p.responded_at is null then p.response_due end, p.resolution_due), 'infinity')`

function conditionsOf({ districts, state, year, id, cause }: ProblemFilter): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  if (districts?.length) conditions.push(sql`p.district = any(${[...districts]}::text[])`)
  if (state) conditions.push(state === 'unresolved' ? sql`p.state <> 'resolved'` : sql`p.state = ${state}`)
  if (year !== undefined) conditions.push(sql`(p.window_year = ${year} or c.year = ${year})`)
  if (id !== undefined) conditions.push(sql`p.problem_id = ${id}`)
  if (cause) {
    conditions.push(sql`p.district = ${cause.district}`)
    if (cause.findingId !== undefined) conditions.push(sql`c.finding_id = ${cause.findingId}`)
    if (cause.step !== undefined) conditions.push(sql`c.step = ${cause.step}`)
  }
  return conditions
}

function problemOf(row: ProblemRow): ListedProblem {
  const { response_due: responseDue, resolution_due: resolutionDue } = row
  return {
    id: row.problem_id, district: row.district, user: row.user_name, channel: row.channel, kind: row.kind, text: row.body,
    state: row.state,
    calledAt: isoTime(row.called_at)!, openedAt: isoTime(row.opened_at)!, openedBy: row.opened_by, assignee: row.assignee,
    waitingOn: row.waiting_on, waitingReason: row.waiting_reason,
    response: responseDue && { due: isoTime(responseDue)!, at: isoTime(row.responded_at), by: row.responded_by },
    resolution: resolutionDue && {
      due: isoTime(resolutionDue)!, measure: row.resolution_measure!, windowYear: row.window_year, at: isoTime(row.resolved_at),
      confirmedBy: row.confirmed_by,
    },
    resolvedAt: isoTime(row.resolved_at), confirmedBy: row.confirmed_by,
    paused: { ms: Number(row.paused_ms), since: isoTime(row.paused_since) }, alarmLevel: row.alarm_level, calling: row.calling,
    breaches: (row.breaches ?? []).map((one) => ({
      clock: one.clock, dueAt: isoTime(one.due_at)!, recordedAt: isoTime(one.recorded_at)!, party: one.party,
      withdrawnAt: isoTime(one.withdrawn_at),
    })),
    cause: row.cause_step === null ? null : {
      year: row.cause_year!, step: row.cause_step, findingId: row.cause_finding, resolved: row.cause_resolved === true,
    },
  }
}

/** An event of a problem, and for an alarm how it was delivered. */
export interface ListedEvent {
  sequence: number
  at: string
  action: EventAction
  actor: string
  party: string | null
  detail: { readonly [name: string]: unknown }
  deliveries: readonly { channel: string; target: string; attempt: number; state: string; at: string; error: string | null }[]
}

/** Everything that happened to some problems, in order; by problem. */
export async function readProblemEvents(db: Kysely<Database>, ids: readonly string[]): Promise<Map<string, ListedEvent[]>> {
  const { rows } = await sql<{ problem_id: string; sequence: number; at: Date; action: EventAction; actor: string; party: string | null; detail: ListedEvent['detail']; deliveries: ListedEvent['deliveries'] | null }>`
    select e.problem_id, e.sequence, e.at, e.action, e.actor, e.party, e.detail, d.deliveries
    from problem_events e
    left join notifications n on n.problem_id = e.problem_id and n.sequence = e.sequence
    left join lateral (
      select json_agg(json_build_object('channel', channel, 'target', target, 'attempt', attempt, 'state', state, 'at', at, 'error', error) order by delivery_id) as deliveries
      from deliveries where notification_id = n.notification_id) d on true
    where e.problem_id = any(${[...ids]}::text[]) order by e.problem_id collate "C", e.sequence`.execute(db)
  const events = new Map<string, ListedEvent[]>()
  for (const { problem_id: id, deliveries, ...row } of rows) {
    const event = {
      ...row, at: isoTime(row.at)!, deliveries: (deliveries ?? []).map((one) => ({ ...one, at: isoTime(one.at)! })),
    }
    events.set(id, [...events.get(id) ?? [], event])
  }
  return events
}
