/** Indicators 指标 at year-end: what remains, what becomes of it, and the new ones (CONTRACT §3, §6). */
import { sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { type MappedTable, mapColumn } from './mapping.ts'
import { type Trx, dropTemporary, recordset } from './sql.ts'

/**
 * Makes `carry_indicators`: each indicator with what remains (fen) and, when something remains, the disposition of the
 * first rule of config/indicators.yaml that fits its fund, category and age, or of an approved override.
 */
export async function prepareIndicators(trx: Trx, context: StepContext): Promise<void> {
  const { rules, overrides } = context.config.indicators
  const ruleRows = rules.map((rule, index) => ({
    rule_no: index + 1, fund: rule.fund ?? null, category: rule.category ?? null, from_age: rule.age[0],
    to_age: rule.age[1] ?? null,
    disposition: rule.disposition, zh: rule.reason.zh, en: rule.reason.en,
  }))
  const own = overrides.filter((row) => row.district === context.district)
  await dropTemporary(trx, ['carry_indicators'])
  await sql`create temporary table carry_indicators on commit drop as
    with rules as materialized (select * from ${recordset(ruleRows,
      'rule_no int, fund jsonb, category jsonb, from_age int, to_age int, disposition text, zh text, en text')}),
    overrides as materialized (select * from ${recordset(own, 'indicator text, disposition text, reason text')}),
    remaining as (
      select indicator, coalesce(unit, '') as unit, coalesce(function, '') as function, coalesce(economic, '') as economic,
        coalesce(project, '') as project, coalesce(fund, '') as fund, origin_year, category, amount + adjusted - paid as remaining,
        occupied, file_line from indicators where scope_id = ${context.scopeId})
    select i.*, coalesce(o.disposition, r.disposition) as disposition, coalesce(o.reason, r.zh) as reason_zh, coalesce(o.reason, r.en) as reason_en,
      o.indicator is not null as overridden
    from remaining i left join overrides o on o.indicator = i.indicator
    left join lateral (
      select * from rules r where (r.fund is null or r.fund ? i.fund) and (r.category is null or r.category ? i.category)
        and ${context.year} - i.origin_year >= r.from_age and (r.to_age is null or ${context.year} - i.origin_year <= r.to_age)
      order by r.rule_no limit 1) r on i.remaining > 0`.execute(trx)
}

const COLUMNS = ['indicator', 'unit', 'function', 'economic', 'project', 'fund', 'origin_year', 'category'] as const

/**
 * Writes the dispositions, and the new indicators for what is carried: codes mapped and split like a balance, number =
 * old number, `-`, new year; when a split gives several, each with `-1`, `-2`, … in order of its new codes.
 */
export async function writeIndicators(
  trx: Trx, context: StepContext, carryId: number, mapped: readonly MappedTable[],
): Promise<void> {
  await sql`
    insert into indicator_dispositions (carry_id, indicator, remaining, disposition, amount, reason_zh, reason_en, overridden)
    select ${carryId}::int, indicator, remaining, disposition, remaining, reason_zh, reason_en, overridden
    from carry_indicators where remaining > 0`.execute(trx)
  let rows = sql<unknown>`select ${sql.raw(COLUMNS.join(', '))}, remaining as amount from carry_indicators where remaining > 0 and disposition = 'carry'`
  for (const table of mapped.filter((one) => (COLUMNS as readonly string[]).includes(one))) {
    rows = mapColumn(rows, COLUMNS, table) as typeof rows
  }
  await sql`
    insert into new_indicators (carry_id, indicator, unit, function, economic, project, fund, origin_year, category, amount, source)
    select ${carryId}::int, indicator || '-' || ${context.year + 1}::text || case when count(*) over source > 1
        then '-' || row_number() over (source order by unit collate "C", function collate "C", economic collate "C", project collate "C", fund collate "C") else '' end,
      nullif(unit, ''), nullif(function, ''), nullif(economic, ''), nullif(project, ''), nullif(fund, ''), origin_year, category, amount, indicator
    from (select indicator, unit, function, economic, project, fund, origin_year, category, sum(amount)::bigint as amount
      from (${rows}) m group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(amount) <> 0) n
    window source as (partition by indicator)`.execute(trx)
}
