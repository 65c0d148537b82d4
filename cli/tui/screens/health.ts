/** The health of a district's asset data over the checks: the district, its families, its units. */
import type { HealthPoint, HealthTrend } from '../../../books/read-model/asset-health.ts'
import type { Text } from '../../shared/lang.ts'
import { type Line, cell, piece } from '../line.ts'
import type { State } from '../state.ts'
import type { Style } from '../theme.ts'

const FAMILIES: Record<string, Text> = {
  D: { zh: '记账日期', en: 'Booking dates' }, N: { zh: '资产编号', en: 'Asset numbers' }, L: { zh: '土地房屋', en: 'Land and buildings' },
  F: { zh: '财务信息', en: 'Financial data' }, V: { zh: '车辆信息', en: 'Vehicles' }, S: { zh: '状态与处置', en: 'Status, disposal' },
  R: { zh: '资产年报', en: 'Annual report' },
}
/** The latest checks that fit beside one another. */
const CHECKS_MAX = 6
const NAME = 26

/** Lines of the screen; the trend is null until it is read. */
export function healthLines(
  { lang, ascii, size }: Pick<State, 'lang' | 'ascii' | 'size'>, trend: HealthTrend | null | undefined,
): Line[] {
  const zh = lang === 'zh'
  if (!trend || trend.checks.length === 0) return [[piece(zh ? ' 资产体检还没有结果' : ' The assets were not checked yet', 'dim')]]
  const shown = Math.min(CHECKS_MAX, Math.floor((size.columns - NAME - 24) / 8), trend.checks.length)
  const checks = trend.checks.slice(-shown)
  const from = trend.checks.length - shown
  const title = (text: string): Line => [piece(` ${text}`, 'bold')]
  const head: Line = [
    cell('', NAME), ...checks.map(({ generation, round }) => cell(
      zh ? `${generation}次${round}轮` : `#${generation} r${round}`, 8, 'dim', 'right',
    )),
    cell('', 7), cell(zh ? '错误' : 'errors', 8, 'dim', 'right'), cell(zh ? '警告' : 'warnings', 9, 'dim', 'right'),
  ]
  const row = (name: string, points: readonly (HealthPoint | null)[]): Line => {
    const last = points.at(-1) ?? null
    return [
      cell(` ${name}`, NAME), ...points.map((point) => cell(scoreText(point), 8, scoreStyle(point), 'right')),
      cell(trendSign(points, ascii), 7, 'plain', 'right'),
      cell(last ? String(last.errors) : '', 8, last?.errors ? 'bad' : 'dim', 'right'),
      cell(last ? String(last.warnings) : '', 9, last?.warnings ? 'warn' : 'dim', 'right'),
    ]
  }
  const families = Object.keys(checks.at(-1)!.families)
  return [
    title(zh ? '健康分（满分 100：无错误与无错误无警告的卡片各占一半）' : 'Health score (100: no errors and no warnings; half for each)'), head,
    row(zh ? '全部' : 'All', checks.map(({ all }) => all)), [],
    title(zh ? '按类别' : 'By family'), ...families.map((letter) => row(
      `${letter} ${FAMILIES[letter]?.[lang] ?? ''}`, checks.map((check) => check.families[letter] ?? null),
    )), [],
    title(zh ? `按单位（${trend.units.length} 个，差的在前）` : `By unit (${trend.units.length}, the worst first)`),
    ...trend.units.map(({ unit, name, points }) => row(`${unit || (zh ? '未指明' : 'none')} ${name}`, points.slice(from))),
  ]
}

const scoreText = (point: HealthPoint | null): string =>
  (point === null ? '' : point.score === null ? '-' : point.score.toFixed(1))

function scoreStyle(point: HealthPoint | null): Style {
  if (point?.score == null) return 'dim'
  return point.score === 100 ? 'good' : point.score < 90 ? 'bad' : 'warn'
}

/** From the check before to the last one. */
function trendSign(points: readonly (HealthPoint | null)[], ascii: boolean): string {
  const [before, now] = [points.at(-2)?.score, points.at(-1)?.score]
  if (before == null || now == null) return ''
  const change = Math.round((now - before) * 10) / 10
  return change === 0 ? '=' : `${change > 0 ? (ascii ? '+' : '▲') : (ascii ? '-' : '▼')}${Math.abs(change).toFixed(1)}`
}
