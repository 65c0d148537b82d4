/** Which run of a district is shown, and which year when nobody says. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../tables.ts'

/** What a screen or command looks at. */
export interface Look {
  year: number
  /** Only rehearsals. Without it: the latest real run, or the latest rehearsal where there was never a real one. */
  rehearsal?: boolean
  /** Only these; all without it. */
  districts?: readonly string[]
}

/**
 * A common table expression body: `(scope_id, district, run_id, kind, run_state, started_at, ended_at)`, one row for each
 * district of the year that has a run or input; `run_id` is null where only input is there.
 */
export function currentRuns(look: Look): RawBuilder<unknown> {
  const kinds = look.rehearsal ? sql`kind = 'rehearsal'` : sql`true`
  const some = look.districts?.length ? sql`and s.district = any(${[...look.districts]}::text[])` : sql``
  return sql`
    select s.scope_id, s.district, r.run_id, r.kind, r.state as run_state, r.started_at, r.ended_at
    from scopes s
    left join lateral (
      select run_id, kind, state, started_at, ended_at from runs where runs.scope_id = s.scope_id and ${kinds}
      order by (kind = 'real') desc, run_id desc limit 1) r on true
    where s.year = ${look.year}::int ${some}
      and (r.run_id is not null or exists (select from input_versions v where v.scope_id = s.scope_id))`
}

/**
 * Condition on findings `f`: their step was reached. A blocked step hides the findings of the later ones (CONTRACT §6), those
 * too that they had before a correction took the run back. I1–I4 of `initialise` come with the plan of the carry-forward.
 */
export const STEP_REACHED: RawBuilder<boolean> = sql`not exists (
  select from step_states reached where reached.run_id = f.run_id and reached.state = 'pending'
    and reached.step = case f.step when 'initialise' then 'carry-forward' else f.step end)`

/** The year to show: the latest with a live real run, else with any run, else with input; null in an empty database. */
export async function latestYear(db: Kysely<Database>): Promise<number | null> {
  const { rows } = await sql<{ year: number }>`
    select s.year from scopes s left join runs r using (scope_id)
    group by s.year
    order by coalesce(bool_or(r.kind = 'real' and r.state in ('running', 'paused')), false) desc,
      (count(r.run_id) > 0) desc, s.year desc
    limit 1`.execute(db)
  return rows[0]?.year ?? null
}
