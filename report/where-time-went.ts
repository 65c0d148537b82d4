/** Where the time of each district went and when it will be done, in a year's report: as of the last thing that happened. */
import { type Transaction, sql } from 'kysely'
import { type Look, currentRuns } from '../books/read-model/current.ts'
import { readForecast } from '../books/service/forecast.ts'
import { readDistrictTimes } from '../books/service/where-time-went.ts'
import type { Database } from '../books/tables.ts'
import type { AttributionRules } from '../domain/attribution.ts'
import type { Text, YearReport } from './model.ts'

/** To whom minutes belong, and the names of all that they can belong to. */
export interface TimeRules { rules: AttributionRules; parties: Readonly<Record<string, Text>> }

/** The report with the times of its districts; as it was while nothing was started. */
export async function withTimes(
  trx: Transaction<Database>, look: Look, report: YearReport, { rules, parties }: TimeRules,
): Promise<YearReport> {
  const at = await lastMoment(trx, look, report.asOf)
  if (at === null) return report
  const times = new Map((await readDistrictTimes(trx, look, rules, at)).map(({ district, ...time }) => [district, time]))
  const found = await readForecast(trx, look, rules, at)
  const forecasts = new Map(found.districts.map(({ district, ...one }) => [district, one]))
  const districts = report.districts.map((district) => {
    const [time, forecast] = [times.get(district.code), forecasts.get(district.code)]
    return { ...district, ...(time && { time }), ...(forecast?.step && { forecast }) }
  })
  return { ...report, districts, time: { at: at.toISOString(), parties, trackRecord: found.trackRecord } }
}

/** Of the whole year, so that the report of one district says the same as that of all. */
async function lastMoment(
  trx: Transaction<Database>, { districts: _some, ...look }: Look, asOf: string | null,
): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    with current as (${currentRuns(look)})
    select greatest(
      (select max(at) from step_history h where h.run_id in (select run_id from current)),
      (select max(greatest(started_at, ended_at)) from current), ${asOf}::timestamptz) as at`.execute(trx)
  return rows[0]!.at
}
