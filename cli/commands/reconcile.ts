/** `nianjie reconcile`: the reconciliations of a month, at any time and apart from the year-end. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type MonthlyCheck, type MonthlyDifference, listMonthlyChecks, listMonthlyDifferences } from '../../books/monthly/read.ts'
import { asOfDay, reconcileMonth } from '../../books/monthly/run.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { isMonth, yearOfMonth } from '../../domain/months.ts'
import { userOf } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { MONTHLY_CHANGE_WORDS, MONTHLY_STATE_WORDS } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface Flags { year?: number; month?: string; district?: string[]; reconciliation?: string[]; list?: boolean; json?: boolean }

export function registerReconcile(program: Command, context: CliContext): void {
  const { t } = context
  program.command('reconcile')
    .description(t({
      zh: '月度对账：按某月月末的数据核对，与上月比较；与年结互不影响',
      en: 'reconcile a month: as of its last day, compared with the month before; apart from the year-end',
    }))
    .addOption(districtsOption(context))
    .addOption(new Option('--month <month>', t({ zh: '月份，如 2025-06', en: 'month, such as 2025-06' })).argParser(monthOf))
    .option('--reconciliation <number...>', t({
      zh: '只核对这些，如 R7（默认：按月或更频繁核对的各项）', en: 'only these, such as R7 (default: all that are due monthly or more often)',
    }))
    .addOption(new Option('--list', t({ zh: '只列出已做的月度对账', en: 'only list what was run' })))
    .addOption(yearOption(context))
    .addOption(jsonOption(context))
    .action((flags: Flags) => reconcile(context, flags))
}

function monthOf(text: string): string {
  if (!isMonth(text)) throw new InvalidArgumentError('应为月份 expected a month, such as 2025-06.')
  return text
}

async function reconcile(context: CliContext, flags: Flags): Promise<void> {
  const { month, reconciliation: reconciliations } = flags
  const districts = knownDistricts(context, flags.district)
  const unknown = reconciliations?.find((number) => !(number in context.config().reconciliations.reconciliations))
  if (unknown !== undefined) throw usageError({ zh: `没有对账 ${unknown}`, en: `there is no reconciliation ${unknown}` })
  if (!flags.list) await run(context, { districts, month, reconciliations })
  const { db } = await context.books()
  const filter = {
    districts, month, reconciliations, ...(month === undefined ? { year: await yearOf(context, flags.year) } : {}),
  }
  const checks = await listMonthlyChecks(db, filter)
  if (flags.json || month !== undefined) {
    const differences = await listMonthlyDifferences(db, filter)
    return flags.json
      ? context.printJson(jsonOf(checks, differences))
      : context.print(monthText(context, month!, checks, differences))
  }
  if (checks.length === 0) return context.message({ zh: '还没有月度对账', en: 'no month was reconciled yet' })
  context.print(listText(context, checks))
}

/** @throws CliError usage without district or month; refused when a district has no input of that year */
async function run(
  context: CliContext,
  { districts, month, reconciliations }: { districts?: string[]; month?: string; reconciliations?: string[] },
): Promise<void> {
  if (!districts || month === undefined) {
    throw usageError({ zh: '需要 --district 和 --month，或用 --list 查看', en: '--district and --month are needed, or --list to look' })
  }
  const { db } = await context.books()
  for (const district of districts) {
    const done = await reconcileMonth(db, context.config(), { district, month, reconciliations, by: userOf(context) },
      (progress) => { if (context.isTTY) context.message(`${district} ${progress}`) })
    if (done) continue
    const year = yearOfMonth(month)
    throw refusal({
      code: 'no-input', zh: `${district} 没有 ${year} 年度的导入数据：先用 nianjie import 导入`,
      en: `${district} has no input of ${year}: load it with nianjie import first`,
    })
  }
}

/** One object for each district and month. */
function jsonOf(checks: readonly MonthlyCheck[], differences: readonly MonthlyDifference[]) {
  const places = Map.groupBy(checks, ({ district, month }) => `${district} ${month}`)
  return [...places.values()].map((own) => {
    const { district, month } = own[0]!
    const bare = <T extends { district: string; month: string }>(rows: readonly T[]) =>
      rows.filter((row) => row.district === district && row.month === month)
        .map(({ district: _district, month: _month, ...rest }) => rest)
    return {
      district, year: yearOfMonth(month), month, asOf: asOfDay(month), reconciliations: bare(own), differences: bare(differences),
    }
  })
}

const yuan = (text: string | null) => (text === null ? '' : displayYuan(parseYuan(text)))

function monthText(
  context: CliContext, month: string, checks: readonly MonthlyCheck[], differences: readonly MonthlyDifference[],
): string {
  const { t, lang } = context
  const names = context.config().reconciliations.reconciliations
  const sums = lang === 'zh' ? ['区划', '对账', '名称', '状态', '甲方', '乙方', '相差', '核对', '差异', '新增', '仍有', '已消除', '上月']
    : ['District', 'No.', 'Name', 'State', 'A', 'B', 'Off by', 'Keys', 'Unequal', 'New', 'Still', 'Gone', 'Before']
  const title = t({ zh: `${month} 月度对账（截至 ${asOfDay(month)}）`, en: `Reconciliations of ${month}, as of ${asOfDay(month)}` })
  const body = table(sums.map((one, index) =>
    ({ title: one, align: index > 3 ? 'right' as const : 'left' as const })), checks.map((one) => [
    one.district, one.reconciliation, names[one.reconciliation] ? t(names[one.reconciliation]!.name) : '',
    t(MONTHLY_STATE_WORDS[one.state] ?? { zh: one.state, en: one.state }),
    yuan(one.a), yuan(one.b), yuan(one.difference), ...[one.keys, one.unequal, one.new, one.still, one.gone].map(String),
    one.previousMonth ?? '-',
  ]))
  if (differences.length === 0) return [title, '', body].join('\n')
  const heads = lang === 'zh'
    ? ['区划', '对账', '变化', '起始月', '月数', '差额', '上月差额', '对账关键字']
    : ['District', 'No.', 'Change', 'Since', 'Months', 'Difference', 'Before', 'Key']
  return [title, '', body, '', table(heads.map((one, index) =>
    ({ title: one, align: index > 3 && index < 7 ? 'right' as const : 'left' as const })), differences.map((one) => [
    one.district, one.reconciliation, t(MONTHLY_CHANGE_WORDS[one.change]), one.firstMonth, String(one.months),
    yuan(one.difference), yuan(one.previous), safeText(one.key),
  ]))].join('\n')
}

/** Months across, reconciliations down: how many differences each had. */
function listText({ lang }: CliContext, checks: readonly MonthlyCheck[]): string {
  const months = [...new Set(checks.map(({ month }) => month))].sort()
  const rows = [...Map.groupBy(checks, ({ district, reconciliation }) => `${district} ${reconciliation}`).values()]
  return table([...(lang === 'zh' ? ['区划', '对账'] : ['District', 'No.']).map((title) =>
    ({ title })), ...months.map((title) => ({ title, align: 'right' as const }))],
    rows.map((own) => [own[0]!.district, own[0]!.reconciliation, ...months.map((month) => {
      const one = own.find((check) => check.month === month)
      return one === undefined ? '' : one.state === 'compared' || one.state === 'missing' ? String(one.unequal) : '-'
    })]))
}
