/** What was carried forward: openings of the new year and the proof of each generation. */
import { flatten } from './html/figures.ts'
import type { YearReport } from './model.ts'
import { DISTRICT, type Sheet, each, moment, money } from './sheet.ts'

export function openingSheet(report: YearReport): Sheet {
  return {
    name: '期初 Openings',
    columns: [
      ...DISTRICT, ['代 Generation', 10], ['状态 State', 12], ['账套 Book', 16], ['笔数 Balances', 10], ['借方 Debit', 20],
      ['贷方 Credit', 20],
    ],
    rows: each(report, (district) => district.carryForwards.flatMap((carry) =>
      carry.books.map((book) => [
        carry.generation, carry.state, book.book, book.balances, money(book.debit), money(book.credit),
      ]))),
  }
}

export function proofSheet(report: YearReport): Sheet {
  return {
    name: '结转证明 Proof',
    columns: [
      ...DISTRICT, ['代 Generation', 10], ['状态 State', 12], ['记账 Live', 20], ['方案 Plan', 68], ['类别 Part', 12], ['项目 Figure', 50],
      ['数值 Value', 24],
    ],
    rows: each(report, (district) => district.carryForwards.flatMap((carry) => [['证明 proof', carry.proof], ['合计 totals', carry.totals]] .flatMap(([part, figures]) =>
      flatten(figures as never).map(([name, value]) => [
        carry.generation, carry.state, moment(carry.liveAt), carry.planDigest, part as string, name, value,
      ])))),
  }
}
