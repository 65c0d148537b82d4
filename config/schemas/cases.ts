/** Parts of config/documents.yaml that are about cases: ladder, instructions, the monthly check. */
import { z } from 'zod'
import { DISPOSITIONS, DOCUMENT_STATUSES } from '../../domain/documents.ts'
import { ROLES } from './people.ts'

const status = z.enum(DOCUMENT_STATUSES)
const hours = z.string().regex(/^\d{1,4}(m|h)$/, 'a duration such as 72h or 30m')

/** One alarm of a case, so long before its cut-off. */
const rungSchema = z.strictObject({ before: hours, roles: z.array(z.enum(ROLES)).min(1) })

/** The whole ladder: from the first alarm to the last, each nearer to the cut-off than the one before. */
export const ladderSchema = z.array(rungSchema).max(9).superRefine((rungs, context) => {
  const minutes = rungs.map(({ before }) => Number.parseInt(before, 10) * (before.endsWith('h') ? 60 : 1))
  minutes.forEach((one, index) => {
    if (index > 0 && one >= minutes[index - 1]!) {
      context.addIssue({ code: 'custom', path: [index, 'before'], message: 'must be nearer to the cut-off than the one before' })
    }
  })
})

/** What the placeholders of an instruction's format may name. */
const INSTRUCTION_FIELDS = [
  'instruction', 'line', 'district', 'year', 'type', 'typeName', 'number', 'unit', 'amount', 'status', 'target', 'action',
  'actionName',
  'actor', 'decidedAt', 'comment', 'reference',
] as const

const template = z.string().min(1).superRefine((text, context) => {
  for (const [whole, name] of text.matchAll(/\{([^{}]*)\}/g)) {
    if (!INSTRUCTION_FIELDS.some((field) => field === name)) {
      context.addIssue({ code: 'custom', message: `${whole} is no field; there are ${INSTRUCTION_FIELDS.join(', ')}` })
    }
  }
})
/** A constant is quoted as a whole: a field inside of quotes would be quoted twice. */
const statement = template.refine(
  (text) => !/'[^']*\{[^']*'/.test(text), 'a field stands inside of quotes; every value is quoted by itself',
)

const format = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('csv'), encoding: z.enum(['utf-8', 'gb18030']).default('utf-8'),
    columns: z.array(z.strictObject({ title: z.string().min(1), value: template })).min(1),
  }),
  z.strictObject({
    kind: z.literal('sql'), head: template.optional(), statement, statements: z.record(z.string(), statement).default({}),
  }),
])

/** How dispositions go out to the business system, and when they count as carried out there. */
export const instructionsSchema = z.strictObject({
  done: z.partialRecord(z.enum(DISPOSITIONS), status),
  absent: z.array(z.enum(DISPOSITIONS)).default([]),
  formats: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), format),
})

/** The monthly check of everything in transit. */
export const watchSchema = z.strictObject({
  cron: z.string().regex(/^\S+( \S+){4}$/, 'five fields: minute hour day month weekday'),
  time_zone: z.string().refine((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
    } catch {
      return false
    }
  }, 'no such time zone'),
  catch_up: hours,
  ages: z.array(z.number().int().positive()).min(1).max(5),
})
