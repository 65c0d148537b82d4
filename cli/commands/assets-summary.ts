/** `nianjie assets league-summary`: the annual reports of all districts added up, every unit once. */
import { rename, writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type LeagueSummary, leagueSummary } from '../../books/steps/asset-health/summary.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from '../shared/context.ts'
import { jsonOption, yearOf, yearOption } from '../shared/options.ts'
import { table } from '../shared/width.ts'

interface SummaryOptions { year?: number; out?: string; json?: boolean }

export function registerLeagueSummary(group: Command, context: CliContext): void {
  const { t } = context
  group.command('league-summary')
    .description(t({ zh: '全盟资产年报汇总：各区划单户表相加，每户只计一次', en: 'the annual asset reports of all districts added up, every unit once' }))
    .addOption(yearOption(context))
    .addOption(new Option(
      '--out <file>',
      t({ zh: '写成 asset_report.csv 的格式，可放入盟本级的数据文件夹', en: "write the columns of asset_report.csv, for the league's own folder" }),
    ))
    .addOption(jsonOption(context))
    .action((options: SummaryOptions) => summarise(context, options))
}

async function summarise(context: CliContext, options: SummaryOptions): Promise<void> {
  const year = await yearOf(context, options.year)
  const config = context.config()
  const { db } = await context.books()
  const summary = await leagueSummary(db, config['asset-report'], year, config.districts.districts.map(({ code }) => code))
  if (options.out) await writeCsv(options.out, config['asset-report'].summary.league[0] ?? 'SUMMARY-LEAGUE', summary)
  if (options.json) return context.printJson(summary)
  if (!options.out) printTable(context, summary)
  const { districts, missing } = summary
  context.message({
    zh: `${districts.length} 个区划、${districts.reduce((sum, one) => sum + one.units, 0)} 个单位${missing.length > 0 ? `；没有年报：${missing.join(' ')}` : ''}${options.out ? `；已写入 ${options.out}` : ''}`,
    en: `${districts.length} districts, ${districts.reduce((sum, one) => sum + one.units, 0)} units${missing.length > 0 ? `; no report of ${missing.join(' ')}` : ''}${options.out ? `; wrote ${options.out}` : ''}`,
  })
}

function printTable(context: CliContext, { cells }: LeagueSummary): void {
  const { tables } = context.config()['asset-report']
  const word = (names: Record<string, { zh: string; en: string }> | undefined, code: string) =>
    names?.[code]?.[context.lang] ?? code
  const titles = context.lang === 'zh' ? ['表', '行', '列', '本年数', '上年数'] : ['Table', 'Line', 'Column', 'This year', 'Last year']
  context.print(table(titles.map((title, index) =>
    ({ title, align: index > 2 ? 'right' as const : 'left' as const })), cells.map((cell) => [
    `${cell.table} ${tables[cell.table]?.name[context.lang] ?? ''}`, word(tables[cell.table]?.lines, cell.line),
    word(tables[cell.table]?.columns, cell.column), shown(cell.value), cell.prior === null ? '' : shown(cell.prior),
  ])))
}

/** Amounts with separators; areas may have more decimals than an amount. */
const shown = (value: string): string =>
  (/^-?\d+(\.\d{1,2})?$/.test(value) ? displayYuan(parseYuan(value)).replace(/\.00$/, '') : value)

/** A file appears whole or not at all. */
async function writeCsv(path: string, unit: string, { cells }: LeagueSummary): Promise<void> {
  const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = cells.map(({ table: code, line, column, value, prior }) => [
    unit, code, line, column, value, prior ?? '',
  ].map(field).join(','))
  const part = `${path}.${process.pid}.part`
  await writeFile(part, `unit,table,line,column,value,prior_value\n${lines.join('\n')}\n`)
  await rename(part, path)
}
