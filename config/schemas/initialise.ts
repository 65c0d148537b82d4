import { z } from 'zod'

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })

export const TREATMENTS = ['copy', 'new-version-with-mapping', 'reset', 'create', 're-authorise', 'verify'] as const
export type Treatment = (typeof TREATMENTS)[number]

/** What the column `value` of a setup table holds. */
export const VALUE_KINDS = [
  'none', 'text', 'pattern', 'holder', 'account-number', 'last-valid-day', 'indicator', 'formula',
] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

/** The setup tables that hold the codes of CONTRACT §1.1; mappings.csv speaks of these alone. */
export const CODE_TABLES = ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'] as const

const table = z.strictObject({
  name: bilingual,
  treatment: z.enum(TREATMENTS),
  value: z.enum(VALUE_KINDS).default('none'),
  notes: bilingual.optional(),
})

/** config/initialise.yaml: what the new year does with each setup table (DOMAIN §7). */
export const initialiseSchema = z.strictObject({
  periods: z.strictObject({ adjustment: z.enum(['always', 'never', 'as-old-year']) }).default({ adjustment: 'as-old-year' }),
  tables: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a table is lower-case letters, digits and hyphens'), table),
}).superRefine(({ tables }, issues) => {
  for (const code of CODE_TABLES) {
    if (!tables[code]) issues.addIssue({ code: 'custom', path: ['tables'], message: `the code table ${code} is missing` })
  }
  for (const [name, { treatment, value }] of Object.entries(tables)) {
    const path = ['tables', name, 'treatment']
    if (treatment === 'new-version-with-mapping' && !(CODE_TABLES as readonly string[]).includes(name)) {
      issues.addIssue({ code: 'custom', path, message: 'only a code table can follow mappings.csv' })
    }
    if (treatment === 'reset' && value !== 'pattern') {
      issues.addIssue({ code: 'custom', path, message: 'only a table of patterns can be reset' })
    }
  }
})
export type InitialiseConfig = z.infer<typeof initialiseSchema>
