/**
 * The health of the asset data over the checks and the joint review with the units, on the pages of a district and the league.
 */
import { LineChart } from 'echarts/charts'
import { use } from 'echarts/core'
import type { HealthPoint } from '../../books/read-model/asset-health.ts'
import type { UnitReview } from '../../books/assets/round-view.ts'
import { REVIEW_STATES, REVIEW_WORDS } from '../../domain/asset-review.ts'
import type { DistrictReport, YearReport } from '../model.ts'
import { AXIS, COLOURS, draw } from './charts.ts'
import { type Html, html, visible } from './escape.ts'
import { heading, table, timeText } from './parts.ts'

use([LineChart])

const FAMILIES: Record<string, { zh: string; en: string; colour: string }> = {
  D: { zh: '记账日期', en: 'Booking dates', colour: '#0b5c8a' }, N: { zh: '资产编号', en: 'Asset numbers', colour: '#8a5a0b' },
  L: { zh: '土地房屋', en: 'Land and buildings', colour: '#1d7f4f' }, F: { zh: '财务信息', en: 'Financial data', colour: '#b3261e' },
  V: { zh: '车辆信息', en: 'Vehicles', colour: '#6a3fa0' }, S: { zh: '状态与处置', en: 'Status and disposal', colour: '#12789f' },
  R: { zh: '资产年报', en: 'Annual report', colour: '#5b6b7b' },
}
/** Units on the chart and in the table; `nianjie assets rounds` names them all. */
const UNITS_MAX = 15

/** Nothing where the assets were never checked. */
export function assetHealthSection(district: DistrictReport): Html {
  const { assetHealth: health } = district
  if (!health || health.checks.length === 0) return html``
  const last = health.checks.at(-1)!
  return html`<section>${heading('资产数据健康', 'Health of the asset data')}
<p>健康分 Health score <b>${scoreText(last.all)}</b>：卡片 ${last.all.cards} 张，无错误 ${last.all.sound}，无错误和警告 ${last.all.clean}（各占一半，满分 100）cards, without errors, without errors and warnings; half for each</p>
<div class="charts"><figure>${trendChart(health.checks)}<figcaption>历次体检的健康分 Score of each check</figcaption></figure>
<figure>${unitsChart(health.units)}<figcaption>健康分最低的单位 Units with the lowest scores</figcaption></figure></div>
${familiesTable(health)}${unitsTable(health.units)}${reviewTable(district)}</section>`
}

type Health = NonNullable<DistrictReport['assetHealth']>

const scoreText = (point: HealthPoint | null | undefined): string => (point?.score == null ? '—' : point.score.toFixed(1))
const checkName = ({ generation, round }: Health['checks'][number]) =>
  (round > 0 ? `第${generation}次 ${round}轮` : `第${generation}次`)

