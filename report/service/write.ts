/** Writes the files of the service's report. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import type { Format } from '../write.ts'
import { servicePage } from './html.ts'
import type { ServiceReport } from './model.ts'
import { serviceWorkbook } from './xlsx.ts'

/** `service-2025-12.*`, or `service-2025-01-2025-12.*`. @returns the paths */
export async function writeServiceReport(report: ServiceReport, out: string, formats: readonly Format[]): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const span = report.from === report.to ? report.from : `${report.from}-${report.to}`
  const paths: string[] = []
  for (const format of formats) {
    const path = join(out, `service-${span}.${format}`)
    writeFileSync(path, format === 'html' ? servicePage(report) : format === 'xlsx' ? await serviceWorkbook(report) : `${canonicalJson(report as unknown as Plain)}\n`)
    paths.push(path)
  }
  return paths
}
