/** `nianjie export`: the results of a carry-forward as files that an import reads. */
import { open, rename, rm } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { type Command, Option } from 'commander'
import type { Books } from '../../books/connect.ts'
import { EXPORTS, type ExportKind, type ExportSource, findGeneration, isNewYear, writeExport } from '../../books/export/export.ts'
import { JournalStale, writeJournal } from '../../books/export/journal.ts'
import { openingsState } from '../../books/read-model/new-year.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { districtOption, knownDistricts, parseYear } from '../shared/options.ts'

interface ExportOptions { district: string; year: number; out: string; rehearsal?: boolean; planned?: boolean }

const WHAT: Record<ExportKind, Text> = {
  opening: { zh: '新年度期初余额（opening.csv 的列）', en: 'openings of the new year (the columns of opening.csv)' },
  'closing-entries': { zh: '年终结转分录（entries.csv 的列）', en: 'closing entries (the columns of entries.csv)' },
  indicators: { zh: '结转到新年度的指标', en: 'indicators carried to the new year' },
  'indicator-dispositions': { zh: '指标年终处置', en: 'what became of each indicator' },
}

export function registerExport(program: Command, context: CliContext): void {
  const { t } = context
  const group = program.command('export').description(t({ zh: '导出结转结果', en: 'export the results of the carry-forward' }))
  for (const kind of EXPORTS) {
    group.command(kind)
      .description(t(WHAT[kind]))
      .addOption(districtOption(context))
      .addOption(new Option('--year <year>', t(isNewYear(kind) ? { zh: '新年度', en: 'the new year' } : { zh: '结账年度', en: 'the closing year' }))
        .argParser(parseYear).makeOptionMandatory())
      .addOption(new Option('--out <file>', t({ zh: '写入的文件，- 为标准输出', en: 'file to write, - for standard output' })).default('-'))
      .addOption(new Option('--rehearsal', t({ zh: '取演练的结果', en: 'take the results of the rehearsal' })))
      .addOption(new Option('--planned', t({ zh: '取待审批的方案', en: 'take the plan that awaits approval' })))
      .action((options: ExportOptions) => runExport(context, kind, options))
  }
  registerJournal(group, context)
}

/** The closing year as a journal for another program to judge. */
function registerJournal(group: Command, context: CliContext): void {
  const { t } = context
  group.command('journal')
    .description(t({
      zh: '结账年度的全部凭证、年终转账和新年期初，作为 hledger / ledger 文本账，供独立复核',
      en: 'the closing year as a plain-text journal for hledger or ledger: entries, closing, and the openings as assertions',
    }))
    .addOption(districtOption(context))
    .addOption(new Option('--year <year>', t({ zh: '结账年度', en: 'the closing year' })).argParser(parseYear).makeOptionMandatory())
    .addOption(new Option('--out <file>', t({ zh: '写入的文件，- 为标准输出', en: 'file to write, - for standard output' })).default('-'))
    .addOption(new Option('--planned', t({ zh: '取待审批的方案', en: 'take the plan that awaits approval' })))
    .action((options: ExportOptions) => runJournal(context, options))
}

async function runJournal(context: CliContext, options: ExportOptions): Promise<void> {
  const { books, source } = await sourceOf(context, options, options.year)
  try {
    await writeTo(context, options.out, (out) => writeJournal(books, source, out))
  } catch (error) {
    if (!(error instanceof JournalStale)) throw error
    throw refusal({
      code: 'input-changed', zh: '结转之后又导入了数据：文本账须由结转所依据的数据得出。撤销并重新结转，或重新导入原数据',
      en: 'the input was imported anew since: the journal has to come from what the carry-forward was made from. Undo and close again, or import that input again',
    })
  }
}

async function runExport(context: CliContext, kind: ExportKind, options: ExportOptions): Promise<void> {
  const closingYear = isNewYear(kind) ? options.year - 1 : options.year
  const { books, source } = await sourceOf(context, options, closingYear)
  // Said beside the file: its columns are those that an import reads.
  if (isNewYear(kind) && await openingsState(books.db, source.carryId) === 'provisional') {
    context.message({
      zh: `${options.year} 年期初为暂估：${closingYear} 年度尚未签署归档，签署后转为正式，有更正须重新导出`,
      en: `these openings of ${options.year} are provisional: ${closingYear} is not signed off yet; they become final with the sign-off, export them again after a correction`,
    })
  }
  await writeTo(context, options.out, (out) => writeExport(books, kind, source, out))
}

/** The generation that is asked for. @throws CliError refused when there is none */
async function sourceOf(
  context: CliContext, options: ExportOptions, closingYear: number,
): Promise<{ books: Books; source: ExportSource }> {
  const [district] = knownDistricts(context, [options.district]) ?? []
  if (!district) throw usageError({ zh: '请用 --district 给出区划', en: 'give the district with --district' })
  const books = await context.books()
  const source = await findGeneration(books.db, { district, closingYear, rehearsal: options.rehearsal, planned: options.planned })
  if (source) return { books, source }
  throw refusal({
    code: 'nothing-live', zh: `${district} ${closingYear} 年度没有已生效的年终结转，没有可导出的内容`,
    en: `${district} has no carry-forward of ${closingYear} in force: there is nothing to export`,
  })
}

/** To standard output, or to a file that appears whole or not at all. */
async function writeTo(context: CliContext, path: string, write: (out: Writable) => Promise<unknown>): Promise<void> {
  if (path === '-') {
    await write(passTo(context.stdout))
    return
  }
  const unfinished = `${path}.${process.pid}.part`
  // Opened first: a stream would tell of a folder that is not there only when nobody listens yet.
  const file = await open(unfinished, 'w')
  try {
    await write(file.createWriteStream())
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  context.message({ zh: `已写入 ${path}`, en: `wrote ${path}` })
}

/** Standard output that stays open, waiting when its reader is slow. */
const passTo = (stdout: NodeJS.WriteStream): Writable => new Writable({
  write: (chunk: Buffer, _encoding, done) => {
    if (stdout.write(chunk)) done()
    else stdout.once('drain', () => done())
  },
})
