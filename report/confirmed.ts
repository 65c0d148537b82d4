/** What the report says of confirmations and of the months: who confirmed what when, what fell, and how each month stood. */
import type { Transaction } from 'kysely'
import { readDistrictConfirmations } from '../books/confirmations/read.ts'
import { listMonthlyChecks, listMonthlyDifferences } from '../books/monthly/read.ts'
import type { Look } from '../books/read-model/current.ts'
import type { Database } from '../books/tables.ts'
import type { YearReport } from './model.ts'

/** Adds them to a report, for the districts that it has. */
export async function withConfirmed(trx: Transaction<Database>, look: Look, report: YearReport): Promise<YearReport> {
  const codes = report.districts.map(({ code }) => code)
  const confirmed = new Map((await readDistrictConfirmations(trx, look))
    .map(({ district, confirmations }) => [district, confirmations]))
  const checks = await listMonthlyChecks(trx, { year: look.year, districts: codes })
  const followed = await listMonthlyDifferences(trx, { year: look.year, districts: codes })
  return {
    ...report, districts: report.districts.map((district) => ({
      ...district, confirmations: confirmed.get(district.code) ?? [],
      monthly: {
        checks: checks.filter((one) => one.district === district.code),
        differences: followed.filter((one) => one.district === district.code),
      },
    })),
  }
}
