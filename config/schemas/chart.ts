import { z } from 'zod'
import { DIMENSIONS, ELEMENTS, SYSTEMS } from '../../domain/dimensions.ts'

/** config/charts/*.yaml: the chart of accounts 会计科目表 of one accounting system. */
export const chartSchema = z.strictObject({
  system: z.enum(SYSTEMS),
  /** Version name, such as ZKJ-2022. */
  version: z.string(),
  source: z.string(),
  accounts: z.array(z.strictObject({
    account: z.string().regex(/^\d+$/),
    name: z.string(),
    element: z.enum(ELEMENTS),
    side: z.enum(['debit', 'credit']),
    dimensions: z.array(z.enum(DIMENSIONS)).default([]),
    /** False while the office has not confirmed the code. */
    verified: z.boolean().default(true),
  })),
})
export type ChartConfig = z.infer<typeof chartSchema>
