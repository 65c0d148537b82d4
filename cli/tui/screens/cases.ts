/** Blocking documents with the time left to their cut-off, most urgent first. */
import { DISPOSITION_NAMES } from '../../../domain/documents.ts'
import { displayYuan, parseYuan } from '../../../domain/money.ts'
import { daysLeft, localTime } from '../../shared/terms.ts'
import { cell, type Line, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type Row, rowsOf } from '../rows.ts'
import type { State } from '../state.ts'
import type { Style } from '../theme.ts'
import { listLines, namesOf, tell, titleLine } from './parts.ts'

type CaseRow = Extract<Row, { kind: 'case' }>
const DETAIL_ROWS = 4
const DAY_MS = 86_400_000

/** Past in alarm, the last day in warning. */
function leftStyle(cutOff: string, now: Date): Style {
  const left = Date.parse(cutOff) - now.getTime()
  return left < 0 ? 'bad' : left < DAY_MS ? 'alarm' : 'plain'
}

export function caseLines(state: State, height: number): Line[] {
  const t = tell(state)
  const rows = rowsOf(state) as CaseRow[]
  if (rows.length === 0) {
    return [[], [piece(t({ zh: ' 没有待处理的在途单据个案', en: ' No document in transit waits for its outcome' }), 'dim')]]
  }
  const names = namesOf(state)
  const number = Math.max(12, Math.min(26, state.size.columns - 67))
  const titles = titleLine([
    [t({ zh: '剩余', en: 'Left' }), 11, 'right'], [t({ zh: '区划', en: 'District' }), 8], [t({ zh: '单据', en: 'Document' }), number],
    [t({ zh: '金额', en: 'Amount' }), 14, 'right'],
    [t({ zh: '状态', en: 'Status' }), 10], [t({ zh: '届时', en: 'Then' }), 10], [t({ zh: '责任方', en: 'Owner' }), 12],
  ])
  const index = currentIndex(state)
  const list = listLines(state, rows, index, height - 1 - DETAIL_ROWS, ({ one }) => [
    cell(daysLeft(one.cutOff, state.now), 11, leftStyle(one.cutOff, state.now), 'right'), piece(' '), cell(one.district, 8),
    piece(' '), cell(`${one.type} ${one.number}`, number), piece(' '),
    cell(one.amount === null ? '' : displayYuan(parseYuan(one.amount)), 14, 'plain', 'right'), piece(' '),
    cell(`${one.status}${one.inDoubt ? '?' : ''}`, 10, one.inDoubt ? 'warn' : 'plain'), piece(' '),
    cell(one.default ? t(DISPOSITION_NAMES[one.default.action]) : '-', 10, one.default ? 'mine' : 'dim'), piece(' '),
    cell(one.owner[state.lang], 12),
  ])
  const { one } = rows[index]!
  const then = one.default
    ? t({
      zh: `届时${DISPOSITION_NAMES[one.default.action].zh}（${one.default.actor} 已批准）`,
      en: `then ${DISPOSITION_NAMES[one.default.action].en} (approved by ${one.default.actor})`,
    })
    : t({
      zh: '届时不会自动处置。:default 批准默认处置，:receipt 登记回单，Enter 处理',
      en: 'nothing happens then. :default approves what does, :receipt registers a receipt, Enter decides',
    })
  return [titles, ...list, [],
    [
      piece(` ${names.get(one.district)?.[state.lang] ?? one.district} `, 'bold'),
      piece(`${one.type} ${one.number}  ${one.unit ?? ''}`),
    ],
    [piece(
      t({ zh: ` 截止 ${localTime(one.cutOff)}，${then}`, en: ` Cut-off ${localTime(one.cutOff)}: ${then}` }),
      one.default ? 'mine' : 'dim',
    )],
    [piece(one.inDoubt ? t({
      zh: ' 结果未明：按单据号向对方查询，不得重发或作废', en: ' In doubt: ask the other side by its number; never send it again or void it',
    }) : '', 'warn')]]
}
