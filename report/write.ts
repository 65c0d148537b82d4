/** Writes the report's files: the league's summary, and one for each district. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plain, canonicalJson } from '../domain/canonical.ts'
import { districtPage } from './html/district.ts'
import { leaguePage } from './html/league.ts'
import type { DistrictReport, YearReport } from './model.ts'
import { workbook } from './xlsx.ts'

export const FORMATS = ['html', 'xlsx', 'json'] as const
export type Format = (typeof FORMATS)[number]

/**
 * Writes `league-YEAR.*` (unless `summary` is false) and `CODE-YEAR.*` for each district into `out`.
 * @returns the paths, in the order in which they were written
 */
export async function writeReport(
  report: YearReport, out: string, formats: readonly Format[], summary = true,
): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const paths: string[] = []
  const put = (name: string, bytes: string | Buffer) => {
    const path = join(out, name)
    writeFileSync(path, bytes)
    paths.push(path)
  }
  const nameOf = (part: string, format: Format) => `${part}-${report.year}.${format}`
  for (const format of formats) {
    if (summary) {
      put(
        nameOf('league', format),
        await leagueFile(report, format, (district) => nameOf(district.code, 'html'), formats.includes('html')),
      )
    }
    for (const district of report.districts) put(nameOf(district.code, format), await districtFile(report, district, format))
  }
  return paths
}

async function leagueFile(
  report: YearReport, format: Format, link: (district: DistrictReport) => string, linked: boolean,
): Promise<string | Buffer> {
  switch (format) {
    case 'html': return leaguePage(report, linked ? link : () => null)
    case 'xlsx': return workbook(report)
    case 'json': return reportJson(report)
    default: return format satisfies never
  }
}

async function districtFile(report: YearReport, district: DistrictReport, format: Format): Promise<string | Buffer> {
  const alone: YearReport = { ...report, districts: [district] }
  switch (format) {
    case 'html': return districtPage(report, district)
    case 'xlsx': return workbook(alone)
    case 'json': return reportJson(alone)
    default: return format satisfies never
  }
}

/** The model as canonical JSON: sorted keys, no white space, one line end. */
export function reportJson(report: YearReport): string {
  return `${canonicalJson(report as unknown as Plain)}\n`
}
