import { z } from 'zod'

/** config/reconciliations.yaml */
export const reconciliationsSchema = z.looseObject({})
export type ReconciliationsConfig = z.infer<typeof reconciliationsSchema>
