import { z } from 'zod'

/** config/input.yaml */
export const inputSchema = z.looseObject({})
export type InputConfig = z.infer<typeof inputSchema>
