/**
 * What each check saw of the differences: known by district, year, rule and key, so that their age outlives re-imports and runs.
 */
import { type Transaction, sql } from 'kysely'
import type { Run } from '../runs.ts'
import type { Database } from '../tables.ts'

/** A difference of a reconciliation among findings `f`; a note (R17 without the league, an undeclared number) is none. */
export const IS_DIFFERENCE = sql<boolean>`f.step = 'reconcile' and f.severity <> 'info' and f.rule ~ '^R[0-9]+$'`

/**
 * Records what the check that was just merged saw: a difference for the first time, with another amount or other rows,
 * not any more, or again. Nothing where nothing is new. A rehearsal is compared with rehearsals only, for it may look at
 * other input; the day on which a difference was first seen is that of either.
 */
export async function trackDifferences(
  trx: Transaction<Database>, run: Pick<Run, 'runId' | 'scopeId' | 'kind'>, generation: number,
): Promise<void> {
  const { runId, scopeId, kind } = run
  await sql`
    insert into differences (scope_id, finding_id, rule, key)
    select ${scopeId}::int, f.finding_id, f.rule, f.key from findings f
    where f.run_id = ${runId} and ${IS_DIFFERENCE} and f.closed_by is distinct from 'recheck'
    on conflict do nothing`.execute(trx)
  await sql`
    insert into difference_events (scope_id, finding_id, run_id, generation, what, amount, content_digest)
    with last as (
      select distinct on (e.finding_id) e.finding_id, e.what, e.content_digest from difference_events e join runs r using (run_id)
      where e.scope_id = ${scopeId} and r.kind = ${kind} order by e.finding_id, e.event_id desc),
    now as (
      select f.finding_id, f.rule, f.key, f.amount, f.content_digest from findings f
      where f.run_id = ${runId} and ${IS_DIFFERENCE} and f.closed_by is distinct from 'recheck')
    select ${scopeId}::int, finding_id, ${runId}::int, ${generation}::int, what, amount, content_digest
    from (
      select n.finding_id, n.rule, n.key, n.amount, n.content_digest,
        case when l.what is null then 'seen' when l.what = 'gone' then 'back' else 'changed' end as what
      from now n left join last l using (finding_id)
      where l.what is null or l.what = 'gone' or l.content_digest is distinct from n.content_digest
      union all
      select l.finding_id, d.rule, d.key, null, null, 'gone'
      from last l join differences d on d.scope_id = ${scopeId} and d.finding_id = l.finding_id
      where l.what <> 'gone' and not exists (select from now n where n.finding_id = l.finding_id)) events
    order by rule collate "C", key collate "C"`.execute(trx)
}
