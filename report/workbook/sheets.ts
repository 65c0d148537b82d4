/** The sheets of a reconciliation's workbook 对账表, as rows of cells. */
import type { SheetData } from 'write-excel-file/node'
import type { Confirmation } from '../../books/confirmations/standing.ts'
import type { Difference } from '../../books/differences/read.ts'
import type { Line } from '../../books/workbook/lines.ts'
import type { ReconciliationBook } from '../../books/workbook/read.ts'
import { formatYuan } from '../../domain/money.ts'
import { STATUSES, timeText } from '../html/parts.ts'
import { type Row, amount, count, heads, open, plain, section, text, title } from './cells.ts'
import { FILL_COLUMNS, checkOf } from '../../books/workbook/columns.ts'
import type { Printed } from './print.ts'

export interface Sheet extends Printed { name: string; widths: readonly number[]; stickyRows: number; data: SheetData }

const SPAN = 7

/** What is handed over and signed: balances, adjusted balances, signatures. */
export function coverSheet(book: ReconciliationBook): Sheet {
  const { district, year, number, reconciliation: { name, a, b } } = book
  const [y, month, day] = book.asOf.split('-').map(Number)
  return {
    name: '对账表', widths: [36, 20, 36, 18, 9, 9, 30], stickyRows: 0, titleRows: 2,
    data: [
      title(`${district.zh} ${year} 年度 ${name.zh}表（${number}）`, SPAN),
      plain(
        `区划：${district.code} ${district.zh}    账方：${a.name.zh}    对方：${b.name.zh}    截止日期：${y} 年 ${month} 月 ${day} 日    单位：元`,
        SPAN, { align: 'center' },
      ),
      section(book.reconciliation.method === 'lines' ? '一、本年收支净额' : '一、核对金额', SPAN),
      heads('银行或单位', a.name.zh, b.name.zh, '差额', '差异', '已说明', '备注'),
      ...book.balances.toSorted((one, other) => Number(one.party === '') - Number(other.party === '')).map((part): Row => {
        const bold = part.party === '' ? { fontWeight: 'bold' as const } : {}
        const own = book.differences.filter((one) => part.party === '' || one.facts.party === part.party)
        return [
          text(part.party === '' ? '合计' : part.party, bold), amount(part.a, bold), amount(part.b, bold),
          amount(part.difference, bold), count(part.differences, bold),
          count(own.filter(({ state }) => state === 'explained' || state === 'waived').length, bold), text(''),
        ]
      }),
      ...adjusted(book),
      ...signatures(book),
      plain(''),
      plain(`核对时间 ${timeText(book.comparedAt)}    数据第 ${book.inputVersion} 版    依据 ${book.evidenceDigest.slice(0, 16)}`, SPAN, {
        textColor: '#6B7280', fontSize: 9,
      }),
    ],
  }
}

/** How many banks or units have an adjusted balance of their own on the cover: the whole stands in any case. */
const STATEMENTS_MAX = 40

/** 余额调节表: both balances, what is in transit, and the adjusted balances, which must tie. */
function adjusted({ statements }: ReconciliationBook): Row[] {
  if (statements.length === 0) return []
  const shown = statements.length - 1 > STATEMENTS_MAX ? statements.filter(({ party }) => party === '') : statements
  return [section('二、余额调节表', SPAN), ...shown.toSorted((one, other) => Number(one.party === '') - Number(other.party === ''))
    .flatMap(adjustedRows)]
}

function adjustedRows({ party, a, b, ties, difference, missing }: ReconciliationBook['statements'][number]): Row[] {
  const four = (
    left: string, leftAmount: string | null, right: string, rightAmount: string | null, note: string, bold = false,
  ): Row => {
    const style = bold ? { fontWeight: 'bold' as const } : {}
    return [
      text(left, { ...style, wrap: true }), amount(leftAmount, style), text(right, { ...style, wrap: true }),
      amount(rightAmount, style), { ...text(note, { ...style, wrap: true }), columnSpan: 3 }, null, null,
    ]
  }
  const items = Array.from({ length: Math.max(a.items.length, b.items.length) }, (_, index): Row => {
    const [left, right] = [a.items[index], b.items[index]]
    const notes = [left, right].flatMap((one) => (one && one.explanation !== '' ? [one.explanation] : []))
    return four(
      left ? `未达 ${left.key} ${left.since ?? ''}` : '', left?.amount ?? null, right ? `未达 ${right.key} ${right.since ?? ''}` : '',
      right?.amount ?? null, notes.join('；'),
    )
  })
  const end = ties ? '调节后相符' : `调节后相差 ${difference} 元，尚有 ${missing.length} 项未更正或未作在途说明`
  return [
    four(`${party === '' ? '合计' : party} ${a.name.zh}余额`, a.balance, `${b.name.zh}余额`, b.balance, '', true), ...items,
    four('调节后余额', a.adjusted, '调节后余额', b.adjusted, end, true),
  ]
}

/** Who prepares, who checks, who confirms; what was confirmed already is filled in. */
function signatures({ confirmations, reconciliation, statements }: ReconciliationBook): Row[] {
  const blank = { align: 'left' as const, height: 26 }
  const line = (role: string, signed: string, at: string): Row =>
    [
      text(role, { ...blank, fontWeight: 'bold' }), { ...text(signed, blank), columnSpan: 3 }, null, null,
      { ...text(at, blank), columnSpan: 3 }, null, null,
    ]
  const named = confirmations.length > 0
    ? confirmations.map((one) => line(
      `${one.title.zh}${one.party === '' ? '' : `（${one.party}）`}`, signedText(one),
      one.at === null ? '日期：' : `日期：${timeText(one.at)}`,
    ))
    : reconciliation.confirms.map(({ zh }) => line(zh, '确认（签章）：', '日期：'))
  return [section(statements.length > 0 ? '三、签章' : '二、签章', SPAN), line('编制人', '签名：', '日期：'), line('复核人', '签名：', '日期：'), ...named]
}

