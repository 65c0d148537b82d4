/** The year-end summary as one page. */
import { durationText } from '../../domain/durations.ts'
import { CHANNEL_WORDS, KIND_WORDS } from '../../domain/problem-words.ts'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import { type Html, html } from '../html/escape.ts'
import { heading, stateMark, table, timeText } from '../html/parts.ts'
import { nameOf, pageOf, sections } from './html.ts'
import type { ServiceReport } from './model.ts'
import type { DistrictYearEnd, YearEndSummary } from './year-end.ts'

/** A self-contained page; the same summary gives the same text. */
export function yearEndPage(summary: YearEndSummary): string {
  const report = asReport(summary)
  return pageOf(
    { zh: `${summary.year} 年度年结运维总结`, en: `The service during the year-end of ${summary.year}` }, summary.asOf,
    sections(
      report, html`${windows(summary, report)}${yearEndTime(summary, report)}${kinds(summary, report)}${causes(summary, report)}`,
    ),
  )
}

/** The figures that it has in common with the report of a month. */
export const asReport = ({ year, districts, ...rest }: YearEndSummary): ServiceReport =>
  ({ ...rest, from: `${year}`, to: `${year}`, months: districts })

/** Seconds in words. */
const span = (seconds: number | null | undefined) => durationText(seconds ? seconds * 1000 : null, 'zh')

const dayText = (iso: string) => timeText(iso).slice(0, 10)
/** A window ends with its last day: `to` is the moment after. */
export const lastDayOf = ({ to }: { to: string }): string => dayText(new Date(Date.parse(to) - 1).toISOString())

function windows({ districts }: YearEndSummary, report: ServiceReport): Html {
  return html`<section>${heading('年结期间', 'The year-end')}${table([
    { zh: '区划', en: 'District' }, { zh: '窗口起', en: 'Window from' }, { zh: '窗口止', en: 'Window to' }, { zh: '年结', en: 'Year-end' }, { zh: '开始', en: 'Began' }, { zh: '结束', en: 'Ended' }, { zh: '用时', en: 'Took', number: true },
  ], districts.map(({ district, window, run }) => html`<tr><td>${nameOf(report, district)}</td><td class="t">${dayText(window.from)}</td><td class="t">${lastDayOf(window)}</td>
<td>${run && stateMark(run.state)}</td><td class="t">${run && timeText(run.startedAt)}</td><td class="t">${run && timeText(run.endedAt)}</td><td class="n">${span(run?.seconds)}</td></tr>`))}</section>`
}

function yearEndTime({ districts }: YearEndSummary, report: ServiceReport): Html {
  const parties = Object.keys(report.parties).filter((party) => districts.some(({ run }) => (run?.byParty[party] ?? 0) > 0))
  const rows = districts.flatMap(({ district, run }) => (run === null ? [] : [
    html`<tr><td>${nameOf(report, district)}</td><td><b>合计</b> <span class="en">total</span></td>${parties.map((party) => html`<td class="n"><b>${span(run.byParty[party])}</b></td>`)}</tr>`,
    ...STEPS.flatMap((step) => {
      const own = run.bySteps[step]
      return own
        ? [
          html`<tr><td></td><td>${STEP_NAMES[step].zh} <span class="en">${STEP_NAMES[step].en}</span></td>${parties.map((party) => html`<td class="n">${span(own[party])}</td>`)}</tr>`,
        ]
        : []
    }),
  ]))
  return html`<section>${heading('年结用时归属', 'Whose minutes the year-end took')}${table([
    { zh: '区划', en: 'District' }, { zh: '步骤', en: 'Step' }, ...parties.map((party) => ({ ...report.parties[party]!, number: true })),
  ], rows)}</section>`
}

function kinds({ districts }: YearEndSummary, report: ServiceReport): Html {
  const counts = <K extends string>(counted: Readonly<Record<K, number>>, words: Record<K, { zh: string; en: string }>) =>
    (Object.entries(counted) as [K, number][]).filter(([, count]) => count > 0)
      .map(([key, count]) => html`${words[key].zh} <span class="en">${words[key].en}</span> ${count} `)
  const row = (one: DistrictYearEnd) => html`<tr><td>${nameOf(report, one.district)}</td><td class="n">${one.problems}</td><td>${counts(one.byKind, KIND_WORDS)}</td>
<td>${counts(one.byChannel, CHANNEL_WORDS)}</td><td class="n">${span(one.answered.median)}</td><td class="n">${span(one.answered.longest)}</td>
<td class="n">${span(one.resolved.median)}</td><td class="n">${span(one.resolved.longest)}</td><td class="n">${one.unresolved > 0 ? html`<b>${one.unresolved}</b>` : ''}</td></tr>`
  return html`<section>${heading('用户问题', 'What users reported')}${table([
    { zh: '区划', en: 'District' }, { zh: '问题', en: 'Problems', number: true }, { zh: '类别', en: 'Kinds' }, { zh: '渠道', en: 'Channels' }, { zh: '响应用时中位', en: 'Answer, median', number: true }, { zh: '最长', en: 'longest', number: true },
    { zh: '故障解决中位', en: 'Fault, median', number: true }, { zh: '最长', en: 'longest', number: true }, { zh: '未解决', en: 'Open', number: true },
  ], districts.filter((one) => one.problems > 0).map(row))}</section>`
}

/** What the problems behind breaches were made from. */
function causes({ districts }: YearEndSummary, report: ServiceReport): Html {
  const rows = districts.flatMap(({ district, causes: own }) => Object.entries(own).map(([problem, { step, findingId }]) =>
    html`<tr><td>${nameOf(report, district)}</td><td>${problem}</td><td>${STEPS.map((one) => (one === step ? `${STEP_NAMES[one].zh} ${STEP_NAMES[one].en}` : ''))}</td><td>${findingId ?? ''}</td></tr>`))
  if (rows.length === 0) return html``
  return html`<section>${heading('违约问题的来源', 'What the problems of breaches were made from')}${table([
    { zh: '区划', en: 'District' }, { zh: '问题', en: 'Problem' }, { zh: '步骤', en: 'Step' }, { zh: '发现', en: 'Finding' },
  ], rows)}</section>`
}
