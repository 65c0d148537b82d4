/** Problems with the time left on each row, and one of them with all that happened. */
import { type ListedProblem } from '../../../books/problems/read.ts'
import { CHANNEL_WORDS, EVENT_WORDS, KIND_WORDS, eventText } from '../../../domain/problem-words.ts'
import { clockText, isBreached, runningClocks } from '../../shared/problem-terms.ts'
import { problemFields, stateText } from '../../shared/problem-text.ts'
import { localTime } from '../../shared/terms.ts'
import { cell, type Line, paragraph, piece, type Piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type Row, rowsOf } from '../rows.ts'
import { currentView, type Overlay, type State } from '../state.ts'
import { type Style, sign } from '../theme.ts'
import { listLines, namesOf, tell, titleLine } from './parts.ts'

type ProblemRow = Extract<Row, { kind: 'problem' }>
const SUMMARY_ROWS = 3

export function problemLines(state: State, height: number): Line[] {
  const t = tell(state)
  const rows = rowsOf(state) as ProblemRow[]
  if (rows.length === 0) return [[], [piece(t({ zh: ' 没有问题；按 c 登记', en: ' No problems; c reports one' }), 'dim')]]
  const names = namesOf(state)
  const what = Math.max(10, state.size.columns - 10 - 14 - 12 - 8 - 12 - 6)
  const titles = titleLine([
    [t({ zh: '剩余', en: 'Left' }), 10, 'right'], [t({ zh: '区划', en: 'District' }), 14], [t({ zh: '用户', en: 'User' }), 12],
    [t({ zh: '类别', en: 'Kind' }), 8],
    [t({ zh: '状态', en: 'State' }), 12], [t({ zh: '内容', en: 'What' }), what],
  ])
  const index = currentIndex(state)
  const list = listLines(state, rows, index, height - 1 - SUMMARY_ROWS, ({ problem }) => [
    leftCell(state, problem, 10), piece(' '), cell(names.get(problem.district)?.[state.lang] ?? problem.district, 14), piece(' '),
    cell(problem.user, 12), piece(' '),
    cell(t(KIND_WORDS[problem.kind]), 8), piece(' '), cell(stateText(problem, state.lang), 12, stateStyle(problem)), piece(' '),
    cell(problem.text, what),
  ])
  return [titles, ...list, [], ...summary(state, rows[index]!.problem)]
}

/** What is left of the clock that runs out first: late in alarm, the last half hour in warning; `*` is the response. */
function leftCell(state: State, problem: ListedProblem, width: number): Piece {
  const [next] = runningClocks(problem, state.now)
  if (!next) return cell('-', width, 'dim', 'right')
  const style: Style = next.contract < 0 ? 'bad' : next.contract < 30 * 60_000 ? 'alarm' : 'plain'
  return cell(`${clockText(next.contract)}${next.clock === 'response' ? '*' : ' '}`, width, style, 'right')
}

function stateStyle(problem: ListedProblem): Style {
  if (isBreached(problem)) return 'bad'
  if (problem.state === 'resolved') return 'dim'
  return problem.state === 'open' ? 'alarm' : problem.state === 'waiting' ? 'warn' : 'plain'
}

/** The problem under the cursor, in at most two lines. */
function summary(state: State, problem: ListedProblem): Line[] {
  const t = tell(state)
  const clocks = runningClocks(problem, state.now).map(({ clock, contract, shown }) => {
    const name = clock === 'response' ? t({ zh: '响应', en: 'response' }) : t({ zh: '解决', en: 'resolution' })
    return `${name} ${clockText(contract)}${shown === contract ? '' : t({ zh: `（显示 ${clockText(shown)}）`, en: ` (shown ${clockText(shown)})` })}`
  })
  const who = [
    problem.assignee, problem.waitingOn && t({ zh: `等待 ${problem.waitingOn}`, en: `waits on ${problem.waitingOn}` }),
    problem.calling.length > 0 && t({ zh: `正在呼叫 ${problem.calling.join('、')}`, en: `calling ${problem.calling.join(', ')}` }),
  ]
  const ready = problem.state !== 'resolved' && problem.cause?.resolved
    ? t({ zh: '  起因已解决：按 e 解决', en: '  its cause is resolved: e resolves it' })
    : ''
  return [
    [piece(` ${problem.id} `, 'bold'), piece(`${t(CHANNEL_WORDS[problem.channel])}  ${clocks.join('  ')}`), piece(ready, 'mine')],
    [piece(` ${who.filter(Boolean).join('  ')}`, 'dim')],
  ]
}

/** One problem as a text to scroll. */
export function problemText(state: State): Line[] {
  const { place } = currentView(state)
  const problem = place.screen === 'problem' ? state.data.problems?.find(({ id }) => id === place.problem) : undefined
  if (!problem) return [[piece(tell(state)({ zh: ' 没有这个问题', en: ' There is no such problem' }), 'dim')]]
  const fields = problemFields(problem, state.now, state.lang).flatMap(([name, value]) =>
    paragraph(value, state.size.columns - 15)
      .map((line, index): Line => [cell(index === 0 ? ` ${name}` : '', 14, 'dim'), ...line]))
  const events = (state.data.problemEvents.get(problem.id) ?? []).map((event): Line => [
    piece(` ${localTime(event.at)} `, 'dim'), cell(
      tell(state)(EVENT_WORDS[event.action]), 16,
      event.action === 'breach' ? 'bad' : event.action === 'alarm' ? 'alarm' : 'plain',
    ), piece(' '),
    cell(event.actor, 10), piece(' '), piece(eventText(event, state.lang)), piece(event.party ? `  ${event.party}` : '', 'dim'),
  ])
  return [...fields, [], [piece(tell(state)({ zh: ' 记录', en: ' Events' }), 'bold')], ...events]
}

/** A form: what was given, the field that is typed in, what is still to come. */
export function formLines(state: State, { form, fields, index, text }: Extract<Overlay, { kind: 'form' }>): Line[] {
  const t = tell(state)
  const title = form.action === 'open'
    ? t({ zh: '登记问题', en: 'Report a problem' })
    : `${t(EVENT_WORDS[form.action])}  ${form.problemId}`
  const signer = state.viewer
    ? t({ zh: `用 ${state.viewer.name} 的密钥签名。`, en: `Signed with the key of ${state.viewer.name}. ` })
    : ''
  return [
    [cell(` ${title}`, state.size.columns, 'cursor')],
    ...fields.map((one, at): Line => at === index
      ? [
        piece(sign('cursor', state.ascii), 'head'), cell(t(one.label), 20, 'bold'), piece(text), piece('_', 'head'),
        piece(one.choices ? `   ${one.choices.join(' ')}` : '', 'dim'),
      ]
      : [cell(` ${t(one.label)}`, 21, 'dim'), piece(one.value, at < index ? 'plain' : 'dim')]),
    [piece(
      ` ${signer}${t(index + 1 < fields.length ? { zh: 'Enter 下一项  Esc 放弃', en: 'Enter: next  Esc gives up' } : { zh: 'Enter 签名并提交  Esc 放弃', en: 'Enter signs and sends  Esc gives up' })}`,
      'alarm',
    )],
  ]
}

/** Problems that were made from a finding or a step, a line for each. */
export function madeLines(state: State, cause: string): Line[] {
  return (state.data.made.get(cause) ?? []).map((problem): Line => [
    piece(tell(state)({ zh: ' 已转为问题 ', en: ' Made into problem ' }), 'dim'), piece(problem.id, 'bold'),
    piece(`  ${stateText(problem, state.lang)}`, stateStyle(problem)),
  ])
}
