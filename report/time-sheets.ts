/** Where the time went and when it is over, as sheets of the workbook. Minutes with two decimals. */
import type { PartyTime } from '../books/service/where-time-went.ts'
import { recordTexts, restsText } from '../domain/forecast-words.ts'
import { waitingOnText } from '../domain/role-words.ts'
import { STEPS, STEP_NAMES } from '../domain/steps.ts'
import type { DistrictReport, YearReport } from './model.ts'
import { DISTRICT, type Sheet, each, moment } from './sheet.ts'

const minutes = (seconds: number | undefined) => (seconds ? Math.round(seconds / 0.6) / 100 : null)
const sumOf = (times: PartyTime) => Object.values(times).reduce((sum, one) => sum + one, 0)

/** A row for each step and each problem of each district, and their sums. */
export function timeSheet(report: YearReport): Sheet {
  const names = report.time?.parties ?? {}
  const there = new Set(report.districts.flatMap(({ time }) => [time?.byParty, time?.problemsByParty]
    .flatMap((times) => Object.keys(times ?? {}))))
  const parties = [...new Set([...Object.keys(names), ...there])]
  const row = (what: string, name: string, times: PartyTime, total = sumOf(times)) =>
    [what, name, ...parties.map((party) => minutes(times[party])), minutes(total)]
  return {
    name: '时间去向 Time',
    columns: [
      ...DISTRICT, ['类别 Part', 16], ['步骤或问题 Step or problem', 30],
      ...parties.map((party) => [`${names[party]?.zh ?? party} ${names[party]?.en ?? ''}（分 min）`, 20] as const),
      ['合计 Total（分 min）', 18],
    ],
    rows: each(report, ({ time }) => (time ? [
      ...STEPS.map((step) => row('步骤 step', STEP_NAMES[step].zh, time.bySteps[step])),
      row('步骤 step', '合计 total', time.byParty, time.total),
      ...time.problems.map(({ id, user, byParty }) => row('用户问题 problem', `${id} ${user}`, byParty)),
      ...(time.problems.length > 0 ? [row('用户问题 problem', '合计 total', time.problemsByParty)] : []),
    ] : [])),
  }
}

/** A row for each district that is under way; the last rows say how often such forecasts came true, also once all are done. */
export function forecastSheet(report: YearReport): Sheet {
  const record = report.time?.trackRecord ?? []
  return {
    name: '预计完成 Forecast',
    columns: [...DISTRICT, ['步骤 Now at', 18], ['中位 Median', 20], ['偏晚 Late case', 20], ['依据 Rests on', 60], ['截至 As of', 20]],
    rows: [
      ...each(report, ({ code, forecast: one }) => (one ? [[
        STEP_NAMES[one.step!].zh, moment(one.median), moment(one.late), restsOf(code, one), moment(report.time!.at),
      ]] : [])),
      ...recordTexts(record, 'zh').map((text) => ['', '', '', null, null, text, null]),
    ],
  }
}

const restsOf = (district: string, forecast: NonNullable<DistrictReport['forecast']>) =>
  restsText({ ...forecast, district }, 'zh', (who) => waitingOnText(who, 'zh', new Map()))
