/** What the reconciliations left: differences, adjusted balances, and what the league books for its districts. */
import { DIFFERENCE_STATES } from './html/differences.ts'
import type { YearReport } from './model.ts'
import { DISTRICT, type Sheet, each, moment, money } from './sheet.ts'

export function reconciliationSheet(report: YearReport): Sheet {
  return {
    name: '差异 Differences',
    columns: [
      ...DISTRICT, ['对账 Rule', 8], ['对象 Key', 34], ['甲方 A', 18], ['乙方 B', 18], ['差额 A-B', 18], ['天数 Days', 8], ['最早 Since', 12],
      ['首次发现 First seen', 20], ['原因 Kind', 24], ['负责人 Owner', 14], ['状态 State', 18], ['说明 Explanation', 50], ['说明人 By', 14],
      ['佐证材料 Evidence', 30], ['SHA-256', 68], ['多方核对 Where it stands', 60], ['不一致 Odd one out', 24], ['编号 Id', 20],
    ],
    rows: each(report, (district) => district.differences.map((one) => [one.rule, one.key, money(one.a), money(one.b), money(one.difference), one.ageDays, one.since, moment(one.firstSeenAt),
      one.kind && `${one.kind.zh}${one.suggested ? '？' : ''}`, one.owner,
      `${DIFFERENCE_STATES[one.state].zh} ${DIFFERENCE_STATES[one.state].en}`, one.explanation?.comment ?? null,
      one.explanation?.actor ?? null, one.explanation?.evidence?.name ?? null, one.explanation?.evidence?.sha256 ?? null,
      one.places.map((place) => `${place.name?.zh ?? place.place} ${place.amount}`).join('；'), one.odd.places.join('；'),
      one.id])),
  }
}

/** One row for each side's balance, each item in transit and each adjusted balance. */
export function balanceSheet(report: YearReport): Sheet {
  return {
    name: '余额调节 Balances',
    columns: [
      ...DISTRICT, ['对账 Rule', 8], ['对方 Party', 20], ['一方 Side', 24], ['项目 Item', 24], ['对象 Key', 34], ['金额 Amount', 20],
      ['说明 Explanation', 50], ['相符 Ties', 10],
    ],
    rows: each(report, (district) => district.balances.flatMap((one) => [one.a, one.b].flatMap((side) => [
      [one.reconciliation, one.party, side.name.zh, '余额 balance', null, money(side.balance), null, null],
      ...side.items.map((item) => [
        one.reconciliation, one.party, side.name.zh, '未达账项 in transit', item.key, money(item.amount), item.explanation, null,
      ]),
      [one.reconciliation, one.party, side.name.zh, '调节后余额 adjusted', null, money(side.adjusted), null, one.ties],
    ]))),
  }
}

export function mirrorSheet(report: YearReport): Sheet {
  return {
    name: '上下级 Levels',
    columns: [
      ['区划 Code', 10], ['对账 Rule', 8], ['进展 Standing', 16], ['资金 Fund', 24], ['盟本级 League', 20], ['旗县 District', 20],
      ['差额 Difference', 20], ['相符 Mirrors', 10], ['自 Since', 20],
    ],
    rows: report.mirrors.flatMap((mirror) => mirror.rows.map((row) => [mirror.district, mirror.reconciliation, mirror.standing, row.key, money(row.league), money(row.district),
      money(row.difference), row.mirrors, moment(mirror.since)])),
  }
}
