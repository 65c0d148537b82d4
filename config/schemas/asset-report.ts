import { z } from 'zod'
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
  summary: z.strictObject({ district: z.array(z.string().min(1)), league: z.array(z.string().min(1)) })
    .default({ district: [], league: [] }),
  /** Figures that units may be given in setup.csv (table parameter, code NAME/UNIT), as cells `given/NAME` of formulas. */
  given: z.array(z.string().regex(/^[a-z][a-z-]*$/)).default([]),
  /** Where figures stand in the analysis text. */
  analysis: z.array(z.strictObject({ pattern: z.string().min(1), cell: z.string() })).default([]),
  change: z.strictObject({ cells: z.array(z.string()), percent: z.number().min(0), amount: z.number().min(0) }),
}).superRefine((config, issues) => {
  for (const { path, message } of expandFormulas(config).problems) issues.addIssue({ code: 'custom', path: [...path], message })
})
export type AssetReportConfig = z.infer<typeof assetReportSchema>
