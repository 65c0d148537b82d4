import { z } from 'zod'

/** config/initialise.yaml */
export const initialiseSchema = z.looseObject({})
export type InitialiseConfig = z.infer<typeof initialiseSchema>
