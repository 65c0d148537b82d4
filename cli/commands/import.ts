/** `nianjie import`: loads the folders of districts; each as a whole or not at all. */
import { userInfo } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { watchedRun } from '../../books/undo.ts'
import { touchedRuns, type TouchedRun } from '../../books/import/consequences.ts'
import { importFolder, type ImportProgress } from '../../books/import/import-folder.ts'
import { type DistrictReport, formatProblem, ImportBusy, ImportRefused, type ImportReport } from '../../books/import/report.ts'
import { STEP_NAMES } from '../../domain/steps.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT, refusal, usageError } from '../shared/exit.ts'
import { safeText } from '../shared/safe-text.ts'

interface ImportFlags { year: number; district: string[]; check?: boolean; json?: boolean }

export function registerImport(program: Command, context: CliContext): void {
  const { t } = context
  program.command('import <folder>')
    .description(t({
      zh: '导入各区划的数据文件夹：每个区划要么全部载入，要么分毫不动，并列出每一处错误',
      en: "load the districts' folders: each district as a whole or not at all, with every bad row named",
    }))
    .requiredOption('--year <year>', t({ zh: '结转年度', en: 'closing fiscal year' }), fiscalYear)
    .addOption(new Option('--district <code>', t({ zh: '只导入该区划（可重复）', en: 'only this district (repeatable)' }))
      .argParser((code: string, codes: string[]) => [...codes, code]).default([] as string[], t({ zh: '全部', en: 'all' })))
    .option('--check', t({ zh: '只检查，不写入', en: 'only validate, write nothing' }))
    .option('--json', t({ zh: '输出 JSON', en: 'print JSON' }))
    .action((folder: string, flags: ImportFlags) => importAndTell(context, folder, flags))
}

async function importAndTell(context: CliContext, folder: string, flags: ImportFlags): Promise<void> {
  const config = context.config()
  const known = config.districts.districts.map((one) => one.code)
  const wrong = flags.district.find((code) => !known.includes(code))
  if (wrong !== undefined) throw usageError({ zh: `没有区划“${wrong}”，可选：${known.join(' ')}`, en: `there is no district '${wrong}'; there are ${known.join(' ')}` })
  const books = await context.books()
  const by = context.env.USER || userInfo().username
  const report = await importFolder(books, {
    folder, year: flags.year, districts: flags.district, config, check: flags.check ?? false, by, onProgress: progressOn(context),
  }).catch((error: unknown) => { throw asCliError(error) })
  const touched = new Map<string, TouchedRun[]>()
  for (const one of report.districts) {
    if (!report.check && one.version !== null) touched.set(one.district, await touchedRuns(books.db, one.district, flags.year))
  }
  if (flags.json) context.printJson(jsonOf(report))
  else for (const one of report.districts) printDistrict(context, report, one)
  if (report.districts.some((one) => one.problemCount > 0)) context.exitWith(EXIT.usage)
  await announce(context, report, touched)
}

/** Live runs look at their input again; what was approved on other input falls. Safe to repeat: unchanged input is announced too. */
async function announce(context: CliContext, report: ImportReport, touched: ReadonlyMap<string, readonly TouchedRun[]>): Promise<void> {
  for (const { district, version, loaded } of report.districts) {
    const runs = touched.get(district) ?? []
    if (version === null) continue
    const signedOff = await watchedRun((await context.books()).db, district, report.year)
    if (runs.length === 0 && !signedOff) continue
    for (const { district: hit, kind, fallen } of runs) {
      if (fallen.length === 0) continue
      const names = (lang: 'zh' | 'en') => fallen.map((step) => STEP_NAMES[step][lang]).join(lang === 'zh' ? '、' : ', ')
      const rehearsal = kind === 'rehearsal'
      context.message({
        zh: `${hit}${rehearsal ? '（演练）' : ''}：数据已变，以下步骤的批准不再有效，将重新执行：${names('zh')}`,
        en: `${hit}${rehearsal ? ' (rehearsal)' : ''}: the input changed; these approvals no longer hold and the steps run again: ${names('en')}`,
      })
    }
    if (signedOff && loaded) {
      context.message({
        zh: `${district}：${report.year} 年年结已签署归档，账簿不变；年终结转所用的数据若有变动，列为 LATE 提示（nianjie findings --district ${district} --rule LATE）`,
        en: `${district}: the year-end of ${report.year} is signed off and the books stay; what the carry-forward was made from and now differs stands as LATE (nianjie findings --district ${district} --rule LATE)`,
      })
    }
    const operations = await context.operations()
    await operations.announceInput({ year: report.year, district, version })
  }
}

