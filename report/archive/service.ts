/** The service's part of the archive: its records, the report of each month, the summary of the year-end. */
import { basename, join } from 'node:path'
import { type Period, type ServiceScope, serviceTables } from '../../books/archive/service-tables.ts'
import { dateAt, startOfDate } from '../../domain/calendar.ts'
import { readFacts } from '../service/facts.ts'
import { serviceReportOf } from '../service/read.ts'
import { writeServiceReport, writeYearEnd } from '../service/write.ts'
import { yearEndOf } from '../service/year-end.ts'
import { FORMATS } from '../write.ts'
import type { Archiving } from './write.ts'

/** @returns the latest time in the records */
export async function writeService(archiving: Archiving): Promise<string | null> {
  const { trx, reader, folder, request: { yearEnd, service, districts: asked } } = archiving
  const scope = scopeOf(archiving)
  for (const { file, what, retention, signed, ...table } of serviceTables(scope)) {
    await folder.putSome({ path: file, what, district: null, retention, ...(signed && { signed }) }, (out) => reader.copy(
      table, out,
    ))
  }
  const facts = await readFacts(trx, asked)
  const adopt = async (paths: readonly string[], zh: string, en: string) => {
    for (const path of paths) {
      await folder.adopt({ path: `service/reports/${basename(path)}`, what: { zh, en }, district: null, retention: 'service' })
    }
  }
  const out = join(folder.path, 'service', 'reports')
  for (const month of scope.months) {
    const report = serviceReportOf(facts, { ...service, from: month, to: month })
    if (report.months.length > 0) {
      await adopt(await writeServiceReport(report, out, FORMATS), `运维服务月报 ${month}`, `the service's report of ${month}`)
    }
  }
  const summary = await yearEndOf(trx, facts, yearEnd)
  await adopt(await writeYearEnd(summary, out, FORMATS), '年结运维总结', 'the service\'s summary of the year-end')
  return summary.asOf
}

const DAY_MS = 86_400_000

/** The calendar year in the office's time; besides for each district its year-end window and the time of its year-ends. */
function scopeOf({ districts, request: { year, yearEnd, names, districts: asked } }: Archiving): ServiceScope {
  const codes = asked ?? [...new Set([...Object.keys(names), ...districts.map(({ code }) => code)])].toSorted()
  const { zoneMs, windowOf } = yearEnd
  const calendar = { from: startOfDate(`${year}-01-01`, zoneMs), to: startOfDate(`${year + 1}-01-01`, zoneMs) }
  const stretches = codes.flatMap((code) => [
    calendar, windowOf(code),
    ...(districts.find((one) => one.code === code)?.runs ?? []).filter(({ kind }) => kind === 'real')
      // A run that goes on has no end yet: whatever came since it began.
      .map(({ startedAt, endedAt }) => ({ from: startedAt.getTime(), to: endedAt ? endedAt.getTime() + 1 : OPEN })),
  ].map(({ from, to }) => ({ code, from, to })))
  const months = new Set<string>()
  for (const { from, to } of stretches.filter((one) => one.to !== OPEN)) {
    for (let at = from; at < to + DAY_MS; at += DAY_MS) months.add(dateAt(Math.min(at, to - 1), zoneMs).slice(0, 7))
  }
  return {
    year, districts: codes, months: [...months].toSorted(),
    periods: stretches.map(({ code, from, to }): Period => ({
      district: code, from: new Date(from).toISOString(), to: new Date(to).toISOString(),
    })),
  }
}
const OPEN = Date.UTC(9999, 0, 1)
