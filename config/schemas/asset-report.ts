import { z } from 'zod'

/** config/asset-report.yaml */
export const assetReportSchema = z.looseObject({})
export type AssetReportConfig = z.infer<typeof assetReportSchema>
