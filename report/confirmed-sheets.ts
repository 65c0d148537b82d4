/** Sheets of the confirmations and of the months. */
import { CONFIRMATION_STATES } from './html/confirmed.ts'
import type { YearReport } from './model.ts'
import { DISTRICT, type Sheet, each, moment, money } from './sheet.ts'

export function confirmationSheet(report: YearReport): Sheet {
  return {
    name: '对账确认 Confirmations',
    columns: [
      ...DISTRICT, ['对账 No.', 8], ['银行或单位 Party', 16], ['确认人 Confirmer', 24], ['要求 Asked', 12], ['状态 State', 18], ['操作人 By', 16],
      ['时间 At', 20], ['甲方 A', 18], ['乙方 B', 18], ['差异 Differences', 12], ['说明 Comment', 40], ['失效 Fell', 60],
    ],
    rows: each(report, ({ confirmations = [] }) => confirmations.map((one) => [one.reconciliation, one.party, `${one.title.zh} ${one.title.en}`,
      one.required ? '必需 required' : '备案 recorded', `${CONFIRMATION_STATES[one.state].zh} ${CONFIRMATION_STATES[one.state].en}`,
      one.by, moment(one.at), money(one.balance.a),
      money(one.balance.b), one.balance.differences, one.comment,
      one.fallen.map(({ by, voidReason }) => `${by}: ${voidReason}`).join('; ')])),
  }
}

export function monthlySheet(report: YearReport): Sheet {
  return {
    name: '月度对账 Months',
    columns: [
      ...DISTRICT, ['月份 Month', 10], ['对账 No.', 8], ['状态 State', 12], ['甲方 A', 18], ['乙方 B', 18], ['相差 Off by', 18],
      ['核对 Keys', 10], ['差异 Unequal', 10], ['新增 New', 8], ['仍有 Still', 8], ['已消除 Gone', 8], ['上月 Before', 10], ['操作人 By', 14],
      ['时间 At', 20],
    ],
    rows: each(report, ({ monthly }) => (monthly?.checks ?? []).map((one) => [one.month, one.reconciliation, one.state, money(one.a), money(one.b), money(one.difference), one.keys,
      one.unequal, one.new, one.still, one.gone, one.previousMonth, one.ranBy, moment(one.ranAt)])),
  }
}
