/** When each district will be done, from the durable record of those that went before it. */
import { type Kysely, sql } from 'kysely'
import type { AttributionRules, Stretch } from '../../domain/attribution.ts'
import {
  type DistrictForecast, EXPERIENCES, type Experience, type StepTimes, type YearForecast, forecast,
} from '../../domain/forecast.ts'
import { STEPS, type Step } from '../../domain/steps.ts'
import { type Look, currentRuns } from '../read-model/current.ts'
import type { Database } from '../tables.ts'
import { queueOf } from './queues.ts'
import { type RunTimeline, readTimelines } from './timelines.ts'

/**
 * Forecasts for the districts of a year that are under way. Rests on districts that are through a step: of this year-end; of
 * earlier ones where those are fewer than three; of rehearsals where there are none at all.
 */
export async function readForecast(
  db: Kysely<Database>, { districts, ...look }: Look, rules: AttributionRules, now: Date,
): Promise<YearForecast> {
  const { rows } = await sql<{ run_id: number; current: boolean }>`
    with current as (${currentRuns(look)})
    select r.run_id, r.run_id in (select run_id from current) as current from runs r join scopes s using (scope_id)
    where r.state <> 'cancelled'
      and (r.run_id in (select run_id from current) or s.year = ${look.year} or (r.kind = 'real' and s.year < ${look.year}))
    `.execute(db)
  const ids = new Set(rows.filter((row) => row.current).map((row) => row.run_id))
  const all = await readTimelines(db, rows.map((row) => row.run_id), rules, now, [...ids])
  const current = all.filter((one) => ids.has(one.runId))
  return {
    year: look.year, at: now.toISOString(),
    // Whichever are asked for, all stand in the queues.
    districts: current.filter((one) => !districts?.length || districts.includes(one.district))
      .map((one) => forecastOf(one, { current, all, rules, now })).toSorted((a, b) => (a.district < b.district ? -1 : 1)),
    trackRecord: (['rehearsal', 'real'] as const).flatMap((kind) => recordOf(kind, all)),
  }
}

interface Around { current: readonly RunTimeline[]; all: readonly RunTimeline[]; rules: AttributionRules; now: Date }

function forecastOf(run: RunTimeline, { current, all, rules, now }: Around): DistrictForecast {
  const coming = STEPS.filter((step) => run.steps.get(step)?.state !== 'approved')
  const nothing = {
    district: run.district, median: null, late: null, rests: 0, from: null, queue: null, paused: run.state === 'paused',
  }
  if (run.state === 'completed' || coming.length === 0) return { ...nothing, step: null }
  const step = coming[0]!
  const queue = queueOf(run, step, current, rules)
  const own = heldUpBy(run.stretches, step)
  const known = timesFor(run, all)
  const one = run.state === 'paused' ? null : forecast({
    coming, spent: own, times: timesOf(known), seed: run.district,
    ...(queue && queue.place > 1 && { queue: { place: queue.place, interval: queue.interval } }),
  })
  const at = (ms: number) => new Date(now.getTime() + ms).toISOString()
  return {
    ...nothing, step, ...(one && { median: at(one.median), late: at(one.late), rests: one.rests, from: farthest(coming, known) }),
    queue: queue && queue.place > 1 ? { for: queue.for, place: queue.place, ...(queue.name && { name: queue.name }) } : null,
  }
}

const heldUpBy = (stretches: readonly Stretch[], step: Step): number =>
  stretches.filter((one) => one.step === step).reduce((sum, one) => sum + one.to - one.from, 0)

type Known = ReadonlyMap<Step, { times: readonly number[]; from: Experience }>
const timesOf = (known: Known): StepTimes => new Map([...known].map(([step, { times }]) => [step, times]))
const farthest = (coming: readonly Step[], known: Known): Experience =>
  EXPERIENCES[Math.max(...coming.map((step) => EXPERIENCES.indexOf(known.get(step)!.from)))]!

/** The times of those that are through each step: the nearest experience that there is enough of. */
function timesFor(run: Pick<RunTimeline, 'runId' | 'year' | 'kind'>, all: readonly RunTimeline[]): Known {
  const others = all.filter((one) => one.runId !== run.runId)
  const through = (step: Step, fits: (one: RunTimeline) => boolean) =>
    others.filter((one) => fits(one) && one.steps.get(step)?.state === 'approved').map((one) => heldUpBy(one.stretches, step))
  const known = (step: Step): { times: readonly number[]; from: Experience } => {
    const same = through(step, (one) => one.year === run.year && one.kind === run.kind)
    if (same.length >= ENOUGH) return { times: same, from: 'this-year-end' }
    const earlier = through(step, (one) => one.year < run.year && one.kind === 'real')
    if (same.length + earlier.length > 0) {
      return { times: [...same, ...earlier], from: earlier.length > 0 ? 'earlier-year-ends' : 'this-year-end' }
    }
    return { times: through(step, (one) => one.year === run.year && one.kind !== run.kind), from: 'rehearsal' }
  }
  return new Map(STEPS.map((step) => [step, known(step)]))
}
const ENOUGH = 3

/** Runs that are over, looked at again at each of their steps' ends: what the others would have told, and what came. */
function recordOf(kind: 'rehearsal' | 'real', all: readonly RunTimeline[]): YearForecast['trackRecord'] {
  const over = all.filter((one) => one.kind === kind && one.state === 'completed')
  let [forecasts, byLate, byMedian] = [0, 0, 0]
  for (const run of over) {
    const times = timesOf(timesFor(run, over))
    for (let index = 1; index < STEPS.length; index += 1) {
      const coming = STEPS.slice(index)
      const one = forecast({ coming, spent: 0, times, seed: `${run.district}/${index}` })
      if (!one) continue
      const actual = coming.reduce((sum, step) => sum + heldUpBy(run.stretches, step), 0)
      forecasts += 1
      if (actual <= one.late) byLate += 1
      if (actual <= one.median) byMedian += 1
    }
  }
  return forecasts > 0 ? [{ kind, forecasts, byLate, byMedian }] : []
}
