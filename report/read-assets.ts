/** What the report says of the asset data: its health over the checks, and the joint review with the units. */
import type { Transaction } from 'kysely'
import { districtReview } from '../books/assets/round-view.ts'
import type { Look } from '../books/read-model/current.ts'
import { readHealth } from '../books/read-model/asset-health.ts'
import type { Database } from '../books/tables.ts'
import type { YearReport } from './model.ts'

/** The report with the assets of each district. */
export async function withAssets(trx: Transaction<Database>, look: Look, report: YearReport): Promise<YearReport> {
  const trends = await readHealth(trx, look)
  const districts = []
  for (const district of report.districts) {
    const review = await districtReview(trx, district.code, look.year)
    districts.push({
      ...district, assetHealth: trends.find((trend) => trend.district === district.code) ?? null,
      assetReview: review && (review.units.length > 0 || review.round > 0) ? review : null,
    })
  }
  return { ...report, districts }
}
