/** Writes the files of the service's reports. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import type { Format } from '../write.ts'
import { servicePage } from './html.ts'
import type { ServiceReport } from './model.ts'
import { serviceWorkbook } from './xlsx.ts'
import { yearEndPage } from './year-end-html.ts'
import { yearEndWorkbook } from './year-end-xlsx.ts'
import type { YearEndSummary } from './year-end.ts'

interface Made { html(): string; xlsx(): Promise<Buffer>; json: unknown }

/** `service-2025-12.*`, or `service-2025-01-2025-12.*`. @returns the paths */
export function writeServiceReport(report: ServiceReport, out: string, formats: readonly Format[]): Promise<string[]> {
  const span = report.from === report.to ? report.from : `${report.from}-${report.to}`
  return writeAll(
    `service-${span}`, { html: () => servicePage(report), xlsx: () => serviceWorkbook(report), json: report }, out, formats,
  )
}

/** `year-end-2025.*`. @returns the paths */
export const writeYearEnd = (summary: YearEndSummary, out: string, formats: readonly Format[]): Promise<string[]> =>
  writeAll(
    `year-end-${summary.year}`, { html: () => yearEndPage(summary), xlsx: () => yearEndWorkbook(summary), json: summary }, out,
    formats,
  )

async function writeAll(name: string, made: Made, out: string, formats: readonly Format[]): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const paths: string[] = []
  for (const format of formats) {
    const path = join(out, `${name}.${format}`)
    writeFileSync(
      path, format === 'html' ? made.html() : format === 'xlsx' ? await made.xlsx() : `${canonicalJson(made.json as Plain)}\n`,
    )
    paths.push(path)
  }
  return paths
}
