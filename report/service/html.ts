/** The service's report as one page. */
import { durationText } from '../../domain/durations.ts'
import { type Html, html } from '../html/escape.ts'
import { framed } from '../html/page.ts'
import { heading, table, tag, timeText } from '../html/parts.ts'
import type { Text } from '../model.ts'
import { type ClockFigures, type MonthReport, type ServiceReport, percentOf } from './model.ts'

const OK = { zh: '达标', en: 'kept', tone: 'ok' }
const LOW = { zh: '未达标', en: 'missed', tone: 'stop' }

/** A self-contained page that loads nothing and runs nothing; the same report gives the same text. */
export function servicePage(report: ServiceReport): string {
  const span = report.from === report.to ? report.from : `${report.from} – ${report.to}`
  return pageOf({ zh: `运维服务报告 · ${span}`, en: `Service report, ${span}` }, report.asOf, sections(report))
}

/** The page around the sections of a report of the service. */
export function pageOf(title: Text, asOf: string | null, body: Html): string {
  return framed({ ...title, facts: [], asOf }, [body])
}

/** The figures by district and period; `between` stands after the cards. */
export const sections = (report: ServiceReport, between: Html = html``): Html =>
  html`${cards(report)}${between}${calls(report)}${clocks(report)}${breaches(report)}${complaints(report)}${satisfaction(report)}${minutes(report)}`

export const nameOf = ({ names }: ServiceReport, district: string): Html =>
  html`<b>${names[district]?.zh ?? district}</b><div class="en">${names[district]?.en ?? ''} · ${district}</div>`
const rate = (value: number | null) => (value === null ? '' : `${value.toFixed(2)}%`)
const judged = (kept: boolean | null) => (kept === null ? '' : tag(kept ? OK : LOW))

function cards({ months }: ServiceReport): Html {
  const sum = (pick: (month: MonthReport) => number) => months.reduce((all, month) => all + pick(month), 0)
  const card = (value: string | number, zh: string, en: string) =>
    html`<div class="card"><b>${value}</b><span>${zh} ${en}</span></div>`
  return html`<div class="cards">${card(rate(percentOf(sum((m) => m.calls.answered), sum((m) => m.calls.calls))) || '–', '热线接通率', 'calls answered')}
${card(sum((m) => m.problems), '用户问题', 'problems')}${card(sum((m) => m.responses.late), '响应超时', 'late responses')}
${card(sum((m) => m.breaches.filter((one) => !one.withdrawn).length), '违约', 'breaches')}${card(sum((m) => m.complaints.filter((one) => one.upheld).length), '成立投诉', 'upheld complaints')}</div>`
}

function calls(report: ServiceReport): Html {
  const { answerRate } = report.targets
  return html`<section>${heading('热线', 'Hotline')}<p class="en">每日接通率不低于 ${answerRate}%，未接来电当日回拨 · ${answerRate}% answered each day, missed calls returned the same day</p>${table([
    { zh: '区划', en: 'District' }, { zh: '期间', en: 'Period' }, { zh: '来电', en: 'Calls', number: true }, { zh: '接通', en: 'Answered', number: true }, { zh: '接通率', en: 'Rate', number: true },
    { zh: '未接', en: 'Missed', number: true }, { zh: '当日回拨', en: 'Called back', number: true }, { zh: '低于标准的日期', en: 'Days below' }, { zh: '结论', en: 'Result' },
  ], report.months.filter((m) => m.calls.calls > 0).map((m) => html`<tr><td>${nameOf(report, m.district)}</td><td>${m.month}</td><td class="n">${m.calls.calls}</td><td class="n">${m.calls.answered}</td>
<td class="n">${rate(m.calls.rate)}</td><td class="n">${m.calls.missed}</td><td class="n">${m.calls.calledBack}</td>
<td>${m.calls.daysBelow.map((day) => `${day.date} ${day.answered}/${day.calls}`).join('，')}</td><td>${judged(m.calls.daysBelow.length === 0 && m.calls.calledBack === m.calls.missed)}</td></tr>`))}</section>`
}

const clockCells = ({ total, inTime, late, open }: ClockFigures): Html =>
  html`<td class="n">${total === 0 ? '' : total}</td><td class="n">${total === 0 ? '' : inTime}</td><td class="n">${late > 0 ? html`<b>${late}</b>` : ''}</td><td class="n">${open > 0 ? open : ''}</td>`

function clocks(report: ServiceReport): Html {
  const four = (zh: string, en: string) => [
    { zh, en, number: true }, { zh: '按时', en: 'in time', number: true }, { zh: '超时', en: 'late', number: true },
    { zh: '进行中', en: 'open', number: true },
  ]
  return html`<section>${heading('响应与解决', 'Responses and resolutions')}${table([
    { zh: '区划', en: 'District' }, { zh: '期间', en: 'Period' }, { zh: '问题', en: 'Problems', number: true }, ...four('响应', 'Responses'), ...four('解决（年结期间）', 'Resolutions, hours'), ...four('解决（工作日）', 'Resolutions, working days'),
  ], report.months.filter((m) => m.problems > 0).map((m) => html`<tr><td>${nameOf(report, m.district)}</td><td>${m.month}</td><td class="n">${m.problems}</td>
${clockCells(m.responses)}${clockCells(m.resolutions.hours)}${clockCells(m.resolutions.workingDays)}</tr>`))}</section>`
}

