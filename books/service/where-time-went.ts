/** Where the time of districts went: of their current runs by party and step, and of the problems that users reported. */
import { type Kysely, sql } from 'kysely'
import { type AttributionRules, attributeEvents, timeByParty } from '../../domain/attribution.ts'
import { STEPS, type Step } from '../../domain/steps.ts'
import { listProblems, readProblemEvents } from '../problems/read.ts'
import { type Look, currentRuns } from '../read-model/current.ts'
import type { Database } from '../tables.ts'
import { readTimelines } from './timelines.ts'

/** Seconds by party; only those that had any. */
export type PartyTime = Readonly<Record<string, number>>

export interface ProblemTime { id: string; user: string; resolved: boolean; total: number; byParty: PartyTime }
/** All times are seconds, to the millisecond. */
export interface DistrictTime {
  district: string
  /** From the start of the run to its end, or to the moment that was asked for; 0 while nothing was started. */
  total: number
  byParty: PartyTime
  /** By the step that held the district up; each step is there. */
  bySteps: Readonly<Record<Step, PartyTime>>
  problems: readonly ProblemTime[]
  /** Of all its problems together: several at once count several times. */
  problemsByParty: PartyTime
}

/**
 * Whose minutes they were, for each district of the year that has a run or a problem, by code. The league's run is read along:
 * a wait for the league is whatever held the league up.
 * @param now until when what is not over counts
 */
export async function readDistrictTimes(
  db: Kysely<Database>, look: Look, rules: AttributionRules, now: Date,
): Promise<DistrictTime[]> {
  const { districts, ...year } = look
  const asked = (district: string) => !districts?.length || districts.includes(district)
  const some = districts?.length ? sql`where c.district = any(${[...districts]}::text[])` : sql``
  const { rows } = await sql<{ run_id: number }>`
    with current as (${currentRuns(year)}), asked as (
      select r.run_id, r.league from current c join runs r on r.run_id = c.run_id ${some})
    select c.run_id from current c
    where c.run_id in (select run_id from asked) or (c.run_id is not null and c.district in (select league from asked))`.execute(db)
  const runs = (await readTimelines(db, rows.map((row) => row.run_id), rules, now)).filter((run) => asked(run.district))
  const problems = Map.groupBy(await readProblemTimes(db, look, now), ({ district }) => district)
  const codes = [...new Set([...runs.map(({ district }) => district), ...problems.keys()])].toSorted()
  return codes.map((district) => {
    const run = runs.find((one) => one.district === district)
    const stretches = run?.stretches ?? []
    const own = (problems.get(district) ?? []).map(({ district: _district, ...one }) => one)
    return {
      district, total: run ? seconds(run.to - run.from) : 0, byParty: plain(timeByParty(stretches)),
      bySteps: Object.fromEntries(STEPS.map((step) =>
        [step, plain(timeByParty(stretches.filter((one) => one.step === step)))])) as Record<Step, PartyTime>,
      problems: own, problemsByParty: sum(own.map(({ byParty }) => byParty)),
    }
  })
}

async function readProblemTimes(
  db: Kysely<Database>, { year, districts }: Look, now: Date,
): Promise<(ProblemTime & { district: string })[]> {
  const listed = await listProblems(db, { year, ...(districts?.length && { districts }) })
  const events = await readProblemEvents(db, listed.map(({ id }) => id))
  return listed.map(({ id, district, user, state }) => {
    const stretches = attributeEvents(
      (events.get(id) ?? []).map(({ at, party }) => ({ at: Date.parse(at), party })), now.getTime(),
    )
    return {
      id, district, user, resolved: state === 'resolved',
      total: seconds(stretches.reduce((all, { from, to }) => all + to - from, 0)), byParty: plain(timeByParty(stretches)),
    }
  }).toSorted((a, b) => b.total - a.total || (a.id < b.id ? -1 : 1))
}

const seconds = (ms: number): number => Math.round(ms) / 1000
const plain = (times: ReadonlyMap<string, number>): PartyTime =>
  Object.fromEntries([...times].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([party, ms]) => [party, seconds(ms)]))

function sum(times: readonly PartyTime[]): PartyTime {
  const sums = new Map<string, number>()
  for (const one of times) for (const [party, time] of Object.entries(one)) sums.set(party, (sums.get(party) ?? 0) + time * 1000)
  return plain(sums)
}