function trendChart(checks: Health['checks']): Html {
  const families = Object.keys(FAMILIES).filter((letter) => checks.some((check) => check.families[letter]?.score != null))
  const line = (name: string, colour: string, width: number, points: readonly (HealthPoint | undefined)[]) => ({
    type: 'line', name, symbolSize: 6, lineStyle: { width, color: colour }, itemStyle: { color: colour },
    data: points.map((point) => point?.score ?? null),
  })
  const low = Math.min(...checks.flatMap((check) => [check.all, ...families.map((letter) => check.families[letter]!)])
    .map((point) => point?.score ?? 100))
  return draw({
    grid: { left: 8, right: 16, top: 54, bottom: 4, containLabel: true },
    legend: { top: 0, itemHeight: 9, itemWidth: 14, textStyle: { color: COLOURS.soft } },
    xAxis: { type: 'category', ...AXIS, data: checks.map(checkName) },
    yAxis: {
      type: 'value', min: Math.max(0, Math.floor(low / 10) * 10), max: 100, ...AXIS,
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
    series: [
      line('全部', '#1c2733', 3, checks.map(({ all }) => all)),
      ...families.map((letter) => line(
        FAMILIES[letter]!.zh, FAMILIES[letter]!.colour, 1.5, checks.map((check) => check.families[letter]),
      )),
    ],
  }, 520, 300)
}

function unitsChart(units: Health['units']): Html {
  const shown = units.filter(({ points }) => points.at(-1)?.score != null).slice(0, UNITS_MAX)
  return draw({
    grid: { left: 8, right: 48, top: 6, bottom: 4, containLabel: true },
    xAxis: { type: 'value', max: 100, ...AXIS, splitLine: { lineStyle: { color: COLOURS.line } } },
    yAxis: {
      type: 'category', inverse: true, ...AXIS, data: shown.map(({ unit, name }) => visible(`${unit} ${name}`.trim() || '未指明')),
    },
    series: [{
      type: 'bar', barMaxWidth: 14, label: { show: true, position: 'right', formatter: '{c}', color: COLOURS.soft },
      data: shown.map(({ points }) => { const value = points.at(-1)!.score!; return {
        value, itemStyle: { color: value === 100 ? COLOURS.done : value < 90 ? COLOURS.error : COLOURS.warning },
      } }),
    }],
  }, 520, Math.max(180, shown.length * 22 + 40))
}

function familiesTable({ checks }: Health): Html {
  const last = checks.at(-1)!
  const rows = Object.entries(last.families).map(([letter, point]) => html`<tr><td class="k">${letter}</td><td>${FAMILIES[letter]?.zh} <span class="en">${FAMILIES[letter]?.en}</span></td>
${checks.slice(-6).map((check) => html`<td class="n">${letter === 'R' ? '' : scoreText(check.families[letter])}</td>`)}<td class="n">${point.errors}</td><td class="n">${point.warnings}</td><td class="n">${point.infos}</td></tr>`)
  return html`<h3>按类别<small>By family</small></h3>${table([
    { zh: '类', en: '' }, { zh: '类别', en: 'Family' }, ...checks.slice(-6).map((check) => ({ zh: checkName(check), en: 'score', number: true })),
    { zh: '错误', en: 'errors', number: true }, { zh: '警告', en: 'warnings', number: true }, { zh: '提示', en: 'infos', number: true },
  ], rows)}`
}

function unitsTable(units: Health['units']): Html {
  const shown = units.slice(0, UNITS_MAX)
  return html`<h3>按单位<small>By unit</small></h3>${table([
    { zh: '单位', en: 'Unit' }, { zh: '卡片', en: 'cards', number: true }, { zh: '首次', en: 'first', number: true }, { zh: '上次', en: 'before', number: true }, { zh: '现在', en: 'now', number: true },
    { zh: '错误', en: 'errors', number: true }, { zh: '警告', en: 'warnings', number: true },
  ], shown.map(({ unit, name, points }) => html`<tr><td><b>${unit || '未指明 none'}</b> ${name}</td><td class="n">${points.at(-1)?.cards ?? 0}</td><td class="n">${scoreText(points.find((point) => point !== null))}</td>
<td class="n">${points.length > 1 ? scoreText(points.at(-2)) : ''}</td><td class="n">${scoreText(points.at(-1))}</td><td class="n">${points.at(-1)?.errors ?? 0}</td><td class="n">${points.at(-1)?.warnings ?? 0}</td></tr>`))}
${units.length > shown.length && html`<p class="none">共 ${units.length} 个单位，此处为最差的 ${shown.length} 个 the worst ${shown.length} of ${units.length} units</p>`}`
}

const leftText = (left: UnitReview['left']) =>
  Object.entries(left ?? {}).map(([family, { error, warning }]) => `${family} ${error}/${warning}`).join('  ')

function reviewTable({ assetReview: review }: DistrictReport): Html | null {
  if (!review || (review.units.length === 0 && review.corrections.inForce === 0)) return null
  const { inForce, adopted, superseded, gone } = review.corrections
  return html`<h3>会审<small>Joint review with the units</small></h3>
<p>第 ${review.round} 轮 round；更正有效 ${inForce} 处，源数据已改正 ${adopted}，被新数据取代 ${superseded}，卡片已无 ${gone} corrections in force, adopted at their source, superseded, card gone</p>
${table([
    { zh: '单位', en: 'Unit' }, { zh: '轮次', en: 'rounds', number: true }, { zh: '最近发出', en: 'Last sent' }, { zh: '更正', en: 'corrected', number: true }, { zh: '说明', en: 'explained', number: true },
    { zh: '待处理 错误/警告', en: 'Open errors/warnings' }, { zh: '会审状态', en: 'Review' },
  ], review.units.map((unit) => html`<tr><td><b>${unit.unit || '未指明 none'}</b> ${unit.name}</td><td class="n">${unit.rounds.at(-1)?.round ?? 0}</td><td class="t">${timeText(unit.rounds.at(-1)?.madeAt ?? null)}</td>
<td class="n">${unit.rounds.reduce((sum, { returned }) => sum + returned.corrections, 0)}</td><td class="n">${unit.rounds.reduce((sum, { returned }) => sum + returned.explanations, 0)}</td><td>${leftText(unit.left) || '—'}</td>
<td>${REVIEW_STATES.filter((state) => unit.states[state]).map((state) => html`<div>${REVIEW_WORDS[state].zh} ${unit.states[state]} <span class="en">${REVIEW_WORDS[state].en}</span></div>`)}</td></tr>`))}`
}

/** Scores of all districts on the league's page; nothing before the first check. */
export function leagueHealth({ districts }: YearReport): Html {
  const checked = districts.filter(({ assetHealth }) => assetHealth?.checks.length)
  if (checked.length === 0) return html``
  return html`<section>${heading('资产数据健康', 'Health of the asset data')}${table([
    { zh: '区划', en: 'District' }, { zh: '体检次数', en: 'checks', number: true }, { zh: '会审轮次', en: 'round', number: true }, { zh: '卡片', en: 'cards', number: true },
    { zh: '首次健康分', en: 'first score', number: true }, { zh: '现在', en: 'now', number: true }, { zh: '错误', en: 'errors', number: true }, { zh: '警告', en: 'warnings', number: true },
  ], checked.map(({ name, assetHealth, assetReview }) => {
    const { checks } = assetHealth!
    const last = checks.at(-1)!
    return html`<tr><td>${name.zh}<div class="en">${name.en}</div></td><td class="n">${checks.length}</td><td class="n">${assetReview?.round ?? 0}</td><td class="n">${last.all.cards}</td>
<td class="n">${scoreText(checks[0]!.all)}</td><td class="n"><b>${scoreText(last.all)}</b></td><td class="n">${last.all.errors}</td><td class="n">${last.all.warnings}</td></tr>`
  }))}</section>`
}
