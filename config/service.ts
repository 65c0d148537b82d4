/**
 * The configuration of the service: promises, roster, calendars, ladders. It is read anew for each problem and each alarm, as
 * the actors are for each decision: a shift that is swapped at night holds at once. A problem keeps the promise it began with.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Calendar } from '../domain/calendar.ts'
import { startOfDate } from '../domain/calendar.ts'
import type { Promises, Rung, Window } from '../domain/clocks.ts'
import { parseDuration } from '../domain/deadlines.ts'
import type { Shift } from '../domain/roster.ts'
import { ConfigError, listFolder, loadConfigFile, locate, readConfigFile } from './load.ts'
import type { EscalationConfig, ProblemLadders } from './schemas/people.ts'
import {
  type CalendarFile, type RosterFile, type ServiceFile, calendarSchema, rosterSchema, serviceSchema,
} from './schemas/service.ts'

export interface ServiceConfig {
  service: ServiceFile
  ladders: ProblemLadders
  people: RosterFile['people']
  shifts: readonly Shift[]
  calendar: Calendar
  zoneMs: number
}

/**
 * Reads service.yaml, roster.yaml, calendar/*.yaml and the ladders of escalation.yaml.
 * @throws ConfigError naming every problem by file, line, column
 */
export function loadService(overlay?: string): ServiceConfig {
  const problems: string[] = []
  const service = readConfigFile(locate('service.yaml', overlay), serviceSchema, problems)
  const roster = readConfigFile(locate('roster.yaml', overlay), rosterSchema, problems)
  const years = listFolder('calendar', overlay)
    .map((file) => ({ file, content: readConfigFile(locate(join('calendar', file), overlay), calendarSchema, problems) }))
  const ladders = laddersOf(overlay, problems)
  for (const { file, content } of years) {
    if (content && file !== `${content.year}.yaml`) {
      problems.push(`calendar/${file}: year: ${content.year} belongs into ${content.year}.yaml`)
    }
  }
  if (service && roster && ladders) problems.push(...misfits(service, roster, ladders))
  if (problems.length > 0 || !service || !roster || !ladders) throw new ConfigError(problems)
  const zoneMs = zoneOf(service.time_zone)
  return {
    service, ladders, people: roster.people, zoneMs, shifts: roster.shifts.map((shift) => shiftOf(shift, zoneMs)),
    calendar: years.flatMap(({ content }) => (content ? [{ ...content, holidays: content.holidays.flatMap(daysOf) }] : [])),
  }
}

/** Reads the configuration of the service again only when a file of it was changed: alarms come by the hundred. */
export function serviceReader(overlay?: string): (options?: { builtIn?: boolean }) => ServiceConfig {
  const read = whenChanged(
    overlay,
    () => [
      'service.yaml', 'roster.yaml', 'escalation.yaml', ...listFolder('calendar', overlay).map((file) => join('calendar', file)),
    ],
    () => loadService(overlay),
  )
  return ({ builtIn = false } = {}) => (builtIn ? loadService() : read())
}

/** The same for where alarms are delivered to. */
export const deliveryReader = (overlay?: string): (() => EscalationConfig['delivery']) =>
  whenChanged(overlay, () => ['escalation.yaml'], () => loadConfigFile('escalation', overlay).delivery)

function whenChanged<T>(overlay: string | undefined, files: () => readonly string[], load: () => T): () => T {
  let known: { signature: string; content: T } | undefined
  return () => {
    const signature = signatureOf(files(), overlay)
    if (known?.signature !== signature) known = { signature, content: load() }
    return known.content
  }
}

function signatureOf(files: readonly string[], overlay: string | undefined): string {
  return files.map((file) => locate(file, overlay))
    .map((file) => { const { mtimeMs, size, ino } = statSync(file); return `${file} ${mtimeMs} ${size} ${ino}` }).join('\n')
}

