/** `nianjie confirm`: the balance of a reconciliation, confirmed by whom the configuration names; and how all of them stand. */
import { type Command, Option } from 'commander'
import { type Confirmation, confirmationText } from '../../books/confirmations/standing.ts'
import { type DistrictConfirmations, readDistrictConfirmations } from '../../books/confirmations/read.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { type ConfirmFlags, addConfirmOptions, confirm as ask } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { CONFIRMATION_WORDS } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface Flags extends ConfirmFlags {
  year?: number; district?: string[]; reconciliation?: string; party?: string; for?: string; as?: string; comment?: string
  seen?: string; list?: boolean; json?: boolean
}

export function registerConfirm(program: Command, context: CliContext): void {
  const { t } = context
  const command = program.command('confirm')
    .description(t({
      zh: '确认对账余额（由指定的会计、银行或单位），或列出各项确认',
      en: 'confirm the balance of a reconciliation (the accountant, bank or unit named for it), or list them',
    }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .option('--reconciliation <number>', t({ zh: '对账编号，如 R7', en: 'number of the reconciliation, such as R7' }))
    .option('--party <party>', t({ zh: '只确认某一银行或单位的部分', en: 'the part of one bank or unit' }))
    .option('--for <confirmer>', t({
      zh: '作为何人确认（只在可作为多人时需要）', en: 'as which confirmer (needed only where the actor could be several)',
    }))
    .option('--as <actor>', t({ zh: '以哪位操作人的身份', en: 'as which actor' }))
    .option('--comment <text>', t({ zh: '说明', en: 'comment' }))
    .option('--seen <digest>', t({
      zh: '您看到的余额摘要；已变化则拒绝（默认：当前余额）',
      en: 'digest of the balance that you saw; refused when it changed (default: the present one)',
    }))
    .addOption(new Option(
      '--list', t({ zh: '列出：谁何时确认了什么，哪些失效，还缺哪些', en: 'list them: who confirmed what when, which fell, which are missing' }),
    ))
    .addOption(jsonOption(context))
  addConfirmOptions(command, context).action((flags: Flags) => (flags.list ? list(context, flags) : give(context, flags)))
}

async function give(context: CliContext, flags: Flags): Promise<void> {
  const [district, ...more] = knownDistricts(context, flags.district) ?? []
  const { reconciliation, party, for: confirmer, as: actor, comment = '', seen: digest } = flags
  if (!district || more.length > 0 || !reconciliation || !actor) {
    throw usageError({
      zh: '需要一个 --district、--reconciliation 和 --as，或用 --list 查看',
      en: 'one --district, --reconciliation and --as are needed, or --list to look',
    })
  }
  const year = await yearOf(context, flags.year)
  const operations = await context.operations()
  const request = { year, district, reconciliation, party, confirmer, actor, comment, digest }
  const can = await operations.canConfirm(request)
  if (flags.dryRun || context.isTTY) {
    if (!can.ok) throw refusal(can)
    context.message(balanceText(can.confirmed))
    if (flags.dryRun) return context.message({ zh: '可以确认。', en: 'this can be confirmed' })
  }
  await ask(context, flags, { zh: '确认以上余额和差异？', en: 'Confirm this balance and these differences?' })
  // What was shown is what is signed.
  const answer = await operations.confirmReconciliation({
    ...request, digest: digest ?? (can.ok ? can.confirmed.digest : undefined),
  })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, district, ...answer.confirmed, state: 'confirmed', by: actor, comment })
  const what = balanceText(answer.confirmed)
  context.print(context.t({ zh: `${actor} 已确认 ${what.zh}`, en: `${actor} confirmed ${what.en}` }))
}

function balanceText(one: Confirmation): { zh: string; en: string } {
  const { zh, en } = confirmationText(one)
  const { a, b, difference, differences } = one.balance
  const [sideA, sideB, off] = [a, b, difference].map((text) => displayYuan(parseYuan(text)))
  return {
    zh: `${safeText(zh)}：${sideA} / ${sideB}，相差 ${off} 元，差异 ${differences} 项`,
    en: `${safeText(en)}: ${sideA} / ${sideB}, difference ${off} yuan, ${differences} differences`,
  }
}

async function list(context: CliContext, flags: Flags): Promise<void> {
  const districts = knownDistricts(context, flags.district)
  const year = await yearOf(context, flags.year)
  const fits = ({ reconciliation, party, confirmer }: Confirmation) => (flags.reconciliation ?? reconciliation) === reconciliation
    && (flags.party ?? party) === party && (flags.for ?? confirmer) === confirmer
  const all = (await readDistrictConfirmations((await context.books()).db, { year, districts }))
    .map(({ district, confirmations }) => ({ district, confirmations: confirmations.filter(fits) }))
  if (flags.json) return context.printJson(all)
  if (all.every(({ confirmations }) => confirmations.length === 0)) {
    return context.message({ zh: '还没有可确认的对账', en: 'there is nothing to confirm yet' })
  }
  context.print(listText(context, all))
}

function listText({ t, lang }: CliContext, all: readonly DistrictConfirmations[]): string {
  const titles = lang === 'zh'
    ? ['区划', '对账', '名称', '银行或单位', '确认人', '要求', '状态', '操作人', '时间', '甲方', '乙方', '差异']
    : ['District', 'No.', 'Name', 'Party', 'Confirmer', 'Asked', 'State', 'By', 'At', 'A', 'B', 'Differences']
  return table(titles.map((title, index) => ({ title, align: index > 8 ? 'right' as const : 'left' as const })),
    all.flatMap(({ district, confirmations }) => confirmations.map((one) => [
      district, one.reconciliation, t(one.name), safeText(one.party), `${t(one.title)} (${one.confirmer})`,
      one.required ? t({ zh: '必需', en: 'required' }) : t({ zh: '备案', en: 'recorded' }), t(CONFIRMATION_WORDS[one.state]),
      safeText(one.by ?? one.fallen.at(-1)?.by ?? ''), one.at ?? one.fallen.at(-1)?.voidAt ?? '',
      displayYuan(parseYuan(one.balance.a)), displayYuan(parseYuan(one.balance.b)), String(one.balance.differences),
    ])))
}
