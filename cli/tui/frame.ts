/** The whole screen as lines: exactly as many as the terminal has, none wider than it. */
import { STEP_NAMES } from '../../domain/steps.ts'
import { ROLE_WORDS } from '../../domain/role-words.ts'
import { ageOf } from '../shared/terms.ts'
import { CUT } from '../shared/width.ts'
import { BINDINGS } from './keys.ts'
import { bodyHeight } from './layout.ts'
import { fitLine, type Line, lineWidth, paragraph, piece, spread } from './line.ts'
import { noticesFor, rowsOf } from './rows.ts'
import { boardLines, yearText } from './screens/board.ts'
import { caseLines } from './screens/cases.ts'
import { districtLines } from './screens/district.ts'
import { alertLines, eventLines, scrolledLines } from './screens/lists.ts'
import { overlayLines } from './screens/overlay.ts'
import { namesOf, tell } from './screens/parts.ts'
import { problemLines } from './screens/problems.ts'
import { queueLines } from './screens/queue.ts'
import { stepLines } from './screens/step.ts'
import { currentView, type Place, SMALLEST, SORTS, type State } from './state.ts'
import { sign, type Style } from './theme.ts'

export function frameLines(state: State): Line[] {
  const { columns, rows } = state.size
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return tooSmall(state)
  const height = bodyHeight(state)
  const panel = overlayLines(state).slice(0, height)
  const body = bodyLines(state, height - panel.length).slice(0, height - panel.length)
  const filler: Line[] = Array.from({ length: height - panel.length - body.length }, () => [])
  const lines = [headerLine(state), pathLine(state), [], ...body, ...filler, ...panel, messageLine(state), keyBar(state)].map((line) => fitLine(line, columns))
  return state.ascii ? lines.map((line) => line.map((one) => ({ ...one, text: one.text.replaceAll(CUT, '~') }))) : lines
}

function tooSmall(state: State): Line[] {
  const { columns, rows } = state.size
  const text = tell(state)({
    zh: `窗口太小（${columns}x${rows}）：请放大到至少 80x24，或按 q 退出`,
    en: `The window is too small (${columns}x${rows}): make it at least 80x24, or press q to quit`,
  })
  return paragraph(text, Math.max(10, columns)).slice(0, rows)
}

function bodyLines(state: State, height: number): Line[] {
  const { place } = currentView(state)
  if (!state.data.board && place.screen !== 'help') return [[piece(tell(state)({ zh: ' 正在读取', en: ' Reading' }), 'dim')]]
  switch (place.screen) {
    case 'board': return rowsOf(state).length > 0 ? boardLines(state, height) : nothing(state)
    case 'queue': return queueLines(state, height)
    case 'cases': return caseLines(state, height)
    case 'district': return districtLines(state, height)
    case 'step': return stepLines(state, height)
    case 'events': return eventLines(state, height)
    case 'alerts': return alertLines(state, height)
    case 'problems': return problemLines(state, height)
    case 'problem': return scrolledLines(state, height)
    case 'finding': case 'evidence': case 'health': case 'time': case 'reconciled': case 'new-year': case 'trial': case 'plan': case 'undo': case 'help': return scrolledLines(state, height)
    default: return place satisfies never
  }
}

function nothing(state: State): Line[] {
  const text = currentView(state).filter
    ? { zh: ' 没有符合筛选的区划', en: ' No district fits the filter' }
    : { zh: ` ${state.year} 年度没有数据。先运行：nianjie import 文件夹 --year ${state.year}`, en: ` Nothing for ${state.year}. First: nianjie import FOLDER --year ${state.year}` }
  return [[piece(tell(state)(text), 'dim')]]
}

