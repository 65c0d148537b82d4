/** Which districts of a year there are to archive, and whether their year is over. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { RunKind, RunState } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'

/** A run that is archived: the real ones, or the rehearsals of a district that has no real one. */
export interface ArchivedRun {
  id: number; kind: RunKind; state: RunState; rulesDigest: string; startedAt: Date; endedAt: Date | null
}

/** Only a locked year can not change any more: what is signed off can be undone by two people until then. */
export type Standing = 'locked' | 'signed-off' | 'under-way' | 'cancelled' | 'rehearsed' | 'not-started'

export interface ArchivedDistrict { code: string; scopeId: number; runs: readonly ArchivedRun[]; standing: Standing }

/** Districts with input or a run in the year, by code. */
export async function districtsOf(
  trx: Transaction<Database>, year: number, districts?: readonly string[],
): Promise<ArchivedDistrict[]> {
  const some = districts ? sql`s.district = any(${[...districts]}::text[])` : sql`true`
  const { rows: scopes } = await sql<{ code: string; scopeId: number }>`
    select s.district as code, s.scope_id as "scopeId" from scopes s
    where s.year = ${year} and ${some} and (exists (select from runs r where r.scope_id = s.scope_id) or exists (select from input_versions v where v.scope_id = s.scope_id))
    order by s.district collate "C"`.execute(trx)
  const { rows: runs } = await sql<ArchivedRun & { scopeId: number; locked: boolean }>`
    select r.run_id as id, r.scope_id as "scopeId", r.kind, r.state, r.rules_digest as "rulesDigest", r.started_at as "startedAt", r.ended_at as "endedAt",
      exists (select from decisions d where d.run_id = r.run_id and d.kind = 'control' and d.accepted) as locked
    from runs r join scopes s using (scope_id) where s.year = ${year} and ${some}
      and (r.kind = 'real' or not exists (select from runs other where other.scope_id = r.scope_id and other.kind = 'real'))
    order by r.run_id`.execute(trx)
  return scopes.map(({ code, scopeId }) => {
    const own = runs.filter((run) => run.scopeId === scopeId)
    return { code, scopeId, runs: own.map(({ scopeId: _scope, locked: _locked, ...run }) => run), standing: standingOf(own) }
  })
}

function standingOf(runs: readonly (Pick<ArchivedRun, 'kind' | 'state'> & { locked: boolean })[]): Standing {
  const last = runs.at(-1)
  if (!last) return 'not-started'
  if (last.kind === 'rehearsal') return 'rehearsed'
  if (runs.some((run) => run.locked)) return 'locked'
  return last.state === 'completed' ? 'signed-off' : last.state === 'cancelled' ? 'cancelled' : 'under-way'
}

/**
 * The input versions and carry-forwards of a year. They are what a snapshot can not hold: an import puts other partitions in
 * the place of those that were seen.
 */
export async function stateOf(db: Kysely<Database>, year: number): Promise<string> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', scope_id, 'v', max(version)) as line from input_versions join scopes using (scope_id) where year = ${year} group by scope_id
    union all select concat_ws(' ', scope_id, carry_id, state) from carry_forwards join scopes using (scope_id) where year = ${year}
    order by 1`.execute(db)
  return rows.map(({ line }) => line).join('\n')
}
