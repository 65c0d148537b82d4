/** `nianjie in-transit`: the monthly check of everything in transit, and its report. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type StoredCheck, checkInTransit, listChecks, listNumberGaps, scopeForCheck } from '../../books/cases/check.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { userOf } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { chosenDistricts, districtOption, districtsOption, jsonOption, knownDistricts } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { localTime } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface Flags { district?: string[]; months?: number; json?: boolean }

export function registerInTransit(program: Command, context: CliContext): void {
  const { t } = context
  const inTransit = program.command('in-transit')
    .description(t({ zh: '在途业务月度检查（与年结的问题分开）', en: 'the monthly check of everything in transit (apart from the year-end)' }))
  inTransit.command('check').description(t({ zh: '立即检查一次', en: 'check now' }))
    .addOption(districtsOption(context)).addOption(jsonOption(context)).action((flags: Flags) => check(context, flags))
  inTransit.command('report').description(t({ zh: '各月检查结果与变化', en: 'the checks month by month, and what changed' }))
    .addOption(districtsOption(context))
    .addOption(new Option('--months <n>', t({ zh: '最近几个月', en: 'of the last months' })).argParser(months).default(12))
    .addOption(jsonOption(context)).action((flags: Flags) => report(context, flags))
  inTransit.command('gaps').description(t({ zh: '凭证与单据断号', en: 'gaps in the numbers of vouchers and documents' }))
    .addOption(districtOption(context)).addOption(jsonOption(context))
    .action((flags: { district: string; json?: boolean }) => gaps(context, flags))
}

function months(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) === 0) {
    throw new InvalidArgumentError('应为 1 到 999 的整数 expected a whole number from 1 to 999.')
  }
  return Number(text)
}

async function check(context: CliContext, { district, json }: Flags): Promise<void> {
  const { documents } = context.config()
  const { db } = await context.books()
  const at = context.now()
  const done: StoredCheck[] = []
  for (const code of chosenDistricts(context, district)) {
    const one = await db.transaction()
      .execute((trx) => checkInTransit(trx, documents, { district: code, checkedFor: at, at, by: userOf(context) }))
    if (one) done.push(one)
  }
  if (json) return context.printJson(done)
  if (done.length === 0) return context.message({ zh: '没有已导入的数据', en: 'nothing was imported' })
  printChecks(context, done, new Map())
}

async function report(context: CliContext, { district, months: count = 12, json }: Flags): Promise<void> {
  const now = context.now()
  const since = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, now.getUTCDate()))
  const districts = knownDistricts(context, district)
  const checks = await listChecks((await context.books()).db, { since, ...(districts && { districts }) })
  const before = new Map(checks.map((one, index) => [
    one, checks[index - 1]?.district === one.district ? checks[index - 1] : undefined,
  ]))
  if (json) return context.printJson(checks.map((one) => ({ ...one, change: changeOf(one, before.get(one)) })))
  if (checks.length === 0) {
    return context.message({
      zh: '还没有检查：nianjie in-transit check，或 nianjie schedule in-transit --on',
      en: 'there was no check yet: nianjie in-transit check, or nianjie schedule in-transit --on',
    })
  }
  printChecks(context, checks, before)
  for (const one of new Map(checks.map((stored) => [stored.district, stored])).values()) printTypes(context, one, before.get(one))
}

/** Against the check before it of the same district; null for the first one. */
function changeOf(
  one: StoredCheck, before: StoredCheck | undefined,
): { documents: number; amount: string; blocking: number } | null {
  if (!before) return null
  const { figures: now } = one
  const { figures: then } = before
  return {
    documents: now.documents - then.documents, amount: displayYuan(parseYuan(now.amount) - parseYuan(then.amount)),
    blocking: now.blocking - then.blocking,
  }
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value))

function printChecks(
  context: CliContext, checks: readonly StoredCheck[], before: ReadonlyMap<StoredCheck, StoredCheck | undefined>,
): void {
  const titles = context.lang === 'zh'
    ? ['区划', '年度', '检查时间', '数据', '单据', '较上次', '金额', '阻断类', '存疑', '未记账', '断号']
    : ['District', 'Year', 'Check of', 'Input', 'Documents', 'Change', 'Amount', 'Blocking', 'In doubt', 'Unposted', 'Gaps']
  context.print(table(titles.map((title, index) =>
    ({ title, align: index > 3 ? 'right' as const : 'left' as const })), checks.map((one) => {
    const change = changeOf(one, before.get(one))
    const { figures } = one
    return [
      one.district, String(one.year), localTime(one.checkedFor), `v${one.inputVersion}`, String(figures.documents),
      change ? signed(change.documents) : '', displayYuan(parseYuan(figures.amount)), String(figures.blocking),
      String(figures.inDoubt), String(figures.unpostedVouchers), String(figures.numberGaps),
    ]
  })))
}

/** The latest check of a district by type, beside the one before. */
function printTypes(context: CliContext, { district, figures }: StoredCheck, before: StoredCheck | undefined): void {
  const days = Object.keys(Object.values(figures.byType)[0]?.ages ?? {})
  if (days.length === 0) return
  const titles = context.lang === 'zh'
    ? [district, '单据', '较上次', '金额', '最长(天)', ...days.map((day) => `≥${day}天`)]
    : [district, 'Documents', 'Change', 'Amount', 'Oldest (d)', ...days.map((day) => `≥${day} d`)]
  context.print('')
  context.print(table(titles.map((title, index) =>
    ({ title, align: index > 0 ? 'right' as const : 'left' as const })), Object.entries(figures.byType).sort(
      ([a], [b]) => (a < b ? -1 : 1),
    ).map(([type, one]) =>
    [
      type, String(one.count), before ? signed(one.count - (before.figures.byType[type]?.count ?? 0)) : '',
      displayYuan(parseYuan(one.amount)), String(one.oldestDays ?? ''), ...days.map((day) => String(one.ages[day] ?? 0)),
    ])))
}

async function gaps(context: CliContext, { district, json }: { district: string; json?: boolean }): Promise<void> {
  knownDistricts(context, [district])
  const { db } = await context.books()
  const scope = await scopeForCheck(db, district, context.now().getFullYear())
  if (!scope) throw refusal({ code: 'no-input', zh: `${district} 没有导入数据`, en: `nothing was imported for ${district}` })
  const found = await listNumberGaps(db, scope.scopeId)
  if (json) return context.printJson({ district, year: scope.year, gaps: found })
  if (found.length === 0) {
    return context.message({ zh: `${district} ${scope.year} 年没有断号`, en: `no gaps in ${district}, ${scope.year}` })
  }
  const titles = context.lang === 'zh' ? ['', '账套或类型', '前号', '后号', '缺号'] : ['', 'Book or type', 'After', 'Before', 'Missing']
  context.print(table(titles.map((title) => ({ title, align: 'left' as const })), found.map((gap) =>
    [
      context.t(gap.series === 'voucher' ? { zh: '凭证', en: 'voucher' } : { zh: '单据', en: 'document' }), safeText(gap.name),
      safeText(gap.prefix + gap.from), safeText(gap.prefix + gap.to), String(gap.missing),
    ])))
}
