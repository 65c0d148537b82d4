/** The league's page: all districts by step, and what they add up to. */
import { durationText } from '../../domain/durations.ts'
import { formatYuan, parseYuan } from '../../domain/money.ts'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import { type DistrictReport, type YearReport, countBySeverity, spanOf } from '../model.ts'
import { leagueHealth } from './asset-health.ts'
import { findingsChart, progressChart } from './charts.ts'
import { mirrorsSection } from './differences.ts'
import { type Html, html } from './escape.ts'
import { countsText } from './findings.ts'
import { page } from './page.ts'
import { leagueTime } from './time.ts'
import { heading, stateMark, table, timeText, yuan } from './parts.ts'

/** The summary of a year. `link` gives the address of a district's page, or null without one. */
export function leaguePage(report: YearReport, link: (district: DistrictReport) => string | null): string {
  const { districts } = report
  const done = districts.filter((district) => district.state === 'completed').length
  return page(report, {
    zh: '全盟汇总', en: 'League summary', state: report.state,
    facts: [['区划', 'Districts', String(districts.length)], ['已完成', 'Completed', `${done} / ${districts.length}`]],
  }, [
    cards(districts, done), matrix(districts, link), charts(districts), leagueTime(report), mirrorsSection(report),
    leagueHealth(report),
    totals(districts), escalations(districts), heads(districts),
  ])
}

function cards(districts: readonly DistrictReport[], done: number): Html {
  const counts = countBySeverity(districts.flatMap((district) => district.findings))
  const escalated = districts.reduce(
    (sum, district) => sum + district.alarms.filter((one) => one.kind === 'escalation').length, 0,
  )
  const card = (value: string | number, zh: string, en: string) =>
    html`<div class="card"><b>${value}</b><span>${zh} ${en}</span></div>`
  return html`<div class="cards">${card(`${done} / ${districts.length}`, '已签署归档', 'signed off')}${card(counts.error, '错误', 'errors')}
${card(counts.warning, '警告', 'warnings')}${card(counts.open, '待处理', 'open')}${card(escalated, '升级', 'escalations')}</div>`
}

function matrix(districts: readonly DistrictReport[], link: (district: DistrictReport) => string | null): Html {
  return html`<section>${heading('各区划进度', 'Progress by district')}${table([
    { zh: '区划', en: 'District' }, { zh: '进度', en: 'Progress' }, ...STEPS.map((step) => STEP_NAMES[step]), { zh: '错误/警告/提示', en: 'E/W/I', number: true }, { zh: '历时', en: 'Time', number: true },
  ], districts.map((district) => {
    const address = link(district)
    return html`<tr><td>${address ? html`<a href="${address}"><b>${district.name.zh}</b></a>` : html`<b>${district.name.zh}</b>`}<div class="en">${district.name.en} · ${district.code}</div></td>
<td><div class="bar"><i style="width:${district.percent}%"></i></div>${district.percent}%</td>
${district.steps.map((step) => html`<td>${stateMark(step.state, false)}</td>`)}<td class="n">${countsText(district.findings)}</td><td class="n">${durationText(spanOf(district), 'zh')}</td></tr>`
  }))}</section>`
}

function charts(districts: readonly DistrictReport[]): Html {
  return html`<section>${heading('图示', 'Charts')}<div class="charts"><figure>${progressChart(districts)}<figcaption>各区划进度 Progress by district</figcaption></figure>
<figure>${findingsChart(districts.flatMap((district) => district.findings))}<figcaption>各步骤发现 Findings by step</figcaption></figure></div></section>`
}

function totals(districts: readonly DistrictReport[]): Html {
  return html`<section>${heading('期初余额', 'Opening balances of the new year')}${table([
    { zh: '区划', en: 'District' }, { zh: '账套', en: 'books', number: true }, { zh: '笔数', en: 'balances', number: true }, { zh: '借方合计', en: 'Debit', number: true },
    { zh: '贷方合计', en: 'Credit', number: true }, { zh: '记账', en: 'Live' },
  ], districts.flatMap((district) => {
    const live = district.carryForwards.findLast((one) => one.state === 'live')
    if (!live) return []
    const sum = (side: 'debit' | 'credit') => sumYuan(live.books.map((book) => book[side]))
    return [html`<tr><td>${district.name.zh}</td><td class="n">${live.books.length}</td><td class="n">${live.books.reduce((all, book) => all + book.balances, 0)}</td>
<td class="n">${yuan(sum('debit'))}</td><td class="n">${yuan(sum('credit'))}</td><td class="t">${timeText(live.liveAt)}</td></tr>`]
  }))}</section>`
}

const sumYuan = (texts: readonly string[]): string => formatYuan(texts.reduce((sum, text) => sum + parseYuan(text), 0n))

function escalations(districts: readonly DistrictReport[]): Html {
  const all = districts.flatMap((district) => district.alarms.filter((one) => one.kind === 'escalation')
    .map((alarm) => ({ district, alarm })))
  return html`<section>${heading('升级', 'Escalations')}${table([{ zh: '到期', en: 'Due' }, { zh: '区划', en: 'District' }, { zh: '步骤', en: 'Step' }, { zh: '级别', en: 'Level', number: true }, { zh: '内容', en: 'Message' }],
    all.map(({ district, alarm }) => html`<tr><td class="t">${timeText(alarm.dueAt)}</td><td>${district.name.zh}</td><td>${STEP_NAMES[alarm.step].zh}</td><td class="n">${alarm.level}</td><td>${alarm.message.zh}</td></tr>`))}</section>`
}

function heads(districts: readonly DistrictReport[]): Html {
  return html`<section>${heading('审计链末端', 'Heads of the audit chains')}${table([{ zh: '区划', en: 'District' }, { zh: '序号', en: 'No.', number: true }, { zh: '散列', en: 'Hash' }],
    districts.filter((district) => district.audit).map((district) => html`<tr><td>${district.name.zh}</td><td class="n">${district.audit!.sequence}</td><td><code>${district.audit!.hash}</code></td></tr>`))}</section>`
}
