import { z } from 'zod'
import { DISPOSITIONS, DOCUMENT_STATUSES, defaultRefusal } from '../../domain/documents.ts'
import { SEVERITIES } from '../../domain/findings.ts'
import { instructionsSchema, ladderSchema, watchSchema } from './cases.ts'

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
/** Month and day, `12-25`; 29 February is no cut-off of a closing year. */
const monthDay = z.string()
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|(?<!02-)(29|30)|(?<=(0[13578]|1[02])-)31)$/, 'a day such as 12-25')
const status = z.enum(DOCUMENT_STATUSES)
const disposition = z.enum(DISPOSITIONS)
const day = z.iso.date('a date such as 2025-12-25')

const documentType = z.strictObject({
  name: text,
  /** One severity for each type: it is the finding's. */
  severity: z.enum(SEVERITIES),
  dispositions: z.array(z.enum(DISPOSITIONS)).min(1),
  /** The way to the final state, for people. */
  flow: text,
  /** What is to be done with one that is not final. */
  advice: text,
  /** Who is to act, a key of `owners`; another one in some statuses. */
  owner: z.string(),
  owner_by_status: z.partialRecord(status, z.string()).default({}),
  cut_off: monthDay,
  rules: z.array(z.strictObject({
    statuses: z.array(status).min(1), refuse: z.array(z.enum(DISPOSITIONS)).min(1), because: text,
  })).default([]),
  carry_needs_indicator: z.boolean().default(false),
  /** Statuses in which the outcome is unknown here: the other side must be asked, nothing repeated. */
  in_doubt: z.strictObject({ statuses: z.array(status).min(1), advice: text }).optional(),
  /** What is proposed for one that nobody decided by its cut-off; a person must approve it. In some statuses another one. */
  default: disposition.optional(),
  default_by_status: z.partialRecord(status, disposition).default({}),
  /** Deadlines of its own; those of all types without it. */
  ladder: ladderSchema.optional(),
})

/** config/documents.yaml: the types of documents, what is final, who is to act and by when (DOMAIN §5). */
export const documentsSchema = z.strictObject({
  /** Statuses after which a document is no longer in transit. */
  final: z.array(status).min(1),
  /** Name of each status, and why a document in it is not done. */
  statuses: z.record(status, z.strictObject({ name: text, reason: text })),
  owners: z.record(z.string(), text),
  types: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), documentType),
  /** Cut-off days of one district that differ: `'152501': { PAY_APPLY: 12-26 }`. */
  cut_offs: z.record(z.string(), z.record(z.string(), monthDay)).default({}),
  /** Dates of one closing year, by district or `*`: `'2025': { '*': { LQD_CERT: 2026-01-05 } }`. */
  cut_offs_of_year: z.record(z.string().regex(/^\d{4}$/, 'a year'), z.record(z.string(), z.record(z.string(), day))).default({}),
  /** The moment of the cut-off day, and its offset from UTC. */
  cut_off_time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'a time such as 18:00').default('18:00'),
  utc_offset: z.string().regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, 'an offset such as +08:00').default('+08:00'),
  ladder: ladderSchema.default([]),
  instructions: instructionsSchema.default({ done: {}, absent: [], formats: {} }),
  watch: watchSchema.default({ cron: '0 8 1 * *', time_zone: 'Asia/Shanghai', catch_up: '720h', ages: [30, 90, 180] }),
}).superRefine((value, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
  for (const [name, type] of Object.entries(value.types)) {
    for (const [at, owner] of [['owner', type.owner], ...Object.entries(type.owner_by_status)]) {
      if (owner !== undefined && !(owner in value.owners)) refuse(['types', name, at!], `owner ${owner} is not in owners`)
    }
  }
  for (const [district, days] of Object.entries(value.cut_offs)) {
    for (const type of Object.keys(days)) {
      if (!(type in value.types)) refuse(['cut_offs', district], `type ${type} is not in types`)
    }
  }
  for (const [year, districts] of Object.entries(value.cut_offs_of_year)) {
    for (const [district, days] of Object.entries(districts)) {
      for (const type of Object.keys(days)) {
        if (!(type in value.types)) refuse(['cut_offs_of_year', year, district], `type ${type} is not in types`)
      }
    }
  }
  for (const [name, type] of Object.entries(value.types)) {
    if (type.default && !type.dispositions.includes(type.default)) {
      refuse(['types', name, 'default'], `${type.default} is not in dispositions`)
    }
    if (type.default === 'complete') refuse(['types', name, 'default'], 'nothing is completed by default')
    for (const [at, action] of Object.entries(type.default_by_status)) {
      const no = defaultRefusal(value, name, at, action)
      if (no) refuse(['types', name, 'default_by_status', at], no.en)
    }
  }
  for (const [name, format] of Object.entries(value.instructions.formats)) {
    if (format.kind !== 'sql') continue
    for (const type of Object.keys(format.statements)) {
      if (!(type in value.types)) refuse(['instructions', 'formats', name, 'statements'], `type ${type} is not in types`)
    }
  }
})
export type DocumentsConfig = z.infer<typeof documentsSchema>