function laddersOf(overlay: string | undefined, problems: string[]): ProblemLadders | undefined {
  try {
    return loadConfigFile('escalation', overlay).problems ?? loadConfigFile('escalation').problems
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

/** What no file can see of itself. */
function misfits(service: ServiceFile, roster: RosterFile, { levels, ladders }: ProblemLadders): string[] {
  const late = (name: 'response' | 'resolution', limit: string) => ladders[name].flatMap(({ after }, index) => (after && parseDuration(after) >= parseDuration(limit)
    ? [
      `escalation.yaml: problems.ladders.${name}.${index}.after: is not before the limit of ${limit} in service.yaml (${after})`,
    ] : []))
  return [
    ...roster.shifts.flatMap(({ level }, index) => (level in levels ? [] : [
      `roster.yaml: shifts.${index}.level: is none of problems.levels in escalation.yaml (${level})`,
    ])),
    ...late('response', service.response.within), ...late('resolution', service.resolution.in_window),
    ...ladders['working-days'].flatMap(({ after }, index) => (after ? [
      `escalation.yaml: problems.ladders.working-days.${index}: working days are counted back from the end: use before, not after`,
    ] : [])),
  ]
}

function zoneOf(text: string): number {
  const [hours, minutes] = text.slice(1).split(':').map(Number)
  return (text.startsWith('-') ? -1 : 1) * (hours! * 60 + minutes!) * 60_000
}

const DAY_MS = 86_400_000
const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10)

function daysOf({ from, to = from }: CalendarFile['holidays'][number]): string[] {
  const days: string[] = []
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY_MS) days.push(isoDay(day))
  return days
}

const momentOf = (civil: string, zoneMs: number) => Date.parse(`${civil.replace(' ', 'T')}:00Z`) - zoneMs
const minuteOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

function shiftOf({ level, from, to, daily, people, districts = [] }: RosterFile['shifts'][number], zoneMs: number): Shift {
  const [begins, ends] = daily?.split('-') ?? []
  return {
    level, people, districts: districts.includes('*') ? [] : districts, from: momentOf(from, zoneMs), to: momentOf(to, zoneMs),
    daily: begins && ends ? { from: minuteOf(begins), to: minuteOf(ends) } : null,
  }
}

/**
 * The promise to a district's users for a problem reported at `at`.
 * @param live when its year-ends ran: windows besides those of the calendar, if service.yaml counts them
 */
export function promisesOf(
  { service, ladders, zoneMs }: ServiceConfig, district: string, at: number, live: readonly Window[],
): Promises {
  const rungs = (name: keyof ProblemLadders['ladders']): Rung[] => ladders.ladders[name].map(({ after, before, breach, to, pass_on_to: passOnTo }) => ({
    ...(after ? { afterMs: parseDuration(after) } : {}), ...(before ? { beforeMs: parseDuration(before) } : {}),
    ...(breach ? { breach } : {}), to, passOnTo,
  }))
  return {
    zoneMs, start: service.clock_start,
    response: {
      withinMs: parseDuration(service.response.within), channels: service.response.channels, kinds: service.response.kinds,
    },
    resolution: {
      kinds: service.resolution.kinds, windowMs: parseDuration(service.resolution.in_window),
      workingDays: service.resolution.working_days,
    },
    windows: [...windowsOf(service, district, at, zoneMs), ...(service.live_year_end_counts ? live : [])],
    pausing: Object.entries(service.parties).filter(([, { pauses }]) => pauses).map(([party]) => party),
    reopened: service.reopened, passOnMs: parseDuration(ladders.pass_on_after),
    ladders: { response: rungs('response'), resolution: rungs('resolution'), workingDays: rungs('working-days') },
  }
}

/** The windows of a district around a moment: of the closing years before, of and after it. */
export function windowsOf({ window, windows }: ServiceFile, district: string, at: number, zoneMs: number): Window[] {
  const now = Number(isoDay(at + zoneMs).slice(0, 4))
  return [now - 1, now, now + 1].map((year) => {
    const own = windows.filter((one) => one.year === year && (one.districts === undefined || one.districts.includes(district)))
    // What names the district goes before what names none.
    const best = own.find(({ districts }) => districts) ?? own[0]
    const from = best?.from ?? `${year}-${window.from}`
    const to = best?.to ?? `${window.to < window.from ? year + 1 : year}-${window.to}`
    return { year, from: startOfDate(from, zoneMs), to: startOfDate(to, zoneMs) + DAY_MS }
  })
}

