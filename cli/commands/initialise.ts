/** `nianjie initialise`: what the new year takes over, and how it differs from the old one. */
import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type ImportedOpenings, type NewYear, readImportedOpenings, readNewYear } from '../../books/read-model/new-year.ts'
import { type NewYearDetails, readNewYearDetails } from '../../books/read-model/new-year-details.ts'
import { itemsOf } from '../../books/read-model/new-year-view.ts'
import { type SetupDifference, readDifferences } from '../../books/steps/initialise/differences.ts'
import { type InitialiseConfig, checksOf } from '../../config/schemas/initialise.ts'
import { differenceWorkbook } from '../../report/differences.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { CHANGE_WORDS, ITEM_STATUS_WORDS, OPENINGS_WORDS, TREATMENT_WORDS, VALIDITY_WORDS } from '../shared/new-year.ts'
import { districtNames, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { STATE_LOOKS } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

export interface NewYearOptions { district: string; year?: number; rehearsal?: boolean; json?: boolean }
interface DiffOptions extends NewYearOptions { table?: string[]; all?: boolean; format?: 'xlsx'; out?: string }

export function registerInitialise(program: Command, context: CliContext): void {
  const { t } = context
  const group = program.command('initialise').description(t({ zh: '新年度初始化：清单与新旧差异', en: 'the new year: what it takes over, and how it differs from the old one' }))
  withNewYear(context, group.command('show', { isDefault: true }).description(t({ zh: '各项初始化清单、状态、责任岗位', en: 'every item with its treatment, status and owner' })))
    .action((options: NewYearOptions) => show(context, options))
  withNewYear(context, group.command('diff').description(t({ zh: '逐表新旧差异：新增、停用、更名、变更', en: 'table by table what was added, dropped, renamed, changed' })))
    .addOption(new Option('--table <table...>', t({ zh: '只看这些表', en: 'only these tables' })))
    .addOption(new Option('--all', t({ zh: '也列出不变的行', en: 'the rows that stay the same too' })))
    .addOption(new Option('--format <format>', t({ zh: '写成工作簿', en: 'write a workbook' })).choices(['xlsx']))
    .addOption(new Option('--out <file>', t({ zh: '工作簿文件', en: 'file of the workbook' })))
    .action((options: DiffOptions) => diff(context, options))
}

/** The options of every look at a district's new year. */
export function withNewYear(context: CliContext, command: Command): Command {
  const { t } = context
  return command.addOption(new Option('--district <code>', t({ zh: '区划', en: 'district' })).makeOptionMandatory())
    .addOption(yearOption(context)).addOption(new Option('--rehearsal', t({ zh: '看演练', en: 'look at the rehearsal' }))).addOption(jsonOption(context))
}

/** The district's new year. @throws CliError refused when it was never started, or (with `made`) not initialised */
export async function newYearOf(context: CliContext, options: NewYearOptions, made: boolean): Promise<NewYear & { generation: number }> {
  const [district] = knownDistricts(context, [options.district])!
  const year = await yearOf(context, options.year)
  const found = await readNewYear((await context.books()).db, { year, rehearsal: options.rehearsal }, district!)
  if (!found) throw refusal({ code: 'not-started', zh: `${district} ${year} 年度还没有启动年结`, en: `the year-end of ${district} ${year} was not started` })
  if (made && found.generation === null) {
    throw refusal({
      code: 'not-initialised', zh: `${district} ${year + 1} 年度尚未初始化：先完成年终结转，或用 nianjie start --rehearse 演练`,
      en: `${district} has no initialised ${year + 1} yet: finish the carry-forward first, or try nianjie start --rehearse`,
    })
  }
  return found as NewYear & { generation: number }
}

async function show(context: CliContext, options: NewYearOptions): Promise<void> {
  const { t } = context
  const year = await newYearOf(context, options, false)
  const config = context.config().initialise
  const items = itemsOf(config, year)
  const { db } = await context.books()
  const imported = year.carryId === null ? null : await readImportedOpenings(db, year)
  const details = year.generation === null ? null
    : await readNewYearDetails(db, { runId: year.runId, generation: year.generation, district: year.district, newYear: year.year + 1 }, config.tables)
  if (options.json) {
    const { runId: _run, scopeId: _scope, carryId: _carry, ...shown } = year
    return context.printJson({ ...shown, newYear: year.year + 1, items, ...details, importedOpenings: imported })
  }
  const given = items.filter((one) => one.live !== null)
  context.print([
    `${headline(context, year)}  ${t(STATE_LOOKS[year.state].full)}`, '',
    itemTable(context, given), ...(details ? detailTexts(context, details) : []), '',
    ...restText(context, config, items), ...openingsText(context, year, imported),
  ].join('\n'))
}

const headline = (context: CliContext, { district, year }: NewYear): string =>
  `${district} ${context.t(districtNames(context).get(district) ?? { zh: '', en: '' })} ${year} → ${year + 1}`

function itemTable({ t, lang }: CliContext, items: ReturnType<typeof itemsOf>): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const count = (number: number) => (number === 0 ? '·' : String(number))
  return table(lang === 'zh'
    ? [{ title: '项目' }, { title: '表' }, { title: '处理' }, right('启用'), right('新增'), right('停用'), right('更名'), right('变更'), { title: '状态' }, { title: '责任岗位' }]
    : [{ title: 'Item' }, { title: 'Table' }, { title: 'Treatment' }, right('In force'), right('Added'), right('Dropped'), right('Renamed'), right('Changed'), { title: 'Status' }, { title: 'Owner' }],
  items.map((one) => [t(one.name), one.item, t(TREATMENT_WORDS[one.treatment]), String(one.live), count(one.added), count(one.dropped), count(one.renamed), count(one.changed),
    one.status ? t(ITEM_STATUS_WORDS[one.status]) : '', one.owner ? t(one.owner) : '']))
}

