/** What `import-statement` prints: the preview or the result, and the lists. */
import { formatProblem } from '../../books/import/report.ts'
import type { ListedFile } from '../../books/statements/remove.ts'
import type { StatementReport } from '../../books/statements/report.ts'
import { displayYuan, formatYuan } from '../../domain/money.ts'
import type { CliContext } from './context.ts'
import type { Text } from './lang.ts'
import { safeText } from './safe-text.ts'
import { printUnlisted } from './unlisted.ts'
import { table } from './width.ts'

/** Days are summed up by month above so many. */
const DAYS_SHOWN = 15

/** The report for people. */
export function printStatement(context: CliContext, report: StatementReport): void {
  const { t, print, lang } = context
  for (const problem of report.problems) print(safeText(formatProblem(problem, lang)))
  printUnlisted(context, report.problemCount - report.problems.length)
  const name = safeText(report.file)
  if (report.problemCount > 0) {
    return print(t({ zh: `${name}：${report.problemCount} 处错误，未载入`, en: `${name}: ${report.problemCount} problems, not loaded` }))
  }
  if (!report.loaded) printPreview(context, report)
  const amount = displayYuan(report.amount)
  print(t(report.loaded ? {
    zh: `${report.district}：已载入 ${name}，${report.reconciliation} ${report.rows} 行，合计 ${amount} 元（第 ${report.version} 版）`,
    en: `${report.district}: loaded ${name}, ${report.rows} rows of ${report.reconciliation}, ${amount} yuan in all (version ${report.version})`,
  } : {
    zh: `${report.district}：预览 ${name}，${report.reconciliation} ${report.rows} 行，合计 ${amount} 元，未写入`,
    en: `${report.district}: preview of ${name}, ${report.rows} rows of ${report.reconciliation}, ${amount} yuan in all, nothing written`,
  }))
  printEffects(context, report)
}

function printEffects({ t, print }: CliContext, report: StatementReport): void {
  const { totals, balances } = report.checked
  print(t(totals + balances === 0 ? { zh: '  文件没有自带的合计或余额可核对', en: '  the file states no totals or balances of its own to check' }
    : {
      zh: `  核对：文件自带合计 ${totals} 行、余额 ${balances} 处，全部相符`,
      en: `  checked: ${totals} lines of totals and ${balances} balances of the file itself, all agree`,
    }))
  for (const one of report.skipped) {
    print(t({
      zh: `  跳过 ${one.lines} 行：${safeText(one.why.zh)}（自第 ${one.first} 行）`,
      en: `  skipped ${one.lines} lines: ${safeText(one.why.en)} (from line ${one.first})`,
    }))
  }
  for (const one of report.replaced) {
    print(t({
      zh: `  取代 ${safeText(one.name)}（${one.rows} 行，${safeText(one.loadedBy)} 载入）`,
      en: `  takes the place of ${safeText(one.name)} (${one.rows} rows, loaded by ${safeText(one.loadedBy)})`,
    }))
  }
  if (report.inPlaceOfCsv !== null) {
    print(t({
      zh: `  取代 statements.csv 中同一对账、同一对账方的 ${report.inPlaceOfCsv} 行`,
      en: `  takes the place of ${report.inPlaceOfCsv} rows of statements.csv of the same reconciliation and party`,
    }))
  }
  if (report.refusal) return
  const { added, removed, changed } = report.changes
  print(t(added + removed + changed === 0 ? { zh: '  对账单内容与原来相同', en: '  the statements say the same as before' }
    : {
      zh: `  对账单：新增 ${added}，删除 ${removed}，修改 ${changed}`,
      en: `  statements: ${added} added, ${removed} removed, ${changed} changed`,
    }))
}

