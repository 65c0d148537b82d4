/** `nianjie service report` and `service year-end`: what was promised and kept, by district and month, and for a year-end. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { loadAttribution, loadPartyNames } from '../../config/attribution.ts'
import { loadService, windowsOf } from '../../config/service.ts'
import { loadServiceTargets } from '../../config/service-targets.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { type ServiceLook, readServiceReport } from '../../report/service/read.ts'
import { writeServiceReport, writeYearEnd } from '../../report/service/write.ts'
import { type YearEndLook, readYearEnd } from '../../report/service/year-end.ts'
import { FORMATS, type Format } from '../../report/write.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'
import {
  districtNames, districtsOption, jsonOption, knownDistricts, listOf, parseYear, yearOf, yearOption,
} from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'

interface Flags { month?: string; year?: number; district?: string[]; out: string; format: Format[]; json?: boolean }

export function registerServiceReport(service: Command, context: CliContext): void {
  const { t } = context
  const files = (command: Command) => command.addOption(districtsOption(context))
    .requiredOption('--out <folder>', t({ zh: '输出文件夹', en: 'folder to write to' }))
    .option('--format <list>', t({ zh: '格式，逗号分隔', en: 'formats, separated by commas' }), listOf(FORMATS), [...FORMATS] as Format[])
    .addOption(jsonOption(context))
  files(service.command('report')
    .description(t({
      zh: '运维服务报告：来电、响应、解决、违约、投诉、满意度（HTML、XLSX、JSON）',
      en: 'the service report: calls, responses, resolutions, breaches, complaints, satisfaction (HTML, XLSX, JSON)',
    }))
    .addOption(new Option('--month <month>', t({ zh: '月份，如 2025-12', en: 'month, such as 2025-12' })).argParser(monthOf))
    .addOption(new Option('--year <year>', t({ zh: '整个公历年', en: 'a whole calendar year' })).argParser(parseYear)))
    .action((flags: Flags) => write(context, flags))
  files(service.command('year-end')
    .description(t({
      zh: '年结运维总结：年结期间的来电、故障、响应、解决、违约、投诉、满意度和用时归属（HTML、XLSX、JSON）',
      en: 'the summary of a year-end: calls, faults, responses, resolutions, breaches, complaints, satisfaction, whose minutes (HTML, XLSX, JSON)',
    }))
    .addOption(yearOption(context)))
    .action((flags: Flags) => writeSummary(context, flags))
}

/** What a service report of these months needs besides the database. */
export function serviceLook(context: CliContext, from: string, to: string, districts?: readonly string[]): ServiceLook {
  const overlay = overlayFolder(context.env)
  const { service, zoneMs } = loadService(overlay)
  return {
    from, to, ...(districts ? { districts } : {}), names: Object.fromEntries(districtNames(context)), zoneMs,
    parties: Object.fromEntries(Object.entries(service.parties).map(([party, { name }]) => [party, name])),
    targets: loadServiceTargets(overlay),
  }
}

async function write(context: CliContext, { month, year, district, out, format, json }: Flags): Promise<void> {
  if ((month === undefined) === (year === undefined)) {
    throw usageError({ zh: '需要 --month 或 --year 之一', en: 'give either --month or --year' })
  }
  const [from, to] = month === undefined ? [`${year}-01`, `${year}-12`] : [month, month]
  const report = await readServiceReport(
    (await context.books()).db, serviceLook(context, from, to, knownDistricts(context, district)),
  )
  const files = await writeServiceReport(report, out, format)
  if (json) context.printJson({ from, to, files })
  else for (const file of files) context.print(safeText(file))
}

/** What the summary of a year-end needs besides the database. */
export function yearEndLook(context: CliContext, year: number, districts?: readonly string[]): YearEndLook {
  const overlay = overlayFolder(context.env)
  const { service, zoneMs } = loadService(overlay)
  const { names, targets } = serviceLook(context, '', '')
  return {
    year, ...(districts ? { districts } : {}), names, targets, zoneMs, attribution: loadAttribution(overlay), parties: loadPartyNames(overlay),
    // Around its last day: the window of that closing year is always among those.
    windowOf: (district) => windowsOf(service, district, Date.UTC(year, 11, 31), zoneMs).find((one) => one.year === year)!,
  }
}

async function writeSummary(context: CliContext, { year: given, district, out, format, json }: Flags): Promise<void> {
  const districts = knownDistricts(context, district)
  const year = await yearOf(context, given)
  const files = await writeYearEnd(
    await readYearEnd((await context.books()).db, yearEndLook(context, year, districts)), out, format,
  )
  if (json) context.printJson({ year, files })
  else for (const file of files) context.print(safeText(file))
}

export function monthOf(text: string): string {
  if (!/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('2025-12')
  return text
}
