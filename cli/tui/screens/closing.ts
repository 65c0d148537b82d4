/** The carry-forward as texts to scroll: its plan by rule and account, and what an undo would touch. */
import type { AccountFlow, PlanView } from '../../../books/read-model/plan.ts'
import type { UndoView } from '../../../books/undo-view.ts'
import { displayYuan, parseYuan } from '../../../domain/money.ts'
import type { Text } from '../../shared/lang.ts'
import { PLAN_STATES, SYSTEM_WORDS } from '../../shared/terms.ts'
import { undoLines } from '../../shared/undo-text.ts'
import { cell, type Line, paragraph, piece } from '../line.ts'
import type { State } from '../state.ts'
import { tell } from './parts.ts'

const money = (yuan: string | null): string => (yuan === null ? '-' : displayYuan(parseYuan(yuan)))
const MONEY = 14

/** Undefined: not read yet; null: there is none. */
export function planLines(state: State, plan: PlanView | null | undefined): Line[] {
  const t = tell(state)
  if (plan === undefined) return [[piece(t({ zh: ' 正在读取', en: ' Reading' }), 'dim')]]
  if (plan === null) {
    return [
      [piece(t({ zh: ' 还没有结转方案：本步骤尚未执行，或有未处理的问题', en: ' No plan yet: the step has not run, or findings block it' }), 'dim')],
    ]
  }
  const head = t(PLAN_STATES[plan.state] ?? { zh: plan.state, en: plan.state })
  return [
    [
      piece(` ${t({ zh: '结转方案', en: 'Plan' })}  ${head}`, 'bold'),
      piece(plan.provisional ? t({ zh: '（演练，有未处理的问题）', en: ' (rehearsal, findings are open)' }) : '', 'warn'),
      piece(`  ${plan.planDigest.slice(0, 32)}`, 'dim'),
    ],
    ...totalLines(state, plan), [], ...accountLines(state, plan), [], ...ruleLines(state, plan),
  ]
}

function totalLines(state: State, { byAccount, openingTotals: totals, indicators, newIndicators, change }: PlanView): Line[] {
  const t = tell(state)
  const ledgers = { financial: t({ zh: '财务', en: 'financial' }), budgetary: t({ zh: '预算', en: 'budgetary' }) }
  const pair = (sums: { debit: string; credit: string } | null) =>
    (sums === null ? '-' : sums.debit === sums.credit ? money(sums.debit) : `${money(sums.debit)} ≠ ${money(sums.credit)}`)
  const disposed = indicators.map(
    (row) =>
      `${row.disposition === 'carry' ? t({ zh: '结转', en: 'carried' }) : t({ zh: '收回', en: 'recovered' })} ${row.indicators}: ${money(row.amount)}`,
  ).join('  ')
  return [
    [
      cell('', 20),
      ...[{ zh: '结平', en: 'closed' }, { zh: '结转', en: 'carried' }, { zh: '新年期初', en: 'opened' }].map((text) => cell(
        t(text), MONEY + 1, 'title', 'right',
      )),
    ],
    ...byAccount.totals.map((row): Line => [
      cell(` ${systemWord(state, row.system)} ${ledgers[row.ledger]}`, 20),
      ...[row.closed, row.carried, row.opened].map((sums) => cell(pair(sums), MONEY + 1, 'bold', 'right')),
    ]),
    [piece(t({
      zh: ` 期初 ${totals.balances} 笔，${totals.books} 个账套；指标 ${disposed || '无'}；新指标 ${newIndicators.indicators}`,
      en: ` ${totals.balances} openings in ${totals.books} books; indicators ${disposed || 'none'}; ${newIndicators.indicators} new`,
    }))],
    ...(change ? [[piece(t({
      zh: ` 与已生效的结转相比：${change.openings} 笔期初不同，共 ${money(change.amount)}`,
      en: ` Against what is in force: ${change.openings} openings differ by ${money(change.amount)}`,
    }), 'warn')] as Line] : []),
  ]
}

