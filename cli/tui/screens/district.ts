/** One district: its steps with times, and what is known of the one under the cursor. */
import { STEP_NAMES } from '../../../domain/steps.ts'
import { localTime, RUN_STATE_WORDS } from '../../shared/terms.ts'
import { cell, type Line, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type Row, rowsOf } from '../rows.ts'
import type { State } from '../state.ts'
import { forecastLines } from './time.ts'
import { leftCell, listLines, nameOf, stateCell, stepSummary, tell, titleLine, waitingText } from './parts.ts'

type StepRow = Extract<Row, { kind: 'step' }>

export function districtLines(state: State, height: number): Line[] {
  const rows = rowsOf(state) as StepRow[]
  const t = tell(state)
  const row = rows[currentIndex(state)]
  if (!row) return [[piece(t({ zh: ' 没有数据', en: ' No data' }), 'dim')]]
  const { district } = row
  const begun = district.startedAt
    ? t({ zh: `开始于 ${localTime(district.startedAt)}`, en: `since ${localTime(district.startedAt)}` })
    : ''
  const head: Line = [
    piece(` ${district.code} ${nameOf(state, district)}`, 'bold'),
    piece(
      `  ${t(RUN_STATE_WORDS[district.state])}  ${district.percent}%  ${begun}${district.kind === 'rehearsal' ? t({ zh: '  演练', en: '  rehearsal' }) : ''}`,
    ),
  ]
  return [
    head, [], ...stepTable(state, rows), [], ...stepSummary(state, district, row.step, row.detail), ...approvalLines(state, row),
    ...forecastLines(state, district.code),
  ].slice(0, height)
}

function stepTable(state: State, rows: readonly StepRow[]): Line[] {
  const t = tell(state)
  const name = state.lang === 'zh' ? 14 : 22
  const time = state.size.columns >= 110 ? 16 : 5
  const short = (iso: string | null) => (iso ? localTime(iso).slice(time === 5 ? 11 : 0) : '-')
  const titles = titleLine([
    [t({ zh: '步骤', en: 'Step' }), name], [t({ zh: '状态', en: 'State' }), 12], [t({ zh: '开始', en: 'Start' }), time],
    [t({ zh: '结束', en: 'End' }), time],
    [t({ zh: '次', en: 'Try' }), 3, 'right'], [t({ zh: '剩余', en: 'Left' }), 6, 'right'], [t({ zh: '等谁', en: 'On' }), 12],
  ])
  return [titles, ...listLines(state, rows, currentIndex(state), rows.length, ({ step }) => [
    cell(t(STEP_NAMES[step.step]), name), piece(' '), stateCell(state, step, 12), piece(' '), cell(short(step.startedAt), time),
    piece(' '),
    cell(short(step.endedAt), time), piece(' '), cell(String(step.attempt || '-'), 3, 'plain', 'right'), piece(' '),
    leftCell(state, step.deadline, 6), piece(' '), cell(waitingText(state, step.waitingOn), 12),
  ])]
}

function approvalLines(state: State, { detail }: StepRow): Line[] {
  if (!detail?.approvedBy.length) return []
  const t = tell(state)
  return [[piece(t({ zh: ` 已审批：${detail.approvedBy.join('、')}`, en: ` Approved by: ${detail.approvedBy.join(', ')}` }), 'good')]]
}
