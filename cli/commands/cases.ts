/** `nianjie cases`: blocking documents with the time left to their cut-off, and the defaults that were approved for them. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type DefaultAction, listDefaults } from '../../books/cases/defaults.ts'
import { knownSides } from '../../books/cases/known.ts'
import { type ListedCase, listCases } from '../../books/cases/read.ts'
import { parseDuration } from '../../domain/deadlines.ts'
import { DISPOSITION_NAMES, type Disposition } from '../../domain/documents.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { asOption, districtOption, districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { daysLeft, localTime } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface ListFlags { year?: number; district?: string[]; type?: string; due?: number; all?: boolean; json?: boolean }
interface DefaultFlags extends ConfirmFlags {
  year?: number; district: string; type: string; number?: string; action?: DefaultAction; comment?: string; as: string
  json?: boolean
}

export function registerCases(program: Command, context: CliContext): void {
  const { t } = context
  const cases = program.command('cases').description(t({
    zh: '在途单据个案：离截止时刻还有多久；默认处置', en: 'documents in transit as cases: time left to their cut-off; default dispositions',
  }))
  cases.command('list', { isDefault: true })
    .description(t({ zh: '列出个案，最急的在前（默认）', en: 'list the cases, the most urgent first (the default)' }))
    .addOption(yearOption(context)).addOption(districtsOption(context))
    .option('--type <type>', t({ zh: '单据类型，如 PAY_CERT', en: 'type of document, such as PAY_CERT' }))
    .option('--due <duration>', t({
      zh: '只看这段时间内截止的，如 24h', en: 'only those whose cut-off comes within, such as 24h',
    }), durationOf)
    .option('--all', t({ zh: '包括已了结的', en: 'settled ones too' })).addOption(jsonOption(context))
    .action((flags: ListFlags) => list(context, flags))
  cases.command('show').description(t({ zh: '一份单据：各方所知', en: 'one document: what each side knows of it' }))
    .argument('<document>', t({ zh: '类型/单据号', en: 'TYPE/number' })).addOption(yearOption(context))
    .addOption(districtOption(context)).addOption(jsonOption(context))
    .action((document: string, flags: { year?: number; district: string; json?: boolean }) => show(context, document, flags))
  cases.command('defaults').description(t({ zh: '默认处置：已批准、被拒、已撤回', en: 'default dispositions: approved, refused, withdrawn' }))
    .addOption(yearOption(context)).addOption(districtsOption(context)).addOption(jsonOption(context))
    .action((flags: ListFlags) => defaults(context, flags))
  for (const what of ['approve-default', 'withdraw-default'] as const) registerDefault(cases, context, what)
}

function registerDefault(cases: Command, context: CliContext, what: 'approve-default' | 'withdraw-default'): void {
  const { t } = context
  const command = cases.command(what)
    .description(t(what === 'approve-default'
      ? {
        zh: '预先批准：到截止时刻仍未处理的单据如何处置（签名）', en: 'approve beforehand what happens to documents undecided at their cut-off (signed)',
      }
      : { zh: '撤回默认处置', en: 'withdraw a default' }))
    .addOption(yearOption(context)).addOption(districtOption(context))
    .requiredOption('--type <type>', t({ zh: '单据类型，如 PAY_APPLY', en: 'type of document, such as PAY_APPLY' }))
    .option('--number <number>', t({ zh: '只对这一份单据（默认：该类型全部）', en: 'only for this document (default: all of the type)' }))
  if (what === 'approve-default') {
    command.addOption(new Option('--action <action>', t({ zh: '处置（默认：documents.yaml 的建议）', en: 'disposition (default: what documents.yaml proposes)' }))
      .choices(['void', 'return', 'carry']))
  }
  command.addOption(asOption(context))
    .option('--comment <text>', t({ zh: '说明', en: 'comment' })).addOption(jsonOption(context))
  addConfirmOptions(command, context).action((flags: DefaultFlags) => sayDefault(context, what, flags))
}

function durationOf(text: string): number {
  try {
    return parseDuration(text)
  } catch {
    throw new InvalidArgumentError('应为时长 expected a duration such as 24h, 90m.')
  }
}

async function list(context: CliContext, { year: given, district, type, due, all, json }: ListFlags): Promise<void> {
  const districts = knownDistricts(context, district)
  const year = await yearOf(context, given)
  const now = context.now()
  const found = await listCases((await context.books()).db, {
    year, documents: context.config().documents, ...(districts && { districts }), ...(type && { type }),
    ...(due !== undefined && { before: new Date(now.getTime() + due) }), ...(all && { all }),
  })
  if (json) return context.printJson(found)
  if (found.length === 0) return context.message({ zh: '没有个案', en: 'there are no cases' })
  const titles = context.lang === 'zh'
    ? ['剩余', '截止', '区划', '类型', '单据号', '单位', '金额', '状态', '责任方', '届时', '编号']
    : ['Left', 'Cut-off', 'District', 'Type', 'Number', 'Unit', 'Amount', 'Status', 'Owner', 'Then', 'Id']
  context.print(table(titles.map((title, index) =>
    ({ title, align: index === 0 || index === 6 ? 'right' as const : 'left' as const })),
    found.map((one) => [one.settledAt ? '' : daysLeft(one.cutOff, now), localTime(one.cutOff), one.district, one.type, safeText(one.number), safeText(one.unit ?? ''),
      one.amount === null ? '' : displayYuan(parseYuan(one.amount)), `${one.status}${one.inDoubt ? '?' : ''}`,
      one.owner[context.lang], thenText(context, one), one.id])))
}

function thenText({ t }: CliContext, one: ListedCase): string {
  if (one.settledAt) return t(DISPOSITION_NAMES[one.outcome as Disposition] ?? { zh: '已不在途', en: 'no longer in transit' })
  return one.default ? `${t(DISPOSITION_NAMES[one.default.action])} (${one.default.actor})` : '-'
}

async function show(
  context: CliContext, document: string, { year: given, district, json }: { year?: number; district: string; json?: boolean },
): Promise<void> {
  knownDistricts(context, [district])
  const year = await yearOf(context, given)
  const known = (await knownSides((await context.books()).db, district, year, [document])).get(document)!
  if (json) return context.printJson({ district, year, document, ...known })
  const { t } = context
  const yuan = (text: string) => displayYuan(parseYuan(text))
  context.print([
    `${safeText(document)}  ${t(known.conclusion)}`,
    ...known.statements.map((one) => t({
      zh: `对账单 ${one.reconciliation} ${safeText(one.party)}：${safeText(one.reference)}，${one.date ?? ''}，${yuan(one.amount)}`,
      en: `statement ${one.reconciliation} ${safeText(one.party)}: ${safeText(one.reference)}, ${one.date ?? ''}, ${yuan(one.amount)}`,
    })),
    ...known.vouchers.map((one) => t({
      zh: `账套 ${safeText(one.book)} 凭证 ${safeText(one.voucher)}（${one.posted ? '已记账' : '未记账'}），${one.date}，${yuan(one.amount)}`,
      en: `book ${safeText(one.book)} voucher ${safeText(one.voucher)} (${one.posted ? 'posted' : 'not posted'}), ${one.date}, ${yuan(one.amount)}`,
    })),
    ...(known.receipt ? [t({
      zh: `回单 ${safeText(known.receipt.reference)}（${known.receipt.actor} 登记）`,
      en: `receipt ${safeText(known.receipt.reference)} (registered by ${known.receipt.actor})`,
    })] : []),
  ].join('\n'))
}

async function defaults(context: CliContext, { year: given, district, json }: ListFlags): Promise<void> {
  const districts = knownDistricts(context, district)
  const { db } = await context.books()
  const year = await yearOf(context, given)
  const open = Map.groupBy(
    await listCases(db, { year, documents: context.config().documents, ...(districts && { districts }) }),
    (one) => one.default?.id ?? '',
  )
  const found = (await listDefaults(db, year, districts)).map((one) => ({ ...one, covers: open.get(one.id)?.length ?? 0 }))
  if (json) return context.printJson(found)
  if (found.length === 0) return context.message({ zh: '没有默认处置', en: 'there are no defaults' })
  const state = (one: (typeof found)[number]) => context.t(one.withdrawnAt ? { zh: `${one.withdrawnBy} 已撤回`, en: `withdrawn by ${one.withdrawnBy}` }
    : one.accepted ? { zh: '有效', en: 'stands' } : one.refusal ?? { zh: '未裁定', en: 'not judged' })
  const titles = context.lang === 'zh'
    ? ['区划', '类型', '单据号', '处置', '批准人', '批准时间', '状态', '个案']
    : ['District', 'Type', 'Number', 'Disposition', 'Approved by', 'At', 'State', 'Cases']
  context.print(table(titles.map((title) => ({ title, align: 'left' as const })), found.map((one) => [
    one.district, one.type, safeText(one.number || '*'), context.t(DISPOSITION_NAMES[one.action]), one.actor,
    one.approvedAt ? localTime(one.approvedAt) : '', safeText(state(one)), String(one.covers),
  ])))
}

async function sayDefault(context: CliContext, what: 'approve-default' | 'withdraw-default', flags: DefaultFlags): Promise<void> {
  const { district, type, number = '', action, comment = '', as: actor } = flags
  knownDistricts(context, [district])
  const year = await yearOf(context, flags.year)
  const whom = `${type}${number ? `/${number}` : ''}`
  if (flags.dryRun) {
    return context.message({ zh: `将对 ${district} ${whom} 执行 ${what}`, en: `would ${what} for ${whom} of ${district}` })
  }
  await confirm(context, flags, what === 'approve-default'
    ? {
      zh: `批准 ${year} 年 ${district} ${whom} 在截止时刻的默认处置？`,
      en: `Approve the default of ${whom} in ${district}, ${year}, at its cut-off?`,
    }
    : { zh: `撤回 ${year} 年 ${district} ${whom} 的默认处置？`, en: `Withdraw the default of ${whom} in ${district}, ${year}?` })
  const operations = await context.operations()
  if (what === 'withdraw-default') {
    const answer = await operations.withdrawDefault({ year, district, type, number, comment, actor })
    if (!answer.ok) throw refusal(answer)
    return flags.json
      ? context.printJson({ year, district, type, number, withdrawn: answer.id })
      : context.print(context.t({ zh: `已撤回 ${whom} 的默认处置`, en: `the default of ${whom} is withdrawn` }))
  }
  const answer = await operations.approveDefault({ year, district, type, number, action, comment, actor })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, district, type, number, action: answer.action, id: answer.id })
  const name = DISPOSITION_NAMES[answer.action]
  context.print(context.t({
    zh: `${actor} 已批准：${district} ${whom} 到截止时刻仍未处理的，${name.zh}`,
    en: `${actor} approved: ${name.en} for ${whom} of ${district} that is undecided at its cut-off`,
  }))
}
