/** Who is called by an alarm: by level, by shift, one after another. Pure. */

/** Civil time of a shift as moments; `daily` in minutes of the day, over midnight when `to` is not after `from`. */
export interface Shift {
  level: string
  /** Empty: all districts. */
  districts: readonly string[]
  from: number
  to: number
  daily: { from: number; to: number } | null
  people: readonly string[]
}

const DAY_MINUTES = 1_440

/** Names on duty at a level, in the order in which they are called. A shift is over at its last minute's end. */
export function onDuty(shifts: readonly Shift[], level: string, district: string, at: number, zoneMs: number): string[] {
  const minute = Math.floor((at + zoneMs) / 60_000) % DAY_MINUTES
  const own = shifts.filter((shift) => shift.level === level && (shift.districts.length === 0 || shift.districts.includes(district))
    && shift.from <= at && at < shift.to && (shift.daily === null || within(shift.daily, minute)))
  return [...new Set(own.flatMap(({ people }) => people))]
}

const within = ({ from, to }: { from: number; to: number }, minute: number): boolean =>
  (from < to ? from <= minute && minute < to : minute >= from || minute < to)

/** One call of an alarm: the levels, and who of them by name; nobody by name where no shift says so. */
export interface Call { levels: readonly string[]; people: readonly string[] }

/**
 * The calls of a rung, one after another while nobody answers: the first on duty of each level of `to`, then the second, and
 * so on, then the levels of `passOnTo`, each in whole. A name is called once.
 */
export function callsOf(
  to: readonly string[], passOnTo: readonly string[], dutyAt: (level: string) => readonly string[],
): Call[] {
  const duty = to.map(dutyAt)
  const rounds = Math.max(1, ...duty.map((names) => names.length))
  const called = new Set<string>()
  const fresh = (names: readonly string[]) => names.filter((one) => !called.has(one) && called.add(one))
  const calls: Call[] = []
  for (let round = 0; round < rounds; round += 1) {
    const people = fresh(duty.flatMap((names) => names.slice(round, round + 1)))
    if (round === 0 || people.length > 0) calls.push({ levels: to, people })
  }
  for (const level of passOnTo) {
    const names = dutyAt(level)
    const people = fresh(names)
    if (people.length > 0 || names.length === 0) calls.push({ levels: [level], people })
  }
  return calls
}