/** Seals and certificates with their last day, number rules with their first number. */
function detailTexts({ t, lang }: CliContext, { validity, numbers }: NewYearDetails): string[] {
  const zh = lang === 'zh'
  const titled = (titles: readonly string[], rows: string[][]) => (rows.length > 0 ? ['', table(titles.map((title) => ({ title })), rows)] : [])
  return [
    ...titled(zh ? ['印章证书', '名称', '有效期至', '状态'] : ['Seal, certificate', 'Name', 'Valid to', 'State'],
      validity.map((row) => [`${row.table} ${row.code}`, row.name ?? '', row.until ?? '', t(VALIDITY_WORDS[row.state])])),
    ...titled(zh ? ['单号规则', '名称', '格式', '新年度首号', ''] : ['Number rule', 'Name', 'Pattern', 'First number', ''],
      numbers.map((row) => [row.code, row.name ?? '', row.pattern, row.first ?? '-', row.shared ? t({ zh: '与另一规则同号', en: 'the same numbers as another rule' }) : ''])),
  ]
}

/** Tables without rows, and what people do outside. */
function restText({ t, lang }: CliContext, config: InitialiseConfig, items: ReturnType<typeof itemsOf>): string[] {
  const names = (own: readonly (typeof items)[number][]) => own.map((one) => t(one.name)).join(lang === 'zh' ? '、' : ', ')
  const tables = items.filter((one) => one.live === null && config.tables[one.item])
  const outside = items.filter((one) => one.live === null && config.items[one.item])
  return [
    ...(tables.length > 0 ? [t({ zh: `setup.csv 未提供：${names(tables)}`, en: `not given in setup.csv: ${names(tables)}` })] : []),
    ...(outside.length > 0 ? [t({ zh: `另由责任岗位办理：${names(outside)}`, en: `done by their owners outside: ${names(outside)}` })] : []),
  ]
}

