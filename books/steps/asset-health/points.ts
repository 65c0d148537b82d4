/** The health that a check of a run measured, kept for the trend: every unit and family, and the district as a whole. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'
import { ALL } from './findings.ts'

/**
 * Writes the points of this generation; a check on its own belongs to no run and leaves none. Rests on `asset_totals` and
 * `asset_marks` of measureHealth, and on `found`. Cards without a unit count under ''.
 */
export async function storePoints(
  trx: Transaction<Database>, { runId, generation, inputVersion }: StepContext, letters: readonly string[],
): Promise<void> {
  const run = await trx.selectFrom('runs').select('run_id').where('run_id', '=', runId).executeTakeFirst()
  if (!run) return
  await sql`
    insert into asset_health_points (run_id, generation, input_version, unit, family, cards, sound, clean, errors, warnings, infos)
    with totals as (
      select unit, cards from asset_totals union all select ${ALL}, coalesce(sum(cards), 0)::int from asset_totals),
    families as (select unnest(${[ALL, ...letters]}::text[]) as family),
    marked as (
      select case when grouping(unit) = 1 then ${ALL} else unit end as unit, family,
        count(*) filter (where broken)::int as broken, count(*) filter (where unclean)::int as unclean
      from asset_marks group by grouping sets ((unit, family), (family))),
    by_unit as (
      select coalesce(facts ->> 'unit', '') as unit, left(rule, 1) as family, count(*) filter (where severity = 'error') as errors,
        count(*) filter (where severity = 'warning') as warnings, count(*) filter (where severity = 'info') as infos
      from found group by 1, 2),
    counted as (
      select case when grouping(unit) = 1 then ${ALL} else unit end as unit, case when grouping(family) = 1 then ${ALL} else family end as family,
        sum(errors)::int as errors, sum(warnings)::int as warnings, sum(infos)::int as infos
      from by_unit group by grouping sets ((unit, family), (unit), (family), ()))
    select ${runId}::int, ${generation}::int, ${inputVersion}::int, p.unit, p.family, c0.cards, c0.cards - coalesce(m.broken, 0), c0.cards - coalesce(m.unclean, 0), coalesce(c.errors, 0), coalesce(c.warnings, 0), coalesce(c.infos, 0)
    from (select unit, family from totals cross join families union select unit, family from counted) p
    left join totals t using (unit)
    -- The annual report is a family of findings, not of cards.
    cross join lateral (select case when p.family in (select family from families) then coalesce(t.cards, 0) else 0 end as cards) c0
    left join marked m using (unit, family) left join counted c using (unit, family)`.execute(trx)
}
