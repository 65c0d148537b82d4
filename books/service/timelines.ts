/** What runs went through, from their durable record: the history of their steps and how long findings were open. */
import { type Kysely, sql } from 'kysely'
import { type AttributionRules, type RunTimes, type Stretch, attributeRun } from '../../domain/attribution.ts'
import type { RunKind, RunState, Step, StepState } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'

/**
 * A run with its stretches of time. Times are milliseconds since the epoch; `to` is its end, or the moment that was asked for.
 */
export interface RunTimeline {
  runId: number
  district: string
  year: number
  kind: RunKind
  state: RunState
  league: string
  from: number
  to: number
  stretches: readonly Stretch[]
  /** Where each step stands, and since when it waits. */
  steps: ReadonlyMap<Step, { state: StepState; waitingOn: string | null; since: number }>
}

interface Row {
  run_id: number; district: string; year: number; kind: RunKind; state: RunState; league: string; started_at: Date
  ended_at: Date | null
  moments: { step: Step; state: StepState; waiting_on: string | null; at: string }[] | null
  spans: { step: Step; owner: string | null; from: string; to: string | null }[] | null
}

/**
 * Reads runs that began, in the order of their ids.
 * @param now the end of those that have not ended
 * @param whose of these it matters whose minutes they were; of the others only which step held them up is said
 */
export async function readTimelines(
  db: Kysely<Database>, runIds: readonly number[], rules: AttributionRules, now: Date, whose = runIds,
): Promise<RunTimeline[]> {
  const { rows } = await sql<Row>`
    with open_times as (
      -- overlapping findings of one owner are one stretch
      select run_id, step, owner, lower(part) as "from", upper(part) as "to" from (
        select run_id, step, facts -> 'owner' ->> 'key' as owner, range_agg(tstzrange(opened_at, closed_at)) as times
        from findings f join (
          -- only while a step is blocked they say whose the minute is
          select distinct run_id, step from step_history
          where run_id = any(${[...whose]}::int[]) and state = 'blocked') b using (run_id, step)
        where severity = 'error' and (closed_at is null or closed_at > opened_at)
        group by 1, 2, 3) merged, unnest(times) as part)
    select r.run_id, s.district, s.year, r.kind, r.state, r.league, r.started_at, r.ended_at,
      (select json_agg(json_build_object('step', h.step, 'state', h.state, 'waiting_on', h.waiting_on, 'at', h.at)
          order by h.history_id) from step_history h where h.run_id = r.run_id) as moments,
      (select json_agg(json_build_object('step', o.step, 'owner', o.owner, 'from', o."from", 'to', o."to"))
        from open_times o where o.run_id = r.run_id) as spans
    from runs r join scopes s using (scope_id) where r.run_id = any(${[...runIds]}::int[]) order by r.run_id`.execute(db)
  const times = rows.map((row) => ({ row, times: timesOf(row, now) }))
  const leagues = new Map(times.filter(({ row }) => row.district === row.league)
    .map(({ row, times: own }) => [`${row.year}/${row.kind}/${row.league}`, attributeRun(own, rules)]))
  return times.map(({ row, times: own }) => {
    const league = row.district === row.league ? undefined : leagues.get(`${row.year}/${row.kind}/${row.league}`)
    return {
      runId: row.run_id, district: row.district, year: row.year, kind: row.kind, state: row.state, league: row.league,
      from: own.from, to: own.to,
      stretches: attributeRun({ ...own, ...(league && { league: { code: row.league, stretches: league } }) }, rules),
      steps: new Map(own.moments.map(({ step, state, waitingOn, at }) => [step, { state, waitingOn, since: at }])),
    }
  })
}

function timesOf({ started_at: start, ended_at: end, moments, spans }: Row, now: Date): RunTimes {
  const at = (time: string) => Date.parse(time)
  return {
    from: start.getTime(), to: (end ?? now).getTime(),
    moments: (moments ?? []).map((one) => ({ step: one.step, state: one.state, waitingOn: one.waiting_on, at: at(one.at) })),
    findings: (spans ?? [])
      .map((one) => ({ step: one.step, owner: one.owner, from: at(one.from), to: one.to === null ? null : at(one.to) })),
  }
}
