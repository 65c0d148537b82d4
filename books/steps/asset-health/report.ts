/** The review of the annual asset report (DOMAIN §8.7): scope, formulas between cells, changes from last year. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { cardSum, cellsOf, expandFormulas } from '../../../config/report-formulas.ts'
import type { AssetReportConfig } from '../../../config/schemas/asset-report.ts'
import type { Plain } from '../../../domain/canonical.ts'
import type { Database } from '../../tables.ts'
import { findBasics, findNewCodes, findOutliers } from './report-basics.ts'
import { findAnalysis, findSummary, findUnitChanges } from './report-beside.ts'
import { severityOf } from './report-found.ts'
import type { CardSource } from './source.ts'
import { summaryCodes } from './summary.ts'

type Trx = Transaction<Database>

/** A finding of the report before it is written: `(key, severity, zh, en, facts)` for one rule. */
const INTO_FOUND = sql.raw('insert into found (step, rule, key, severity, message_zh, message_en, facts)')

/**
 * Checks asset_report.csv. Keys: `unit/table/line/column`, the unit alone for its scope; one warning, key `missing`, when
 * the district has no report at all.
 */
export async function checkReport(trx: Trx, context: StepContext, source: CardSource): Promise<Plain> {
  const config = context.config['asset-report']
  await sql`drop table if exists pg_temp.report_rows`.execute(trx)
  await sql`create temporary table report_rows on commit drop as
    select unit, table_name, line, column_name, value, prior_value from asset_report where scope_id = ${context.scopeId} and not (unit = any(${summaryCodes(config)}::text[]))`.execute(trx)
  const { rows } = await sql<{ cells: number; units: number }>`select count(*)::int as cells, count(distinct unit)::int as units from report_rows`.execute(trx)
  await findSummary(trx, context)
  const analysis = await findAnalysis(trx, context)
  const { cells, units } = rows[0]!
  if (cells === 0) {
    await findMissing(trx, config)
    return { units: 0, cells: 0, unknownCells: 0 }
  }
  await gatherCells(trx, context, source)
  await findScope(trx, context, config)
  await findFormulas(trx, config)
  await findChanges(trx, config)
  await findUnitChanges(trx, context)
  await findBasics(trx, context)
  await findNewCodes(trx, context)
  await findOutliers(trx, context)
  return { units, cells, unknownCells: await countUnknown(trx, config), ...(analysis ? { analysis: { ...analysis } } : {}) }
}

async function findMissing(trx: Trx, config: AssetReportConfig): Promise<void> {
  if (!severityOf(config, 'R101')) return
  await sql`${INTO_FOUND} values ('asset-health', 'R101', 'missing', 'warning',
    '没有资产年报数据（asset_report.csv）：导入年报，或说明不编报的原因', 'There is no annual asset report (asset_report.csv): import it, or explain why there is none', '{}')`.execute(trx)
}

/** Makes `report_cells (unit, cell, value, prior, given)`: the report, balances of the units' books, sums over their cards. */
async function gatherCells(trx: Trx, context: StepContext, source: CardSource): Promise<void> {
  const { scopeId } = context
  const config = context.config['asset-report']
  await sql`drop table if exists pg_temp.report_cells`.execute(trx)
  await sql`create temporary table report_cells on commit drop as
    select unit, table_name || '/' || line || '/' || column_name as cell, sum(value) as value, sum(prior_value) as prior, true as given
    from report_rows group by 1, 2`.execute(trx)
  await sql`insert into report_cells
    select substr(code, strpos(code, '/') + 1), 'given/' || split_part(code, '/', 1), max(btrim(value)::numeric), null, false from setup_items
    where scope_id = ${scopeId} and table_name = 'parameter' and split_part(code, '/', 1) = any(${config.given}::text[]) and code like '%/_%'
      and btrim(value) ~ '^\\d{1,12}(\\.\\d{1,6})?$' group by 1, 2`.execute(trx)
  const ledgers = JSON.stringify(Object.entries(config.ledger).flatMap(([name, { accounts, side }]) =>
    accounts.map((account) => ({ name, account, sign: side === 'debit' ? 1 : -1 }))))
  await sql`insert into report_cells
    select b.unit, 'ledger/' || l.name, sum((t.opening + t.debit - t.credit) * l.sign)::numeric / 100, null, false
    from jsonb_to_recordset(${ledgers}::jsonb) as l(name text, account text, sign int)
    join accounts a on a.scope_id = ${scopeId} and a.account ^@ l.account
    join books b on b.scope_id = ${scopeId} and b.book_id = a.book_id and b.system = 'government-unit' and b.unit is not null
    join cells c on c.scope_id = ${scopeId} and c.account_id = a.account_id
    join cell_totals t on t.scope_id = ${scopeId} and t.cell_id = c.cell_id group by 1, 2`.execute(trx)
  const sums = Object.entries(config.cards)
    .map(([name, cards]) => ({ name, ...cardSum(cards, context.config['asset-health'], context.year) }))
  if (sums.length === 0) return
  const withUnits = sums.some((one) => /\bu\./.test(one.sum + one.where))
  await sql.raw(`insert into report_cells
    select unit, 'cards/' || name, value, null, false from (
      select a.unit, ${sums.map((one, index) => `sum(${one.sum}) filter (where ${one.where}) as sum_${index}`).join(', ')} from ${source.from({ withUnits })} and a.unit is not null group by 1) cards
    cross join lateral (values ${sums.map((one, index) => `('${one.name}', sum_${index})`).join(', ')}) named (name, value)`).execute(trx)
}

