/** The review of the annual report by what is known of its units: basic information, last year's codes, their peers. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { AssetReportConfig, ReportBasic } from '../../../config/schemas/asset-report.ts'
import { isCreditCode } from '../../../domain/credit-code.ts'
import { findScope } from '../../runs.ts'
import type { Database } from '../../tables.ts'
import { type ReportFound, put, severityOf } from './report-found.ts'

type Trx = Transaction<Database>
interface Given { unit: string; kind: string | null; name: string; value: string }

/**
 * R103, R105, R201, R202, R204, R205: the basic information of the units that report, as setup.csv gives it (table parameter,
 * code NAME/UNIT). What no unit of the district was given is not asked of any. Keys: the unit for R103 and R105, else
 * `unit/NAME`.
 */
export async function findBasics(trx: Trx, { scopeId, config: all }: StepContext): Promise<void> {
  const config = all['asset-report']
  if (config.basics.length === 0) return
  const { rows } = await sql<Given>`
    select r.unit, u.kind, n.name, coalesce(max(btrim(s.value)), '') as value
    from (select distinct unit from report_rows) r cross join unnest(${config.basics.map(({ given }) => given)}::text[]) n(name)
      left join units u on u.scope_id = ${scopeId} and u.unit = r.unit
      left join setup_items s on s.scope_id = ${scopeId} and s.table_name = 'parameter' and s.code = n.name || '/' || r.unit
    group by 1, 2, 3 order by n.name collate "C", r.unit collate "C"`.execute(trx)
  for (const basic of config.basics) {
    const own = rows.filter(({ name }) => name === basic.given)
    if (own.every(({ value }) => value === '')) continue
    await put(trx, own.flatMap((one) => basicFindings(config, basic, one, own)))
  }
}

function basicFindings(
  config: AssetReportConfig, basic: ReportBasic, { unit, kind, value }: Given, all: readonly Given[],
): ReportFound[] {
  const { zh, en } = basic.name
  const say = (rule: string | undefined, key: string, said: { zh: string; en: string }, more: object = {}): ReportFound[] => {
    const severity = rule === undefined ? null : severityOf(config, rule)
    return severity ? [{ rule: rule!, key, severity, ...said, facts: { unit, actual: value, ...more } }] : []
  }
  const at = `${unit}/${basic.given}`
  if (value === '') {
    return say(basic.filled, at, { zh: `单位 ${unit} 的${zh}未填：补填`, en: `Unit ${unit} has no ${en}: fill it in` })
  }
  const twins = all.filter((other) => other.value === value && other.unit !== unit).map((other) => other.unit)
  const regimes = kind === null ? undefined : basic.by_kind?.kinds[kind]
  return [
    ...(isOfForm(basic, value) ? [] : say(basic.form, at, {
      zh: `单位 ${unit} 的${zh} ${value} 不合规定：核对更正`, en: `Unit ${unit}: ${en} ${value} is not valid: correct it`,
    })),
    ...(twins.length === 0 ? [] : say(basic.unique, unit, {
      zh: `单位 ${unit} 与 ${twins.join('、')} 的${zh}同为 ${value}：核实是否重复编报`,
      en: `Unit ${unit} and ${twins.join(', ')} have the same ${en} ${value}: find out whether one body reports twice`,
    }, { twins })),
    ...(regimes === undefined || regimes.includes(value) ? [] : say(basic.by_kind!.rule, unit, {
      zh: `单位 ${unit} 的${zh}为 ${value}，与单位类型不符（应为 ${regimes.join('、')}）：核对`,
      en: `Unit ${unit}: ${en} ${value} does not go with its kind (${regimes.join(', ')}): check both`,
    }, { expected: regimes.join(', ') })),
  ]
}

function isOfForm({ values, pattern, check }: ReportBasic, value: string): boolean {
  return (values === undefined || values.includes(value)) && (pattern === undefined || new RegExp(pattern, 'u').test(value))
    && (check !== 'credit-code' || isCreditCode(value))
}

/** R206: a unit that has its name from last year and another code, which no mapping explains. Key: the unit. */
export async function findNewCodes(trx: Trx, { district, year, scopeId, config: all }: StepContext): Promise<void> {
  const severity = severityOf(all['asset-report'], 'R206')
  const before = severity ? await findScope(trx, district, year - 1) : null
  if (!severity || before === null) return
  const { rows } = await sql<{ unit: string; name: string; old: string }>`
    select u.unit, u.name, min(p.unit collate "C") as old
    from units u join units p on p.scope_id = ${before} and p.name = u.name and p.unit <> u.unit
    where u.scope_id = ${scopeId} and u.unit in (select unit from report_rows)
      and not exists (select from units o where o.scope_id = ${before} and o.unit = u.unit)
      and not exists (select from units n where n.scope_id = ${scopeId} and n.unit = p.unit)
      and not exists (select from mappings m where m.scope_id = ${before} and m.table_name = 'unit' and m.old = p.unit and m.new = u.unit)
    group by 1, 2 order by u.unit collate "C"`.execute(trx)
  await put(trx, rows.map(({ unit, name, old }) => ({
    rule: 'R206', key: unit, severity, facts: { unit, actual: unit, expected: old },
    zh: `单位 ${unit}（${name}）上年代码为 ${old}：代码应前后一致，或说明变动原因`,
    en: `Unit ${unit} (${name}) had the code ${old} last year: keep the code or explain the change`,
  })))
}

/** R503: what a piece of a line cost in a unit, against the median of the units that report it. Key: `unit/table/line/column`. */
export async function findOutliers(trx: Trx, { config: all }: StepContext): Promise<void> {
  const config = all['asset-report']
  const severity = severityOf(config, 'R503')
  if (!severity) return
  for (const { value, by, times, min_units: least } of config.peers) {
    const { rows } = await sql<{ unit: string; price: string; middle: string }>`
      with prices as (
        select v.unit, v.value / q.value as price
        from report_cells v join report_cells q on q.unit = v.unit and q.cell = ${by} and q.given
        where v.cell = ${value} and v.given and v.value > 0 and q.value > 0),
      placed as (select price, row_number() over (order by price) as place, count(*) over () as units from prices),
      middle as (select avg(price) as price from placed where place in ((units + 1) / 2, units / 2 + 1) and units >= ${least})
      select p.unit, round(p.price, 2)::text as price, round(m.price, 2)::text as middle from prices p cross join middle m
      where p.price > m.price * ${times}::numeric or p.price * ${times}::numeric < m.price order by p.unit collate "C"`.execute(trx)
    await put(trx, rows.map(({ unit, price, middle }) => ({
      rule: 'R503', key: `${unit}/${value}`, severity, facts: { unit, cell: value, actual: price, expected: middle },
      zh: `单位 ${unit} ${value} 除以 ${by} 为 ${price}，与各单位中位数 ${middle} 相差 ${times} 倍以上：核对数量与金额，或说明原因`,
      en: `Unit ${unit}: ${value} by ${by} is ${price}, more than ${times} times from the median ${middle} of the units: check quantity and value or explain`,
    })))
  }
}
