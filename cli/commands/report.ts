/** `nianjie report`: the per-district progress report and the league summary, as files. */
import { type Command, Option } from 'commander'
import { latestYear } from '../../books/read-model/current.ts'
import { loadTimeRules } from '../../config/attribution.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { readReport } from '../../report/read.ts'
import { FORMATS, type Format, writeReport } from '../../report/write.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'
import { listOf, parseYear } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'

interface ReportOptions { out: string; year?: number; district: string[]; format: Format[]; rehearsal?: boolean; json?: boolean }

export function registerReport(program: Command, context: CliContext): void {
  const { t } = context
  program.command('report')
    .description(t({
      zh: '输出各区划年结进度报告和全盟汇总（HTML、XLSX、JSON）。相同的状态得到相同的文件',
      en: 'write the per-district progress report and the league summary (HTML, XLSX, JSON). The same state gives the same bytes',
    }))
    .requiredOption('--out <folder>', t({ zh: '输出文件夹', en: 'folder to write to' }))
    .option('--year <year>', t({ zh: '结转年度（默认最近的）', en: 'closing fiscal year (default: the latest)' }), parseYear)
    .addOption(new Option('--district <code>', t({ zh: '只输出该区划（可重复），不含汇总', en: 'only this district (repeatable), without the summary' }))
      .argParser((code: string, codes: string[]) => [...codes, code]).default([] as string[], t({ zh: '全部', en: 'all' })))
    .option('--format <list>', t({ zh: '格式，逗号分隔', en: 'formats, separated by commas' }), listOf(FORMATS), [...FORMATS] as Format[])
    .option('--rehearsal', t({ zh: '报告演练的结果', en: 'report the rehearsal' }))
    .option('--json', t({ zh: '以 JSON 列出文件', en: 'list the files as JSON' }))
    .action((options: ReportOptions) => writeAndList(context, options))
}

async function writeAndList(context: CliContext, options: ReportOptions): Promise<void> {
  const { db } = await context.books()
  const year = options.year ?? await latestYear(db)
  if (year === null) {
    throw usageError({
      zh: '数据库中还没有任何年度：先导入数据（nianjie import）', en: 'there is no year in the database yet: import first (nianjie import)',
    })
  }
  const rules = loadTimeRules(overlayFolder(context.env))
  const report = await readReport(db, { year, districts: options.district, rehearsal: options.rehearsal }, rules)
  const missing = options.district.filter((code) => !report.districts.some((district) => district.code === code))
  if (missing.length > 0 || report.districts.length === 0) {
    const which = missing.join(', ')
    throw usageError({ zh: `${year} 年没有这些区划的数据：${which}`, en: `there is nothing of these districts in ${year}: ${which}` })
  }
  const files = await writeReport(report, options.out, options.format, options.district.length === 0)
  if (options.json) context.printJson({ year, files })
  else for (const file of files) context.print(safeText(file))
}
