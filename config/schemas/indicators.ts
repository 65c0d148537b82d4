import { z } from 'zod'

/** config/indicators.yaml */
export const indicatorsSchema = z.looseObject({})
export type IndicatorsConfig = z.infer<typeof indicatorsSchema>
