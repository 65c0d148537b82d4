/** The dispatch table: each key, what it does, where, and its words in help and key bar. Nothing else binds keys. */
import type { Text } from '../shared/lang.ts'
import type { Screen } from './state.ts'

export type KeyCommand =
  | 'down' | 'up' | 'left' | 'right' | 'pageDown' | 'pageUp' | 'first' | 'last' | 'open' | 'back' | 'filter' | 'command' | 'sort'
  | 'refresh' | 'select' | 'selectAll' | 'openOnly' | 'approve' | 'reject' | 'resolve' | 'board' | 'queue' | 'cases' | 'events' | 'alerts'
  | 'problems' | 'problemOpen' | 'problemFrom' | 'problemAcknowledge' | 'problemAssign' | 'problemWait' | 'problemResume' | 'problemResolve' | 'problemReopen'
  | 'seen' | 'evidence' | 'health' | 'time' | 'reconciled' | 'newYear' | 'trial' | 'plan' | 'undo' | 'lock' | 'lang' | 'help' | 'quit'

export interface Binding {
  /** Names as `keyNames` gives them. */
  keys: readonly string[]
  command: KeyCommand
  /** Only there; everywhere without it. */
  screens?: readonly Screen[]
  help: Text
  /** Short word for the key bar; not in the bar without it. */
  bar?: Text
}

const PROBLEMS: readonly Screen[] = ['problems', 'problem']
const LISTS: readonly Screen[] = ['problems', 'board', 'queue', 'cases', 'step', 'events']
const STEPS_THERE: readonly Screen[] = ['board', 'queue', 'district', 'step']

