/** `nianjie initialise`: what the new year takes over, and how it differs from the old one. */
import { type Command, Option } from 'commander'
import { type ImportedOpenings, type NewYear, readImportedOpenings } from '../../books/read-model/new-year.ts'
import { type NewYearDetails, readNewYearDetails } from '../../books/read-model/new-year-details.ts'
import { itemsOf } from '../../books/read-model/new-year-view.ts'
import type { InitialiseConfig } from '../../config/schemas/initialise.ts'
import type { CliContext } from '../shared/context.ts'
import { ITEM_STATUS_WORDS, OPENINGS_WORDS, TREATMENT_WORDS, VALIDITY_WORDS } from '../shared/new-year.ts'
import { type NewYearOptions, headline, newYearOf, withNewYear } from '../shared/new-year-of.ts'
import { STATE_LOOKS } from '../shared/terms.ts'
import { table } from '../shared/width.ts'
import { type DiffOptions, diff } from './initialise-diff.ts'

export function registerInitialise(program: Command, context: CliContext): void {
  const { t } = context
  const group = program.command('initialise')
    .description(t({ zh: '新年度初始化：清单与新旧差异', en: 'the new year: what it takes over, and how it differs from the old one' }))
  withNewYear(context, group.command('show', { isDefault: true })
    .description(t({ zh: '各项初始化清单、状态、责任岗位', en: 'every item with its treatment, status and owner' })))
    .action((options: NewYearOptions) => show(context, options))
  withNewYear(context, group.command('diff')
    .description(t({ zh: '逐表新旧差异：新增、停用、更名、变更', en: 'table by table what was added, dropped, renamed, changed' })))
    .addOption(new Option('--table <table...>', t({ zh: '只看这些表', en: 'only these tables' })))
    .addOption(new Option('--all', t({ zh: '也列出不变的行', en: 'the rows that stay the same too' })))
    .addOption(new Option('--format <format>', t({ zh: '写成工作簿', en: 'write a workbook' })).choices(['xlsx']))
    .addOption(new Option('--out <file>', t({ zh: '工作簿文件', en: 'file of the workbook' })))
    .action((options: DiffOptions) => diff(context, options))
}

async function show(context: CliContext, options: NewYearOptions): Promise<void> {
  const { t } = context
  const year = await newYearOf(context, options, false)
  const config = context.config().initialise
  const items = itemsOf(config, year)
  const { db } = await context.books()
  const imported = year.carryId === null ? null : await readImportedOpenings(db, year)
  const details = year.generation === null ? null
    : await readNewYearDetails(
      db, { runId: year.runId, generation: year.generation, district: year.district, newYear: year.year + 1 }, config.tables,
    )
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

function itemTable({ t, lang }: CliContext, items: ReturnType<typeof itemsOf>): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const count = (number: number) => (number === 0 ? '·' : String(number))
  return table(lang === 'zh'
    ? [
      { title: '项目' }, { title: '表' }, { title: '处理' }, right('启用'), right('新增'), right('停用'), right('更名'), right('变更'),
      { title: '状态' }, { title: '责任岗位' },
    ]
    : [
      { title: 'Item' }, { title: 'Table' }, { title: 'Treatment' }, right('In force'), right('Added'), right('Dropped'),
      right('Renamed'), right('Changed'), { title: 'Status' }, { title: 'Owner' },
    ],
  items.map((one) => [t(one.name), one.item, t(TREATMENT_WORDS[one.treatment]), String(one.live), count(one.added), count(one.dropped), count(one.renamed), count(one.changed),
    one.status ? t(ITEM_STATUS_WORDS[one.status]) : '', one.owner ? t(one.owner) : '']))
}

/** Seals and certificates with their last day, number rules with their first number. */
function detailTexts({ t, lang }: CliContext, { validity, numbers }: NewYearDetails): string[] {
  const zh = lang === 'zh'
  const titled = (titles: readonly string[], rows: string[][]) =>
    (rows.length > 0 ? ['', table(titles.map((title) => ({ title })), rows)] : [])
  return [
    ...titled(zh ? ['印章证书', '名称', '有效期至', '状态'] : ['Seal, certificate', 'Name', 'Valid to', 'State'],
      validity.map((row) => [`${row.table} ${row.code}`, row.name ?? '', row.until ?? '', t(VALIDITY_WORDS[row.state])])),
    ...titled(zh ? ['单号规则', '名称', '格式', '新年度首号', ''] : ['Number rule', 'Name', 'Pattern', 'First number', ''],
      numbers.map((row) => [
        row.code, row.name ?? '', row.pattern, row.first ?? '-',
        row.shared ? t({ zh: '与另一规则同号', en: 'the same numbers as another rule' }) : '',
      ])),
  ]
}

/** Tables without rows, and what people do outside. */
function restText({ t, lang }: CliContext, config: InitialiseConfig, items: ReturnType<typeof itemsOf>): string[] {
  const names = (own: readonly (typeof items)[number][]) => own.map((one) => t(one.name)).join(lang === 'zh' ? '、' : ', ')
  const tables = items.filter((one) => one.live === null && config.tables[one.item])
  const outside = items.filter((one) => one.live === null && config.items[one.item])
  return [
    ...(tables.length > 0 ? [t({ zh: `setup.csv 未提供：${names(tables)}`, en: `not given in setup.csv: ${names(tables)}` })] : []),
    ...(outside.length > 0 ? [
      t({ zh: `另由责任岗位办理：${names(outside)}`, en: `done by their owners outside: ${names(outside)}` }),
    ] : []),
  ]
}

function openingsText({ t }: CliContext, year: NewYear, imported: ImportedOpenings | null): string[] {
  const lines = [t({ zh: `期初余额：${OPENINGS_WORDS[year.openings].zh}`, en: `Openings: ${OPENINGS_WORDS[year.openings].en}` })]
  if (imported) {
    lines.push(imported.differing === 0
      ? t({
        zh: `${year.year + 1} 年度已导入的期初 ${imported.balances} 笔，与结转一致`,
        en: `the ${imported.balances} openings imported for ${year.year + 1} agree with the carry-forward`,
      })
      : t({
        zh: `${year.year + 1} 年度已导入的期初 ${imported.balances} 笔，其中 ${imported.differing} 处与结转不一致：重新导出期初并导入`,
        en: `of the ${imported.balances} openings imported for ${year.year + 1}, ${imported.differing} cells differ from the carry-forward: export and import them again`,
      }))
  }
  return lines
}
