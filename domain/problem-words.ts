/** What problems, their clocks and their events are called: the same in commands, screens, alarms and reports. */
import type { Clock } from './clocks.ts'
import type { Channel, EventAction, ProblemKind, ProblemState } from './problems.ts'

interface Words { zh: string; en: string }

export const PROBLEM_STATE_WORDS: Record<ProblemState, Words> = {
  open: { zh: '待响应', en: 'open' }, acknowledged: { zh: '已响应', en: 'acknowledged' }, assigned: { zh: '处理中', en: 'assigned' },
  waiting: { zh: '等待', en: 'waiting' }, resolved: { zh: '已解决', en: 'resolved' },
}

export const CHANNEL_WORDS: Record<Channel, Words> = {
  hotline: { zh: '热线', en: 'hotline' }, 'mini-program': { zh: '小程序', en: 'mini-program' }, wechat: { zh: '微信群', en: 'WeChat' },
  'on-site': { zh: '现场', en: 'on site' },
}

export const KIND_WORDS: Record<ProblemKind, Words> = {
  fault: { zh: '故障', en: 'fault' }, request: { zh: '服务请求', en: 'request' }, consultation: { zh: '咨询', en: 'question' },
}

export const CLOCK_WORDS: Record<Clock, Words> = {
  response: { zh: '响应', en: 'response' }, resolution: { zh: '解决', en: 'resolution' },
}

export const EVENT_WORDS: Record<EventAction, Words> = {
  open: { zh: '登记', en: 'reported' }, acknowledge: { zh: '响应', en: 'acknowledged' }, take: { zh: '接警', en: 'alarm taken' },
  assign: { zh: '指派', en: 'assigned' },
  wait: { zh: '等待', en: 'waits' }, resume: { zh: '继续', en: 'resumed' }, resolve: { zh: '解决', en: 'resolved' },
  reopen: { zh: '重新打开', en: 'reopened' },
  alarm: { zh: '提醒', en: 'alarm' }, 'passed-on': { zh: '转呼', en: 'passed on' }, breach: { zh: '违约', en: 'breach' },
  'breach-withdrawn': { zh: '撤销违约', en: 'breach withdrawn' },
}

/** An event with how its alarm was delivered, as much of it as is told. */
interface ToldEvent {
  action: EventAction; detail: { readonly [name: string]: unknown }; deliveries: readonly { channel: string; state: string }[]
}

/** What an event says, in a line. */
export function eventText({ action, detail, deliveries }: ToldEvent, lang: 'zh' | 'en'): string {
  const text = (name: string) => (typeof detail[name] === 'string' ? detail[name] : '')
  const list = (name: string) => (Array.isArray(detail[name]) ? detail[name].join(', ') : '')
  const clock = detail.clock === 'response' || detail.clock === 'resolution' ? CLOCK_WORDS[detail.clock][lang] : ''
  switch (action) {
    case 'open': return `${text('user')} ${text('channel')} ${text('kind')}`
    case 'assign': return [text('assignee'), text('comment')].join(' ')
    case 'wait': return [text('waitingOn'), text('reason')].join(' ')
    case 'resolve': return [text('confirmedBy'), text('comment')].join(' ')
    case 'reopen': return text('reason')
    case 'alarm': case 'passed-on': case 'breach': case 'breach-withdrawn': {
      const sent = deliveries.map((one) => `${one.channel} ${one.state}`).join(', ')
      return [clock, list('people') || list('levels'), sent && `(${sent})`].filter(Boolean).join('  ')
    }
    default: return text('comment')
  }
}
