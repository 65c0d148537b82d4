import { z } from 'zod'
import { CHANNELS, PROBLEM_ACTIONS, PROBLEM_KINDS } from '../../domain/problems.ts'
import { ROLES, duration } from './people.ts'

const name = z.strictObject({ zh: z.string(), en: z.string() })
const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
const date = z.string().refine((text) => { try { return isDate(text) } catch { return false } }, "a date such as '2025-12-31'")
const dayOfYear = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "a day of the year such as '12-20'")
const kinds = z.array(z.enum(PROBLEM_KINDS))

/** config/service.yaml: what the service promises its users, and who may do what with a problem. */
export const serviceSchema = z.strictObject({
  time_zone: z.string().regex(/^[+-]\d{2}:\d{2}$/, "an offset such as '+08:00'"),
  clock_start: z.enum(['called', 'opened']),
  response: z.strictObject({ within: duration, channels: z.array(z.enum(CHANNELS)), kinds }),
  resolution: z.strictObject({ kinds, in_window: duration, working_days: z.number().int().min(1).max(60) }),
  reopened: z.enum(['continue', 'anew']),
  window: z.strictObject({ from: dayOfYear, to: dayOfYear }),
  windows: z.array(z.strictObject({ year: z.number().int(), districts: z.array(z.string()).min(1).optional(), from: date, to: date })
    .refine(({ from, to }) => from <= to, 'to is before from')),
  live_year_end_counts: z.boolean(),
  same_report_within: duration,
  parties: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.strictObject({ name, pauses: z.boolean() }))
    .refine((parties) => 'engineer' in parties, 'the party `engineer`, the service itself, is missing'),
  may: z.strictObject(Object.fromEntries(PROBLEM_ACTIONS.map((action) => [action, z.array(z.enum(ROLES)).min(1)])) as
    { [A in (typeof PROBLEM_ACTIONS)[number]]: z.ZodArray<z.ZodEnum<{ [R in (typeof ROLES)[number]]: R }>> }),
})
export type ServiceFile = z.output<typeof serviceSchema>

const civil = z.string().regex(/^\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):[0-5]\d$/, "a civil time such as '2025-12-31 08:00'")
const hours = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "hours of a day such as '20:00-08:00'")

/** config/roster.yaml: who is on duty. */
export const rosterSchema = z.strictObject({
  people: z.array(z.strictObject({
    name: z.string().min(1), actor: z.string().optional(), email: z.string().optional(), phone: z.string().optional(),
  })),
  shifts: z.array(z.strictObject({
    level: z.string(), from: civil, to: civil, daily: hours.optional(), people: z.array(z.string()).min(1),
    districts: z.array(z.string()).min(1).optional(),
  }).refine(({ from, to }) => from < to, 'to is not after from')),
}).superRefine(({ people, shifts }, context) => {
  for (const [index, shift] of shifts.entries()) {
    for (const [place, one] of shift.people.entries()) {
      if (people.some((person) => person.name === one)) continue
      context.addIssue({ code: 'custom', path: ['shifts', index, 'people', place], message: 'is none of `people`', input: one })
    }
  }
})
export type RosterFile = z.output<typeof rosterSchema>

/** config/calendar/<year>.yaml: public holidays and make-up workdays of one year. */
export const calendarSchema = z.strictObject({
  year: z.number().int().min(1990).max(2200),
  /** False until it was compared with the announcement. */
  verified: z.boolean(),
  holidays: z.array(z.strictObject({ from: date, to: date.optional(), name: z.string().optional() })
    .refine(({ from, to }) => !to || from <= to, 'to is before from')),
  workdays: z.array(date),
}).superRefine(({ year, holidays, workdays }, context) => {
  const own = (text: string) => text.startsWith(`${year}-`)
  for (const [index, { from, to = from }] of holidays.entries()) {
    if (!own(from) || !own(to)) {
      context.addIssue({ code: 'custom', path: ['holidays', index], message: `is not in ${year}`, input: from })
    }
  }
  for (const [index, day] of workdays.entries()) {
    if (!own(day)) context.addIssue({ code: 'custom', path: ['workdays', index], message: `is not in ${year}`, input: day })
    if (holidays.some(({ from, to = from }) => from <= day && day <= to)) {
      context.addIssue({ code: 'custom', path: ['workdays', index], message: 'is a holiday too', input: day })
    }
  }
})
export type CalendarFile = z.output<typeof calendarSchema>
