/** The district's statements once more, as those who sent them would have written them: one file for each layout of config/formats. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import writeXlsx from 'write-excel-file/node'
import { displayYuan, formatYuan } from '../domain/money.ts'
import { withFixedTime } from '../report/fixed-time.ts'
import { encodeGb18030 } from '../report/gb18030.ts'
import { FUND_NAMES, FUNCTIONS, REVENUES } from './catalogue.ts'
import type { StatementRow, World } from './world.ts'

type Cell = string | number | null
interface FileOf { name: string; rows: readonly (readonly Cell[])[]; sheet?: string; delimiter?: string; encoding?: 'utf8-bom' | 'gb18030' }

/** Larger samples go without: the files are made whole, in memory. */
export const STATEMENT_FILES_ENTRIES_MAX = 20_000

/** Writes `statements/` of a district. An import of its folder leaves that folder alone; `import-statement` loads each file. */
export async function writeStatementFiles(world: World, folder: string): Promise<void> {
  const target = join(folder, world.plan.district, 'statements')
  mkdirSync(target, { recursive: true })
  const of = (reconciliation: string, party?: string) => world.statements.filter((row) => row.reconciliation === reconciliation && (party === undefined || row.party === party))
  const files: FileOf[] = [
    icbcAccount(world, of('R7', 'ICBC')), abcAccount(world, of('R7', 'ABC')), ccbPayments(of('R8', 'CCB')), rccPayments(of('R8', 'RCC')),
    agentPayments([['工商银行', of('R8', 'ICBC')], ['农业银行', of('R8', 'ABC')]]), pbocBalance(world, of('R1')), pbocExpenditure(world, of('R3')),
    pbocRevenue(world, of('R4')), unitIndicators(of('R12')), unitPlans(of('R13')), unitExpenditure(world, of('R14')),
  ]
  for (const file of files) writeFileSync(join(target, file.name), await bytesOf(file))
}

async function bytesOf({ rows, sheet, delimiter = ',', encoding }: FileOf): Promise<Buffer> {
  if (sheet !== undefined) {
    const data = rows.map((row) => row.map((value) => (value === null || value === '' ? null : { value, type: typeof value === 'number' ? Number : String })))
    return withFixedTime(await writeXlsx([{ sheet, data: data as never }]).toBuffer())
  }
  const quote = (value: string) => (value.includes(delimiter) || value.includes('"') ? `"${value.replaceAll('"', '""')}"` : value)
  const text = rows.map((row) => `${row.map((value) => quote(String(value ?? ''))).join(delimiter)}\r\n`).join('')
  return encoding === 'gb18030' ? encodeGb18030(text) : Buffer.from(`${encoding === 'utf8-bom' ? '\uFEFF' : ''}${text}`, 'utf8')
}

const sum = (rows: readonly StatementRow[]): bigint => rows.reduce((total, { amount }) => total + amount, 0n)
const inOrder = (rows: readonly StatementRow[]): StatementRow[] => rows.toSorted((a, b) => (a.date! < b.date! ? -1 : a.date! > b.date! ? 1 : 0))
const compact = (date: string | undefined): string => date!.replaceAll('-', '')
/** A workbook's own number; the amounts here are far below the fifteen digits that it holds. */
const number = (fen: bigint): number => Number(formatYuan(fen))
const negative = (rows: readonly StatementRow[]): bigint => -sum(rows.filter(({ amount }) => amount < 0n))
const positive = (rows: readonly StatementRow[]): bigint => sum(rows.filter(({ amount }) => amount > 0n))
const account = (world: World, bank: string): string => world.setup.find((row) => row.table === 'bank-account' && row.code === bank)!.value!
const opening = (world: World, bank: string): bigint =>
  world.ledger.cells(world.plan.special, '1004').reduce((total, cell) => total + (cell.dims.counterparty === bank ? cell.opening : 0n), 0n)

/** Debit and credit columns, running balance, sums of pages that nobody needs. */
function icbcAccount(world: World, rows: readonly StatementRow[]): FileOf {
  const { plan } = world
  let balance = opening(world, 'ICBC')
  const lines = inOrder(rows).map(({ date, reference, amount }): Cell[] => {
    balance += amount
    return [date!, reference ?? '', amount < 0n ? '转出' : '转入', amount < 0n ? number(-amount) : null, amount < 0n ? null : number(amount), number(balance)]
  })
  const half = Math.ceil(lines.length / 2)
  return {
    name: `工行专户明细${plan.year}.xlsx`, sheet: '明细', rows: [
      ['中国工商银行账户明细清单'], [`账号：${account(world, 'ICBC')}`, null, `户名：${plan.place}财政局`],
      [`期间：${plan.year}-01-01 至 ${plan.year}-12-31`, null, `期初余额：${displayYuan(opening(world, 'ICBC'))}`],
      ['交易日期', '交易流水号', '摘要', '借方发生额', '贷方发生额', '余额'], ...lines.slice(0, half), ['本页小计'], ['交易日期', '交易流水号', '摘要', '借方发生额', '贷方发生额', '余额'], ...lines.slice(half),
      ['合计', null, null, number(negative(rows)), number(positive(rows)), number(balance)], ['以上明细仅供参考，以账页为准'],
    ],
  }
}

