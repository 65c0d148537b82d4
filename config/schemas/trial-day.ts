import { z } from 'zod'
import { SYSTEMS } from '../../domain/dimensions.ts'
import { CODE_TABLES } from './initialise.ts'

/** What is tried on a test document, with the rule under which a failure is told. */
export const TRIAL_CHECKS = {
  number: 'T1', codes: 'T2', indicator: 'T3', period: 'T4', account: 'T5', right: 'T6', 'bank-account': 'T7', validity: 'T8',
  template: 'T9',
} as const
export type TrialCheck = keyof typeof TRIAL_CHECKS

const account = z.string().regex(/^\d+$/, 'an account is figures')
/** One account, or one for each fund nature. */
const entrySide = z.union([account, z.record(z.string(), account)])

const trialClass = z.strictObject({
  /** A type of config/documents.yaml. */
  class: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'a type of documents such as PAY_CERT'),
  /** Code of its number rule in setup.csv; the class itself without it. */
  number_rule: z.string().optional(),
  amount: z.string().regex(/^\d{1,12}\.\d\d$/, 'yuan with two decimals, such as 1.00').default('1.00'),
  /** Code tables of which the document names one code each; with an indicator they are the indicator's. */
  codes: z.array(z.enum(
    CODE_TABLES.filter((name) => name !== 'account') as Exclude<(typeof CODE_TABLES)[number], 'account'>[],
  )).default([]),
  /** none; names: it names one; consumes: it takes its amount from one; salary: it takes it from the one of a salary item. */
  indicator: z.enum(['none', 'names', 'consumes', 'salary']).default('none'),
  /** The voucher that it leads to. */
  entry: z.strictObject({ system: z.enum(SYSTEMS), debit: entrySide, credit: entrySide }).optional(),
  /** Whose right it needs: one of the unit, or one of the district. */
  right: z.enum(['unit', 'district']).optional(),
  /** Needs a bank account in force. */
  bank_account: z.boolean().default(false),
  /** Tables of which one row must be valid on the day: seal, certificate. */
  valid: z.array(z.string()).default([]),
})
export type TrialClass = z.infer<typeof trialClass>

/** config/trial-day.yaml: the first day of work of the new year, tried out beforehand (docs/initialise.md). */
export const trialDaySchema = z.strictObject({
  /** Month and day in the new year. */
  day: z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/, 'a day such as 01-05').default('01-05'),
  /** Severity of the finding when a check fails; none: it is shown with the trial day only. */
  findings: z.partialRecord(
    z.enum(Object.keys(TRIAL_CHECKS) as TrialCheck[]), z.enum(['error', 'warning', 'info', 'none']),
  ).default({}),
  /** A list, so that what is shown keeps the order of the file. */
  classes: z.array(trialClass).default([]),
}).superRefine(({ classes }, issues) => {
  for (const [index, own] of classes.entries()) {
    if (classes.findIndex((one) => one.class === own.class) < index) {
      issues.addIssue({ code: 'custom', path: ['classes', index, 'class'], message: 'this class stands twice' })
    }
  }
})
export type TrialDayConfig = z.infer<typeof trialDaySchema>

/** The checks in the order of their rules. */
export const CHECK_ORDER = Object.keys(TRIAL_CHECKS) as readonly TrialCheck[]

export const CHECK_NAMES: Record<TrialCheck, { zh: string; en: string }> = {
  number: { zh: '单号', en: 'number' }, codes: { zh: '要素', en: 'codes' }, indicator: { zh: '指标', en: 'indicator' },
  period: { zh: '期间', en: 'period' },
  account: { zh: '科目', en: 'accounts' }, right: { zh: '权限', en: 'right' }, 'bank-account': { zh: '账户', en: 'bank account' },
  validity: { zh: '印章证书', en: 'seal, certificate' }, template: { zh: '凭证模板', en: 'template' },
}
