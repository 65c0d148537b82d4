import { z } from 'zod'

/** config/formats/*.yaml: the layout of one bank's or treasury's statement. */
export const formatSchema = z.looseObject({})
export type FormatConfig = z.infer<typeof formatSchema>
