/** What banks send: accounts of special funds, and payments of the central payment. */
import { displayYuan, formatYuan } from '../domain/money.ts'
import { type Cell, type FileOf, compact, negative, number, positive, sum } from './statement-cells.ts'
import type { StatementRow, World } from './world.ts'

const inOrder = (rows: readonly StatementRow[]): StatementRow[] =>
  rows.toSorted((a, b) => (a.date! < b.date! ? -1 : a.date! > b.date! ? 1 : 0))
const account = (world: World, bank: string): string =>
  world.setup.find((row) => row.table === 'bank-account' && row.code === bank)!.value!
const opening = (world: World, bank: string): bigint =>
  world.ledger.cells(world.plan.special, '1004')
    .reduce((total, cell) => total + (cell.dims.counterparty === bank ? cell.opening : 0n), 0n)

/** Debit and credit columns, running balance, sums of pages that nobody needs. */
export function icbcAccount(world: World, rows: readonly StatementRow[]): FileOf {
  const { plan } = world
  let balance = opening(world, 'ICBC')
  const lines = inOrder(rows).map(({ date, reference, amount }): Cell[] => {
    balance += amount
    return [
      date!, reference ?? '', amount < 0n ? '转出' : '转入', amount < 0n ? number(-amount) : null,
      amount < 0n ? null : number(amount), number(balance),
    ]
  })
  const half = Math.ceil(lines.length / 2)
  return {
    name: `工行专户明细${plan.year}.xlsx`, sheet: '明细', rows: [
      ['中国工商银行账户明细清单'], [`账号：${account(world, 'ICBC')}`, null, `户名：${plan.place}财政局`],
      [`期间：${plan.year}-01-01 至 ${plan.year}-12-31`, null, `期初余额：${displayYuan(opening(world, 'ICBC'))}`],
      ['交易日期', '交易流水号', '摘要', '借方发生额', '贷方发生额', '余额'], ...lines.slice(0, half), ['本页小计'],
      ['交易日期', '交易流水号', '摘要', '借方发生额', '贷方发生额', '余额'], ...lines.slice(half),
      ['合计', null, null, number(negative(rows)), number(positive(rows)), number(balance)], ['以上明细仅供参考，以账页为准'],
    ],
  }
}

/** Signed amounts in GB18030, the account in a column. */
export function abcAccount(world: World, rows: readonly StatementRow[]): FileOf {
  let balance = opening(world, 'ABC')
  const lines = inOrder(rows).map(({ date, reference, amount }): Cell[] => {
    balance += amount
    return [
      account(world, 'ABC'), compact(date), reference ?? '', amount < 0n ? '转账支取' : '转账存入', displayYuan(amount),
      displayYuan(balance),
    ]
  })
  return {
    name: `农行专户明细${world.plan.year}.csv`, encoding: 'gb18030',
    rows: [['账号', '记账日', '交易序号', '摘要', '交易金额', '账户余额'], ...lines, [`总笔数：${rows.length}`, `总金额：${displayYuan(sum(rows))}`]],
  }
}

/** One amount and its direction, dates without leading zeros, a sum for each page of twenty. */
export function ccbPayments(rows: readonly StatementRow[]): FileOf {
  const total = (title: string, some: readonly StatementRow[]): Cell[] =>
    [`${title} 笔数 ${some.length} 借方 ${formatYuan(positive(some))} 贷方 ${formatYuan(negative(some))}`]
  const pages = Array.from({ length: Math.ceil(rows.length / 20) }, (_, page) => rows.slice(page * 20, page * 20 + 20))
  const line = ({ date, reference, amount }: StatementRow): Cell[] =>
    [
      date!.replaceAll('-', '/').replace(/\/0/g, '/'), reference!, amount < 0n ? '贷' : '借',
      displayYuan(amount < 0n ? -amount : amount),
    ]
  return {
    name: '建行集中支付明细.csv', encoding: 'utf8-bom',
    rows: [
      ['建设银行集中支付业务明细'], ['交易日期', '支付凭证号', '借贷标志', '发生额'], ...pages.flatMap((page) => [...page.map(line), total('本页小计', page)]),
      total('总计', rows), ['经办：'], ['打印日期：'],
    ],
  }
}

/** The host's own list: no titles, `|` between the fields, what was paid stands with a minus. */
export function rccPayments(rows: readonly StatementRow[]): FileOf {
  return {
    name: '农信社集中支付流水.txt', encoding: 'gb18030', delimiter: '|',
    rows: [
      ['BEGIN', '集中支付'],
      ...rows.map(({ date, reference, amount }, index): Cell[] => [
        String(index + 1), `${compact(date)}093000`, reference!, '支付', formatYuan(-amount),
      ]),
      ['END', String(rows.length), formatYuan(-sum(rows))],
    ],
  }
}

/** A section for each bank, in one workbook. */
export function agentPayments(banks: readonly (readonly [string, readonly StatementRow[]])[]): FileOf {
  const all = banks.flatMap(([, rows]) => rows)
  return {
    name: '集中支付对账单.xlsx', sheet: '支付明细', rows: [
      ['国库集中支付对账单'],
      ...banks.flatMap(([bank, rows]): Cell[][] => [
        [`代理银行：${bank}`], ['序号', '支付令编号', '支付日期', '支付金额'],
        ...rows.map(({ date, reference, amount }, index): Cell[] => [index + 1, reference!, date!, number(amount)]),
        ['小计', null, null, number(sum(rows))], [],
      ]),
      ['总计', null, null, number(sum(all))], ['制表：', null, '复核：'],
    ],
  }
}
