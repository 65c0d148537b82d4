/** Charts as SVG, made here: the report needs no script. */
import { BarChart } from 'echarts/charts'
import { LegacyGridContainLabel } from 'echarts/features'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import type { FindingReport } from '../district-parts.ts'
import { type DistrictReport, isCleared } from '../model.ts'
import { type Html, trusted, visible } from './escape.ts'

use([BarChart, LegacyGridContainLabel, GridComponent, LegendComponent, SVGRenderer])

const FONT = '"Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif'
export const COLOURS = {
  error: '#b3261e', warning: '#d99a1c', info: '#5b8fb9', done: '#1d7f4f', run: '#0b5c8a', line: '#d9e0e7', soft: '#5b6b7b',
}
export const AXIS = {
  axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: COLOURS.soft, fontFamily: FONT, fontSize: 12 },
}

type Option = Parameters<ReturnType<typeof init>['setOption']>[0]

/**
 * Draws a chart. The same data give the same text: classes and styles, which carry the library's running numbers and serve
 * only the mouse, are taken out.
 */
export function draw(option: object, width: number, height: number): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...option } as Option)
  const svg = chart.renderToSVGString()
  chart.dispose()
  return trusted(svg.replace(/ class="zr[^"]*"/g, '').replace(/<style[^>]*>[\s\S]*?<\/style>/g, '').replace(/zr\d+-/g, 'zr-')
    .replace(/<\?xml[^>]*\?>/, '').replace(/^<svg width="\d+" height="\d+"/, `<svg viewBox="0 0 ${width} ${height}" role="img"`))
}

/** Findings of each step, by severity; without those that corrected input cleared. */
export function findingsChart(findings: readonly FindingReport[]): Html {
  const steps = STEPS.filter((step) => step !== 'sign-off')
  const standing = findings.filter((one) => !isCleared(one))
  const series = (['error', 'warning', 'info'] as const).map((severity) => ({
    type: 'bar', stack: 'findings', barMaxWidth: 26, itemStyle: { color: COLOURS[severity] },
    name: { error: '错误 error', warning: '警告 warning', info: '提示 info' }[severity],
    data: steps.map((step) => standing.filter((one) => one.step === step && one.severity === severity).length),
  }))
  return draw({
    grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, itemHeight: 9, itemWidth: 14, textStyle: { color: COLOURS.soft } },
    xAxis: { type: 'value', minInterval: 1, ...AXIS, splitLine: { lineStyle: { color: COLOURS.line } } },
    yAxis: { type: 'category', inverse: true, ...AXIS, data: steps.map((step) => STEP_NAMES[step].zh) }, series,
  }, 520, 270)
}

/** How far each district is. */
export function progressChart(districts: readonly DistrictReport[]): Html {
  return draw({
    grid: { left: 8, right: 48, top: 6, bottom: 4, containLabel: true },
    xAxis: {
      type: 'value', max: 100, ...AXIS, axisLabel: { ...AXIS.axisLabel, formatter: '{value}%' },
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
    yAxis: { type: 'category', inverse: true, ...AXIS, data: districts.map((district) => visible(district.name.zh)) },
    series: [{
      type: 'bar', barMaxWidth: 16, label: { show: true, position: 'right', formatter: '{c}%', color: COLOURS.soft },
      data: districts.map((district) => ({
        value: district.percent, itemStyle: { color: district.percent === 100 ? COLOURS.done : COLOURS.run },
      })),
    }],
  }, 520, Math.max(180, districts.length * 24 + 40))
}

const SCALES = [[2, 1, '秒 s'], [120, 60, '分 min'], [7200, 3600, '小时 h'], [259_200, 86_400, '天 d']] as const

/** When each step of a district ran, counted from the start of its year-end. Empty before anything has started. */
export function timelineChart(district: DistrictReport): Html | null {
  const steps = district.steps.filter((step) => step.startedAt !== null)
  if (steps.length === 0) return null
  const start = Math.min(...steps.map((step) => Date.parse(step.startedAt!)))
  const end = Math.max(...district.steps.flatMap((step) => [step.startedAt, step.endedAt, step.history.at(-1)?.at ?? null])
    .filter((time) => time !== null).map((time) => Date.parse(time!)))
  const span = (end - start) / 1000
  const [, unit, name] = SCALES.findLast(([from]) => span >= from) ?? SCALES[0]
  const at = (time: string) => Math.round((Date.parse(time) - start) / unit / 10) / 100
  const last = (step: (typeof steps)[number]) => step.endedAt ?? step.history.at(-1)?.at ?? step.startedAt!
  return draw({
    grid: { left: 8, right: 60, top: 6, bottom: 4, containLabel: true },
    xAxis: {
      type: 'value', name, nameTextStyle: { color: COLOURS.soft, fontFamily: FONT }, ...AXIS,
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
    yAxis: { type: 'category', inverse: true, ...AXIS, data: steps.map((step) => STEP_NAMES[step.step].zh) },
    series: [
      {
        type: 'bar', stack: 'time', silent: true, itemStyle: { color: 'transparent' },
        data: steps.map((step) => at(step.startedAt!)),
      },
      {
        type: 'bar', stack: 'time', barMaxWidth: 16, barMinHeight: 2,
        data: steps.map((step) => ({
          value: Math.max(0, at(last(step)) - at(step.startedAt!)),
          itemStyle: { color: step.state === 'approved' ? COLOURS.done : COLOURS.run },
        })),
      },
    ],
  }, 1040, steps.length * 30 + 50)
}
