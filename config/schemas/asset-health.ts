import { z } from 'zod'
import { compileCheckRules } from '../asset-rules.ts'

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const months = z.int().min(1).max(2400)
const condition = z.string().min(1)
const column = z.string().regex(/^[a-z][a-z_]*$/)

/** A number, a switch, a text or pattern, a list, an amount in yuan, or a day. */
const parameter = z.union([
  z.number(), z.boolean(), z.string(), z.array(z.string()).min(1),
  z.strictObject({ yuan: z.string().regex(/^-?\d{1,15}(\.\d{1,2})?$/, 'an amount in yuan as text, at most two decimals') }),
  z.strictObject({ date: z.iso.date() }),
])
export type RawParameter = z.infer<typeof parameter>

/** Cards that agree in the columns `by` form a group; which groups count, and which of their cards. */
const group = z.strictObject({
  by: z.array(column).min(1).max(3),
  where: condition.optional(),
  /** Counts a group only if this column has two different values in it. */
  differ: column.optional(),
  /** Counts a group only if each of these holds for one of its cards. */
  some: z.array(condition).optional(),
  /** The cards of the group that get a finding. */
  of: condition.optional(),
})

/** A card whose `of` is more than `times` the median of its class. */
const median = z.strictObject({
  of: column, where: condition, times: z.string().regex(/^:[a-z_]+$/), min_cards: z.string().regex(/^:[a-z_]+$/),
})

/** What a unit's cards add up to, against what the unit was given (setup.csv, table parameter, code `NAME/UNIT`). */
const perUnit = z.strictObject({
  where: condition,
  /** A column to add up; without it the cards are counted. */
  sum: column.optional(),
  op: z.enum(['>', '<', '<>']),
  given: z.string(),
  /** The given figure times this parameter is the limit. */
  times: z.string().regex(/^:[a-z_]+$/).optional(),
  message: bilingual,
  suggestion: bilingual,
})
export type PerUnit = z.infer<typeof perUnit>

/** This year's cards against last year's, by asset number. Only where the year before was imported. */
const lastYear = z.strictObject({
  /**
   * `gone`: a card of last year that there is no more; `appeared`: one that last year did not have; `changed`: `column` differs.
   */
  find: z.enum(['gone', 'appeared', 'changed']),
  column: column.optional(),
  where: condition,
  message: bilingual,
  suggestion: bilingual,
})
export type LastYear = z.infer<typeof lastYear>

const fix = z.strictObject({ field: column, value: z.string().min(1), when: condition.optional() })

const rule = z.strictObject({
  id: z.string().regex(/^[DNLFVS]\d{2,3}$/, 'a rule is a family letter and its number, such as D01'),
  severity: z.enum(['error', 'warning', 'info']),
  enabled: z.boolean().default(true),
  condition: condition.optional(),
  groups: z.array(group).min(1).optional(),
  median: median.optional(),
  /** Beside a condition, or alone. */
  per_unit: perUnit.optional(),
  last_year: z.array(lastYear).min(1).optional(),
  /** For groups: a finding on each card, or one for the group (on its first card). */
  report: z.enum(['each-card', 'once']).default('each-card'),
  parameters: z.record(z.string().regex(/^[a-z][a-z_]*$/), parameter).default({}),
  /** Of the condition, groups or median; the others carry their own. */
  message: bilingual.optional(),
  suggestion: bilingual.optional(),
  source: z.string().min(1),
  /**
   * The one exact answer that the data allow, for one field or several: the expression of its value, and when it is known.
   * Nothing is corrected without a person's word.
   */
  fix: z.union([fix.transform((one) => [one]), z.array(fix).min(1)]).optional(),
  /** The columns that a person may have to correct, the likeliest first; without them those that the rule reads. */
  fields: z.array(column).min(1).optional(),
})
export type CardRule = z.infer<typeof rule>
export type CardGroup = z.infer<typeof group>

const districtOverride = z.strictObject({
  off: z.array(z.string()).default([]),
  on: z.array(z.string()).default([]),
  parameters: z.record(z.string(), z.record(z.string(), parameter)).default({}),
})

/** config/asset-health.yaml: the checks of asset cards (DOMAIN §8.1–§8.6) as data. */
export const assetHealthSchema = z.strictObject({
  time_limit_seconds: z.int().min(1).max(3600).default(300),
  families: z.record(z.enum(['D', 'N', 'L', 'F', 'V', 'S']), bilingual),
  subject: bilingual,
  /** Names of figures that a unit may be given. */
  quotas: z.array(z.string().regex(/^[a-z][a-z-]*$/)).default([]),
  class_pattern: z.string(),
  classes: z.record(z.string().regex(/^[a-z][a-z_]*$/), z.array(z.string().regex(/^[A-Z0-9]+$/)).min(1)),
  non_depreciable: z.array(z.string()),
  life_minimum: z.array(z.strictObject({
    class: z.string().regex(/^[A-Z0-9]+$/), months: months.optional(),
    by_structure: z.record(z.enum(['steel-concrete', 'brick-concrete', 'brick-wood', 'simple', 'ancillary']), months).optional(),
    max: months.optional(),
  })),
  rules: z.array(rule),
  districts: z.record(z.string(), districtOverride).default({}),
}).superRefine((config, issues) => {
  for (const { path, message } of compileCheckRules(config)) issues.addIssue({ code: 'custom', path: [...path], message })
})
export type AssetHealthConfig = z.infer<typeof assetHealthSchema>
