/** `nianjie workbook`: reconciliations as workbooks 对账表 to hand over, to sign and to fill in; and back. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { pinnedConfig } from '../../activities/deps.ts'
import { type Run, latestRuns } from '../../books/runs.ts'
import { wordsOf } from '../../books/workbook/explanations.ts'
import { type ReconciliationBook, WorkbookRefused, readBooks } from '../../books/workbook/read.ts'
import { formatBackProblem, readBack } from '../../books/workbook/read-back.ts'
import { WORKBOOK_FORMATS, type WorkbookFormat, writeWorkbook } from '../../report/workbook/write.ts'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { asOption, districtsOption, jsonOption, knownDistricts, listOf, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'

interface WriteFlags {
  year?: number; district?: string[]; reconciliation?: string[]; out: string; format: WorkbookFormat[]; rows: number
  json?: boolean
}
interface BackFlags extends ConfirmFlags { year?: number; as: string; json?: boolean }

/** Rows of both sides in one workbook: what a spreadsheet program opens at ease. */
const ROWS = 50_000

export function registerWorkbook(program: Command, context: CliContext): void {
  const { t } = context
  const group = program.command('workbook')
    .description(t({
      zh: '输出对账表（XLSX、CSV），或导回填写的说明', en: 'write the workbooks of the reconciliations (XLSX, CSV), or read explanations back',
    }))
  group.command('write', { isDefault: true })
    .description(t({
      zh: '输出各区划各项对账的对账表。相同的状态得到相同的文件',
      en: 'write a workbook for each district and reconciliation. The same state gives the same bytes',
    }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .option('--reconciliation <number...>', t({ zh: '只输出这些对账，如 R7', en: 'only these reconciliations, such as R7' }))
    .requiredOption('--out <folder>', t({ zh: '输出文件夹', en: 'folder to write to' }))
    .option('--format <list>', t({ zh: '格式，逗号分隔', en: 'formats, separated by commas' }), listOf(WORKBOOK_FORMATS), ['xlsx'] as WorkbookFormat[])
    .addOption(new Option('--rows <count>', t({ zh: '双方明细最多行数', en: 'at most so many rows of both sides' })).default(ROWS)
      .argParser(rowCount))
    .addOption(jsonOption(context))
    .action((flags: WriteFlags) => write(context, flags))
  const back = group.command('import <file...>')
    .description(t({
      zh: '导回填写的差异原因、负责人和说明（全部可行才执行）', en: 'read back the kinds, owners and explanations that were filled in (all or none)',
    }))
    .addOption(yearOption(context))
    .addOption(asOption(context))
    .addOption(jsonOption(context))
  addConfirmOptions(back, context).action((files: string[], flags: BackFlags) => importBack(context, files, flags))
}

async function write(context: CliContext, flags: WriteFlags): Promise<void> {
  const districts = knownDistricts(context, flags.district)
  const year = await yearOf(context, flags.year)
  const { db } = await context.books()
  const runs = (await latestRuns(db, 'real', year)).filter(({ district }) => districts?.includes(district) ?? true)
    .sort((one, other) => (one.district < other.district ? -1 : 1))
  const missing = districts?.filter((code) => !runs.some(({ district }) => district === code)) ?? []
  if (missing.length > 0 || runs.length === 0) {
    throw refusal({
      code: 'wrong-state', zh: `${year} 年没有这些区划的年结：${missing.join('、')}`,
      en: `no year-end of ${year} in these districts: ${missing.join(', ')}`,
    })
  }
  const files: string[] = []
  let books = 0
  for (const run of runs) {
    for (const book of await booksOf(context, run, flags, districts !== undefined)) {
      files.push(...await writeWorkbook(book, flags.out, flags.format))
      books += 1
    }
  }
  if (books === 0) throw refusal({ code: 'wrong-state', zh: '没有可输出的对账', en: 'there is no reconciliation to write' })
  if (flags.json) context.printJson({ year, files })
  else for (const file of files) context.print(safeText(file))
}

/** Asked for by name, a district that has not compared yet is an error; among all of them it is only told. */
async function booksOf(
  context: CliContext, run: Run, { reconciliation, rows }: WriteFlags, named: boolean,
): Promise<ReconciliationBook[]> {
  const { db } = await context.books()
  const config = await pinnedConfig(db, run.rulesDigest)
  const unknown = reconciliation?.find((number) => !(number in config.reconciliations.reconciliations))
  if (unknown !== undefined) throw usageError({ zh: `没有对账 ${unknown}`, en: `there is no reconciliation ${unknown}` })
  try {
    return await readBooks(db, run, config, { reconciliations: reconciliation, most: rows })
  } catch (error) {
    if (!(error instanceof WorkbookRefused)) throw error
    if (named) throw refusal(error)
    context.message(error)
    return []
  }
}

async function importBack(context: CliContext, files: readonly string[], flags: BackFlags): Promise<void> {
  const year = await yearOf(context, flags.year)
  const read = await Promise.all(files.map(readBack))
  const { kinds } = context.config().differences
  const said = await wordsOf((await context.books()).db, read.flatMap(({ rows }) => rows), { year, now: context.now(), kinds })
  const problems = [...read.flatMap((one) => one.problems), ...said.problems]
  if (problems.length > 0) {
    const list = (lang: 'zh' | 'en') => problems.map((one) => safeText(formatBackProblem(one, lang))).join('\n')
    throw usageError({
      zh: `未导入任何说明，${problems.length} 处有误：\n${list('zh')}`,
      en: `nothing was imported, ${problems.length} places are wrong:\n${list('en')}`,
    })
  }
  const { words, unchanged } = said
  if (words.length > 0) await decide(context, flags, words)
  if (flags.json) return context.printJson({ year, decided: flags.dryRun ? 0 : words.length, unchanged })
  context.print(context.t(flags.dryRun
    ? { zh: `可以导入：${words.length} 项，${unchanged} 项未变`, en: `can be imported: ${words.length}, ${unchanged} unchanged` }
    : { zh: `已导入 ${words.length} 项说明，${unchanged} 项未变`, en: `${words.length} explanations imported, ${unchanged} unchanged` }))
}

async function decide(context: CliContext, flags: BackFlags, words: Awaited<ReturnType<typeof wordsOf>>['words']): Promise<void> {
  const operations = await context.operations()
  if (flags.dryRun) {
    const can = await operations.canDecideFindings({ actor: flags.as, rows: words })
    if (!can.ok) throw refusal(can)
    return
  }
  await confirm(context, flags, { zh: `导入 ${words.length} 项说明？`, en: `Import ${words.length} explanations?` })
  const answer = await operations.decideFindings({ actor: flags.as, rows: words })
  if (!answer.ok) throw refusal(answer)
}

function rowCount(text: string): number {
  if (!/^\d{1,7}$/.test(text) || Number(text) < 1 || Number(text) > 1_000_000) throw new InvalidArgumentError('1–1000000')
  return Number(text)
}
