/** `nianjie plan`: what the carry-forward will close, carry and open, before anyone approves. */
import type { Command } from 'commander'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { type PlanAccounts, type PlanView, readPlan } from '../../books/read-model/plan.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import {
  districtNames, districtOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption,
} from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { PLAN_STATES, SYSTEM_WORDS } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface PlanOptions { district: string; book?: string; year?: number; rehearsal?: boolean; json?: boolean }

export function registerPlan(program: Command, context: CliContext): void {
  const { t } = context
  program.command('plan')
    .description(t({
      zh: '年终结转方案：将结平、结转、建账的内容和合计', en: 'the plan of the carry-forward: what will be closed, carried and opened',
    }))
    .addOption(districtOption(context))
    .option('--book <book>', t({ zh: '科目明细只看一个账套', en: 'the accounts of this book only' }))
    .addOption(yearOption(context))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((options: PlanOptions) => printPlan(context, options))
}

async function printPlan(context: CliContext, options: PlanOptions): Promise<void> {
  const [district] = knownDistricts(context, [options.district])!
  const plan = await loadPlan(context, { ...options, district: district! })
  if (options.json) return context.printJson(plan)
  context.print(planText(context, plan))
}

async function loadPlan(context: CliContext, { district, book, year: given, rehearsal }: PlanOptions): Promise<PlanView> {
  const year = await yearOf(context, given)
  const plan = await readPlan((await context.books()).db, { district, year, rehearsal, book })
  if (plan) return plan
  throw refusal({
    code: 'no-plan', zh: `${district} ${year} 年度还没有结转方案：步骤“年终结转”尚未执行，或有未处理的问题（nianjie findings --district ${district}）`,
    en: `${district} has no plan for ${year} yet: the carry-forward has not run, or findings block it (nianjie findings --district ${district})`,
  })
}

function planText(context: CliContext, plan: PlanView): string {
  const { t, lang } = context
  const money = (yuan: string) => displayYuan(parseYuan(yuan))
  const right = (title: string) => ({ title, align: 'right' as const })
  const name = districtNames(context).get(plan.district)
  const zh = lang === 'zh'
  const closing = table(zh ? [{ title: '规则' }, { title: '内容' }, right('凭证'), right('分录'), right('借方')]
    : [{ title: 'Rule' }, { title: 'What' }, right('Vouchers'), right('Lines'), right('Debit')],
  plan.closing.map((row) => [row.rule, t(row.name), String(row.vouchers), String(row.lines), money(row.debit)]))
  const openings = table(zh ? [{ title: '科目类' }, right('笔数'), right('借方'), right('贷方')]
    : [{ title: 'Class' }, right('Balances'), right('Debit'), right('Credit')],
  plan.openings.map((row) => [row.accountClass, String(row.balances), money(row.debit), money(row.credit)]))
  const indicators = plan.indicators.map(
    (row) =>
      `${row.disposition === 'carry' ? t({ zh: '结转', en: 'carried' }) : t({ zh: '收回结余', en: 'recovered' })} ${row.indicators}: ${money(row.amount)}`,
  )
  const { openingTotals: totals, change } = plan
  return [
    `${plan.district} ${name ? t(name) : ''} ${plan.year}  ${t(PLAN_STATES[plan.state] ?? { zh: plan.state, en: plan.state })}${plan.provisional ? t({ zh: '（演练，有未处理的问题）', en: ' (rehearsal, findings are open)' }) : ''}`,
    '', t({ zh: '结转分录', en: 'Closing entries' }), closing,
    '', ...accountTables(context, plan.byAccount),
    '', t({ zh: `${plan.year + 1} 年期初`, en: `Openings of ${plan.year + 1}` }), openings,
    t({ zh: `合计 ${totals.balances} 笔，${totals.books} 个账套，借方 ${money(totals.debit)}，贷方 ${money(totals.credit)}`,
      en: `${totals.balances} balances in ${totals.books} books, debit ${money(totals.debit)}, credit ${money(totals.credit)}` }),
    '', `${t({ zh: '指标', en: 'Indicators' })}  ${indicators.join('  ')}`,
    ...(change ? [
      '',
      t({
        zh: `与已生效的结转相比：${change.openings} 笔期初不同，共 ${money(change.amount)}`,
        en: `against what is in force: ${change.openings} openings differ by ${money(change.amount)}`,
      }),
    ] : []),
    '', `${t({ zh: '方案摘要', en: 'Plan digest' })}  ${plan.planDigest}`,
  ].join('\n')
}

/**
 * By rule and account what is closed; by account what was there, is closed, is carried and opens the new year; totals of each
 * ledger.
 */
function accountTables({ t, lang }: CliContext, { closing, accounts, totals }: PlanAccounts): string[] {
  const money = (yuan: string | null) => (yuan === null ? '-' : displayYuan(parseYuan(yuan)))
  const right = (title: string) => ({ title, align: 'right' as const })
  const heads = (...titles: [zh: string, en: string, right?: true][]) =>
    titles.map(([zh, en, end]) => (end ? right(t({ zh, en })) : { title: t({ zh, en }) }))
  const ledger = { financial: t({ zh: '财务', en: 'financial' }), budgetary: t({ zh: '预算', en: 'budgetary' }) }
  const pair = (sums: { debit: string; credit: string } | null) => [money(sums?.debit ?? null), money(sums?.credit ?? null)]
  return [
    t({ zh: '按规则、科目', en: 'By rule and account' }),
    table(heads(['规则', 'Rule'], ['科目', 'Account'], ['名称', 'Name'], ['分录', 'Lines', true], ['借方', 'Debit', true], ['贷方', 'Credit', true]),
      closing.map((row) => [row.rule, row.account, safeText(row.name), String(row.lines), money(row.debit), money(row.credit)])),
    '', t({ zh: '按科目（借方为正）', en: 'By account (debit-positive)' }),
    table(heads(['制度', 'System'], ['科目', 'Account'], ['名称', 'Name'], ['结转前', 'Before', true], ['结平', 'Closed', true], ['结转', 'Carried', true], ['新年期初', 'Opened', true], ['笔数', 'Balances', true]),
      accounts.map((row) => [
        SYSTEM_WORDS[row.system]?.[lang] ?? row.system, row.account, safeText(row.name), money(row.before), money(row.closed),
        money(row.carried), money(row.opened), String(row.balances),
      ])),
    '', t({ zh: '合计（各科目净额）', en: 'Totals (of the net of each account)' }),
    table(heads(['制度', 'System'], ['账', 'Ledger'], ['结平借', 'Closed Dr', true], ['结平贷', 'Cr', true], ['结转借', 'Carried Dr', true], ['结转贷', 'Cr', true], ['期初借', 'Opened Dr', true], ['期初贷', 'Cr', true]),
      totals.map((row) => [
        SYSTEM_WORDS[row.system]?.[lang] ?? row.system, ledger[row.ledger], ...pair(row.closed), ...pair(row.carried),
        ...pair(row.opened),
      ])),
    '',
  ]
}