/** R101 unit without a report, R102 report of a unit that there is not or no longer, R107 report of nothing but zeros. */
async function findScope(trx: Trx, context: StepContext, config: AssetReportConfig): Promise<void> {
  const { scopeId } = context
  const reported = sql`select distinct unit from report_rows`
  const scopes: [string, RawBuilder<unknown>, string, string][] = [
    ['R101', sql`select u.unit, u.name from units u where u.scope_id = ${scopeId} and u.active and u.unit not in (${reported})`,
      '单位 %s（%s）没有资产年报：补报', 'Unit %s (%s) has no annual asset report: add it'],
    [
      'R102',
      sql`select r.unit, coalesce(u.name, '') as name from (${reported}) r left join units u on u.scope_id = ${scopeId} and u.unit = r.unit where u.active is not true`,
      '年报单位 %s（%s）不在预算单位表中或已撤销：核对单位', 'The report of unit %s (%s), which is not in the list of units or closed: check the unit',
    ],
    ['R107', sql`select r.unit, coalesce(min(u.name), '') as name from report_rows r left join units u on u.scope_id = ${scopeId} and u.unit = r.unit
      group by r.unit having bool_and(coalesce(r.value, 0) = 0)`,
      '单位 %s（%s）年报全部为零：说明无资产的原因', 'The report of unit %s (%s) is all zeros: explain why it has no assets'],
    ['R509', sql`select r.unit, coalesce(min(u.name), '') as name from report_rows r left join units u on u.scope_id = ${scopeId} and u.unit = r.unit
      group by r.unit having bool_and(r.value is not distinct from r.prior_value) and bool_or(r.value <> 0)`,
      '单位 %s（%s）年报与上年数字完全相同：核实是否沿用旧数',
      'The report of unit %s (%s) has the very figures of last year: find out whether they were copied'],
  ]
  for (const [rule, rows, zh, en] of scopes) {
    const severity = severityOf(config, rule)
    if (!severity) continue
    await sql`${INTO_FOUND} select 'asset-health', ${rule}, p.unit, ${severity}, format(${zh}, p.unit, p.name), format(${en}, p.unit, p.name),
      jsonb_build_object('unit', p.unit) from (${rows}) p`.execute(trx)
  }
}

/**
 * All formulas at once: left and right side by unit, and those that do not hold. Two formulas of a rule at one cell are one
 * finding.
 */
