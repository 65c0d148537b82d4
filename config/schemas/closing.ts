import { z } from 'zod'

/** config/closing/*.yaml: closing rules 年终转账规则 of one accounting system. */
export const closingSchema = z.looseObject({})
export type ClosingConfig = z.infer<typeof closingSchema>
