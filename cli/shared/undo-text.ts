/** An undo in words: the same in the command and on the screen. */
import type { UndoView } from '../../books/undo-view.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { STEP_NAMES, type Step } from '../../domain/steps.ts'
import type { Text } from './lang.ts'
import { safeText } from './safe-text.ts'

/** What an undo would touch, in sentences. */
export function undoLines(t: (text: Text) => string, year: number, district: string, view: UndoView): string[] {
  const yuan = (text: string) => displayYuan(parseYuan(text))
  const { closingEntries, openings, newIndicators, newYear, initialisation, carriedDocuments, request } = view
  const approvals = view.approvals.map(
    ({ step, actor, signedAt }) => `  ${t(STEP_NAMES[step as Step])}  ${safeText(actor)}  ${signedAt}`,
  )
  return [
    t({
      zh: `撤销 ${district} ${year} 年的年终结转（第 ${view.generation} 次，${view.liveSince} 生效）将涉及：`,
      en: `To undo the carry-forward of ${district}, ${year} (generation ${view.generation}, in force since ${view.liveSince}) touches:`,
    }),
    t({
      zh: `结转分录 ${closingEntries.entries} 条，借方 ${yuan(closingEntries.debit)}：逐条冲销，原分录保留`,
      en: `${closingEntries.entries} closing entries, debit ${yuan(closingEntries.debit)}: reversed one by one, both are kept`,
    }),
    t({
      zh: `${year + 1} 年期初 ${openings.balances} 笔，借方 ${yuan(openings.debit)}；新指标 ${newIndicators.indicators} 个，${yuan(newIndicators.amount)}：不再有效`,
      en: `${openings.balances} openings of ${year + 1}, debit ${yuan(openings.debit)}; ${newIndicators.indicators} new indicators, ${yuan(newIndicators.amount)}: no longer in force`,
    }),
    t({
      zh: `${year + 1} 年已导入：分录 ${newYear.entries} 条，期初 ${newYear.openings} 笔（不改动，须自行核对）`,
      en: `imported for ${year + 1} already: ${newYear.entries} entries, ${newYear.openings} openings (left as they are: check them)`,
    }),
    t({
      zh: `结转单据 ${carriedDocuments.documents} 份，${yuan(carriedDocuments.amount)}：重新结转时再列`,
      en: `${carriedDocuments.documents} documents carried over, ${yuan(carriedDocuments.amount)}: listed again by the next carry-forward`,
    }),
    ...(initialisation ? [t({
      zh: `新年度初始化结果（第 ${initialisation.generation} 次，${initialisation.items} 项）作废并重做`,
      en: `the initialisation (generation ${initialisation.generation}, ${initialisation.items} items) is void and done again`,
    })] : []),
    ...(approvals.length > 0 ? [t({ zh: '作废的审批：', en: 'approvals that fall:' }), ...approvals] : []),
    ...(view.signedOff ? [t({
      zh: '已签署归档：年结重新打开，已出具的报告须在再次签署后重出',
      en: 'it was signed off: the year-end opens again, and reports must be made anew after the next sign-off',
    })] : []),
    ...(request ? [t({ zh: `${safeText(request.actor)} 已申请撤销`, en: `${safeText(request.actor)} asked for this undo` }) + (request.comment ? `: ${safeText(request.comment)}` : '')
      + (request.approvers.length > 0 ? t({
        zh: `；已同意：${request.approvers.join('、')}`, en: `; agreed: ${request.approvers.join(', ')}`,
      }) : '')] : []),
  ]
}