async function findFormulas(trx: Trx, config: AssetReportConfig): Promise<void> {
  const formulas = expandFormulas(config).formulas.map((formula, number) => ({
    ...formula, number, severity: severityOf(config, formula.rule), ...namesOf(config, formula.rule, formula.at),
  })).filter(({ severity }) => severity !== null)
  const terms = formulas.flatMap(({ number, at, terms: right }) => [
    { formula: number, side: 'left', factor: '1', cell: at, prior: false, constant: null, reported: isReported(at) },
    ...right.map((term) => ({ formula: number, side: 'right', ...term, reported: isReported(term.cell) })),
  ])
  await sql`
    with formulas as (select * from jsonb_to_recordset(${JSON.stringify(formulas)}::jsonb)
        as f(number int, rule text, at text, op text, tolerance numeric, text text, severity text, rule_zh text, rule_en text, cell_zh text, cell_en text)),
    terms as (select * from jsonb_to_recordset(${JSON.stringify(terms)}::jsonb) as t(formula int, side text, factor numeric, cell text, prior boolean, constant numeric, reported boolean)),
    subjects as (select formula, bool_or(reported) as reported, split_part(min(cell) filter (where side = 'left'), '/', 1) as table_name from terms group by 1),
    reports as (select distinct unit, split_part(cell, '/', 1) as table_name from report_cells where given),
    applies as (
      select t.formula, c.unit from terms t join subjects s using (formula) join report_cells c on c.cell = t.cell
      where not s.reported or (c.given and exists (select from reports r where r.unit = c.unit and r.table_name = s.table_name)) group by 1, 2),
    sides as (
      select a.formula, a.unit, coalesce(sum(t.factor * v.value) filter (where t.side = 'left'), 0) as actual,
        coalesce(sum(t.factor * v.value) filter (where t.side = 'right'), 0) as expected, bool_or((t.prior or t.cell ^@ 'given/') and v.value is null) as unknown
      from applies a join terms t using (formula) left join report_cells c on c.unit = a.unit and c.cell = t.cell
      cross join lateral (select coalesce(t.constant, case when t.prior then c.prior else c.value end) as value) v group by 1, 2),
    broken as (
      select f.*, s.unit, s.actual, s.expected from sides s join formulas f on f.number = s.formula
      where not s.unknown and case f.op when '=' then abs(s.actual - s.expected) > f.tolerance when '<=' then s.actual > s.expected + f.tolerance
        when '>=' then s.actual < s.expected - f.tolerance else (s.actual = 0) <> (s.expected = 0) end)
    ${INTO_FOUND}
    select 'asset-health', rule, unit || '/' || at, min(severity),
      format('单位 %s %s：%s 为 %s，', unit, min(rule_zh), min(cell_zh), min(trim_scale(actual)::text)) || string_agg(format('应 %s（%s）', text, trim_scale(expected)), '；' order by number) || '。核对年报或说明原因',
      format('Unit %s, %s: %s is %s and ', unit, min(rule_en), min(cell_en), min(trim_scale(actual)::text)) || string_agg(format('must be %s (%s)', text, trim_scale(expected)), '; ' order by number) || '. Check the report or explain',
      jsonb_build_object('unit', unit, 'cell', at, 'actual', min(trim_scale(actual)::text), 'expected', (array_agg(trim_scale(expected)::text order by number))[1])
    from broken group by rule, unit, at`.execute(trx)
}

/** A cell of the report itself: table, line and column. */
const isReported = (cell: string | null) => cell !== null && cell.split('/').length === 3

/** What a cell is called: table, line and column, in both languages. */
function namesOf(config: AssetReportConfig, rule: string, cell: string) {
  const [table, line, column] = cell.split('/')
  const own = config.tables[table!]
  const words = (lang: 'zh' | 'en') =>
    (own && column ? [own.name[lang], own.lines[line!]![lang], own.columns[column]![lang]].join(' ') : cell)
  return {
    rule_zh: config.rules[rule]!.name.zh, rule_en: config.rules[rule]!.name.en, cell_zh: words('zh'), cell_en: words('en'),
  }
}

/** R501: a cell that changed from last year by more than the share and the amount. */
async function findChanges(trx: Trx, config: AssetReportConfig): Promise<void> {
  const severity = severityOf(config, 'R501')
  if (!severity) return
  const cells = JSON.stringify(config.change.cells.flatMap((pattern) => cellsOf(config, pattern))
    .map((cell) => ({ cell, ...namesOf(config, 'R501', cell) })))
  const { percent, amount } = config.change
  await sql`${INTO_FOUND}
    select 'asset-health', 'R501', c.unit || '/' || c.cell, ${severity},
      format('单位 %s %s 由上年 %s 变为 %s，变动超过 %s%% 且超过 %s 元：说明原因', c.unit, n.cell_zh, trim_scale(c.prior), trim_scale(c.value), ${percent}::text, ${amount}::text),
      format('Unit %s: %s went from %s to %s, more than %s%% and more than %s yuan: explain why', c.unit, n.cell_en, trim_scale(c.prior), trim_scale(c.value), ${percent}::text, ${amount}::text),
      jsonb_build_object('unit', c.unit, 'cell', c.cell, 'actual', trim_scale(c.value)::text, 'prior', trim_scale(c.prior)::text)
    from report_cells c join jsonb_to_recordset(${cells}::jsonb) as n(cell text, cell_zh text, cell_en text) on n.cell = c.cell
    where c.given and c.prior is not null and c.value is not null
      and abs(c.value - c.prior) * 100 > ${percent}::numeric * abs(c.prior) and abs(c.value - c.prior) > ${amount}::numeric`.execute(trx)
}

async function countUnknown(trx: Trx, config: AssetReportConfig): Promise<number> {
  const known = Object.entries(config.tables).flatMap(([table]) => cellsOf(config, `${table}/*/*`))
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from report_cells
    where given and not (cell = any (${known}::text[]))`.execute(trx)
  return rows[0]!.count
}