function headerLine(state: State): Line {
  const t = tell(state)
  const who = state.viewer
    ? `${state.viewer.name} ${state.viewer.roles.map((role) => t(ROLE_WORDS[role])).join(t({ zh: '、', en: ', ' }))}`
    : t({ zh: '未指定身份', en: 'nobody (--as NAME)' })
  const lock = state.readonly ? t({ zh: '  只读', en: '  read-only' }) : ''
  return spread(
    [piece(t({ zh: ' 年结 ', en: ' Nianjie ' }), 'head'), piece(` ${yearText(state)}`, 'bold')],
    [piece(who, state.viewer ? 'plain' : 'dim'), piece(lock, 'warn'), piece('  '), linkPiece(state), piece(' ')], state.size.columns)
}

const STALE_MS = 15_000

/** Whether what is shown can be trusted, and how old it is. */
function linkPiece(state: State): { text: string; style?: Style } {
  const t = tell(state)
  const age = state.loadedAt ? state.now.getTime() - state.loadedAt.getTime() : null
  if (state.link === 'down') return piece(t({ zh: `! 重新连接中${age === null ? '' : ` ${ageOf(age)}`}`, en: `! reconnecting${age === null ? '' : ` ${ageOf(age)}`}` }), 'bad')
  if (age === null) return piece(t({ zh: '连接中', en: 'connecting' }), 'dim')
  if (age > STALE_MS) return piece(t({ zh: `! 数据已旧 ${ageOf(age)}`, en: `! stale ${ageOf(age)}` }), 'warn')
  return piece(`${sign('live', state.ascii)} ${t({ zh: '在线', en: 'live' })} ${ageOf(age)}`.padEnd(9), 'good')
}

function pathLine(state: State): Line {
  const names = namesOf(state)
  const t = tell(state)
  const districtName = (code: string) => names.get(code)?.[state.lang] ?? code
  const word = (place: Place, index: number): string => {
    const above = state.views[index - 1]?.place
    // Reached past the district's own screen, a place says whose it is.
    const whose = 'district' in place && !(above && 'district' in above && above.district === place.district) ? `${districtName(place.district)} ` : ''
    switch (place.screen) {
      case 'board': return t({ zh: '总览', en: 'Overview' })
      case 'queue': return state.viewer ? t({ zh: '等我处理', en: 'Waiting for me' }) : t({ zh: '等人处理', en: 'Waiting' })
      case 'cases': return t({ zh: '个案', en: 'Cases' })
      case 'alerts': return t({ zh: '提醒', en: 'Alerts' })
      case 'help': return t({ zh: '帮助', en: 'Help' })
      case 'problems': return t({ zh: '用户问题', en: 'Problems' })
      case 'problem': return place.problem
      case 'district': return districtName(place.district)
      case 'events': return whose + t({ zh: '记录', en: 'Log' })
      case 'plan': return whose + t({ zh: '结转方案', en: 'Plan' })
      case 'undo': return whose + t({ zh: '撤销年终结转', en: 'Undo' })
      case 'new-year': return whose + t({ zh: '新旧差异', en: 'New year' })
      case 'trial': return whose + t({ zh: '试运行', en: 'Trial day' })
      case 'reconciled': return whose + t({ zh: '对账确认', en: 'Confirmations' })
      case 'time': return whose + t({ zh: '时间去向', en: 'Time' })
      case 'health': return whose + t({ zh: '资产健康', en: 'Asset health' })
      case 'step': return whose + t(STEP_NAMES[place.step])
      case 'evidence': return (whose && `${whose}${t(STEP_NAMES[place.step])} `) + t({ zh: '证据', en: 'Evidence' })
      case 'finding': return state.data.findings.get(`${place.district}/${place.step}`)?.find((one) => one.id === place.finding)?.key ?? place.finding
      default: return place satisfies never
    }
  }
  const path = state.views.map((view, index) => word(view.place, index)).join(` ${sign('path', state.ascii)} `)
  return spread([piece(` ${path}`)], [piece(lookText(state), 'dim'), piece(' ')], state.size.columns)
}