function printDistrict(context: CliContext, report: ImportReport, one: DistrictReport): void {
  const { t, print } = context
  const rows = one.files.reduce((sum, file) => sum + file.rows, 0)
  for (const problem of one.problems) {
    print(safeText(`${one.district === '' || problem.file === '' ? '' : `${one.district}/`}${formatProblem(problem, context.lang)}`.replace(/^: /, '')))
  }
  const more = one.problemCount - one.problems.length
  if (more > 0) print(t({ zh: `……另有 ${more} 处未列出（上限见 config/input.yaml）`, en: `… and ${more} more that are not listed (limit in config/input.yaml)` }))
  const district = safeText(one.district)
  if (one.problemCount > 0) {
    print(t({ zh: `${district}：${one.problemCount} 处错误，未载入`, en: `${district}: ${one.problemCount} problems, not loaded` }))
  } else if (one.unchanged) print(t({ zh: `${district}：与上次相同，未改动（第 ${one.version} 版）`, en: `${district}: unchanged (version ${one.version})` }))
  else if (report.check) print(t({ zh: `${district}：检查通过，${rows} 行`, en: `${district}: no problems in ${rows} rows` }))
  else {
    print(t({ zh: `${district}：已载入 ${rows} 行（第 ${one.version} 版）`, en: `${district}: loaded ${rows} rows (version ${one.version})` }))
    for (const file of one.files) {
      if (one.version === 1 || file.added + file.removed + file.changed === 0) continue
      print(t({
        zh: `  ${file.file}：新增 ${file.added}，删除 ${file.removed}，修改 ${file.changed}`,
        en: `  ${file.file}: ${file.added} added, ${file.removed} removed, ${file.changed} changed`,
      }))
    }
  }
}

/** As on the screen, with the reasons in both languages. */
function jsonOf(report: ImportReport): object {
  return {
    ...report,
    districts: report.districts.map((one) => ({
      ...one,
      problems: one.problems.map((problem) => ({ ...problem, message: { zh: formatProblem(problem, 'zh'), en: formatProblem(problem, 'en') } })),
    })),
  }
}

const PHASES = {
  read: { zh: '读取', en: 'reading' }, load: { zh: '装入', en: 'loaded' }, check: { zh: '检查', en: 'checking' }, store: { zh: '写入', en: 'storing' },
}

/** On a terminal one line a file; elsewhere nothing, so that logs stay short. */
function progressOn(context: CliContext): (progress: ImportProgress) => void {
  return ({ district, file, phase, rows }) => {
    if (!context.stderr.isTTY || file === null) return
    context.message(`${safeText(district)} ${context.t(PHASES[phase])} ${file}${rows === undefined ? '' : ` ${rows}`}`)
  }
}

function asCliError(error: unknown): unknown {
  if (error instanceof ImportBusy) {
    return refusal({ code: 'import-running', zh: `区划 ${error.district} 正在由另一个导入处理，请稍后再试`, en: `another import of district ${error.district} is running: try again later` })
  }
  if (error instanceof ImportRefused) {
    const text = (lang: 'zh' | 'en') => error.problems.map((one) => formatProblem(one, lang)).join('\n')
    return usageError({ zh: text('zh'), en: text('en') })
  }
  return error
}

function fiscalYear(text: string): number {
  if (!/^(19|20|21)\d{2}$/.test(text)) throw new InvalidArgumentError('1900–2199')
  return Number(text)
}
