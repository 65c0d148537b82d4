/** The event log, the alerts, and texts to scroll. */
import type { BoardEvent } from '../../../books/read-model/events.ts'
import { STEP_NAMES, STEPS, type Step } from '../../../domain/steps.ts'
import { waitingOnText } from '../../../domain/role-words.ts'
import { localTime, STATE_LOOKS, STEP_SHORT } from '../../shared/terms.ts'
import { cell, type Line, paragraph, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type Row, rowsOf } from '../rows.ts'
import type { State } from '../state.ts'
import { textLines } from '../texts.ts'
import { type Style, STATE_STYLES } from '../theme.ts'
import { listLines, namesOf, tell, titleLine } from './parts.ts'

export function eventLines(state: State, height: number): Line[] {
  const t = tell(state)
  const rows = rowsOf(state) as Extract<Row, { kind: 'event' }>[]
  if (rows.length === 0) return [[piece(t({ zh: ' 没有记录', en: ' Nothing is recorded' }), 'dim')]]
  const detail = Math.max(10, state.size.columns - 16 - 18 - 14 - 5)
  const titles = titleLine([
    [t({ zh: '时间', en: 'Time' }), 16], [t({ zh: '事件', en: 'Event' }), 18], [t({ zh: '谁', en: 'Who' }), 14],
    [t({ zh: '内容', en: 'What' }), detail],
  ])
  const index = currentIndex(state)
  const list = listLines(state, rows, index, height - 1 - DETAIL_ROWS, ({ event }) => [
    cell(localTime(event.at), 16, 'dim'), piece(' '), ...eventCells(state, event, detail),
  ])
  const { event } = rows[index]!
  const whole = event.kind === 'state'
    ? []
    : paragraph(`${event.subject}  ${event.detail}`, state.size.columns - 1, 'dim', ' ').slice(0, DETAIL_ROWS - 1)
  return [titles, ...list, [], ...whole]
}

/** Below the list the event under the cursor in full, as far as it fits. */
const DETAIL_ROWS = 5

/** A step's transition in words; an audit event as it was written. */
function eventCells(state: State, event: BoardEvent, detail: number): Line {
  const t = tell(state)
  if (event.kind !== 'state') {
    return [
      cell(event.kind, 18), piece(' '), cell(event.actor, 14), piece(' '),
      cell(`${event.subject}  ${event.detail === '{}' ? '' : event.detail}`, detail, 'dim'),
    ]
  }
  const look = STATE_LOOKS[event.detail as keyof typeof STATE_LOOKS] as (typeof STATE_LOOKS)['approved'] | undefined
  const style: Style = STATE_STYLES[event.detail as keyof typeof STATE_STYLES] ?? 'plain'
  const step = STEPS.includes(event.subject as Step) ? t(STEP_NAMES[event.subject as Step]) : event.subject
  const mark = look ? `${state.ascii ? look.ascii : look.glyph} ${t(look.word)}` : event.detail
  return [
    cell(mark, 18, style), piece(' '), cell(waitingOnText(event.actor, state.lang, namesOf(state)), 14), piece(' '),
    cell(step, detail),
  ]
}

export function alertLines(state: State, height: number): Line[] {
  const t = tell(state)
  const rows = rowsOf(state) as Extract<Row, { kind: 'notice' }>[]
  if (rows.length === 0) return [[piece(t({ zh: ' 没有未读提醒', en: ' No unseen alerts' }), 'dim')]]
  const names = namesOf(state)
  const kinds = {
    reminder: { zh: '提醒', en: 'reminder' }, escalation: { zh: '升级', en: 'escalation' }, done: { zh: '完成', en: 'done' },
    failure: { zh: '失败', en: 'failure' }, breach: { zh: '违约', en: 'breach' },
  }
  const styles: Record<keyof typeof kinds, Style> = {
    reminder: 'warn', escalation: 'alarm', done: 'good', failure: 'bad', breach: 'bad',
  }
  const what = Math.max(10, state.size.columns - 16 - 12 - 14 - 10 - 6)
  const titles = titleLine([
    [t({ zh: '时间', en: 'Time' }), 16], [t({ zh: '种类', en: 'Kind' }), 12], [t({ zh: '区划', en: 'District' }), 14],
    [t({ zh: '步骤', en: 'Step' }), 10], [t({ zh: '内容', en: 'What' }), what],
  ])
  return [titles, ...listLines(state, rows, currentIndex(state), height - 1, ({ notice }) => [
    cell(localTime(notice.at), 16, 'dim'), piece(' '),
    cell(`${t(kinds[notice.kind])}${notice.level > 0 ? ` ${notice.level}` : ''}`, 12, styles[notice.kind]), piece(' '),
    cell(names.get(notice.district)?.[state.lang] ?? notice.district, 14), piece(' '),
    cell(notice.step === null ? t({ zh: '用户问题', en: 'problem' }) : t(STEP_SHORT[notice.step]), 10), piece(' '),
    cell(t(notice.message), what),
  ])]
}

/** A text from the line under the cursor on. */
export function scrolledLines(state: State, height: number): Line[] {
  const top = currentIndex(state)
  return textLines(state).slice(top, top + height)
}
