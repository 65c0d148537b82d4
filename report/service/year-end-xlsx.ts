/** The year-end summary as a workbook. */
import { CHANNELS, PROBLEM_KINDS } from '../../domain/problems.ts'
import { CHANNEL_WORDS, KIND_WORDS } from '../../domain/problem-words.ts'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import { stateText, timeText } from '../html/parts.ts'
import { type Sheet, bytesOf, moment } from '../sheet.ts'
import { serviceSheets } from './xlsx.ts'
import { asReport, lastDayOf } from './year-end-html.ts'
import type { DistrictYearEnd, YearEndSummary } from './year-end.ts'

export const yearEndWorkbook = (summary: YearEndSummary): Promise<Buffer> =>
  bytesOf([overview(summary), time(summary), ...serviceSheets(asReport(summary))])

type Row = Sheet['rows'][number]
const DISTRICT = [['区划 Code', 10], ['名称 District', 18]] as const
const minutes = (seconds: number | null | undefined) => (seconds ? Math.round(seconds / 6) / 10 : null)
const lead = (summary: YearEndSummary, { district }: DistrictYearEnd): Row => [district, summary.names[district]?.zh ?? '']

function overview(summary: YearEndSummary): Sheet {
  return {
    name: '年结总结 Year-end',
    columns: [
      ...DISTRICT, ['窗口起 From', 20], ['窗口止 To', 20], ['年结 Run', 18], ['开始 Began', 20], ['结束 Ended', 20], ['用时(分) Minutes', 16],
      ...PROBLEM_KINDS.map((kind) => [`${KIND_WORDS[kind].zh} ${KIND_WORDS[kind].en}`, 14] as const),
      ...CHANNELS.map((channel) => [`${CHANNEL_WORDS[channel].zh} ${CHANNEL_WORDS[channel].en}`, 16] as const),
      ['响应中位(分) Answer median', 16], ['响应最长 longest', 14], ['故障解决中位(分) Fault median', 18], ['解决最长 longest', 14], ['未解决 Open', 12],
    ],
    rows: summary.districts.map((one) => [
      ...lead(summary, one), timeText(one.window.from).slice(0, 10), lastDayOf(one.window), one.run && stateText(one.run.state),
      moment(one.run?.startedAt ?? null), moment(one.run?.endedAt ?? null), minutes(one.run?.seconds),
      ...PROBLEM_KINDS.map((kind) => one.byKind[kind]), ...CHANNELS.map((channel) => one.byChannel[channel]),
      minutes(one.answered.median), minutes(one.answered.longest), minutes(one.resolved.median), minutes(one.resolved.longest),
      one.unresolved,
    ]),
  }
}

function time(summary: YearEndSummary): Sheet {
  const parties = Object.entries(summary.parties)
  return {
    name: '年结用时 Year-end minutes',
    columns: [...DISTRICT, ['步骤 Step', 24], ...parties.map(([, name]) => [`${name.zh} ${name.en}`, 18] as const)],
    rows: summary.districts.flatMap((one): Row[] => STEPS.flatMap((step) => {
      const own = one.run?.bySteps[step]
      return own ? [[
        ...lead(summary, one), `${STEP_NAMES[step].zh} ${STEP_NAMES[step].en}`, ...parties.map(([party]) => minutes(own[party])),
      ]] : []
    })),
  }
}
