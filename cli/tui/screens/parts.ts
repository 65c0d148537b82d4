/** What several screens draw alike. */
import type { StepDetail } from '../../../books/read-model/board.ts'
import type { DistrictStatus, StepStatus } from '../../../books/read-model/status.ts'
import { STEP_NAMES } from '../../../domain/steps.ts'
import type { Text } from '../../shared/lang.ts'
import { waitingOnText } from '../../../domain/role-words.ts'
import { STATE_LOOKS, timeLeft } from '../../shared/terms.ts'
import { CUT } from '../../shared/width.ts'
import { windowTop } from '../layout.ts'
import { cell, type Line, paragraph, piece, type Piece } from '../line.ts'
import type { Row } from '../rows.ts'
import type { State } from '../state.ts'
import { sign, STATE_STYLES, type Style } from '../theme.ts'

export const tell = (state: Pick<State, 'lang'>) => (text: Text): string => text[state.lang]

export const nameOf = (state: Pick<State, 'lang'>, district: DistrictStatus): string =>
  (state.lang === 'zh' ? district.name : district.nameEn)

/** Names of all districts of the board. */
export function namesOf(state: State): ReadonlyMap<string, Text> {
  return new Map((state.data.board?.status.districts ?? [])
    .map((district) => [district.code, { zh: district.name, en: district.nameEn }]))
}

/** `⊘ 受阻 12`: glyph, word and open findings. */
export function stateCell(state: Pick<State, 'lang' | 'ascii'>, step: StepStatus, width: number): Piece {
  const look = STATE_LOOKS[step.state]
  const open = step.findings.open > 0 && step.state !== 'approved' ? ` ${shortCount(step.findings.open)}` : ''
  const text = `${state.ascii ? look.ascii : look.glyph} ${look.word[state.lang]}`
  // A count that does not fit whole would lie.
  const whole = cell(text + open, width)
  return { text: whole.text.includes(CUT) ? cell(text, width).text : whole.text, style: STATE_STYLES[step.state] }
}

const shortCount = (count: number) => (count > 9999 ? `${Math.floor(count / 1000)}k` : String(count))

/** Time left until the next escalation: late in alarm, the last half hour in warning. */
export function leftCell(state: Pick<State, 'now'>, deadline: string | null, width: number): Piece {
  if (!deadline) return cell('-', width, 'dim', 'right')
  const minutes = (Date.parse(deadline) - state.now.getTime()) / 60_000
  const style: Style = minutes < 0 ? 'bad' : minutes < 30 ? 'alarm' : 'plain'
  return cell(timeLeft(deadline, state.now), width, style, 'right')
}

export const waitingText = (state: State, waitingOn: string | null): string =>
  (waitingOn ? waitingOnText(waitingOn, state.lang, namesOf(state)) : '')

/** The rows that fit, with the one under the cursor marked; `draw` gives the pieces after the mark. */
export function listLines<R extends Row>(
  state: State, rows: readonly R[], index: number, height: number, draw: (row: R, active: boolean) => Line,
): Line[] {
  const top = windowTop(index, rows.length, height)
  return rows.slice(top, top + height).map((row, place) => {
    const active = top + place === index
    const line = draw(row, active)
    return active
      ? [piece(sign('cursor', state.ascii), 'head'), ...line.map((one) => ({ ...one, style: 'cursor' as const }))]
      : [piece(' '), ...line]
  })
}

/** Titles of the columns, in the place of the rows. */
export const titleLine = (titles: readonly [string, number, ('left' | 'right')?][]): Line =>
  [piece(' '), ...titles.flatMap(([title, width, align]) => [cell(title, width, 'title', align), piece(' ')])]

const leftText = (left: string): Text => (left.startsWith('-')
  ? { zh: `，已超时 ${left.slice(1)}`, en: `, overdue by ${left.slice(1)}` }
  : { zh: `，剩余 ${left}`, en: `, ${left} left` })

/** What is known of one step, in at most three lines. */
export function stepSummary(state: State, district: DistrictStatus, step: StepStatus, detail: StepDetail | undefined): Line[] {
  const t = tell(state)
  const look = STATE_LOOKS[step.state]
  const { error, warning, info, open } = step.findings
  const lines: Line[] = [[
    piece(` ${nameOf(state, district)} `, 'bold'), piece(`${sign('path', state.ascii)} ${t(STEP_NAMES[step.step])}  `),
    piece(`${state.ascii ? look.ascii : look.glyph} ${t(look.full)}`, STATE_STYLES[step.state]),
  ]]
  const counts = t({
    zh: `问题：错误 ${error}  警告 ${warning}  提示 ${info}，待处理 ${open}`,
    en: `Findings: ${error} error, ${warning} warning, ${info} info; ${open} open`,
  })
  lines.push([piece(` ${counts}`, open > 0 ? 'plain' : 'dim')])
  if (detail?.failure) lines.push(...paragraph(t(detail.failure), state.size.columns - 1, 'bad', ' ').slice(0, 2))
  else if (step.waitingOn) {
    const late = step.escalationLevel > 0
      ? t({ zh: `，已升级 ${step.escalationLevel} 次`, en: `, level ${step.escalationLevel}` })
      : ''
    const left = step.deadline ? t(leftText(timeLeft(step.deadline, state.now))) : ''
    lines.push([
      piece(
        t({
          zh: ` 等待：${waitingText(state, step.waitingOn)}${left}${late}`,
          en: ` Waiting on: ${waitingText(state, step.waitingOn)}${left}${late}`,
        }),
        late ? 'alarm' : 'plain',
      ),
    ])
  }
  return lines
}