const CLOCK = { response: '响应 response', resolution: '解决 resolution' }

function breaches(report: ServiceReport): Html {
  return html`<section>${heading('违约', 'Breaches')}${table([
    { zh: '区划', en: 'District' }, { zh: '用户', en: 'User' }, { zh: '时限', en: 'Clock' }, { zh: '应于', en: 'Due' }, { zh: '主要在等', en: 'Most of it waited for' }, { zh: '问题', en: 'Problem' }, { zh: '状态', en: 'State' },
  ], report.months.flatMap((m) => m.breaches.map((one) => html`<tr><td>${nameOf(report, m.district)}</td><td>${one.user}</td><td>${CLOCK[one.clock]}</td><td class="t">${timeText(one.dueAt)}</td>
<td>${report.parties[one.party]?.zh ?? one.party} <span class="en">${report.parties[one.party]?.en ?? ''}</span> ${one.minutes} 分 min</td><td>${one.text}<div class="en">${one.problemId}</div></td>
<td>${one.withdrawn ? '已撤销 withdrawn' : tag(LOW)}</td></tr>`)))}</section>`
}

function complaints(report: ServiceReport): Html {
  const verdict = (upheld: boolean | null) =>
    (upheld === null ? '未认定 not judged' : upheld ? tag({ zh: '成立', en: 'upheld', tone: 'stop' }) : '不成立 not upheld')
  return html`<section>${heading('投诉', 'Complaints')}${table([
    { zh: '区划', en: 'District' }, { zh: '用户', en: 'User' }, { zh: '时间', en: 'At' }, { zh: '内容', en: 'Text' }, { zh: '认定', en: 'Judged' }, { zh: '理由', en: 'Why' },
  ], report.months.flatMap((m) => m.complaints.map((one) => html`<tr><td>${nameOf(report, m.district)}</td><td>${one.user}</td><td class="t">${timeText(one.at)}</td><td>${one.text}</td><td>${verdict(one.upheld)}</td><td>${one.reason ?? ''}</td></tr>`)))}
${report.repeats.map((one) => html`<p>${tag(LOW)} ${report.names[one.district]?.zh ?? one.district} ${one.user}：${one.year} 年成立投诉 ${one.upheld} 次（${report.targets.repeatComplaints} 次以上为违约） <span class="en">${one.upheld} upheld complaints of one user in ${one.year}</span></p>`)}</section>`
}

function satisfaction(report: ServiceReport): Html {
  const rated = report.months.filter((m) => m.satisfaction.ratings > 0)
  const { satisfactionAverage: all, satisfactionEach: each } = report.targets
  const averages = rated.map((m) => m.satisfaction.average!)
  const average = averages.length === 0 ? null : averages.reduce((a, b) => a + b, 0) / averages.length
  return html`<section>${heading('满意度', 'Satisfaction')}<p class="en">平均不低于 ${all}，各区划不低于 ${each} · ${all} on average, ${each} in each district</p>${table([
    { zh: '区划', en: 'District' }, { zh: '期间', en: 'Period' }, { zh: '份数', en: 'Ratings', number: true }, { zh: '平均', en: 'Average', number: true }, { zh: '结论', en: 'Result' },
  ], [...rated.map((m) => html`<tr><td>${nameOf(report, m.district)}</td><td>${m.month}</td><td class="n">${m.satisfaction.ratings}</td><td class="n">${m.satisfaction.average!.toFixed(2)}</td><td>${judged(m.satisfaction.average! >= each)}</td></tr>`),
    ...(average === null ? [] : [html`<tr><td><b>平均 Average</b></td><td></td><td></td><td class="n"><b>${average.toFixed(2)}</b></td><td>${judged(average >= all)}</td></tr>`])])}</section>`
}

function minutes(report: ServiceReport): Html {
  const parties = Object.keys(report.parties).filter((party) => report.months.some((m) => (m.time[party] ?? 0) > 0))
  return html`<section>${heading('问题处理用时归属', 'Whose minutes the problems took')}${table([
    { zh: '区划', en: 'District' }, { zh: '期间', en: 'Period' }, ...parties.map((party) => ({ ...report.parties[party]!, number: true })),
  ], report.months.filter((m) => m.problems > 0).map((m) => html`<tr><td>${nameOf(report, m.district)}</td><td>${m.month}</td>${parties.map((party) => html`<td class="n">${durationText(m.time[party] ? m.time[party] * 1000 : null, 'zh')}</td>`)}</tr>`))}</section>`
}