function openingsText({ t }: CliContext, year: NewYear, imported: ImportedOpenings | null): string[] {
  const lines = [t({ zh: `期初余额：${OPENINGS_WORDS[year.openings].zh}`, en: `Openings: ${OPENINGS_WORDS[year.openings].en}` })]
  if (imported) {
    lines.push(imported.differing === 0
      ? t({ zh: `${year.year + 1} 年度已导入的期初 ${imported.balances} 笔，与结转一致`, en: `the ${imported.balances} openings imported for ${year.year + 1} agree with the carry-forward` })
      : t({ zh: `${year.year + 1} 年度已导入的期初 ${imported.balances} 笔，其中 ${imported.differing} 处与结转不一致：重新导出期初并导入`, en: `of the ${imported.balances} openings imported for ${year.year + 1}, ${imported.differing} cells differ from the carry-forward: export and import them again` }))
  }
  return lines
}

async function diff(context: CliContext, options: DiffOptions): Promise<void> {
  const year = await newYearOf(context, options, true)
  const config = context.config().initialise
  const tables = knownTables(config, options.table)
  const rows = await readDifferences((await context.books()).db, { runId: year.runId, generation: year.generation, tables, all: options.all })
  const digest = (year.figures.differences as { digest?: string } | undefined)?.digest ?? null
  if (options.format === 'xlsx') {
    if (!options.out) throw usageError({ zh: '请用 --out 指定工作簿文件', en: 'give the file of the workbook with --out' })
    await writeFile(options.out, await differenceWorkbook(rows, (name) => config.tables[name]?.name ?? { zh: name, en: name }))
    return context.message({ zh: `已写入 ${options.out}（${rows.length} 行）`, en: `wrote ${options.out} (${rows.length} rows)` })
  }
  if (options.json) return context.printJson({ district: year.district, year: year.year, newYear: year.year + 1, digest, rows })
  context.print([headline(context, year), ...diffText(context, config, rows), '', `${context.t({ zh: '差异摘要', en: 'Digest of the difference' })}  ${digest}`].join('\n'))
}

function knownTables(config: InitialiseConfig, given: readonly string[] | undefined): string[] | undefined {
  const wanted = given?.flatMap((name) => name.split(',')).filter(Boolean)
  const byName = new Map(Object.entries(config.tables).map(([key, { name }]) => [name.zh, key]))
  const unknown = wanted?.filter((name) => !config.tables[name] && !byName.has(name)) ?? []
  if (unknown.length > 0) {
    throw usageError({ zh: `没有表 ${unknown.join('、')}；可用：${Object.keys(config.tables).join(' ')}`, en: `no table ${unknown.join(', ')}; there are: ${Object.keys(config.tables).join(' ')}` })
  }
  return wanted?.map((name) => byName.get(name) ?? name)
}

function diffText(context: CliContext, config: InitialiseConfig, rows: readonly SetupDifference[]): string[] {
  const { t } = context
  if (rows.length === 0) return [t({ zh: '没有差异', en: 'No differences' })]
  return [...Map.groupBy(rows, (row) => row.table)].flatMap(([name, own]) => {
    const spec = config.tables[name]
    return ['', `${spec ? t(spec.name) : name} ${name}  ${spec ? `${t(TREATMENT_WORDS[spec.treatment])}  ${checksOf(config, name).join(' ')}` : ''}`, rowTable(context, own)]
  })
}

function rowTable({ t, lang }: CliContext, rows: readonly SetupDifference[]): string {
  const changed = (row: SetupDifference, field: 'name' | 'parent' | 'value') => {
    const [old, now] = [row.old?.[field] ?? '', row.now?.[field] ?? '']
    return row.old && row.now && old !== now ? `${old || '-'} → ${now || '-'}` : now || old
  }
  const titles = lang === 'zh' ? ['差异', '旧代码', '新代码', '名称', '上级', '取值'] : ['Change', 'Old code', 'New code', 'Name', 'Parent', 'Value']
  return table(titles.map((title) => ({ title, max: 48 })), rows.map((row) => [
    t(CHANGE_WORDS[row.change]), row.sources.join(';') || (row.old ? row.code : ''), row.now ? row.code : '', changed(row, 'name'), changed(row, 'parent'), changed(row, 'value')]))
}
