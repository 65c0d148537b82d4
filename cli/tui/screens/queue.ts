/** What waits for the one who looks, most urgent first. */
import { STATE_LOOKS, STEP_SHORT, UNDO_SHORT } from '../../shared/terms.ts'
import { cell, type Line, paragraph, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type QueueRow, rowsOf, waitOf } from '../rows.ts'
import type { State } from '../state.ts'
import { STATE_STYLES } from '../theme.ts'
import { leftCell, listLines, nameOf, stepSummary, tell, titleLine, waitingText } from './parts.ts'

const SUMMARY_ROWS = 4

export function queueLines(state: State, height: number): Line[] {
  const rows = rowsOf(state) as QueueRow[]
  const t = tell(state)
  if (rows.length === 0) return [[], [piece(t({ zh: ' 没有等您处理的事项', en: ' Nothing waits for you' }), 'dim')]]
  const index = currentIndex(state)
  const row = rows[index]!
  return [
    ...queueTable(state, rows, index, height - 1 - SUMMARY_ROWS), [],
    ...(row.kind === 'undo' ? undoSummary(state, row) : stepSummary(state, row.district, row.step, row.detail)),
  ]
}

/** Titles and at most `height` rows; an index below zero marks none. */
export function queueTable(state: State, rows: readonly QueueRow[], index: number, height: number): Line[] {
  const t = tell(state)
  const name = Math.max(14, Math.min(32, state.size.columns - 62))
  const titles = titleLine([
    [t({ zh: '剩余', en: 'Left' }), 7, 'right'], [t({ zh: '区划', en: 'District' }), name], [t({ zh: '步骤', en: 'Step' }), 10],
    [t({ zh: '状态', en: 'State' }), 10], [t({ zh: '待处理', en: 'Open' }), 6, 'right'], [t({ zh: '等谁', en: 'On' }), 14],
    [t({ zh: '升级', en: 'Level' }), 5, 'right'],
  ])
  return [titles, ...listLines(state, rows, index, height, (row) => {
    const { deadline, waitingOn, escalationLevel } = waitOf(row)
    const look = STATE_LOOKS[row.kind === 'undo' ? 'awaiting-approval' : row.step.state]
    return [
      leftCell(state, deadline, 7), piece(' '), cell(nameOf(state, row.district), name), piece(' '),
      cell(t(row.kind === 'undo' ? UNDO_SHORT : STEP_SHORT[row.step.step]), 10), piece(' '),
      cell(
        `${state.ascii ? look.ascii : look.glyph} ${t(look.word)}`, 10,
        STATE_STYLES[row.kind === 'undo' ? 'awaiting-approval' : row.step.state],
      ), piece(' '),
      cell(row.kind === 'undo' ? '-' : String(row.step.findings.open || '-'), 6, 'plain', 'right'), piece(' '),
      cell(waitingText(state, waitingOn), 14), piece(' '),
      cell(String(escalationLevel || '-'), 5, escalationLevel > 0 ? 'bad' : 'dim', 'right'),
    ]
  })]
}

/** Who asked for the undo, and why. */
function undoSummary(state: State, { district, undo }: Extract<QueueRow, { kind: 'undo' }>): Line[] {
  const t = tell(state)
  const agreed = undo.approvedBy.length > 0
    ? t({ zh: `；已同意：${undo.approvedBy.join('、')}`, en: `; agreed: ${undo.approvedBy.join(', ')}` })
    : ''
  return [
    [
      piece(` ${nameOf(state, district)} `, 'bold'),
      piece(t({ zh: '撤销年终结转的申请', en: 'the carry-forward is asked to be undone' }), 'mine'),
    ],
    ...paragraph(
      `${undo.askedBy}${undo.comment ? `: ${undo.comment}` : ''}${agreed}`, state.size.columns - 1, 'plain', ' ',
    ).slice(0, 2),
    [piece(t({ zh: ' Enter 看涉及什么，在那里 a 批准、x 退回', en: ' Enter shows what it touches; there a approves, x rejects' }), 'dim')],
  ]
}
