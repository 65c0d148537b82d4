/** Words for problems: the same in commands, screens and reports. */
import { type Clock, timeLeft } from '../../domain/clocks.ts'
import type { Channel, EventAction, ProblemKind, ProblemState } from '../../domain/problems.ts'
import type { ListedProblem } from '../../books/problems/read.ts'
import type { Text } from './lang.ts'

export const PROBLEM_STATE_WORDS: Record<ProblemState, Text> = {
  open: { zh: '待响应', en: 'open' }, acknowledged: { zh: '已响应', en: 'acknowledged' }, assigned: { zh: '处理中', en: 'assigned' },
  waiting: { zh: '等待', en: 'waiting' }, resolved: { zh: '已解决', en: 'resolved' },
}

export const CHANNEL_WORDS: Record<Channel, Text> = {
  hotline: { zh: '热线', en: 'hotline' }, 'mini-program': { zh: '小程序', en: 'mini-program' }, wechat: { zh: '微信群', en: 'WeChat' }, 'on-site': { zh: '现场', en: 'on site' },
}

export const KIND_WORDS: Record<ProblemKind, Text> = {
  fault: { zh: '故障', en: 'fault' }, request: { zh: '服务请求', en: 'request' }, consultation: { zh: '咨询', en: 'question' },
}

export const CLOCK_WORDS: Record<Clock, Text> = { response: { zh: '响应', en: 'response' }, resolution: { zh: '解决', en: 'resolution' } }

export const EVENT_WORDS: Record<EventAction, Text> = {
  open: { zh: '登记', en: 'reported' }, acknowledge: { zh: '响应', en: 'acknowledged' }, take: { zh: '接警', en: 'alarm taken' }, assign: { zh: '指派', en: 'assigned' },
  wait: { zh: '等待', en: 'waits' }, resume: { zh: '继续', en: 'resumed' }, resolve: { zh: '解决', en: 'resolved' }, reopen: { zh: '重新打开', en: 'reopened' },
  alarm: { zh: '提醒', en: 'alarm' }, 'passed-on': { zh: '转呼', en: 'passed on' }, breach: { zh: '违约', en: 'breach' }, 'breach-withdrawn': { zh: '撤销违约', en: 'breach withdrawn' },
}

/** The clock that runs out next, with what is left of it; null when none runs. */
export interface RunningClock { clock: Clock; due: string; contract: number; shown: number }

/** The clocks of a problem that still run at `now`, the most urgent first. */
export function runningClocks(problem: ListedProblem, now: Date): RunningClock[] {
  if (problem.state === 'resolved') return []
  const paused = { ms: problem.paused.ms, since: problem.paused.since === null ? null : Date.parse(problem.paused.since) }
  const left = (clock: Clock, due: string): RunningClock => ({ clock, due, ...timeLeft(Date.parse(due), now.getTime(), clock === 'resolution' ? paused : { ms: 0, since: null }) })
  return [
    ...(problem.response && problem.response.at === null ? [left('response', problem.response.due)] : []),
    ...(problem.resolution ? [left('resolution', problem.resolution.due)] : []),
  ].toSorted((a, b) => a.contract - b.contract)
}

/** `1:05` hours and minutes, `2d 3:00` with days, `12d` when they are many, `-0:12` when it is over. */
export function clockText(ms: number): string {
  const size = Math.floor(Math.abs(ms) / 60_000)
  const days = Math.floor(size / 1_440)
  const text = `${Math.floor((size % 1_440) / 60)}:${String(size % 60).padStart(2, '0')}`
  const shown = days >= 10 ? `${days}d` : days > 0 ? `${days}d ${text}` : text
  return `${ms < 0 ? '-' : ''}${shown}`
}

/** Whether a promise to the user was broken and the record stands. */
export const isBreached = (problem: ListedProblem): boolean => problem.breaches.some(({ withdrawnAt }) => withdrawnAt === null)
