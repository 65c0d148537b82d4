/** Where the time went, by party and step and problem, and when it is over: on the pages of a district and of the league. */
import type { PartyTime } from '../../books/service/where-time-went.ts'
import { durationText } from '../../domain/durations.ts'
import { recordTexts, restsText } from '../../domain/forecast-words.ts'
import { waitingOnText } from '../../domain/role-words.ts'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import type { DistrictReport, Text, YearReport } from '../model.ts'
import { AXIS, COLOURS, draw } from './charts.ts'
import { type Html, html, visible } from './escape.ts'
import { heading, table, timeText } from './parts.ts'

type Parties = Readonly<Record<string, Text>>
type Shared = NonNullable<YearReport['time']>
interface TimeRow { name: Text; byParty: PartyTime; total: number }

/** Told apart also by colour-blind eyes; a party of the office's own beyond these begins anew. */
const PARTY_COLOURS = ['#0b5c8a', '#d99a1c', '#7a4fa3', '#1d7f4f', '#b3261e', '#9aa8b5', '#3aa6b9', '#8a6d3b']
/** Problems in the table and on the chart; the workbook has them all. */
const PROBLEMS_MAX = 15

/** Of one district; nothing before it was started. */
export function timeSection({ time: shared }: YearReport, { time, forecast }: DistrictReport): Html {
  if (!shared || !time) return html``
  const steps = STEPS.map((step) => rowOf(STEP_NAMES[step], time.bySteps[step]))
  const problems = time.problems.slice(0, PROBLEMS_MAX)
    .map(({ id, user, byParty }) => rowOf({ zh: `${id} ${user}`, en: '' }, byParty))
  const whole = rowOf({ zh: '合计', en: 'total' }, time.byParty)
  return html`<section>${heading('时间去向', 'Where the time went: whose minutes they were')}
${forecast && forecastNote(shared, forecast)}
<div class="charts"><figure>${partyChart(steps, shared.parties)}<figcaption>各步骤 By step</figcaption></figure>
${problems.length > 0
  && html`<figure>${partyChart(problems, shared.parties)}<figcaption>用户问题 Users' problems</figcaption></figure>`}</div>
${timeTable({ zh: '步骤', en: 'Step' }, [...steps, whole], shared.parties)}
${problems.length > 0 && problemTable(time, problems, shared.parties)}
<p class="none">截至 as of ${timeText(shared.at)}；每一分钟只属于一方 every minute belongs to one party</p></section>`
}

type Time = NonNullable<DistrictReport['time']>

function problemTable({ problems, problemsByParty }: Time, shown: readonly TimeRow[], parties: Parties): Html {
  const all = rowOf({ zh: '合计', en: 'total' }, problemsByParty)
  return html`<h3>用户问题<small>Users' problems</small></h3>${timeTable({ zh: '问题', en: 'Problem' }, [...shown, all], parties)}
${problems.length > shown.length
  && html`<p class="none">共 ${problems.length} 个，此处为用时最长的 ${shown.length} 个
the longest ${shown.length} of ${problems.length}</p>`}`
}

/** Of all districts, with when each will be done; nothing before one was started. */
export function leagueTime({ districts, time: shared }: YearReport): Html {
  const timed = districts.filter(({ time }) => time !== undefined)
  if (!shared || timed.length === 0) return html``
  const rows = timed.map(({ name, time }) => rowOf(name, time!.byParty))
  return html`<section>${heading('时间去向', 'Where the time went: whose minutes they were')}
<figure>${partyChart(rows, shared.parties, 1040)}</figure>${timeTable({ zh: '区划', en: 'District' }, rows, shared.parties)}
<p class="none">截至 as of ${timeText(shared.at)}</p></section>${leagueForecast(shared, districts)}`
}

/** Once all are done, only how often it was right. */
function leagueForecast({ at, trackRecord }: Shared, districts: readonly DistrictReport[]): Html {
  const coming = districts.filter(({ forecast }) => forecast)
  if (coming.length === 0 && trackRecord.length === 0) return html``
  return html`<section>${heading('预计完成', 'When each district will be done')}${coming.length > 0 && forecastTable(coming)}
<p class="none">截至 as of ${timeText(at)}</p>${recordNote(trackRecord)}</section>`
}

function forecastTable(districts: readonly DistrictReport[]): Html {
  return table([
    { zh: '区划', en: 'District' }, { zh: '现在', en: 'Now at' }, { zh: '中位', en: 'Median' },
    { zh: '偏晚', en: 'Late case: nine of ten' }, { zh: '依据', en: 'Rests on' },
  ], districts.map(({ code, name, forecast }) => html`<tr><td><b>${name.zh}</b><div class="en">${name.en}</div></td>
<td>${STEP_NAMES[forecast!.step!].zh}</td>
<td class="t">${timeText(forecast!.median)}</td><td class="t">${timeText(forecast!.late)}</td>
<td>${restsWords({ ...forecast!, district: code })}</td></tr>`))
}

/** Districts by their codes. */
const NO_NAMES: ReadonlyMap<string, Text> = new Map()

const restsWords = (one: Parameters<typeof restsText>[0]): Html => {
  const [zh, en] = (['zh', 'en'] as const).map((lang) => restsText(one, lang, (who) => waitingOnText(who, lang, NO_NAMES)))
  return html`${zh!}<br><span class="en">${en!}</span>`
}

function forecastNote({ trackRecord }: Shared, forecast: NonNullable<DistrictReport['forecast']>): Html {
  return html`<p><b>预计完成 Done by</b> ${forecast.median
    ? html`<b>中位 median ${timeText(forecast.median)}，偏晚 late case ${timeText(forecast.late)}</b>` : html`—`}</p>
<p>依据 Rests on：${restsWords({ ...forecast, district: '' })}</p>${recordNote(trackRecord)}`
}

const recordNote = (record: Shared['trackRecord']): Html[] => recordTexts(record, 'zh')
  .map((zh, index) => html`<p class="said">${zh}<br><span class="en">${recordTexts(record, 'en')[index]!}</span></p>`)

const rowOf = (name: Text, byParty: PartyTime): TimeRow => ({ name, byParty, total: sumOf(byParty) })
const sumOf = (times: PartyTime): number => Object.values(times).reduce((sum, one) => sum + one, 0)

/** The parties that some row has, in the order of the configuration. */
function partiesIn(rows: readonly { byParty: PartyTime }[], parties: Parties): string[] {
  const there = new Set(rows.flatMap(({ byParty }) => Object.keys(byParty)))
  return [...new Set([...Object.keys(parties), ...there])].filter((party) => there.has(party))
}

function timeTable(title: Text, rows: readonly TimeRow[], parties: Parties): Html {
  const shown = partiesIn(rows, parties)
  const words = (seconds: number | undefined) => (seconds ? durationText(seconds * 1000, 'zh') : '')
  return table([
    title, ...shown.map((party) => ({ zh: parties[party]?.zh ?? party, en: parties[party]?.en ?? '', number: true })),
    { zh: '合计', en: 'total', number: true },
  ], rows.map(({ name, byParty, total }) => html`<tr><td>${name.zh}${name.en && html` <span class="en">${name.en}</span>`}</td>
${shown.map((party) => html`<td class="n">${words(byParty[party])}</td>`)}<td class="n"><b>${words(total)}</b></td></tr>`))
}

const SCALES = [[0, 1, '秒 s'], [120, 60, '分 min'], [7_200, 3_600, '小时 h'], [259_200, 86_400, '天 d']] as const

/** A bar for each row, cut by party. */
function partyChart(rows: readonly TimeRow[], parties: Parties, width = 520): Html {
  const shown = partiesIn(rows, parties)
  const longest = Math.max(...rows.map(({ total }) => total))
  const [, unit, name] = SCALES.findLast(([from]) => longest >= from)!
  const colour = (party: string) => PARTY_COLOURS[Math.max(0, Object.keys(parties).indexOf(party)) % PARTY_COLOURS.length]!
  const legend = Math.ceil(shown.length / (width > 600 ? 8 : 4)) * 22 + 12
  return draw({
    grid: { left: 8, right: 52, top: legend, bottom: 4, containLabel: true },
    legend: { top: 0, itemHeight: 9, itemWidth: 14, textStyle: { color: COLOURS.soft } },
    xAxis: {
      type: 'value', name, nameTextStyle: { color: COLOURS.soft }, ...AXIS, splitLine: { lineStyle: { color: COLOURS.line } },
    },
    yAxis: { type: 'category', inverse: true, ...AXIS, data: rows.map((row) => visible(row.name.zh).slice(0, 24)) },
    series: shown.map((party) => ({
      type: 'bar', stack: 'time', barMaxWidth: 18, itemStyle: { color: colour(party) },
      name: visible(parties[party]?.zh ?? party),
      data: rows.map(({ byParty }) => Math.round(((byParty[party] ?? 0) / unit) * 100) / 100),
    })),
  }, width, legend + Math.max(90, rows.length * 26 + 40))
}