function signedText({ state, by, comment, fallen }: Confirmation): string {
  if (state === 'confirmed') return `已确认：${by}${comment === '' ? '' : `（${comment}）`}`
  return state === 'fallen' ? `确认（签章）：    （${fallen.at(-1)!.by} 的确认因余额变动失效）` : '确认（签章）：'
}

/** The differences, with the columns that people fill in; `nianjie workbook import` reads them back. */
export function differencesSheet(book: ReconciliationBook): Sheet {
  const { a, b, name } = book.reconciliation
  const kindName = (kind: string | null) => book.kinds.find((one) => one.kind === kind)?.name.zh ?? kind ?? ''
  const titles = FILL_COLUMNS.map(({ zh, key }) => (key === 'a' ? a.name.zh : key === 'b' ? b.name.zh : zh))
  const last = Math.max(3, book.differences.length + 2)
  return {
    name: '差异', widths: [5, 26, 10, 15, 15, 14, 11, 6, 13, 8, 15, 12, 36, 18, 14], stickyRows: 2, titleRows: 2,
    ...(book.kinds.length > 0 ? { choices: { range: `K3:K${last}`, list: book.kinds.map((one) => one.name.zh) } } : {}),
    data: [
      title(
        `${book.district.zh} ${book.year} 年度 ${name.zh}差异（${book.number}）：填写黄色各列后用 nianjie workbook import 导回`,
        FILL_COLUMNS.length,
      ),
      heads(...titles),
      ...book.differences.map((one, index): Row => [
        count(index + 1), text(one.key, { wrap: true }), text(partyOf(one)), amount(one.a.amount), amount(one.b.amount),
        amount(one.difference),
        text(one.since ?? ''), count(one.ageDays), text(kindName(one.suggested)), text(stateText(one)),
        open(one.explanation ? kindName(one.kind) : ''), open(one.owner ?? ''), open(one.explanation?.comment ?? ''),
        text(one.id), text(checkOf(one), { fontSize: 8 }),
      ]),
    ],
  }
}

const partyOf = ({ facts }: Difference): string => (typeof facts.party === 'string' ? facts.party : '')
const stateText = ({ state }: Difference): string =>
  (state === 'to-correct' ? '待更正' : state === 'cleared' ? '已消除' : STATUSES[state].zh)

/** Both sides row beside row: keys with their sums, or lines with what they were matched with. */
export function sidesSheet(book: ReconciliationBook): Sheet {
  const { sides, reconciliation: { a, b, name } } = book
  const shown = sides.pairs?.length ?? sides.rows.length
  const rest = sides.total > shown && sides.pairs === null ? `，共 ${sides.total} 行，此处为前 ${shown} 行` : ''
  if (sides.pairs) {
    return {
      name: '双方明细', widths: [10, 14, 24, 18, 12, 18, 18, 12, 18], stickyRows: 2, titleRows: 2,
      data: [title(`${book.district.zh} ${book.year} 年度 ${name.zh}逐笔勾对（${book.number}）`, 9),
        heads('勾对', '银行或单位', `${a.name.zh} 分录`, '业务号', '日期', '金额', `${b.name.zh} 流水号`, '日期', '金额'),
        ...sides.pairs.map((pair): Row => [
          text(passText(pair.pass)), text(pair.a?.party ?? pair.b?.party ?? ''), text(pair.a?.key ?? ''), ...lineCells(pair.a),
          ...lineCells(pair.b),
        ])],
    }
  }
  const span = sides.columns.length + 3
  return {
    name: '双方明细', widths: [...sides.columns.map(() => 22), 20, 20, 18], stickyRows: 2, titleRows: 2,
    data: [title(`${book.district.zh} ${book.year} 年度 ${name.zh}双方明细（${book.number}）${rest}`, span),
      heads(...sides.columns.map((column) => PART_NAMES[column] ?? column), a.name.zh, b.name.zh, '差额'),
      ...sides.rows.map((row): Row => [...row.parts.map((part) =>
        text(part)), amount(row.a === null ? null : formatYuan(row.a)), amount(row.b === null ? null : formatYuan(row.b)),
        amount(formatYuan((row.a ?? 0n) - (row.b ?? 0n)))])],
  }
}

const lineCells = (line: Line | null): Row => (line
  ? [text(line.reference), text(line.date ?? ''), amount(formatYuan(line.amount))] : [text(''), text(''), text('')])

const PASSES: Record<string, string> = { reference: '流水号', date: '日期金额', 'n:1': '多对一', '1:n': '一对多', 'n:m': '多对多' }
const passText = (pass: string | null): string => (pass === null ? '' : PASSES[pass] ?? pass)

const PART_NAMES: Record<string, string> = {
  number: '编号', type: '单据类型', counterparty: '银行或对方', party: '银行或对方', unit: '单位', book_unit: '单位', function: '功能分类',
  revenue: '收入分类',
  economic: '经济分类', project: '项目', fund: '资金性质', indicator: '指标', account: '科目', book: '账套', ledger: '账', reference: '流水号',
  date: '日期',
  district: '区划', vouchers: '凭证', pboc: '对方',
}
