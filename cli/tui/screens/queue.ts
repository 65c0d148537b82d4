/** What waits for the one who looks, most urgent first. */
import { STATE_LOOKS, STEP_SHORT } from '../../shared/terms.ts'
import { cell, type Line, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type Row, rowsOf } from '../rows.ts'
import type { State } from '../state.ts'
import { STATE_STYLES } from '../theme.ts'
import { leftCell, listLines, nameOf, stepSummary, tell, titleLine, waitingText } from './parts.ts'

type StepRow = Extract<Row, { kind: 'step' }>
const SUMMARY_ROWS = 4

export function queueLines(state: State, height: number): Line[] {
  const rows = rowsOf(state) as StepRow[]
  const t = tell(state)
  if (rows.length === 0) return [[], [piece(t({ zh: ' 没有等您处理的事项', en: ' Nothing waits for you' }), 'dim')]]
  const index = currentIndex(state)
  const row = rows[index]!
  return [...queueTable(state, rows, index, height - 1 - SUMMARY_ROWS), [], ...stepSummary(state, row.district, row.step, row.detail)]
}

/** Titles and at most `height` rows; an index below zero marks none. */
export function queueTable(state: State, rows: readonly StepRow[], index: number, height: number): Line[] {
  const t = tell(state)
  const name = Math.max(14, Math.min(32, state.size.columns - 62))
  const look = (row: StepRow) => STATE_LOOKS[row.step.state]
  const titles = titleLine([
    [t({ zh: '剩余', en: 'Left' }), 7, 'right'], [t({ zh: '区划', en: 'District' }), name], [t({ zh: '步骤', en: 'Step' }), 10],
    [t({ zh: '状态', en: 'State' }), 10], [t({ zh: '待处理', en: 'Open' }), 6, 'right'], [t({ zh: '等谁', en: 'On' }), 14], [t({ zh: '升级', en: 'Level' }), 5, 'right'],
  ])
  return [titles, ...listLines(state, rows, index, height, (row) => [
    leftCell(state, row.step.deadline, 7), piece(' '), cell(nameOf(state, row.district), name), piece(' '), cell(t(STEP_SHORT[row.step.step]), 10), piece(' '),
    cell(`${state.ascii ? look(row).ascii : look(row).glyph} ${t(look(row).word)}`, 10, STATE_STYLES[row.step.state]), piece(' '),
    cell(String(row.step.findings.open || '-'), 6, 'plain', 'right'), piece(' '), cell(waitingText(state, row.step.waitingOn), 14), piece(' '),
    cell(String(row.step.escalationLevel || '-'), 5, row.step.escalationLevel > 0 ? 'bad' : 'dim', 'right'),
  ])]
}
