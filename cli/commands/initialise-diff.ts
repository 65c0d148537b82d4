/** `nianjie initialise diff`: table by table how the new year differs from the old one. */
import { writeFile } from 'node:fs/promises'
import { type SetupDifference, readDifferences } from '../../books/steps/initialise/differences.ts'
import { type InitialiseConfig, checksOf } from '../../config/schemas/initialise.ts'
import { differenceWorkbook } from '../../report/differences.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'
import { CHANGE_WORDS, TREATMENT_WORDS } from '../shared/new-year.ts'
import { type NewYearOptions, headline, newYearOf } from '../shared/new-year-of.ts'
import { table } from '../shared/width.ts'

export interface DiffOptions extends NewYearOptions { table?: string[]; all?: boolean; format?: 'xlsx'; out?: string }

/** Prints the difference, or writes it as a workbook. */
export async function diff(context: CliContext, options: DiffOptions): Promise<void> {
  const year = await newYearOf(context, options, true)
  const config = context.config().initialise
  const tables = knownTables(config, options.table)
  const rows = await readDifferences((await context.books()).db, {
    runId: year.runId, generation: year.generation, tables, all: options.all,
  })
  const digest = (year.figures.differences as { digest?: string } | undefined)?.digest ?? null
  if (options.format === 'xlsx') {
    if (!options.out) throw usageError({ zh: '请用 --out 指定工作簿文件', en: 'give the file of the workbook with --out' })
    await writeFile(options.out, await differenceWorkbook(rows, (name) => config.tables[name]?.name ?? { zh: name, en: name }))
    return context.message({ zh: `已写入 ${options.out}（${rows.length} 行）`, en: `wrote ${options.out} (${rows.length} rows)` })
  }
  if (options.json) return context.printJson({ district: year.district, year: year.year, newYear: year.year + 1, digest, rows })
  context.print([
    headline(context, year), ...diffText(context, config, rows), '',
    `${context.t({ zh: '差异摘要', en: 'Digest of the difference' })}  ${digest}`,
  ].join('\n'))
}

function knownTables(config: InitialiseConfig, given: readonly string[] | undefined): string[] | undefined {
  const wanted = given?.flatMap((name) => name.split(',')).filter(Boolean)
  const byName = new Map(Object.entries(config.tables).map(([key, { name }]) => [name.zh, key]))
  const unknown = wanted?.filter((name) => !config.tables[name] && !byName.has(name)) ?? []
  if (unknown.length > 0) {
    throw usageError({
      zh: `没有表 ${unknown.join('、')}；可用：${Object.keys(config.tables).join(' ')}`,
      en: `no table ${unknown.join(', ')}; there are: ${Object.keys(config.tables).join(' ')}`,
    })
  }
  return wanted?.map((name) => byName.get(name) ?? name)
}

function diffText(context: CliContext, config: InitialiseConfig, rows: readonly SetupDifference[]): string[] {
  const { t } = context
  if (rows.length === 0) return [t({ zh: '没有差异', en: 'No differences' })]
  return [...Map.groupBy(rows, (row) => row.table)].flatMap(([name, own]) => {
    const spec = config.tables[name]
    return [
      '',
      `${spec ? t(spec.name) : name} ${name}  ${spec ? `${t(TREATMENT_WORDS[spec.treatment])}  ${checksOf(config, name).join(' ')}` : ''}`,
      rowTable(context, own),
    ]
  })
}

function rowTable({ t, lang }: CliContext, rows: readonly SetupDifference[]): string {
  const changed = (row: SetupDifference, field: 'name' | 'parent' | 'value') => {
    const [old, now] = [row.old?.[field] ?? '', row.now?.[field] ?? '']
    return row.old && row.now && old !== now ? `${old || '-'} → ${now || '-'}` : now || old
  }
  const titles = lang === 'zh'
    ? ['差异', '旧代码', '新代码', '名称', '上级', '取值']
    : ['Change', 'Old code', 'New code', 'Name', 'Parent', 'Value']
  return table(titles.map((title) => ({ title, max: 48 })), rows.map((row) => [
    t(CHANGE_WORDS[row.change]), row.sources.join(';') || (row.old ? row.code : ''), row.now ? row.code : '',
    changed(row, 'name'), changed(row, 'parent'), changed(row, 'value')]))
}
