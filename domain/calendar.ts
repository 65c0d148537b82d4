/**
 * Working days in China: Monday to Friday, less the public holidays, plus the make-up workdays (调休) that the State Council
 * announces for each year. The announcements are data, a year each; what no announcement covers is not guessed.
 */

/** One year's arrangement; dates are `2026-01-04`. */
export interface CalendarYear {
  year: number
  /** False: expected, not yet announced or not yet compared with the announcement. */
  verified: boolean
  holidays: readonly string[]
  /** Saturdays and Sundays that are worked. */
  workdays: readonly string[]
}
export type Calendar = readonly CalendarYear[]

/** A year of which nobody has said when it is worked. */
export class NoCalendar extends Error {
  readonly year: number
  readonly code = 'no-calendar'
  readonly zh: string
  readonly en: string
  constructor(year: number) {
    const en = `there is no working-day calendar of ${year}: add calendar/${year}.yaml to the configuration, from the State Council's announcement`
    super(en)
    this.name = 'NoCalendar'
    this.year = year
    this.zh = `没有 ${year} 年的工作日历：按国务院办公厅通知在配置中补上 calendar/${year}.yaml。`
    this.en = en
  }
}

const DAY_MS = 86_400_000

/** The civil date at a moment (milliseconds since the epoch), where clocks are `zoneMs` ahead of UTC. */
export const dateAt = (at: number, zoneMs: number): string => new Date(at + zoneMs).toISOString().slice(0, 10)

/** The moment at which a civil date begins. */
export const startOfDate = (date: string, zoneMs: number): number => Date.parse(`${date}T00:00:00Z`) - zoneMs

/** Whether a date is worked. @throws NoCalendar for a year without data */
export function isWorkday(calendar: Calendar, date: string): boolean {
  const year = Number(date.slice(0, 4))
  const own = calendar.find((one) => one.year === year)
  if (!own) throw new NoCalendar(year)
  if (own.holidays.includes(date)) return false
  if (own.workdays.includes(date)) return true
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6
}

/**
 * The end (24:00) of the n-th working day after the day of `at`. The day itself is not counted (Civil Code 201), the last one
 * is counted to its end (203); n = 0 is the end of the day itself if it is worked, else of the next one that is.
 * @throws NoCalendar when the count reaches a year without data
 */
export function endOfWorkday(calendar: Calendar, at: number, days: number, zoneMs: number): number {
  let day = startOfDate(dateAt(at, zoneMs), zoneMs)
  let left = days
  if (left === 0) {
    while (!isWorkday(calendar, dateAt(day, zoneMs))) day += DAY_MS
    return day + DAY_MS
  }
  while (left > 0) {
    day += DAY_MS
    if (isWorkday(calendar, dateAt(day, zoneMs))) left -= 1
  }
  return day + DAY_MS
}

/** Years between two moments whose arrangement is not verified: what is due then may still move. */
export function unverifiedYears(calendar: Calendar, from: number, to: number, zoneMs: number): number[] {
  const [first, last] = [dateAt(from, zoneMs), dateAt(to - 1, zoneMs)].map((date) => Number(date.slice(0, 4)))
  return calendar.filter(({ year, verified }) => !verified && year >= first! && year <= last!).map(({ year }) => year)
}