function printPreview({ t, print, lang }: CliContext, report: StatementReport): void {
  const zh = lang === 'zh'
  const right = (title: string) => ({ title, align: 'right' as const })
  const days = periods(report.days)
  print(table(zh ? [{ title: '对账方' }, { title: '账号' }, { title: '日期' }, right('笔数'), right('金额')]
    : [{ title: 'Party' }, { title: 'Account' }, { title: 'Day' }, right('Rows'), right('Amount')],
  days.map((one) => [one.party, one.account, one.date, String(one.rows), displayYuan(one.amount)])))
  print('')
  const given = (['date', 'party', 'reference', 'unit', 'function', 'revenue', 'project', 'fund', 'indicator'] as const)
    .filter((field) => report.first.some((row) => row.fields[field] !== ''))
  print(table([right(t({ zh: '行', en: 'Line' })), ...given.map((field) =>
    ({ title: t(FIELDS[field]), max: 30 })), right(t({ zh: '金额', en: 'Amount' }))],
    report.first.map((row) => [String(row.line), ...given.map((field) => row.fields[field]), displayYuan(row.amount)])))
  print('')
}

const FIELDS = {
  date: { zh: '日期', en: 'Date' }, party: { zh: '对账方', en: 'Party' }, reference: { zh: '流水号', en: 'Reference' },
  unit: { zh: '单位', en: 'Unit' },
  function: { zh: '功能分类', en: 'Function' }, revenue: { zh: '收入分类', en: 'Revenue' }, project: { zh: '项目', en: 'Project' },
  fund: { zh: '资金性质', en: 'Fund' }, indicator: { zh: '指标', en: 'Indicator' },
} satisfies Record<string, Text>

/** Day by day, or by month and then by party alone where that would be too long to read. */
function periods(days: StatementReport['days']): StatementReport['days'] {
  for (const cut of [10, 7, 0]) {
    const sums = new Map<string, StatementReport['days'][number]>()
    for (const { party, account, date, rows, amount } of days) {
      const period = date.slice(0, cut)
      const key = [party, account, period].join('\u001f')
      const known = sums.get(key) ?? { party, account, date: period, rows: 0, amount: 0n }
      sums.set(key, { ...known, rows: known.rows + rows, amount: known.amount + amount })
    }
    if (sums.size <= DAYS_SHOWN || cut === 0) return [...sums.values()]
  }
  return days
}

/** The report for scripts: amounts in yuan, reasons in both languages. */
export function statementJson(report: StatementReport): object {
  return {
    ...report, amount: formatYuan(report.amount), days: report.days.map((one) => ({ ...one, amount: formatYuan(one.amount) })),
    first: report.first.map((one) => ({ ...one, amount: formatYuan(one.amount) })),
    problems: report.problems.map((one) => ({ ...one, message: { zh: formatProblem(one, 'zh'), en: formatProblem(one, 'en') } })),
  }
}

const STATES: Record<ListedFile['state'], Text> = {
  live: { zh: '有效', en: 'in force' }, replaced: { zh: '已被取代', en: 'replaced' }, removed: { zh: '已取出', en: 'removed' },
}

/** Files that are loaded. */
export function statementsTable({ t, lang }: CliContext, files: readonly ListedFile[]): string {
  if (files.length === 0) return t({ zh: '没有载入对账单文件', en: 'no statement files are loaded' })
  const right = (title: string) => ({ title, align: 'right' as const })
  const titles = lang === 'zh'
    ? ['区划', '文件', '格式', '对账', '行数', '合计', '起讫', '载入', '状态']
    : ['District', 'File', 'Layout', 'R', 'Rows', 'Amount', 'From – to', 'Loaded', 'State']
  return table(titles.map((title, index) => (index === 4 || index === 5 ? right(title) : { title })), files.map((one) => [
    one.district, one.name, one.format, one.reconciliation, String(one.rows), displayYuan(one.amount),
    [one.firstDay, one.lastDay].filter(Boolean).join(' – '),
    `${one.loadedAt.toISOString().slice(0, 16).replace('T', ' ')} ${one.loadedBy}`,
    `${t(STATES[one.state])}${one.replacedBy ? ` (${one.replacedBy})` : ''}`,
  ]))
}

/** The layouts that there are. */
export function formatsTable(
  { t, lang }: CliContext, formats: readonly { format: string; name: Text; reconciliation: string; files: readonly string[] }[],
): string {
  const titles = lang === 'zh' ? ['格式', '名称', '对账', '文件'] : ['Layout', 'Name', 'R', 'Files']
  return table(
    titles.map((title) => ({ title })), formats.map((one) => [one.format, t(one.name), one.reconciliation, one.files.join(', ')]),
  )
}
