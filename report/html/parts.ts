/** Small parts that every page of the report uses. */
import type { WordAction } from '../../domain/differences.ts'
import type { FindingStatus, Severity } from '../../domain/findings.ts'
import type { RunState, StepState } from '../../domain/steps.ts'
import type { Text } from '../model.ts'
import { type Html, html } from './escape.ts'

type State = StepState | RunState | 'pending'

/** Glyph, tone and words of a state: told apart without colour. */
const STATES: Record<State, { glyph: string; tone: string; zh: string; en: string }> = {
  pending: { glyph: '○', tone: 'idle', zh: '未开始', en: 'pending' },
  running: { glyph: '▶', tone: 'run', zh: '进行中', en: 'running' },
  blocked: { glyph: '⊘', tone: 'stop', zh: '受阻', en: 'blocked' },
  'awaiting-approval': { glyph: '✎', tone: 'wait', zh: '待审批', en: 'awaiting approval' },
  approved: { glyph: '✓', tone: 'ok', zh: '已审批', en: 'approved' },
  completed: { glyph: '✓', tone: 'ok', zh: '已完成', en: 'completed' },
  failed: { glyph: '✗', tone: 'stop', zh: '失败', en: 'failed' },
  paused: { glyph: '❙❙', tone: 'wait', zh: '已暂停', en: 'paused' },
  cancelled: { glyph: '–', tone: 'idle', zh: '已取消', en: 'cancelled' },
}
export const SEVERITIES: Record<Severity, Text & { tone: string }> = {
  error: { zh: '错误', en: 'error', tone: 'stop' }, warning: { zh: '警告', en: 'warning', tone: 'wait' },
  info: { zh: '提示', en: 'info', tone: 'run' },
}
export const STATUSES: Record<FindingStatus, Text & { tone: string }> = {
  open: { zh: '待处理', en: 'open', tone: 'stop' }, explained: { zh: '已说明', en: 'explained', tone: 'ok' },
  waived: { zh: '已豁免', en: 'waived', tone: 'ok' }, resolved: { zh: '已解决', en: 'resolved', tone: 'ok' },
}
export const ACTIONS: Record<WordAction, Text> = {
  complete: { zh: '办结', en: 'complete' }, void: { zh: '作废', en: 'void' }, return: { zh: '退回', en: 'return' },
  carry: { zh: '结转下年', en: 'carry over' }, explain: { zh: '说明', en: 'explain' }, waive: { zh: '豁免', en: 'waive' },
  assign: { zh: '指定负责人', en: 'assign' }, correct: { zh: '待更正', en: 'to be corrected' },
}

/** `✓ 已审批 approved` */
export function stateMark(state: State, withEnglish = true): Html {
  const { glyph, tone, zh, en } = STATES[state]
  return html`<span class="state ${tone}" data-glyph="${glyph}">${zh}</span>${withEnglish && html` <span class="en">${en}</span>`}`
}

/** Words of a state for a sheet. */
export const stateText = (state: State): string => `${STATES[state].zh} ${STATES[state].en}`

export const tag = (one: Text & { tone: string }): Html => html`<span class="tag ${one.tone}">${one.zh} ${one.en}</span>`

/** The time of an office in the league, where China Standard Time holds: `2026-01-01 08:30:15`. */
export function timeText(iso: string | null): string {
  if (iso === null) return ''
  return new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
}

/** `1,234.50` from yuan text. */
export const yuan = (text: string | null): string => (text === null ? '' : text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ','))

/** Digests are shown short; the whole one stands in the title, the workbook and the JSON. */
export const digest = (text: string | null): Html | string =>
  (text === null ? '' : html`<code title="${text}">${text.slice(0, 12)}</code>`)

export const heading = (zh: string, en: string): Html => html`<h2>${zh}<small>${en}</small></h2>`

/** A table; without rows, a sentence that says so. */
export function table(columns: readonly (Text & { number?: boolean })[], rows: readonly Html[]): Html {
  if (rows.length === 0) return html`<p class="none">无 none</p>`
  return html`<div class="scroll"><table><thead><tr>${columns.map((column) =>
    html`<th${column.number && html` class="n"`}>${column.zh}<small>${column.en}</small></th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}
