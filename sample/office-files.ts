/** What the treasury and the units send: the treasury's balance, its reports, and the units' own figures. */
import { displayYuan, formatYuan } from '../domain/money.ts'
import { FUNCTIONS, REVENUES } from './catalogue.ts'
import { type Cell, type FileOf, fundOf, nameOf, number, sum } from './statement-cells.ts'
import type { StatementRow, World } from './world.ts'

/** A register of the last days of the year; each row adds up by itself. */
export function pbocBalance({ plan }: World, [row]: readonly StatementRow[]): FileOf {
  const [last, before, earlier] = [row!.amount, row!.amount - 1_234_500n, row!.amount - 900_000n]
  const line = (date: string, from: bigint, to: bigint): Cell[] =>
    [date, number(from), number(to > from ? to - from : 0n), number(to > from ? 0n : from - to), number(to)]
  return {
    name: '人行库款余额对账单.xlsx', sheet: '库款', rows: [
      ['国库库款余额对账单'], [`国库：中国人民银行${plan.place}支库`], ['日期', '上日余额', '本日收入', '本日支出', '本日余额'],
      line(`${plan.year}年12月30日`, earlier, before), line(`${plan.year}年12月31日`, before, last), ['国库主任：', '复核：', '经办：'],
    ],
  }
}

/** Rows with the sums of their classes between them, as the treasury's reports have them. */
function byClass(
  rows: readonly StatementRow[], codeOf: (row: StatementRow) => string, names: readonly { code: string; name: string }[],
  amount: (fen: bigint) => Cell,
): Cell[][] {
  const lines: Cell[][] = []
  const sorted = rows.toSorted((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1))
  for (const parent of new Set(sorted.map((row) => codeOf(row).slice(0, 3)))) {
    const below = sorted.filter((row) => codeOf(row).startsWith(parent))
    lines.push(
      [parent, nameOf(names, parent), '', amount(sum(below))],
      ...below.map((row): Cell[] => [codeOf(row), nameOf(names, codeOf(row)), fundOf(row.fund), amount(row.amount)]),
    )
  }
  return lines
}

export function pbocExpenditure({ plan }: World, rows: readonly StatementRow[]): FileOf {
  return {
    name: '人行预算支出报表.csv', encoding: 'gb18030', rows: [
      ['预算支出报表'], [`报表日期：${plan.year}年12月31日`, '', '', '单位：元'], ['科目编码', '科目名称', '预算种类', '本年累计'],
      ...byClass(rows, (row) => row.function!, FUNCTIONS, displayYuan), ['合计', '', '', displayYuan(sum(rows))],
    ],
  }
}

export function pbocRevenue({ plan }: World, rows: readonly StatementRow[]): FileOf {
  return {
    name: '人行预算收入报表.xlsx', sheet: '收入', rows: [
      ['预算收入报表'], [`国库：${plan.place}支库`, null, null, `截止日期：${plan.year}-12-31`], ['预算科目代码', '预算科目名称', '资金性质', '本年累计数'],
      ...byClass(rows, (row) => row.revenue!, REVENUES, number), ['合计', null, null, number(sum(rows))],
    ],
  }
}

export function unitIndicators(rows: readonly StatementRow[]): FileOf {
  return {
    name: '单位指标余额.csv', rows: [
      ['单位编码', '指标编号', '指标余额'], ...rows.map(({ party, indicator, amount }): Cell[] => [party!, indicator!, formatYuan(amount)]),
      [`合计 ${rows.length} 条 ${formatYuan(sum(rows))}`],
    ],
  }
}

export function unitPlans(rows: readonly StatementRow[]): FileOf {
  return {
    name: '单位用款计划.csv', encoding: 'gb18030', rows: [
      ['对账单位', '单位编码', '项目编码', '资金性质', '累计计划'],
      ...rows.map(({ party, unit, project, fund, amount }): Cell[] => [
        party!, unit!, project!, fundOf(fund), displayYuan(amount),
      ]),
      ['合计', '', '', '', displayYuan(sum(rows))],
    ],
  }
}

/** A section for each unit, the titles again in each. */
export function unitExpenditure({ plan }: World, rows: readonly StatementRow[]): FileOf {
  const sections = plan.units.map((unit) => ({ unit, own: rows.filter((row) => row.unit === unit.code) }))
    .filter(({ own }) => own.length > 0)
  return {
    name: '单位支出对账单.xlsx', sheet: '支出', rows: [
      ['财政拨款支出对账单'],
      ...sections.flatMap(({ unit, own }): Cell[][] => [
        [`单位：${unit.code} ${unit.name}`], ['功能分类', '项目编码', '资金性质', '支出金额'],
        ...own.map((row): Cell[] => [row.function!, row.project!, fundOf(row.fund), number(row.amount)]),
        ['单位合计', null, null, number(sum(own))], [],
      ]),
      ['总计', null, null, number(sum(rows))], ['单位负责人：', '财务负责人：'],
    ],
  }
}