/** How the list is looked at: rows, order, filter, selection. */
function lookText(state: State): string {
  const t = tell(state)
  const view = currentView(state)
  const { screen } = view.place
  const parts: string[] = []
  if (view.filter) parts.push(`/${view.filter}`)
  if (view.openOnly) parts.push(t({ zh: '只看待处理', en: 'open only' }))
  if (view.selected.size > 0) parts.push(t({ zh: `已选 ${view.selected.size}`, en: `${view.selected.size} selected` }))
  if (SORTS[screen].length > 0 && view.sort !== SORTS[screen][0]) parts.push(t({ zh: `按 ${SORT_WORDS[view.sort]!.zh}`, en: `by ${SORT_WORDS[view.sort]!.en}` }))
  if (screen === 'step' || screen === 'events' || screen === 'cases') parts.push(t({ zh: `${rowsOf(state).length} 行`, en: `${rowsOf(state).length} rows` }))
  return parts.join('  ')
}

const SORT_WORDS: Record<string, { zh: string; en: string }> = {
  code: { zh: '区划', en: 'code' }, urgent: { zh: '紧急', en: 'urgency' }, percent: { zh: '进度', en: 'progress' }, rule: { zh: '规则', en: 'rule' },
  severity: { zh: '程度', en: 'severity' }, amount: { zh: '金额', en: 'amount' }, status: { zh: '状态', en: 'status' }, age: { zh: '账龄', en: 'age' }, unit: { zh: '单位', en: 'unit' }, called: { zh: '来电', en: 'call' },
}

/** What is typed, else what just happened, else the newest alert. */
function messageLine(state: State): Line {
  const t = tell(state)
  const { overlay } = state
  if (overlay?.kind === 'filter') return [piece(' /', 'key'), piece(overlay.text), piece('_', 'head')]
  if (overlay?.kind === 'command') return [piece(' :', 'key'), piece(overlay.text), piece('_', 'head')]
  if (state.busy) return [piece(t({ zh: ' 签名并提交，请稍候', en: ' Signing and sending' }), 'busy')]
  if (state.flash) return [piece(` ${t(state.flash.text)}`, state.flash.tone === 'good' ? 'good' : state.flash.tone === 'bad' ? 'bad' : 'plain')]
  const notices = noticesFor(state)
  if (notices.length === 0 || currentView(state).place.screen === 'alerts') return []
  return [piece(` ${sign('alert', state.ascii)} ${notices.length} `, 'alarm'), piece(t(notices[0]!.message), 'warn'), piece(t({ zh: '  按 ! 查看', en: '  ! shows them' }), 'dim')]
}

/** The keys that mean something here, as many as fit; help and quit always do. */
function keyBar(state: State): Line {
  const t = tell(state)
  const { screen } = currentView(state).place
  if (state.overlay) return [piece(' Esc ', 'key'), piece(t({ zh: '放弃 ', en: 'gives up ' }), 'dim')]
  const able = BINDINGS.filter((one) => one.bar && (!one.screens || one.screens.includes(screen)) && !(one.command === 'back' && state.views.length === 1))
  const draw = (one: (typeof able)[number]): Line => [piece(` ${KEY_SIGNS[one.keys[0]!] ?? one.keys[0]} `, 'key'), piece(`${t(one.bar!)} `, 'dim')]
  const last = able.filter((one) => one.command === 'help' || one.command === 'quit')
  const room = state.size.columns - last.reduce((sum, one) => sum + lineWidth(draw(one)), 0)
  const line: Line[] = []
  let used = 0
  for (const one of able.filter((other) => !last.includes(other))) {
    const drawn = draw(one)
    if (used + lineWidth(drawn) > room) break
    used += lineWidth(drawn)
    line.push(drawn)
  }
  return [...line, ...last.map(draw)].flat()
}
const KEY_SIGNS: Record<string, string> = { enter: 'Enter', esc: 'Esc', space: 'Space' }