export const BINDINGS: readonly Binding[] = [
  { keys: ['enter'], command: 'open', screens: ['problems', 'board', 'queue', 'cases', 'district', 'step', 'alerts'], help: { zh: '打开', en: 'open' }, bar: { zh: '打开', en: 'open' } },
  { keys: ['esc', 'backspace'], command: 'back', help: { zh: '返回', en: 'back' }, bar: { zh: '返回', en: 'back' } },
  { keys: ['a'], command: 'problemAcknowledge', screens: PROBLEMS, help: { zh: '响应：已答复用户', en: 'acknowledge: the user is answered' }, bar: { zh: '响应', en: 'ack' } },
  { keys: ['e'], command: 'problemResolve', screens: PROBLEMS, help: { zh: '解决（须用户确认）', en: 'resolve, as the user confirms' }, bar: { zh: '解决', en: 'resolve' } },
  { keys: ['d'], command: 'problemAssign', screens: PROBLEMS, help: { zh: '指派处理人', en: 'assign to somebody' }, bar: { zh: '指派', en: 'assign' } },
  { keys: ['z'], command: 'problemWait', screens: PROBLEMS, help: { zh: '等待外部', en: 'wait for somebody else' }, bar: { zh: '等待', en: 'wait' } },
  { keys: ['u'], command: 'problemResume', screens: PROBLEMS, help: { zh: '结束等待', en: 'the wait is over' } },
  { keys: ['O'], command: 'problemReopen', screens: PROBLEMS, help: { zh: '重新打开', en: 'open it again' } },
  { keys: ['c'], command: 'problemOpen', screens: PROBLEMS, help: { zh: '登记问题', en: 'report a problem' }, bar: { zh: '登记', en: 'report' } },
  { keys: ['P'], command: 'problemFrom', screens: ['board', 'queue', 'district', 'step', 'finding'], help: { zh: '由此步骤或发现登记问题', en: 'make a problem of this step or finding' } },
  { keys: ['a'], command: 'approve', screens: STEPS_THERE, help: { zh: '审批通过这一步', en: 'approve the step' }, bar: { zh: '同意', en: 'approve' } },
  { keys: ['x'], command: 'reject', screens: STEPS_THERE, help: { zh: '退回这一步（要写原因）', en: 'reject the step (with a reason)' }, bar: { zh: '退回', en: 'reject' } },
  { keys: ['a'], command: 'approve', screens: ['undo'], help: { zh: '申请撤销，或批准他人的申请', en: 'ask for the undo, or approve the request of another' }, bar: { zh: '申请/批准', en: 'ask/approve' } },
  { keys: ['x'], command: 'reject', screens: ['undo'], help: { zh: '退回撤销申请（要写原因）', en: 'reject the request (with a reason)' }, bar: { zh: '退回', en: 'reject' } },
  { keys: ['e'], command: 'resolve', screens: ['step', 'finding'], help: { zh: '处理问题（所选的或当前的）', en: 'decide the finding, or those selected' }, bar: { zh: '处理', en: 'decide' } },
  { keys: ['space'], command: 'select', screens: ['step'], help: { zh: '选择', en: 'select' }, bar: { zh: '选择', en: 'select' } },
  { keys: ['*'], command: 'selectAll', screens: ['step'], help: { zh: '全选或全不选', en: 'select all or none' } },
  { keys: ['o'], command: 'openOnly', screens: ['step'], help: { zh: '只看待处理', en: 'open findings only' }, bar: { zh: '待处理', en: 'open only' } },
  { keys: ['i'], command: 'evidence', screens: STEPS_THERE, help: { zh: '看全部证据', en: 'the evidence in full' }, bar: { zh: '证据', en: 'evidence' } },
  { keys: ['m'], command: 'seen', screens: ['alerts'], help: { zh: '标为已读', en: 'mark as seen' }, bar: { zh: '已读', en: 'seen' } },
  { keys: ['/'], command: 'filter', screens: LISTS, help: { zh: '筛选', en: 'filter' }, bar: { zh: '筛选', en: 'filter' } },
  { keys: ['s'], command: 'sort', screens: ['problems', 'board', 'queue', 'cases', 'step'], help: { zh: '换排序', en: 'sort otherwise' }, bar: { zh: '排序', en: 'sort' } },
  { keys: ['w'], command: 'queue', help: { zh: '等我处理的', en: 'what waits for me' }, bar: { zh: '等我', en: 'mine' } },
  { keys: ['p'], command: 'problems', help: { zh: '用户问题', en: "users' problems" }, bar: { zh: '用户问题', en: 'problems' } },
  { keys: ['C'], command: 'cases', help: { zh: '在途单据个案', en: 'documents in transit as cases' }, bar: { zh: '个案', en: 'cases' } },
  { keys: ['b'], command: 'board', help: { zh: '总览', en: 'overview' } },
  { keys: ['!'], command: 'alerts', help: { zh: '提醒与升级', en: 'reminders and escalations' }, bar: { zh: '提醒', en: 'alerts' } },
  { keys: ['v'], command: 'events', screens: ['board', 'queue', 'district', 'step', 'finding'], help: { zh: '区划的事件记录', en: "the district's event log" }, bar: { zh: '记录', en: 'log' } },
  { keys: ['n'], command: 'newYear', screens: [...STEPS_THERE, 'trial'], help: { zh: '新年度：初始化清单与新旧差异', en: 'the new year: its list, and how it differs' } },
  { keys: ['T'], command: 'trial', screens: [...STEPS_THERE, 'new-year'], help: { zh: '新年度试运行', en: 'the trial day of the new year' } },
  { keys: ['R'], command: 'reconciled', screens: STEPS_THERE, help: { zh: '对账确认与月度对账', en: 'confirmations of the reconciliations, and the months' } },
  { keys: ['t'], command: 'health', screens: STEPS_THERE, help: { zh: '资产健康分与趋势', en: 'health of the assets and its trend' }, bar: { zh: '健康', en: 'health' } },
  { keys: ['M'], command: 'time', screens: STEPS_THERE, help: { zh: '时间去向与预计完成', en: 'where the time went, and when it is done' }, bar: { zh: '时间', en: 'time' } },
  { keys: ['f'], command: 'plan', screens: [...STEPS_THERE, 'undo'], help: { zh: '结转方案：按规则和科目', en: 'plan of the carry-forward, by rule and account' }, bar: { zh: '方案', en: 'plan' } },
  { keys: ['U'], command: 'undo', screens: [...STEPS_THERE, 'plan'], help: { zh: '撤销年终结转：涉及什么，申请，批准', en: 'undo of the carry-forward: what it touches, ask, approve' }, bar: { zh: '撤销', en: 'undo' } },
  { keys: ['K'], command: 'lock', screens: [...STEPS_THERE, 'undo'], help: { zh: '最终锁定已签署归档的年度', en: 'lock a signed-off year for good' } },
  { keys: ['j', 'down'], command: 'down', help: { zh: '下一行', en: 'down' } },
  { keys: ['k', 'up'], command: 'up', help: { zh: '上一行', en: 'up' } },
  { keys: ['h', 'left'], command: 'left', screens: ['board'], help: { zh: '左一步', en: 'step to the left' } },
  { keys: ['l', 'right', 'tab'], command: 'right', screens: ['board'], help: { zh: '右一步', en: 'step to the right' } },
  { keys: ['g', 'home'], command: 'first', help: { zh: '第一行', en: 'first row' } },
  { keys: ['G', 'end'], command: 'last', help: { zh: '最后一行', en: 'last row' } },
  { keys: ['pagedown', 'ctrl-f'], command: 'pageDown', help: { zh: '下一页', en: 'page down' } },
  { keys: ['pageup', 'ctrl-b'], command: 'pageUp', help: { zh: '上一页', en: 'page up' } },
  { keys: [':'], command: 'command', help: { zh: '输入命令', en: 'type a command' }, bar: { zh: '命令', en: 'command' } },
  { keys: ['r'], command: 'refresh', help: { zh: '立即刷新', en: 'read again now' } },
  { keys: ['L'], command: 'lang', help: { zh: '中文 / English', en: 'English / 中文' } },
  { keys: ['?'], command: 'help', help: { zh: '帮助', en: 'help' }, bar: { zh: '帮助', en: 'help' } },
  { keys: ['q'], command: 'quit', help: { zh: '退出', en: 'quit' }, bar: { zh: '退出', en: 'quit' } },
]

