import { z } from 'zod'
import { SYSTEMS } from '../../domain/dimensions.ts'

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const word = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and -')
const number = z.string().regex(/^R\d{1,3}$/)

/** Kinds that the engine may suggest: an office can rename them and not take them away. */
const ENGINE_KINDS = [
  'timing', 'refund-not-registered', 'duplicate', 'omission', 'wrong-amount', 'state-mismatch',
] as const

const place = z.discriminatedUnion('of', [
  z.strictObject({ place: word, name: text, of: z.literal('documents') }),
  z.strictObject({ place: word, name: text, of: z.literal('ledger'), systems: z.array(z.enum(SYSTEMS)).min(1) }),
  z.strictObject({ place: word, name: text, of: z.literal('statement'), reconciliations: z.array(number).min(1) }),
])

/** config/differences.yaml: what a difference can be, and where one payment stands (DOMAIN §6). */
export const differencesSchema = z.strictObject({
  kinds: z.array(z.strictObject({
    kind: word, name: text,
    /** Explained, it is an item of the adjusted balances 余额调节表. */
    transit: z.boolean().default(false),
    /** Parts of a match key whose mistake this kind is. */
    keys: z.array(z.string().min(1)).default([]),
  })).min(1),
  timing: z.strictObject({ days: z.number().int().min(0).max(31) }),
  evidence: z.strictObject({ max_mib: z.number().int().min(1).max(200) }),
  places: z.array(place).default([]),
}).superRefine(({ kinds, places }, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
  for (const [index, { kind }] of kinds.entries()) {
    if (kinds.findIndex((one) => one.kind === kind) !== index) refuse(['kinds', index, 'kind'], `${kind} stands twice`)
  }
  const missing = ENGINE_KINDS.filter((kind) => !kinds.some((one) => one.kind === kind))
  if (missing.length > 0) refuse(['kinds'], `these kinds are suggested by the checks and must stay: ${missing.join(', ')}`)
  const keys = kinds.flatMap((one) => one.keys)
  const doubled = keys.find((key, index) => keys.indexOf(key) !== index)
  if (doubled !== undefined) refuse(['kinds'], `key part ${doubled} belongs to two kinds`)
  const names = [
    ...places.map((one) => one.place),
    ...places.flatMap((one) => (one.of === 'statement' ? one.reconciliations : one.of === 'ledger' ? one.systems : [])),
  ]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) refuse(['places'], `${twice} stands twice`)
})

export type DifferencesConfig = z.infer<typeof differencesSchema>
export type DifferenceKind = DifferencesConfig['kinds'][number]
