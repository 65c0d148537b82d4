/** The service's report as a workbook. */
import { type Sheet, bytesOf, moment } from '../sheet.ts'
import type { ClockFigures, MonthReport, ServiceReport } from './model.ts'

const KEY = [['区划 Code', 10], ['名称 District', 18], ['期间 Period', 10]] as const
type Row = Sheet['rows'][number]

export const serviceWorkbook = (report: ServiceReport): Promise<Buffer> => bytesOf(serviceSheets(report))

/** The figures by district and period. */
export function serviceSheets(report: ServiceReport): Sheet[] {
  const each = (rows: (month: MonthReport) => readonly Row[]): Row[] =>
    report.months.flatMap((month) => rows(month)
      .map((row) => [month.district, report.names[month.district]?.zh ?? '', month.month, ...row]))
  const clock = ({ total, inTime, late, open }: ClockFigures): Row => [total, inTime, late, open]
  const four = (zh: string) => [[`${zh} total`, 14], ['按时 In time', 12], ['超时 Late', 10], ['进行中 Open', 12]] as const
  const parties = Object.entries(report.parties)
  return [
    {
      name: '汇总 Summary',
      columns: [
        ...KEY, ['来电 Calls', 10], ['接通 Answered', 12], ['接通率 Rate %', 12], ['未接 Missed', 10], ['当日回拨 Called back', 14],
        ['低于标准天数 Days below', 16], ['问题 Problems', 12], ...four('响应 Responses'), ...four('解决(时) Hours'), ...four('解决(工作日) Days'),
        ['违约 Breaches', 12], ['投诉 Complaints', 12], ['成立 Upheld', 10], ['满意度 Satisfaction', 16],
      ],
      rows: each((m) => [[m.calls.calls, m.calls.answered, m.calls.rate, m.calls.missed, m.calls.calledBack, m.calls.daysBelow.length, m.problems, ...clock(m.responses),
        ...clock(m.resolutions.hours), ...clock(m.resolutions.workingDays), m.breaches.filter((one) => !one.withdrawn).length,
        m.complaints.length,
        m.complaints.filter((one) => one.upheld).length, m.satisfaction.average]]),
    },
    {
      name: '违约 Breaches',
      columns: [
        ...KEY, ['问题 Problem', 28], ['用户 User', 16], ['时限 Clock', 12], ['应于 Due', 20], ['主要在等 Party', 16], ['分钟 Minutes', 10],
        ['内容 Text', 60], ['已撤销 Withdrawn', 12],
      ],
      rows: each((m) => m.breaches.map((one) => [
        one.problemId, one.user, one.clock, moment(one.dueAt), report.parties[one.party]?.zh ?? one.party, one.minutes, one.text,
        one.withdrawn,
      ])),
    },
    {
      name: '低于标准日期 Days below', columns: [...KEY, ['日期 Date', 12], ['来电 Calls', 10], ['接通 Answered', 12]],
      rows: each((m) => m.calls.daysBelow.map((day) => [day.date, day.calls, day.answered])),
    },
    {
      name: '投诉 Complaints',
      columns: [
        ...KEY, ['编号 Id', 16], ['用户 User', 16], ['时间 At', 20], ['内容 Text', 60], ['成立 Upheld', 10], ['认定人 By', 14], ['理由 Why', 40],
        ['所涉问题 Problem', 28],
      ],
      rows: each((m) => m.complaints.map((one) => [
        one.complaintId, one.user, moment(one.at), one.text, one.upheld, one.judgedBy, one.reason, one.problemId,
      ])),
    },
    {
      name: '重复投诉 Repeated', columns: [['区划 Code', 10], ['用户 User', 16], ['年 Year', 8], ['成立 Upheld', 10]],
      rows: report.repeats.map((one) => [one.district, one.user, one.year, one.upheld]),
    },
    {
      name: '用时归属 Minutes', columns: [...KEY, ...parties.map(([, name]) => [`${name.zh} ${name.en}`, 18] as const)],
      rows: each((m) => [parties.map(([party]) => (m.time[party] ? Math.round(m.time[party] / 6) / 10 : null))]),
    },
  ]
}
