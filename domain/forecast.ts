/**
 * When a district will be done (docs/time.md): from how long each of its coming steps held up the districts that are through
 * it, and from its place in the queue of somebody whom several districts wait for. Pure; the same data give the same
 * forecast. Times are milliseconds.
 */
import type { Step } from './steps.ts'

/** How long each step held districts up, one entry for each that is through it. */
export type StepTimes = ReadonlyMap<Step, readonly number[]>

export interface ForecastInput {
  /** The steps that are not approved, in order; the first one has held the district up for `spent` already. */
  coming: readonly Step[]
  spent: number
  times: StepTimes
  /** The district's place among those that wait for the same one, from 1, and the usual time for one of them. */
  queue?: { place: number; interval: number }
  /** Makes the draws of this district its own. */
  seed: string
}
/** From now on. `rests` is the smallest number of districts that a coming step's times are from. */
export interface Forecast { median: number; late: number; rests: number }

const DRAWS = 2_000
/** The late case: nine out of ten are done by then. */
const LATE = 0.9

/** Null when nobody is through one of the coming steps: then nothing can be said. */
export function forecast({ coming, spent, times, queue, seed }: ForecastInput): Forecast | null {
  const samples = coming.map((step) => times.get(step) ?? [])
  if (coming.length === 0 || samples.some((one) => one.length === 0)) return null
  const rests = Math.min(...samples.map((one) => one.length))
  // What took longer than everywhere else takes as long again, for all that is known.
  const longer = samples[0]!.filter((one) => one > spent).map((one) => one - spent)
  const [first, rest] = [longer.length > 0 ? longer : [spent], samples.slice(1)]
  const random = randomOf(seed)
  const pick = (one: readonly number[]) => one[Math.floor(random() * one.length)]!
  const sums = Array.from({ length: DRAWS }, () =>
    rest.reduce(
      (sum, one) => sum + pick(one), Math.max(pick(first), queue ? queue.place * queue.interval : 0),
    )).toSorted((a, b) => a - b)
  return { median: sums[Math.ceil(DRAWS / 2) - 1]!, late: sums[Math.ceil(DRAWS * LATE) - 1]!, rests }
}

/** Middle of a list; null of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length === 0 ? null : sorted[Math.floor((sorted.length - 1) / 2)]!
}

/** mulberry32 from an FNV-1a hash of the seed: any generator does that is the same everywhere. */
function randomOf(seed: string): () => number {
  let state = 0x811c9dc5
  for (let index = 0; index < seed.length; index += 1) state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Whose times: this year-end's, earlier ones' too, or only those of the rehearsal (of the real year-end, for a rehearsal). */
export const EXPERIENCES = ['this-year-end', 'earlier-year-ends', 'rehearsal'] as const
export type Experience = (typeof EXPERIENCES)[number]

export interface DistrictForecast {
  district: string
  /** Step that holds it up now; null when it is done. */
  step: Step | null
  /** ISO 8601 UTC; null when nobody is through what is coming, or the district is done or paused. */
  median: string | null
  late: string | null
  /** How many districts the least known coming step's times are from. */
  rests: number
  /** The farthest experience that it needed: a rehearsal waits for nobody. */
  from: Experience | null
  /** For whom it waits together with others, by roles or as a party with its name, and its place among them. */
  queue: { for: string; place: number; name?: { zh: string; en: string } } | null
  /** Nobody can say when it goes on. */
  paused: boolean
}
/** Runs of a kind that are over, looked back on: how many forecasts of them there would have been, and how many came true. */
export interface TrackRecord { kind: 'rehearsal' | 'real'; forecasts: number; byLate: number; byMedian: number }
export interface YearForecast {
  year: number
  at: string
  districts: readonly DistrictForecast[]
  /** How often runs that are over were done by the late case (and by the median) that would have been forecast on their way. */
  trackRecord: readonly TrackRecord[]
}