/** What a key does at a place; undefined for a key without a meaning there. */
export function commandFor(key: string, screen: Screen): KeyCommand | undefined {
  return BINDINGS.find((binding) => binding.keys.includes(key) && (!binding.screens || binding.screens.includes(screen)))?.command
}

const SCREEN_WORDS: Record<Screen, Text> = {
  problems: { zh: '用户问题列表', en: 'problem list' }, problem: { zh: '用户问题', en: 'problem' },
  board: { zh: '总览', en: 'overview' }, queue: { zh: '等我处理', en: 'queue' }, cases: { zh: '个案', en: 'cases' }, alerts: { zh: '提醒', en: 'alerts' }, help: { zh: '帮助', en: 'help' },
  district: { zh: '区划', en: 'district' }, evidence: { zh: '证据', en: 'evidence' }, events: { zh: '记录', en: 'log' }, health: { zh: '资产健康', en: 'health' }, time: { zh: '时间去向', en: 'time' }, reconciled: { zh: '对账确认', en: 'confirmations' }, 'new-year': { zh: '新旧差异', en: 'new year' }, trial: { zh: '试运行', en: 'trial day' }, plan: { zh: '方案', en: 'plan' }, undo: { zh: '撤销', en: 'undo' }, step: { zh: '步骤', en: 'step' }, finding: { zh: '问题', en: 'finding' },
}

/** One row for each binding, for the help screen. */
export function helpRows(): { keys: string; help: Text; where: Text | null }[] {
  return BINDINGS.map(({ keys, help, screens }) => ({
    keys: keys.map((key) => key.replace(/^ctrl-/, '^')).join(' '), help,
    where: screens
      ? { zh: screens.map((screen) => SCREEN_WORDS[screen].zh).join('、'), en: screens.map((screen) => SCREEN_WORDS[screen].en).join(', ') }
      : null,
  }))
}

/** What Ink tells of a key besides its text. */
export interface KeyFlags {
  upArrow?: boolean; downArrow?: boolean; leftArrow?: boolean; rightArrow?: boolean; pageDown?: boolean; pageUp?: boolean; home?: boolean
  end?: boolean; return?: boolean; escape?: boolean; ctrl?: boolean; tab?: boolean; backspace?: boolean; delete?: boolean; meta?: boolean
}

const NAMED: readonly [keyof KeyFlags, string][] = [
  ['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageDown', 'pagedown'], ['pageUp', 'pageup'],
  ['home', 'home'], ['end', 'end'], ['return', 'enter'], ['escape', 'esc'], ['tab', 'tab'], ['backspace', 'backspace'], ['delete', 'backspace'],
]

/** The keys of one piece of input: fast typing and pasting arrive as a single string. */
export function keyNames(input: string, flags: KeyFlags): string[] {
  const named = NAMED.find(([flag]) => flags[flag])
  if (named) return [named[1]]
  if (flags.ctrl) return input ? [`ctrl-${input}`] : []
  if (flags.meta) return []
  return [...input].map((char) => CHARACTERS[char] ?? char).filter((name) => name.length > 1 || name >= ' ')
}
const CHARACTERS: Record<string, string> = { '\r': 'enter', '\n': 'enter', '\t': 'tab', ' ': 'space', '\u007f': 'backspace', '\b': 'backspace', '\u001b': 'esc' }
