import { z } from 'zod'

/** config/asset-health.yaml */
export const assetHealthSchema = z.looseObject({})
export type AssetHealthConfig = z.infer<typeof assetHealthSchema>