/** Signed amounts in GB18030, the account in a column. */
function abcAccount(world: World, rows: readonly StatementRow[]): FileOf {
  let balance = opening(world, 'ABC')
  const lines = inOrder(rows).map(({ date, reference, amount }): Cell[] => {
    balance += amount
    return [account(world, 'ABC'), compact(date), reference ?? '', amount < 0n ? '转账支取' : '转账存入', displayYuan(amount), displayYuan(balance)]
  })
  return {
    name: `农行专户明细${world.plan.year}.csv`, encoding: 'gb18030',
    rows: [['账号', '记账日', '交易序号', '摘要', '交易金额', '账户余额'], ...lines, [`总笔数：${rows.length}`, `总金额：${displayYuan(sum(rows))}`]],
  }
}

/** One amount and its direction, dates without leading zeros, a sum for each page of twenty. */
function ccbPayments(rows: readonly StatementRow[]): FileOf {
  const total = (title: string, some: readonly StatementRow[]): Cell[] => [`${title} 笔数 ${some.length} 借方 ${formatYuan(positive(some))} 贷方 ${formatYuan(negative(some))}`]
  const pages = Array.from({ length: Math.ceil(rows.length / 20) }, (_, page) => rows.slice(page * 20, page * 20 + 20))
  const line = ({ date, reference, amount }: StatementRow): Cell[] =>
    [date!.replaceAll('-', '/').replace(/\/0/g, '/'), reference!, amount < 0n ? '贷' : '借', displayYuan(amount < 0n ? -amount : amount)]
  return {
    name: '建行集中支付明细.csv', encoding: 'utf8-bom',
    rows: [['建设银行集中支付业务明细'], ['交易日期', '支付凭证号', '借贷标志', '发生额'], ...pages.flatMap((page) => [...page.map(line), total('本页小计', page)]), total('总计', rows), ['经办：'], ['打印日期：']],
  }
}

/** The host's own list: no titles, `|` between the fields, what was paid stands with a minus. */
function rccPayments(rows: readonly StatementRow[]): FileOf {
  return {
    name: '农信社集中支付流水.txt', encoding: 'gb18030', delimiter: '|',
    rows: [['BEGIN', '集中支付'], ...rows.map(({ date, reference, amount }, index): Cell[] => [String(index + 1), `${compact(date)}093000`, reference!, '支付', formatYuan(-amount)]), ['END', String(rows.length), formatYuan(-sum(rows))]],
  }
}

/** A section for each bank, in one workbook. */
function agentPayments(banks: readonly (readonly [string, readonly StatementRow[]])[]): FileOf {
  const all = banks.flatMap(([, rows]) => rows)
  return {
    name: '集中支付对账单.xlsx', sheet: '支付明细', rows: [
      ['国库集中支付对账单'],
      ...banks.flatMap(([bank, rows]): Cell[][] => [
        [`代理银行：${bank}`], ['序号', '支付令编号', '支付日期', '支付金额'],
        ...rows.map(({ date, reference, amount }, index): Cell[] => [index + 1, reference!, date!, number(amount)]), ['小计', null, null, number(sum(rows))], [],
      ]),
      ['总计', null, null, number(sum(all))], ['制表：', null, '复核：'],
    ],
  }
}

/** A register of the last days of the year; each row adds up by itself. */
function pbocBalance({ plan }: World, [row]: readonly StatementRow[]): FileOf {
  const [last, before, earlier] = [row!.amount, row!.amount - 1_234_500n, row!.amount - 900_000n]
  const line = (date: string, from: bigint, to: bigint): Cell[] => [date, number(from), number(to > from ? to - from : 0n), number(to > from ? 0n : from - to), number(to)]
  return {
    name: '人行库款余额对账单.xlsx', sheet: '库款', rows: [
      ['国库库款余额对账单'], [`国库：中国人民银行${plan.place}支库`], ['日期', '上日余额', '本日收入', '本日支出', '本日余额'],
      line(`${plan.year}年12月30日`, earlier, before), line(`${plan.year}年12月31日`, before, last), ['国库主任：', '复核：', '经办：'],
    ],
  }
}

