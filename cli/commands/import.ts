/** `nianjie import`: loads the folders of districts; each as a whole or not at all. */
import { userInfo } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CorrectionsKept } from '../../books/assets/kept.ts'
import { listInstructions } from '../../books/cases/instructions.ts'
import { touchedRuns, type TouchedRun } from '../../books/import/consequences.ts'
import { importFolder, type ImportProgress } from '../../books/import/import-folder.ts'
import {
  type DistrictReport, formatProblem, ImportBusy, ImportRefused, type ImportReport, type StatementsKept,
} from '../../books/import/report.ts'
import { announceInput } from '../shared/announce-input.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT, refusal, usageError } from '../shared/exit.ts'
import { safeText } from '../shared/safe-text.ts'
import { printUnlisted } from '../shared/unlisted.ts'

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
  if (wrong !== undefined) {
    throw usageError({
      zh: `没有区划“${wrong}”，可选：${known.join(' ')}`, en: `there is no district '${wrong}'; there are ${known.join(' ')}`,
    })
  }
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
  for (const { district, version, loaded } of report.districts) {
    if (version !== null && loaded) await tellInstructions(context, report.year, district)
    if (version !== null) {
      await announceInput(context, { year: report.year, district, version, loaded, touched: touched.get(district) ?? [] })
    }
  }
}

/** What an instruction asked of the business system, and this import does not show as done. */
async function tellInstructions(context: CliContext, year: number, district: string): Promise<void> {
  const all = await listInstructions((await context.books()).db, year, context.config().documents, [district])
  const open = all.filter((one) => one.open.length > 0)
  if (open.length === 0) return
  const lines = open.reduce((sum, one) => sum + one.open.length, 0)
  context.message({
    zh: `${district}：处置指令 ${open.map((one) => one.instruction).join('、')} 还有 ${lines} 份单据未办（nianjie instruction list --open）`,
    en: `${district}: ${lines} documents of ${open.map((one) => one.instruction).join(', ')} are not carried out yet (nianjie instruction list --open)`,
  })
}

function printDistrict(context: CliContext, report: ImportReport, one: DistrictReport): void {
  const { t, print } = context
  const rows = one.files.reduce((sum, file) => sum + file.rows, 0)
  for (const problem of one.problems) {
    print(safeText(`${one.district === '' || problem.file === '' ? '' : `${one.district}/`}${formatProblem(problem, context.lang)}`.replace(
      /^: /, '',
    )))
  }
  printUnlisted(context, one.problemCount - one.problems.length)
  const district = safeText(one.district)
  if (one.problemCount > 0) {
    print(t({ zh: `${district}：${one.problemCount} 处错误，未载入`, en: `${district}: ${one.problemCount} problems, not loaded` }))
  } else if (one.unchanged) print(t({
    zh: `${district}：与上次相同，未改动（第 ${one.version} 版）`, en: `${district}: unchanged (version ${one.version})`,
  }))
  else if (report.check) print(t({ zh: `${district}：检查通过，${rows} 行`, en: `${district}: no problems in ${rows} rows` }))
  else {
    print(t({
      zh: `${district}：已载入 ${rows} 行（第 ${one.version} 版）`, en: `${district}: loaded ${rows} rows (version ${one.version})`,
    }))
    for (const file of one.files) {
      if (one.version === 1 || file.added + file.removed + file.changed === 0) continue
      print(t({
        zh: `  ${file.file}：新增 ${file.added}，删除 ${file.removed}，修改 ${file.changed}`,
        en: `  ${file.file}: ${file.added} added, ${file.removed} removed, ${file.changed} changed`,
      }))
    }
  }
  if (one.statements) printStatements(context, one.statements)
  if (one.corrections) printCorrections(context, one.corrections)
}

/** Files of banks stay when a folder comes anew: said, because statements.csv does not show them. */
function printStatements({ t, print }: CliContext, { files, leftOut }: StatementsKept): void {
  const names = files.map(({ name, rows }) => `${safeText(name)} (${rows})`)
  print(t({
    zh: `  另有对账单文件 ${files.length} 份保留不变：${names.join('、')}`,
    en: `  ${files.length} statement files loaded beside statements.csv stay as they are: ${names.join(', ')}`,
  }))
  if (leftOut === 0) return
  print(t({
    zh: `  statements.csv 中 ${leftOut} 行由这些文件取代，未载入`,
    en: `  ${leftOut} rows of statements.csv were left out: those files stand for them`,
  }))
}

/** Corrections of asset cards lie over assets.csv: what becomes of each is said, because the file does not show it. */
function printCorrections(context: CliContext, { kept, adopted, ended }: CorrectionsKept): void {
  const { t, print } = context
  if (kept > 0) {
    print(t({
      zh: `  资产卡片更正 ${kept} 处继续有效：assets.csv 中仍是更正前的值，请在源系统中改正`,
      en: `  ${kept} corrections of asset cards stay in force: assets.csv still has the old values, correct them at their source`,
    }))
  }
  if (adopted > 0) {
    print(t({
      zh: `  资产卡片更正 ${adopted} 处已在数据中改正，更正结束`,
      en: `  ${adopted} corrections of asset cards are in the file by now and have ended`,
    }))
  }
  for (const { assetNo, field, corrected, imported, became } of ended) {
    const [was, is] = [corrected ?? t({ zh: '（空）', en: '(empty)' }), imported ?? t({ zh: '（空）', en: '(empty)' })]
    print(safeText(became === 'gone'
      ? t({
        zh: `  更正结束：资产 ${assetNo ?? '（空）'} 已不在数据中（${field}：${was}）`,
        en: `  correction ended: asset ${assetNo ?? '(empty)'} is gone (${field}: ${was})`,
      })
      : t({
        zh: `  更正结束，以本次数据为准：资产 ${assetNo ?? '（空）'} ${field} 更正为 ${was}，数据中为 ${is}`,
        en: `  correction ended, the file counts: asset ${assetNo ?? '(empty)'} ${field} was corrected to ${was}, the file has ${is}`,
      })))
  }
}

/** As on the screen, with the reasons in both languages. */
function jsonOf(report: ImportReport): object {
  return {
    ...report,
    districts: report.districts.map((one) => ({
      ...one,
      problems: one.problems.map((problem) => ({
        ...problem, message: { zh: formatProblem(problem, 'zh'), en: formatProblem(problem, 'en') },
      })),
    })),
  }
}

const PHASES = {
  read: { zh: '读取', en: 'reading' }, load: { zh: '装入', en: 'loaded' }, check: { zh: '检查', en: 'checking' },
  store: { zh: '写入', en: 'storing' },
}

/** On a terminal one line a file; elsewhere nothing, so that logs stay short. */
function progressOn(context: CliContext): (progress: ImportProgress) => void {
  return ({ district, file, phase, rows }) => {
    if (!context.stderr.isTTY || file === null) return
    context.message(`${safeText(district)} ${context.t(PHASES[phase])} ${file}${rows === undefined ? '' : ` ${rows}`}`)
  }
}

/** Refusals of an import in the words of a command. */
export function asCliError(error: unknown): unknown {
  if (error instanceof ImportBusy) {
    return refusal({
      code: 'import-running', zh: `区划 ${error.district} 正在由另一个导入处理，请稍后再试`,
      en: `another import of district ${error.district} is running: try again later`,
    })
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
