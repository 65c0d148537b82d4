/** The progress reports in the archive: as `nianjie report` makes them. */
import { basename, join } from 'node:path'
import { readReport } from '../read.ts'
import { FORMATS, writeReport } from '../write.ts'
import type { Archiving } from './write.ts'

/** @returns the latest time in them */
export async function writeReports({ trx, folder, request }: Archiving): Promise<string | null> {
  const { year, districts: asked, yearEnd: { attribution: rules, parties } } = request
  const report = await readReport(trx, { year, ...(asked && { districts: asked }) }, { rules, parties })
  for (const path of await writeReport(report, join(folder.path, 'reports'), FORMATS, asked === undefined)) {
    const name = basename(path)
    const own = report.districts.find(({ code }) => name.startsWith(`${code}-${year}.`))
    await folder.adopt({
      path: `reports/${name}`, district: own?.code ?? null, retention: 'reports',
      what: !own ? { zh: '全盟年结汇总', en: 'the summary of the league' }
        : own.runId === null ? { zh: '年结进度报告', en: 'the progress report' } : {
          zh: `年结进度报告（运行 ${own.runId}）`, en: `the progress report (run ${own.runId})`,
        },
    })
  }
  return report.asOf
}
