/** The new year's accounting periods: twelve months and, where there is one, the adjustment period 13. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'

/** Makes the periods of year Y+1, as rows of new_periods and of the setup tables that are made anew. */
export async function createPeriods(trx: Transaction<Database>, context: StepContext): Promise<void> {
  const year = context.year + 1
  const { adjustment } = context.config.initialise.periods
  await sql`delete from new_periods where run_id = ${context.runId} and generation = ${context.generation}`.execute(trx)
  await sql`insert into new_periods (run_id, generation, period, starts_on, ends_on)
    select ${context.runId}::int, ${context.generation}::int, to_char(day, 'YYYY-MM'), day, (day + interval '1 month' - interval '1 day')::date
    from generate_series(make_date(${year}::int, 1, 1), make_date(${year}::int, 12, 1), interval '1 month') as day
    union all select ${context.runId}::int, ${context.generation}::int, ${`${year}-13`}, make_date(${year}::int, 12, 31), make_date(${year}::int, 12, 31)
    where ${adjustment === 'always'}::boolean or (${adjustment === 'as-old-year'}::boolean and exists (
      select from setup_items where scope_id = ${context.scopeId} and table_name = 'period' and active and code ~ '(^|[^0-9])13$|^\\d{4}13$'))`.execute(trx)
  await sql`insert into setup_work (table_name, code, name, parent, value, treatment, value_kind, change, live)
    select 'period', period, ${String(year)}::text || '年' || ltrim(right(period, 2), '0') || case when right(period, 2) = '13' then '期（调整期）' else '月' end, null, null, 'create', 'none', 'added', true
    from new_periods where run_id = ${context.runId} and generation = ${context.generation}
    on conflict (table_name, code) do update set live = true, change = 'same', name = coalesce(setup_work.name, excluded.name)`.execute(trx)
}
