/** The new year of a district as its initialisation made it: which generation stands, and whether its openings are final. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Plain } from '../../domain/canonical.ts'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import type { RunKind, StepState } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'
import { currentRuns, type Look } from './current.ts'

/** missing: nothing is carried forward; provisional: the old year is still being closed; final: it is signed off. */
export type OpeningsState = 'missing' | 'provisional' | 'final'

/**
 * Openings are final when the run that carried them was signed off. Taking them back reopens the run, and with it they are
 * provisional again: the state follows from the run and is stored nowhere else. Expects `carry_forwards` as `c`, `runs` as `r`.
 */
const OPENINGS_STATE: RawBuilder<OpeningsState> = sql<OpeningsState>`
  case when c.carry_id is null then 'missing' when c.state = 'live' and r.kind = 'real' and r.state = 'completed' then 'final' else 'provisional' end`

export interface NewYear {
  district: string
  /** The closing year; the new one is the next. */
  year: number
  runId: number
  scopeId: number
  kind: RunKind
  /** Generation of the step's result that holds; null before the first, or when it fell. */
  generation: number | null
  state: StepState
  figures: { readonly [name: string]: Plain }
  carryId: number | null
  openings: OpeningsState
  approvedBy: readonly string[]
}

/** Null when the district has no run of that year. */
export async function readNewYear(db: Kysely<Database>, look: Look, district: string): Promise<NewYear | null> {
  const { rows } = await sql<NewYear>`
    with current as (${currentRuns({ ...look, districts: [district] })})
    select n.district, ${look.year}::int as year, n.run_id as "runId", n.scope_id as "scopeId", n.kind, v.generation, coalesce(t.state, 'pending') as state,
      coalesce(v.result->'figures', '{}') as figures, c.carry_id as "carryId", ${OPENINGS_STATE} as openings,
      (select coalesce(json_agg(distinct d.actor), '[]') from decisions d where d.run_id = n.run_id and d.step = 'initialise' and d.kind = 'approve'
        and d.accepted and d.void_at is null) as "approvedBy"
    from current n join runs r on r.run_id = n.run_id
    left join step_states t on t.run_id = n.run_id and t.step = 'initialise'
    left join lateral (select generation, result from step_results s where s.run_id = n.run_id and s.step = 'initialise' and s.void_at is null
      order by generation desc limit 1) v on true
    left join lateral (select carry_id, state from carry_forwards f where f.run_id = n.run_id
      and (f.state = 'live' or (n.kind = 'rehearsal' and f.state = 'planned')) order by f.state = 'live' desc, f.carry_id desc limit 1) c on true`.execute(db)
  return rows[0] ?? null
}

/** How the openings that were imported for the new year agree with those of the carry-forward. */
export interface ImportedOpenings { balances: number; differing: number }

/** Null when nothing was imported for the new year yet. Cells are compared by book, account and all dimensions. */
export async function readImportedOpenings(
  db: Kysely<Database>, { district, year, carryId }: Pick<NewYear, 'district' | 'year' | 'carryId'>,
): Promise<ImportedOpenings | null> {
  const scope = await db.selectFrom('scopes').innerJoin('input_versions', 'input_versions.scope_id', 'scopes.scope_id')
    .select('scopes.scope_id')
    .where('district', '=', district).where('year', '=', year + 1).limit(1).executeTakeFirst()
  if (!scope) return null
  const dims = sql.raw(DIMENSIONS.join(', '))
  const own = sql.raw(DIMENSIONS.map((name) => `c.${name}`).join(', '))
  const { rows } = await sql<ImportedOpenings>`
    with imported as (
      select b.book, a.account, ${own}, t.opening as balance from cell_totals t join cells c using (scope_id, cell_id)
        join accounts a using (scope_id, account_id) join books b on b.scope_id = c.scope_id and b.book_id = c.book_id
      where t.scope_id = ${scope.scope_id} and t.opening <> 0),
    carried as (select book, account, ${dims}, balance from opening_balances where carry_id = ${carryId}::int),
    every as (select book, account, ${dims}, sum(mine)::bigint as mine, sum(theirs)::bigint as theirs from (
      select book, account, ${dims}, balance as mine, 0 as theirs from imported union all select book, account, ${dims}, 0, balance from carried) both_sides
      group by book, account, ${dims})
    select (select count(*)::int from imported) as balances, count(*) filter (where mine <> theirs)::int as differing from every`.execute(db)
  return rows[0]!
}

/** Whether the openings of a generation may still change. */
export async function openingsState(db: Kysely<Database>, carryId: number): Promise<OpeningsState> {
  const { rows } = await sql<{ state: OpeningsState }>`
    select ${OPENINGS_STATE} as state from carry_forwards c join runs r using (run_id) where c.carry_id = ${carryId}`.execute(db)
  return rows[0]?.state ?? 'missing'
}
