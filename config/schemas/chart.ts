import { z } from 'zod'
import { DIMENSIONS, ELEMENTS, SYSTEMS } from '../../domain/dimensions.ts'

const account = z.strictObject({
  account: z.string().regex(/^\d+$/, 'an account code is digits, in quotes'),
  name: z.string().min(1),
  element: z.enum(ELEMENTS),
  /** Normal side; contra accounts stand on the other side of their class. */
  side: z.enum(['debit', 'credit']),
  dimensions: z.array(z.enum(DIMENSIONS)).default([]),
  /** False while the office has not confirmed the code. */
  verified: z.boolean().default(true),
})

/** config/charts/*.yaml: the chart of accounts 会计科目表 of one accounting system. */
export const chartSchema = z.strictObject({
  system: z.enum(SYSTEMS),
  /** Version name, such as ZKJ-2022. */
  version: z.string(),
  source: z.string(),
  accounts: z.array(account).min(1),
}).superRefine(({ accounts }, issues) => {
  const known = new Map(accounts.map((one) => [one.account, one]))
  const seen = new Set<string>()
  for (const [index, one] of accounts.entries()) {
    const report = (field: string, message: string) =>
      issues.addIssue({ code: 'custom', path: ['accounts', index, field], message })
    if (seen.has(one.account)) report('account', `account ${one.account} stands twice`)
    seen.add(one.account)
    if (new Set(one.dimensions).size < one.dimensions.length) report('dimensions', 'a dimension stands twice')
    const top = known.get(one.account.slice(0, 4))
    if (one.account.length < 4 || !top) report('account', `account ${one.account} has no top-level account of four digits`)
    else if (top.element !== one.element) report('element', `a sub-account is of the element of ${top.account}, ${top.element}`)
  }
})
export type ChartConfig = z.infer<typeof chartSchema>
