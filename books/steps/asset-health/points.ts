/** The health that a check of a run measured, kept for the trend: every unit and family, and the district as a whole. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'

/** Stands for all units, and for all families. */
export const ALL = '*'

/**
 * Writes the points of this generation; a check on its own belongs to no run and leaves none. Rests on `asset_totals` and
 * `asset_unit_marks` of measureHealth, and on `found`. Cards without a unit count under ''.
 */
export async function storePoints(trx: Transaction<Database>, { runId, generation, inputVersion }: StepContext, letters: readonly string[]): Promise<void> {
  const run = await trx.selectFrom('runs').select('run_id').where('run_id', '=', runId).executeTakeFirst()
  if (!run) return
  await sql`
    insert into asset_health_points (run_id, generation, input_version, unit, family, cards, sound, clean, errors, warnings, infos)
    with totals as (
      select unit, cards from asset_totals union all select ${ALL}, coalesce(sum(cards), 0)::int from asset_totals),
    families as (select unnest(${[ALL, ...letters]}::text[]) as family),
    marked as (
      select case when grouping(m.unit) = 1 then ${ALL} else m.unit end as unit,
        case when grouping(m.family) = 1 then ${ALL} else m.family end as family,
        count(distinct m.row_id) filter (where m.broken)::int as broken, count(distinct m.row_id) filter (where m.unclean)::int as unclean
      from asset_unit_marks m group by grouping sets ((m.unit, m.family), (m.unit), (m.family), ())),
    counted as (
      select case when grouping(coalesce(f.facts ->> 'unit', '')) = 1 then ${ALL} else coalesce(f.facts ->> 'unit', '') end as unit,
        case when grouping(left(f.rule, 1)) = 1 then ${ALL} else left(f.rule, 1) end as family,
        count(*) filter (where severity = 'error')::int as errors, count(*) filter (where severity = 'warning')::int as warnings,
        count(*) filter (where severity = 'info')::int as infos
      from found f group by grouping sets ((coalesce(f.facts ->> 'unit', ''), left(f.rule, 1)), (coalesce(f.facts ->> 'unit', '')), (left(f.rule, 1)), ()))
    select ${runId}::int, ${generation}::int, ${inputVersion}::int, p.unit, p.family, c0.cards, c0.cards - coalesce(m.broken, 0), c0.cards - coalesce(m.unclean, 0), coalesce(c.errors, 0), coalesce(c.warnings, 0), coalesce(c.infos, 0)
    from (select unit, family from totals cross join families union select unit, family from counted) p
    left join totals t using (unit)
    -- The annual report is a family of findings, not of cards.
    cross join lateral (select case when p.family in (select family from families) then coalesce(t.cards, 0) else 0 end as cards) c0
    left join marked m using (unit, family) left join counted c using (unit, family)`.execute(trx)
}
