/** The summary of the annual reports: every unit of a district, or of all districts, added up once. */
import { type Kysely, sql } from 'kysely'
import type { AssetReportConfig } from '../../../config/schemas/asset-report.ts'
import type { Database } from '../../tables.ts'

export interface SummaryCell {
  table: string; line: string; column: string; value: string; prior: string | null; districts: Record<string, string>
}
export interface LeagueSummary {
  year: number
  /** Districts whose reports are added up, with how many units reported. */
  districts: { district: string; units: number }[]
  /** Districts with input of the year that have no report. */
  missing: string[]
  cells: SummaryCell[]
}

/** Unit codes under which a summary stands: they are never added up themselves, so that nothing counts twice. */
export const summaryCodes = ({ summary }: Pick<AssetReportConfig, 'summary'>): string[] =>
  [...summary.district, ...summary.league]

/** Adds the reports of the districts' units up, in yuan and pieces, exactly. Districts are those named, each once. */
export async function leagueSummary(
  db: Kysely<Database>, config: AssetReportConfig, year: number, districts: readonly string[],
): Promise<LeagueSummary> {
  const codes = summaryCodes(config)
  const { rows } = await sql<{ district: string; table: string; line: string; column: string; value: string; prior: string | null }>`
    select s.district, r.table_name as table, r.line, r.column_name as column, trim_scale(coalesce(sum(r.value), 0))::text as value, trim_scale(sum(r.prior_value))::text as prior
    from scopes s join asset_report r using (scope_id)
    where s.year = ${year} and s.district = any(${[...districts]}::text[]) and not (r.unit = any(${codes}::text[]))
    group by s.district, r.table_name, r.line, r.column_name order by r.table_name collate "C", r.line collate "C", r.column_name collate "C", s.district`.execute(db)
  const { rows: totals } = await sql<{ table: string; line: string; column: string; value: string; prior: string | null }>`
    select r.table_name as table, r.line, r.column_name as column, trim_scale(coalesce(sum(r.value), 0))::text as value, trim_scale(sum(r.prior_value))::text as prior
    from scopes s join asset_report r using (scope_id)
    where s.year = ${year} and s.district = any(${[...districts]}::text[]) and not (r.unit = any(${codes}::text[]))
    group by r.table_name, r.line, r.column_name order by r.table_name collate "C", r.line collate "C", r.column_name collate "C"`.execute(db)
  const { rows: units } = await sql<{ district: string; units: number }>`
    select s.district, count(distinct r.unit) filter (where not (r.unit = any(${codes}::text[])))::int as units
    from scopes s left join asset_report r using (scope_id)
    where s.year = ${year} and s.district = any(${[...districts]}::text[]) and exists (select from input_versions v where v.scope_id = s.scope_id)
    group by 1 order by 1`.execute(db)
  const at = (cell: { table: string; line: string; column: string }) => `${cell.table}/${cell.line}/${cell.column}`
  const byCell = new Map<string, Record<string, string>>()
  for (const row of rows) byCell.set(at(row), { ...byCell.get(at(row)), [row.district]: row.value })
  return {
    year, districts: units.filter((one) => one.units > 0),
    missing: units.filter((one) => one.units === 0).map(({ district }) => district),
    cells: totals.map((total) => ({ ...total, districts: byCell.get(at(total)) ?? {} })),
  }
}
