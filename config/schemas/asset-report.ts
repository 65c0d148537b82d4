import { z } from 'zod'
import { patternProblem } from '../../domain/expression/literals.ts'
import { expandFormulas } from '../report-formulas.ts'

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const code = z.string().regex(/^[A-Za-z0-9_.-]+$/, 'a code of letters, digits, point, hyphen and underline')

const reportTable = z.strictObject({ name: bilingual, lines: z.record(code, bilingual), columns: z.record(code, bilingual) })

const formula = z.strictObject({
  rule: z.string(),
  at: z.string(),
  op: z.enum(['=', '<=', '>=', 'iff']).default('='),
  to: z.array(z.string()).min(1),
  tolerance: z.number().min(0).default(0),
})
export type ReportFormula = z.infer<typeof formula>

const ruleId = z.string().regex(/^R[1-5]\d\d$/)
const givenName = z.string().regex(/^[a-z][a-z-]*$/)
const texts = z.array(z.string().min(1)).min(1)
const basic = z.strictObject({
  given: givenName, name: bilingual, filled: ruleId.optional(), form: ruleId.optional(), unique: ruleId.optional(),
  values: texts.optional(), pattern: z.string().min(1).optional(), check: z.literal('credit-code').optional(),
  by_kind: z.strictObject({ rule: ruleId, kinds: z.record(z.string(), texts) }).optional(),
})
export type ReportBasic = z.infer<typeof basic>

const peers = z.strictObject({ value: z.string(), by: z.string(), times: z.number().gt(1), min_units: z.number().int().min(2) })

/** config/asset-report.yaml: the annual report's tables and what must hold between their cells (DOMAIN §8.7). */
export const assetReportSchema = z.strictObject({
  rules: z.record(z.string().regex(/^R[1-5]\d\d$/, 'a rule of the report is R101 to R599'), z.strictObject({
    severity: z.enum(['error', 'warning', 'info']), name: bilingual, enabled: z.boolean().default(true),
  })),
  tables: z.record(code, reportTable),
  ledger: z.record(
    code, z.strictObject({ accounts: z.array(z.string().regex(/^\d{4,}$/)).min(1), side: z.enum(['debit', 'credit']) }),
  ),
  cards: z.record(code, z.strictObject({ sum: z.string(), where: z.string(), unbooked: z.boolean().default(false) })),
  formulas: z.array(formula),
  /** Unit codes under which a summary of all units (of the district, of all districts) may stand in asset_report.csv. */
  summary: z.strictObject({
    district: z.array(z.string().min(1)), league: z.array(z.string().min(1)),
    /** The cell in which a summary says how many units it adds up. */
    units: z.string().optional(),
  })
    .default({ district: [], league: [] }),
  /** Figures that units may be given in setup.csv (table parameter, code NAME/UNIT), as cells `given/NAME` of formulas. */
  given: z.array(givenName).default([]),
  /** Basic information that units may be given in the same way, and the rules that look at it. */
  basics: z.array(basic).default([]),
  /** Cells whose value by a quantity is compared between the units. */
  peers: z.array(peers).default([]),
  /** Where figures stand in the analysis text. */
  analysis: z.array(z.strictObject({ pattern: z.string().min(1), cell: z.string() })).default([]),
  change: z.strictObject({ cells: z.array(z.string()), percent: z.number().min(0), amount: z.number().min(0) }),
}).superRefine((config, issues) => {
  for (const { path, message } of expandFormulas(config).problems) issues.addIssue({ code: 'custom', path: [...path], message })
  for (const { path, message } of placeProblems(config)) issues.addIssue({ code: 'custom', path, message })
})
export type AssetReportConfig = z.infer<typeof assetReportSchema>

/** Rules and cells that are named and that there are not, and patterns that are none. */
function placeProblems({ basics: given, peers: compared, summary, rules, tables }: {
  basics: readonly ReportBasic[]; peers: readonly z.infer<typeof peers>[]; summary: { units?: string | undefined }
  rules: Readonly<Record<string, unknown>>; tables: Readonly<Record<string, z.infer<typeof reportTable>>>
}): { path: (string | number)[]; message: string }[] {
  const cell = (path: (string | number)[], name: string | undefined) => {
    const [table = '', line = '', column = ''] = name?.split('/') ?? []
    const known = name === undefined || (tables[table]?.lines[line] && tables[table].columns[column])
    return known ? [] : [{ path, message: `no cell ${name}` }]
  }
  return [
    ...cell(['summary', 'units'], summary.units),
    ...compared.flatMap(({ value, by }, index) =>
      [...cell(['peers', index, 'value'], value), ...cell(['peers', index, 'by'], by)]),
    ...given.flatMap(({ pattern, filled, form, unique, by_kind: byKind }, index) => [
      ...[pattern === undefined ? undefined : patternProblem(pattern)].flatMap((message) =>
        (message === undefined ? [] : [{ path: ['basics', index, 'pattern'], message }])),
      ...[filled, form, unique, byKind?.rule].flatMap((id) =>
        (id === undefined || rules[id] ? [] : [{ path: ['basics', index], message: `no rule ${id}` }])),
    ]),
  ]
}
