import { z } from 'zod'
import { ELEMENTS, FUNDS, SYSTEMS } from '../../domain/dimensions.ts'

const account = z.string().regex(/^\d+$/, 'an account code')
const yuan = z.string().regex(/^-?\d+(\.\d{1,2})?$/, 'an amount in yuan, as text')
const rate = z.string().regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, "a share from '0' to '1', as text")

const closingRuleSchema = z.strictObject({
  rule: z.string().regex(/^[A-Z][A-Z0-9]*[a-z]?$/),
  name: z.strictObject({ zh: z.string(), en: z.string() }),
  /** Article of the regulation that the rule comes from. */
  source: z.string(),
  units: z.enum(['administrative', 'institution']).optional(),
  mode: z.enum(['one-system', 'legacy-quota']).optional(),
  close: z.array(account).min(1).optional(),
  close_class: z.enum(ELEMENTS).optional(),
  only_fund: z.enum(FUNDS).optional(),
  only_credit: z.boolean().default(false),
  projects: z.strictObject({ parameter: z.string(), from: account }).optional(),
  into: account.optional(),
  extract: z.strictObject({ from: account, into: account, rate: z.literal('special_fund_rate') }).optional(),
  repeat: z.strictObject({ amount_of: z.string(), debit: account, credit: account }).optional(),
  list: z.strictObject({ parameter: z.string(), debit: account, credit: account }).optional(),
}).superRefine((rule, context) => {
  const kinds = [rule.close ?? rule.close_class, rule.extract, rule.repeat, rule.list].filter((kind) => kind !== undefined)
  if (kinds.length !== 1 || (rule.close && rule.close_class)) {
    context.addIssue({ code: 'custom', message: 'exactly one of close, close_class, extract, repeat, list' })
  }
  if ((rule.close ?? rule.close_class) ? !rule.into : rule.into) {
    context.addIssue({ code: 'custom', message: 'into goes with close or close_class, and these with into' })
  }
})
export type ClosingRuleConfig = z.infer<typeof closingRuleSchema>

const listRowSchema = z.strictObject({
  /** District code; empty is every district that has the book or unit. */
  district: z.string().default(''),
  book: z.string().optional(), from: account.optional(), unit: z.string().default(''), function: z.string().default(''),
  revenue: z.string().default(''), economic: z.string().default(''), project: z.string().default(''),
  fund: z.string().default(''),
  counterparty: z.string().default(''), amount: yuan.optional(), reason: z.string().min(1),
})

/** config/closing/*.yaml: closing rules 年终转账规则 of one accounting system. Accounts are codes of its chart. */
export const closingSchema = z.strictObject({
  system: z.enum(SYSTEMS),
  source: z.string(),
  parameters: z.strictObject({
    mode: z.enum(['one-system', 'legacy-quota']),
    special_fund_rate: z.strictObject({
      default: rate, units: z.array(z.strictObject({ district: z.string(), unit: z.string(), rate })),
    }),
    lists: z.record(z.string(), z.array(listRowSchema)),
  }),
  /** A balance before closing blocks (C6): no rule closes these. */
  clear_before: z.array(account),
  /** A balance before closing blocks in one-system mode (C7). */
  clear_in_one_system: z.array(account).default([]),
  /** A balance before closing is a warning (C5). */
  normally_clear: z.array(account).default([]),
  zero_after: z.array(account),
  no_credit_after: z.array(account),
  rules: z.array(closingRuleSchema).min(1),
})
export type ClosingConfig = z.infer<typeof closingSchema>