const systemWord = (state: State, system: string): string => SYSTEM_WORDS[system]?.[state.lang] ?? system
const nameWidth = (state: State, taken: number) => Math.max(8, state.size.columns - taken)

function accountLines(state: State, { byAccount }: PlanView): Line[] {
  const t = tell(state)
  const wide = state.size.columns >= 110
  const sums = (row: AccountFlow) => [...(wide ? [row.before] : []), row.closed, row.carried, row.opened]
  const titles: Text[] = [
    ...(wide ? [{ zh: '结转前', en: 'before' }] : []), { zh: '结平', en: 'closed' }, { zh: '结转', en: 'carried' },
    { zh: '新年期初', en: 'opened' },
  ]
  const name = nameWidth(state, 16 + titles.length * (MONEY + 1) + 1)
  return [
    [piece(t({ zh: ' 按科目（借方为正）', en: ' By account (debit-positive)' }), 'bold')],
    [
      cell(t({ zh: ' 科目', en: ' Account' }), 16, 'title'), cell('', name),
      ...titles.map((text) => cell(t(text), MONEY + 1, 'title', 'right')),
    ],
    ...byAccount.accounts.map((row): Line => [
      cell(` ${systemWord(state, row.system).slice(0, 4)} ${row.account}`, 16), cell(row.name, name, 'dim'),
      ...sums(row).map((yuan) => cell(money(yuan), MONEY + 1, 'plain', 'right')),
    ]),
  ]
}

function ruleLines(state: State, { closing, byAccount }: PlanView): Line[] {
  const t = tell(state)
  const name = nameWidth(state, 15 + 2 * (MONEY + 1) + 1)
  return [
    [
      piece(t({ zh: ' 按规则、科目', en: ' By rule and account' }), 'bold'),
      piece(
        `${t({ zh: '借方', en: 'debit' })}   ${t({ zh: '贷方', en: 'credit' })}`.padStart(Math.max(0, state.size.columns - 30)),
        'dim',
      ),
    ],
    ...closing.flatMap((rule): Line[] => [
      [piece(` ${rule.rule} ${t(rule.name)}`, 'bold'), piece(`  ${rule.source}`, 'dim')],
      [piece(t({
        zh: `   ${rule.vouchers} 张凭证，${rule.lines} 条分录，借方 ${money(rule.debit)}`,
        en: `   ${rule.vouchers} vouchers, ${rule.lines} lines, debit ${money(rule.debit)}`,
      }), 'dim')],
      ...byAccount.closing.filter((row) => row.rule === rule.rule).map((row): Line => [
        cell(`   ${row.account}`, 15), cell(row.name, name, 'dim'), cell(money(row.debit), MONEY + 1, 'plain', 'right'),
        cell(money(row.credit), MONEY + 1, 'plain', 'right'),
      ]),
    ]),
  ]
}

/** What an undo would touch, and which keys say a word on it. */
export function undoText(state: State, district: string, view: UndoView | null | undefined): Line[] {
  const t = tell(state)
  if (view === undefined) return [[piece(t({ zh: ' 正在读取', en: ' Reading' }), 'dim')]]
  if (view === null) return [[piece(t({ zh: ' 没有已生效的年终结转可撤销', en: ' There is no carry-forward in force to undo' }), 'dim')]]
  const next = view.request
    ? t({ zh: 'a 批准撤销（须另一人）  x 退回申请（要写原因）', en: 'a approves the undo (another person)  x rejects the request (with a reason)' })
    : t({ zh: 'a 申请撤销（另一人批准后执行）', en: 'a asks for the undo (done once another person approves)' })
  return [
    ...undoLines(t, state.year, district, view).flatMap((text) => paragraph(text, state.size.columns - 2, 'plain', ' ')), [],
    [piece(` ${next}`, 'key')],
  ]
}
