/**
 * Rules on what units were given (setup.csv, table parameter, code `NAME/UNIT`): vehicles, headcount. They fire only where it is
 * given.
 */
import { type Transaction, sql } from 'kysely'
import { compilePerUnit, namesSql } from '../../../config/asset-extra-rules.ts'
import type { StepContext } from '../../../activities/step.ts'
import type { Plain } from '../../../domain/canonical.ts'
import type { Database } from '../../tables.ts'
import type { CardSource } from './source.ts'

/**
 * Adds to `found` what breaks; the key is `unit:` and the unit. Gives how many figures were given, and those that are no
 * number; null when no unit was given any.
 */
export async function checkGiven(
  trx: Transaction<Database>, { district, year, scopeId, config: all }: StepContext, source: CardSource,
): Promise<Plain | null> {
  const config = all['asset-health']
  if (config.quotas.length === 0) return null
  await sql.raw('drop table if exists pg_temp.asset_given').execute(trx)
  await sql.raw(`create temporary table asset_given on commit drop as
    select split_part(code, '/', 1) as name, substr(code, strpos(code, '/') + 1) as unit, case when btrim(value) ~ '^\\d{1,12}(\\.\\d{1,6})?$' then btrim(value)::numeric end as value
    from setup_items where scope_id = ${scopeId} and table_name = 'parameter' and split_part(code, '/', 1) = any (${namesSql(config.quotas)}) and code like '%/_%'`).execute(trx)
  const { rows: [count] } = await sql<{ given: number; unreadable: string[] | null }>`
    select count(*)::int as given, array_agg(name || '/' || unit order by name, unit) filter (where value is null) as unreadable from asset_given`.execute(trx)
  if (count!.given === 0) return null
  for (const rule of compilePerUnit(config, district, year)) {
    await sql.raw(`insert into found (step, rule, key, severity, message_zh, message_en, facts)
      select 'asset-health', '${rule.id}', 'unit:' || p.unit, '${rule.severity}', ${rule.message.zh}, ${rule.message.en},
        jsonb_build_object('unit', p.unit, 'actual', trim_scale(m.measure)::text, 'given', trim_scale(p.value)::text)
      from asset_given p left join (select a.unit, ${rule.measure} as measure from ${source.from({ withUnits: false })} and (${rule.where}) group by 1) own using (unit)
      cross join lateral (select coalesce(own.measure, 0) as measure) m left join units u on u.scope_id = ${scopeId} and u.unit = p.unit
      where p.name = '${rule.given}' and p.value is not null and ${rule.broken}`).execute(trx)
  }
  return { given: count!.given, ...(count!.unreadable ? { unreadable: count!.unreadable.slice(0, 20) } : {}) }
}
