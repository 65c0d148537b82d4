/** The index of an archive: what every file is, of whom, how long it is kept; and in what state the year was. */
import { z } from 'zod'
import type { Retention, Signed } from '../../books/archive/copy.ts'

export const FORMAT = 'nianjie-archive/1'
export const SUMS = 'SHA256SUMS'
/** Who archived it, signed over the checksums; not among them. */
export const SEAL = 'SHA256SUMS.sig'
export const INDEX = 'index.json'
export const PAGE = 'index.html'

const text = z.strictObject({ zh: z.string(), en: z.string() })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const RETENTIONS = ['vouchers', 'reconciliations', 'reports', 'service'] as const satisfies readonly Retention[]
const SIGNED = ['decisions', 'defaults', 'corrections', 'statements', 'problems', 'service'] as const satisfies readonly Signed[]

const file = z.strictObject({
  path: z.string(), what: text,
  /** null: of all districts. */
  district: z.string().nullable(),
  /** Without the header; null for what has no rows. */
  rows: z.number().int().nonnegative().nullable(),
  bytes: z.number().int().nonnegative(), sha256, retention: z.enum(RETENTIONS),
  /** Whose signed words are in it: each line is checked with the keys of keys/actors.json. */
  signed: z.enum(SIGNED).optional(),
})

const district = z.strictObject({
  code: z.string(), name: text, standing: z.enum(['locked', 'signed-off', 'under-way', 'cancelled', 'rehearsed', 'not-started']),
  runs: z.array(z.strictObject({
    id: z.number().int(), kind: z.enum(['real', 'rehearsal']), state: z.string(), rules: z.string(),
  })),
  /** Files that would have no rows are not made. */
  none: z.array(z.string()),
})

/** Times are ISO 8601 UTC. */
export const indexSchema = z.strictObject({
  format: z.literal(FORMAT), year: z.number().int(),
  /** The latest time in the books: the archive shows the state as of then, and nothing of the moment at which it was written. */
  asOf: z.string().nullable(),
  /** Some district is not locked: what stands here can still change. */
  provisional: z.boolean(),
  districts: z.array(district),
  /** The last link of each audit chain. */
  audit: z.array(z.strictObject({ district: z.string(), sequence: z.string(), hash: z.string() })),
  /** `until`: the last day of keeping, counted from the day after the year's end; null is for good. */
  retention: z.record(
    z.enum(RETENTIONS), z.strictObject({ years: z.number().int().nullable(), until: z.string().nullable(), name: text }),
  ),
  leftOut: z.array(z.strictObject({ district: z.string().nullable(), what: text, why: text })),
  files: z.array(file),
})

export type ArchiveIndex = z.output<typeof indexSchema>
export type ArchivedFile = z.output<typeof file>
export type IndexedDistrict = z.output<typeof district>

/** What is said of a file before it is written. */
export type FileEntry = Pick<ArchivedFile, 'path' | 'what' | 'district' | 'retention' | 'signed'>