const nameOf = (list: readonly { code: string; name: string }[], code: string): string => list.find((one) => one.code === code)?.name ?? ''
const fundOf = (fund: string | undefined): string => nameOf(FUND_NAMES, fund!)

/** Rows with the sums of their classes between them, as the treasury's reports have them. */
function byClass(rows: readonly StatementRow[], codeOf: (row: StatementRow) => string, names: readonly { code: string; name: string }[], amount: (fen: bigint) => Cell): Cell[][] {
  const lines: Cell[][] = []
  const sorted = rows.toSorted((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1))
  for (const parent of new Set(sorted.map((row) => codeOf(row).slice(0, 3)))) {
    const below = sorted.filter((row) => codeOf(row).startsWith(parent))
    lines.push([parent, nameOf(names, parent), '', amount(sum(below))], ...below.map((row): Cell[] => [codeOf(row), nameOf(names, codeOf(row)), fundOf(row.fund), amount(row.amount)]))
  }
  return lines
}

function pbocExpenditure({ plan }: World, rows: readonly StatementRow[]): FileOf {
  return {
    name: '人行预算支出报表.csv', encoding: 'gb18030', rows: [
      ['预算支出报表'], [`报表日期：${plan.year}年12月31日`, '', '', '单位：元'], ['科目编码', '科目名称', '预算种类', '本年累计'],
      ...byClass(rows, (row) => row.function!, FUNCTIONS, displayYuan), ['合计', '', '', displayYuan(sum(rows))],
    ],
  }
}

function pbocRevenue({ plan }: World, rows: readonly StatementRow[]): FileOf {
  return {
    name: '人行预算收入报表.xlsx', sheet: '收入', rows: [
      ['预算收入报表'], [`国库：${plan.place}支库`, null, null, `截止日期：${plan.year}-12-31`], ['预算科目代码', '预算科目名称', '资金性质', '本年累计数'],
      ...byClass(rows, (row) => row.revenue!, REVENUES, number), ['合计', null, null, number(sum(rows))],
    ],
  }
}

function unitIndicators(rows: readonly StatementRow[]): FileOf {
  return {
    name: '单位指标余额.csv', rows: [['单位编码', '指标编号', '指标余额'], ...rows.map(({ party, indicator, amount }): Cell[] => [party!, indicator!, formatYuan(amount)]), [`合计 ${rows.length} 条 ${formatYuan(sum(rows))}`]],
  }
}

function unitPlans(rows: readonly StatementRow[]): FileOf {
  return {
    name: '单位用款计划.csv', encoding: 'gb18030', rows: [
      ['对账单位', '单位编码', '项目编码', '资金性质', '累计计划'],
      ...rows.map(({ party, unit, project, fund, amount }): Cell[] => [party!, unit!, project!, fundOf(fund), displayYuan(amount)]), ['合计', '', '', '', displayYuan(sum(rows))],
    ],
  }
}

/** A section for each unit, the titles again in each. */
function unitExpenditure({ plan }: World, rows: readonly StatementRow[]): FileOf {
  const sections = plan.units.map((unit) => ({ unit, own: rows.filter((row) => row.unit === unit.code) })).filter(({ own }) => own.length > 0)
  return {
    name: '单位支出对账单.xlsx', sheet: '支出', rows: [
      ['财政拨款支出对账单'],
      ...sections.flatMap(({ unit, own }): Cell[][] => [
        [`单位：${unit.code} ${unit.name}`], ['功能分类', '项目编码', '资金性质', '支出金额'],
        ...own.map((row): Cell[] => [row.function!, row.project!, fundOf(row.fund), number(row.amount)]), ['单位合计', null, null, number(sum(own))], [],
      ]),
      ['总计', null, null, number(sum(rows))], ['单位负责人：', '财务负责人：'],
    ],
  }
}

/** The layout of each file, for those who load them all. */
export const STATEMENT_FILES: readonly (readonly [format: string, name: string])[] = [
  ['icbc-account', '工行专户明细{YYYY}.xlsx'], ['abc-account', '农行专户明细{YYYY}.csv'], ['ccb-payments', '建行集中支付明细.csv'], ['rcc-payments', '农信社集中支付流水.txt'],
  ['agent-payments', '集中支付对账单.xlsx'], ['pboc-balance', '人行库款余额对账单.xlsx'], ['pboc-expenditure', '人行预算支出报表.csv'], ['pboc-revenue', '人行预算收入报表.xlsx'],
  ['unit-indicators', '单位指标余额.csv'], ['unit-plans', '单位用款计划.csv'], ['unit-expenditure', '单位支出对账单.xlsx'],
]
