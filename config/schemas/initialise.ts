import { z } from 'zod'

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })

const TREATMENTS = ['copy', 'new-version-with-mapping', 'reset', 'create', 're-authorise', 'verify'] as const
export type Treatment = (typeof TREATMENTS)[number]

/** What the column `value` of a setup table holds. */
const VALUE_KINDS = [
  'none', 'text', 'pattern', 'holder', 'account-number', 'last-valid-day', 'indicator', 'formula',
] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

/** The setup tables that hold the codes of CONTRACT §1.1; mappings.csv speaks of these alone. */
export const CODE_TABLES = ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'] as const

/** Rules of the step by table: I1–I4 of CONTRACT §2.2, and what a person should know beyond them (docs/initialise.md). */
const SETUP_CHECKS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'] as const
export type SetupCheck = (typeof SETUP_CHECKS)[number]

/** From what the items of the new year are made that no setup table holds; `task` is done by people outside. */
const ITEM_SOURCES = ['books', 'indicators', 'openings', 'plans', 'documents', 'assets', 'task'] as const
export type ItemSource = (typeof ITEM_SOURCES)[number]

const table = z.strictObject({
  name: bilingual,
  treatment: z.enum(TREATMENTS),
  value: z.enum(VALUE_KINDS).default('none'),
  /** The checks of the table; every one that fits it, when left out. */
  checks: z.array(z.enum(SETUP_CHECKS)).optional(),
  /** Who answers for it. */
  owner: bilingual.optional(),
  notes: bilingual.optional(),
})
type Table = z.infer<typeof table>

const item = z.strictObject({
  name: bilingual, treatment: z.enum(TREATMENTS), source: z.enum(ITEM_SOURCES), owner: bilingual.optional(),
  notes: bilingual.optional(),
})

/** The gate of the contract: no table may be let through without these. */
const mandatory = (name: string): SetupCheck[] => (isCodeTable(name) ? ['I1', 'I2', 'I3', 'I4'] : ['I1', 'I2'])
const BY_VALUE: Partial<Record<ValueKind, readonly SetupCheck[]>> = {
  'last-valid-day': ['I5', 'I6', 'I7'], pattern: ['I8'], indicator: ['I9'], formula: ['I10'],
}
const fitting = (name: string, { value }: Pick<Table, 'value'>): SetupCheck[] => [...mandatory(name), ...BY_VALUE[value] ?? []]
const isCodeTable = (name: string): boolean => (CODE_TABLES as readonly string[]).includes(name)

/** The checks of a table: those that the file names, or all that fit it. */
export function checksOf(config: Pick<InitialiseConfig, 'tables'>, name: string): readonly SetupCheck[] {
  const own = config.tables[name]!
  return own.checks ?? fitting(name, own)
}

/** config/initialise.yaml: what the new year does with each setup table (DOMAIN §7). */
export const initialiseSchema = z.strictObject({
  periods: z.strictObject({ adjustment: z.enum(['always', 'never', 'as-old-year']) }).default({ adjustment: 'as-old-year' }),
  tables: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a table is lower-case letters, digits and hyphens'), table),
  items: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'an item is lower-case letters, digits and hyphens'), item).default({}),
}).superRefine(({ tables, items }, issues) => {
  const refuse = (path: (string | number)[], message: string) => issues.addIssue({ code: 'custom', path, message })
  for (const code of CODE_TABLES) if (!tables[code]) refuse(['tables'], `the code table ${code} is missing`)
  for (const [name, own] of Object.entries(tables)) {
    for (const problem of tableProblems(name, own)) refuse(['tables', name, problem.at], problem.message)
    if (items[name]) refuse(['items', name], 'a table has this name')
  }
  const names = Map.groupBy(Object.entries(tables), ([, { name }]) => name.zh)
  for (const [zh, own] of names) {
    if (own.length > 1) refuse(['tables', own[1]![0], 'name'], `another table is called ${zh}: setup.csv may name tables so`)
  }
})
export type InitialiseConfig = z.infer<typeof initialiseSchema>

function tableProblems(name: string, own: Table): { at: keyof Table; message: string }[] {
  const problems: { at: keyof Table; message: string }[] = []
  if (own.treatment === 'new-version-with-mapping' && !isCodeTable(name)) {
    problems.push({ at: 'treatment', message: 'only a code table can follow mappings.csv' })
  }
  if (own.treatment === 'reset' && own.value !== 'pattern') {
    problems.push({ at: 'treatment', message: 'only a table of patterns can be reset' })
  }
  for (const check of mandatory(name)) {
    if (own.checks && !own.checks.includes(check)) {
      problems.push({ at: 'checks', message: `${check} can not be left out of this table` })
    }
  }
  for (const check of own.checks ?? []) {
    if (!fitting(name, own).includes(check)) {
      problems.push({
        at: 'checks', message: `${check} has nothing to check here: it does not fit the table or what its value holds`,
      })
    }
  }
  return problems
}
