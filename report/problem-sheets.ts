/** Problems and their events as sheets of the workbook. */
import { CHANNEL_WORDS, EVENT_WORDS, KIND_WORDS, PROBLEM_STATE_WORDS, eventText } from '../domain/problem-words.ts'
import type { YearReport } from './model.ts'
import { both, breachText } from './problems.ts'
import { DISTRICT, type Sheet, each, moment } from './sheet.ts'

/** Each problem, with its clocks. */
export const problemSheet = (report: YearReport): Sheet => ({
  name: '用户问题 Problems',
  columns: [
    ...DISTRICT, ['编号 Id', 24], ['用户 User', 14], ['渠道 Channel', 14], ['类别 Kind', 14], ['内容 What', 50], ['状态 State', 16],
    ['来电 Called', 20], ['响应时限 Response due', 20], ['响应 Answered', 20], ['响应人 By', 12], ['解决时限 Resolution due', 20],
    ['解决 Resolved', 20], ['确认 Confirmed by', 14], ['处理人 Assignee', 12], ['违约 Breaches', 30], ['起因 Cause', 24],
  ],
  rows: each(report, ({ problems = [] }) => problems.map((one) => [one.id, one.user, both(CHANNEL_WORDS[one.channel]), both(KIND_WORDS[one.kind]), one.text, both(PROBLEM_STATE_WORDS[one.state]),
    moment(one.calledAt), moment(one.response?.due ?? null), moment(one.response?.at ?? null), one.response?.by ?? null,
    moment(one.resolution?.due ?? null), moment(one.resolvedAt), one.confirmedBy,
    one.assignee, breachText(one), one.cause && `${one.cause.step} ${one.cause.findingId ?? ''}`])),
})

/** Each event of each problem. */
export const problemEventSheet = (report: YearReport): Sheet => ({
  name: '问题记录 Problem events',
  columns: [
    ...DISTRICT, ['编号 Id', 24], ['序 No', 6], ['时间 At', 20], ['事件 What', 18], ['谁 Who', 14], ['责任方 Whose minutes', 18],
    ['内容 Detail', 60],
  ],
  rows: each(report, ({ problems = [] }) => problems.flatMap((one) => one.events.map((event) => [one.id, event.sequence, moment(event.at), both(EVENT_WORDS[event.action]), event.actor,
    event.party, eventText(event, 'zh')]))),
})
