/** The review of the annual report against what stands beside it: last year's units, summaries, the analysis text. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { AssetReportConfig } from '../../../config/schemas/asset-report.ts'
import { readFigures } from '../../../domain/analysis-figures.ts'
import type { Severity } from '../../../domain/findings.ts'
import { findScope } from '../../runs.ts'
import type { Database } from '../../tables.ts'
import { type ReportFound, put, severityOf } from './report-found.ts'
import { leagueSummary, summaryCodes } from './summary.ts'

type Trx = Transaction<Database>

/**
 * R104: units that reported last year and do not, or the other way round; only where last year's report was imported. Key: the
 * unit.
 */
export async function findUnitChanges(trx: Trx, { district, year, scopeId, config: all }: StepContext): Promise<void> {
  const config = all['asset-report']
  const severity = severityOf(config, 'R104')
  const before = severity ? await findScope(trx, district, year - 1) : null
  if (!severity || before === null) return
  const codes = summaryCodes(config)
  const { rows } = await sql<{ unit: string; now: boolean }>`
    with now as (select distinct unit from asset_report where scope_id = ${scopeId} and not (unit = any(${codes}::text[]))),
    earlier as (select distinct unit from asset_report where scope_id = ${before} and not (unit = any(${codes}::text[])))
    select unit, n.unit is not null as now from now n full join earlier t using (unit)
    where exists (select from earlier) and (n.unit is null or t.unit is null) order by unit collate "C"`.execute(trx)
  await put(trx, rows.map(({ unit, now }) => ({
    rule: 'R104', key: unit, severity, facts: { unit },
    zh: now ? `单位 ${unit} 本年新增编报，上年没有：说明原因` : `单位 ${unit} 上年编报，本年没有：说明原因`,
    en: now
      ? `Unit ${unit} reports this year and did not last year: explain why`
      : `Unit ${unit} reported last year and does not this year: explain why`,
  })))
}

/**
 * R407: a summary that was handed in, against the reports of the units, each added up once. Key: `unit/table/line/column`.
 * R106: the number of units that it says it adds up, where it says so (`summary.units`). Key: that cell.
 */
export async function findSummary(trx: Trx, { district, year, scopeId, config: all }: StepContext): Promise<void> {
  const config = all['asset-report']
  const { summary } = config
  const everywhere = all.districts.districts.map(({ code }) => code)
  for (const [codes, districts] of [
    [summary.district, [district]], [district === all.districts.league ? summary.league : [], everywhere],
  ] as const) {
    const { rows } = await sql<{ unit: string; cell: string; value: string }>`
      select unit, table_name || '/' || line || '/' || column_name as cell, trim_scale(coalesce(sum(value), 0))::text as value
      from asset_report where scope_id = ${scopeId} and unit = any(${[...codes]}::text[]) group by 1, 2 order by 1, 2`.execute(trx)
    if (rows.length === 0) continue
    const whole = await leagueSummary(trx, config, year, districts)
    const { missing } = whole
    const sums = new Map(whole.cells.map((cell) => [`${cell.table}/${cell.line}/${cell.column}`, cell.value]))
    sums.delete(summary.units ?? '')
    const given = rows.filter(({ cell }) => cell !== summary.units)
    const wrong = given.filter(({ cell, value }) => (sums.get(cell) ?? '0') !== value)
    const cells = new Set(given.map(({ cell }) => cell))
    const left = [...sums].filter(([cell, value]) => value !== '0' && !cells.has(cell))
      .map(([cell]) => ({ unit: rows[0]!.unit, cell, value: '0' }))
    const severity = severityOf(config, 'R407')
    if (severity) {
      await put(trx, [...wrong, ...left].map((row) => summaryFinding(severity, { ...row, sum: sums.get(row.cell) ?? '0', missing })))
    }
    const units = String(whole.districts.reduce((count, one) => count + one.units, 0))
    const miscounted = rows.filter(({ cell, value }) => cell === summary.units && value !== units)
    await put(trx, miscounted.flatMap((row) => countFinding(config, row, units)))
  }
}

function countFinding(
  config: AssetReportConfig, { unit, cell, value }: { unit: string; cell: string; value: string }, units: string,
): ReportFound[] {
  const severity = severityOf(config, 'R106')
  return severity === null ? [] : [{
    rule: 'R106', key: `${unit}/${cell}`, severity, facts: { unit, cell, actual: value, expected: units },
    zh: `汇总表 ${unit} 的汇总户数为 ${value}，报送年报的单位有 ${units} 户：核对编制范围`,
    en: `Summary ${unit} says that it adds up ${value} units, and ${units} have reported: check its scope`,
  }]
}

function summaryFinding(
  severity: Severity,
  { unit, cell, value, sum, missing }: { unit: string; cell: string; value: string; sum: string; missing: readonly string[] },
): ReportFound {
  const gap = missing.length > 0
    ? { zh: `（${missing.join('、')} 没有年报）`, en: ` (no report of ${missing.join(', ')})` }
    : { zh: '', en: '' }
  return {
    rule: 'R407', key: `${unit}/${cell}`, severity, facts: { unit, cell, actual: value, expected: sum },
    zh: `汇总表 ${unit} ${cell} 为 ${value}，各单位年报之和为 ${sum}${gap.zh}：按单户表汇总，每户只计一次`,
    en: `Summary ${unit}: ${cell} is ${value}, the reports of the units add up to ${sum}${gap.en}: add every unit up once`,
  }
}

/**
 * R508: figures of the analysis text (asset_analysis) against the tables of the district. Key: `analysis/line/cell`. Gives how
 * many were compared.
 */
export async function findAnalysis(
  trx: Trx, { scopeId, district, year, config: all }: StepContext,
): Promise<{ figures: number } | null> {
  const config = all['asset-report']
  const severity = severityOf(config, 'R508')
  const { rows: lines } = await sql<{ line: number; text: string }>`select file_line as line, text from asset_analysis where scope_id = ${scopeId} order by file_line`.execute(trx)
  if (!severity || lines.length === 0) return null
  const { cells } = await leagueSummary(trx, config, year, [district])
  const values = new Map(cells.map((cell) => [`${cell.table}/${cell.line}/${cell.column}`, cell.value]))
  const figures = readFigures(lines, config.analysis)
  const wrong = figures.filter((figure) => !figure.equals(values.get(figure.cell) ?? '0'))
  const first = new Map(wrong.map((figure) => [`analysis/${figure.line}/${figure.cell}`, figure] as const).toReversed())
  await put(trx, [...first].map(([key, { line, cell, said }]) => ({
    rule: 'R508', key, severity, facts: { line, cell, actual: said, expected: values.get(cell) ?? '0' },
    zh: `分析报告第 ${line} 行写 ${said}，年报 ${cell} 各单位合计为 ${values.get(cell) ?? '0'}：改正文字或报表`,
    en: `Line ${line} of the analysis says ${said}, but ${cell} of the report adds up to ${values.get(cell) ?? '0'}: correct the text or the table`,
  })))
  return { figures: figures.length }
}
