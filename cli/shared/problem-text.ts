/** Problems as plain lines. */
import type { ListedEvent, ListedProblem } from '../../books/problems/read.ts'
import type { CliContext } from './context.ts'
import type { Lang, Text } from './lang.ts'
import {
  CHANNEL_WORDS, CLOCK_WORDS, EVENT_WORDS, KIND_WORDS, PROBLEM_STATE_WORDS, eventText,
} from '../../domain/problem-words.ts'
import { type RunningClock, clockText, isBreached, runningClocks } from './problem-terms.ts'
import { safeText } from './safe-text.ts'
import { localTime } from './terms.ts'
import { table } from './width.ts'

type Teller = Pick<CliContext, 't' | 'lang' | 'now' | 'stdout'>

/** A table with the time left on each row, and below it what could be resolved because its cause is. */
export function problemsText(context: Teller, problems: readonly ListedProblem[]): string {
  const { t, lang } = context
  const titles = lang === 'zh'
    ? ['剩余', '编号', '区划', '用户', '渠道', '类别', '状态', '处理人', '等谁', '级', '内容']
    : ['Left', 'Id', 'District', 'User', 'Channel', 'Kind', 'State', 'Assignee', 'Waits on', 'Level', 'What']
  const room = context.stdout.isTTY ? Math.max(16, (context.stdout.columns ?? 100) - 90) : undefined
  const rows = problems.map((problem) => [
    leftText(problem, context.now(), lang), problem.id, problem.district, safeText(problem.user),
    t(CHANNEL_WORDS[problem.channel]), t(KIND_WORDS[problem.kind]),
    stateText(problem, lang), problem.assignee ?? '', problem.waitingOn ?? '',
    problem.alarmLevel > 0 ? String(problem.alarmLevel) : '', safeText(problem.text),
  ])
  const columns = titles.map((title, index) => ({
    title, align: index === 0 ? 'right' as const : 'left' as const, ...(index === 10 && room ? { max: room } : {}),
  }))
  const ready = problems.filter(({ state, cause }) => state !== 'resolved' && cause?.resolved)
  const hint = ready.map(({ id }) => t({
    zh: `${id}：起因已解决，用户确认后可执行 nianjie problem resolve ${id}`,
    en: `${id}: its cause is resolved; once the user confirms: nianjie problem resolve ${id}`,
  }))
  return [table(columns, rows), ...(hint.length > 0 ? ['', ...hint] : [])].join('\n')
}

/** `1:20`; with what the user sees beside it where that differs: `1:20 (1:50)`. `+` marks the response clock. */
function leftText(problem: ListedProblem, now: Date, lang: Lang): string {
  if (problem.state === 'resolved') {
    return isBreached(problem) ? { zh: '违约', en: 'breach' }[lang] : { zh: '及时', en: 'in time' }[lang]
  }
  const [next] = runningClocks(problem, now)
  if (!next) return '-'
  return `${clockText(next.contract)}${next.shown === next.contract ? '' : ` (${clockText(next.shown)})`}${next.clock === 'response' ? { zh: ' 响应', en: ' resp.' }[lang] : ''}`
}

/** The state, and what one must know besides. */
export function stateText(problem: ListedProblem, lang: Lang): string {
  const extra: Text[] = [
    ...(isBreached(problem) ? [{ zh: '违约', en: 'breach' }] : []),
    ...(problem.state !== 'resolved' && problem.cause?.resolved ? [{ zh: '起因已解决', en: 'cause resolved' }] : []),
  ]
  return [PROBLEM_STATE_WORDS[problem.state], ...extra].map((text) => text[lang]).join(' ')
}

/** One problem in full: what it is, its clocks, and its events. */
export function eventsText(context: Teller, problem: ListedProblem, events: readonly ListedEvent[]): string {
  const { t, lang } = context
  const lines = problemFields(problem, context.now(), lang)
    .map(([name, value]) => `${name}${lang === 'zh' ? '：' : ': '}${safeText(value)}`)
  const rows = events.map((event) => [
    String(event.sequence), localTime(event.at), t(EVENT_WORDS[event.action]), safeText(event.actor), event.party ?? '',
    safeText(eventText(event, lang)),
  ])
  const titles = lang === 'zh' ? ['序', '时间', '事件', '谁', '责任方', '内容'] : ['No', 'At', 'What', 'Who', 'Whose minutes', 'Detail']
  return [...lines, '', table(titles.map((title) => ({ title })), rows)].join('\n')
}

/** Name and value of all that is known of a problem. */
export function problemFields(problem: ListedProblem, now: Date, lang: Lang): [string, string][] {
  const name = (zh: string, en: string) => (lang === 'zh' ? zh : en)
  const clock = (running: RunningClock) =>
    `${localTime(running.due)}  ${name('剩余', 'left')} ${clockText(running.contract)}${running.shown === running.contract ? '' : name(`（显示 ${clockText(running.shown)}）`, ` (shown ${clockText(running.shown)})`)}`
  const running = runningClocks(problem, now)
  const of = (which: 'response' | 'resolution') => running.find((one) => one.clock === which)
  const { response, resolution, cause } = problem
  return ([
    [name('编号', 'Id'), problem.id], [name('区划', 'District'), problem.district], [name('用户', 'User'), problem.user],
    [name('渠道', 'Channel'), `${CHANNEL_WORDS[problem.channel][lang]}  ${KIND_WORDS[problem.kind][lang]}`],
    [name('内容', 'What'), problem.text], [name('状态', 'State'), stateText(problem, lang)],
    [
      name('来电', 'Called'),
      `${localTime(problem.calledAt)}  ${name('登记', 'reported')} ${localTime(problem.openedAt)} ${problem.openedBy}`,
    ],
    [
      name('响应时限', 'Response'),
      response && (response.at ? `${localTime(response.due)}  ${name('已响应', 'answered')} ${localTime(response.at)} ${response.by ?? ''}` : clock(of('response') ?? {
        clock: 'response', due: response.due, contract: 0, shown: 0,
      })),
    ],
    [
      name('解决时限', 'Resolution'),
      resolution && `${of('resolution') ? clock(of('resolution')!) : localTime(resolution.due)}  ${resolution.measure === 'hours' ? name('年结窗口内', 'year-end window') : name('工作日', 'working days')}`,
    ],
    [
      name('解决', 'Resolved'),
      problem.resolvedAt && `${localTime(problem.resolvedAt)}  ${name('确认人', 'confirmed by')} ${problem.confirmedBy ?? ''}`,
    ],
    [name('处理人', 'Assignee'), problem.assignee],
    [name('等待', 'Waits on'), problem.waitingOn && `${problem.waitingOn}  ${problem.waitingReason ?? ''}`],
    [name('正在呼叫', 'Calling'), problem.calling.join(', ')],
    [
      name('违约', 'Breaches'),
      problem.breaches.map(
        (one) => `${CLOCK_WORDS[one.clock][lang]} ${localTime(one.dueAt)}${one.withdrawnAt ? name('（已撤销）', ' (withdrawn)') : ''}`,
      ).join('; '),
    ],
    [
      name('起因', 'Cause'),
      cause && `${cause.year} ${cause.step} ${cause.findingId ?? ''}${cause.resolved ? name('  已解决', '  resolved') : ''}`,
    ],
  ] as [string, string | null | undefined][]).filter((field): field is [string, string] => Boolean(field[1]))
}
