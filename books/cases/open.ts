/**
 * Blocking documents as cases (migration 130). A case begins when the scan of a real year-end finds its document, and ends
 * when the finding is not open any more, however that came about: a person's word, a receipt, a default, or the next import.
 */
import { type Transaction, sql } from 'kysely'
import type { DocumentsConfig } from '../../config/schemas/documents.ts'
import { cutOffAt, ladderOf } from '../../domain/documents.ts'
import type { Run } from '../runs.ts'
import type { Database } from '../tables.ts'

/** Cut-off and alarms of each type in a district and year, as rows that SQL joins to. Times are ISO 8601. */
export function caseTimes(documents: DocumentsConfig, district: string, year: number) {
  const types = Object.keys(documents.types).map((type) => ({ type, cutOff: cutOffAt(documents, type, district, year)! }))
  const iso = (ms: number) => new Date(ms).toISOString()
  return {
    types: types.map(({ type, cutOff }) => ({ type, cut_off: iso(cutOff) })),
    // A case always wakes at its cut-off: where the ladder has no rung there, one without roles stands for it.
    rungs: types.flatMap(({ type, cutOff }) => {
      const rungs = ladderOf(documents, type)
        .map(({ level, beforeMs, roles }) => ({ type, level, at: iso(cutOff - beforeMs), roles: [...roles] }))
      return rungs.some(({ at }) => at === iso(cutOff))
        ? rungs
        : [...rungs, { type, level: rungs.length + 1, at: iso(cutOff), roles: [] as string[] }]
    }),
  }
}

/** The rungs as a relation `rungs(type, level, at, roles)`. */
export const rungRows = (times: ReturnType<typeof caseTimes>) => sql`
  select * from jsonb_to_recordset(${JSON.stringify(times.rungs)}::jsonb) as r(type text, level int, at timestamptz, roles text[])`

/**
 * Brings the cases of a run to what its findings say: new blocking documents become cases, one that is open again after a
 * change goes on with what is left of its ladder, one that is settled ends. Set-based, whatever the number.
 * @param at when this is; rungs before a case's beginning are left out
 * @returns how many cases are open
 */
export async function openCases(
  trx: Transaction<Database>, run: Run, documents: DocumentsConfig, at: Date,
): Promise<{ open: number }> {
  const times = caseTimes(documents, run.district, run.year)
  await sql`
    with types as (select * from jsonb_to_recordset(${JSON.stringify(times.types)}::jsonb) as t(type text, cut_off timestamptz)),
      rungs as (${rungRows(times)}),
      next as (select t.type, t.cut_off, (select min(at) from rungs r where r.type = t.type and r.at > ${at}) as next_at from types t)
    insert into document_cases as c (run_id, finding_id, type, number, cut_off, opened_at, next_at)
    select f.run_id, f.finding_id, f.rule, substr(f.key, length(f.rule) + 2), n.cut_off, ${at}, n.next_at
    from findings f join next n on n.type = f.rule
    where f.run_id = ${run.runId} and f.step = 'in-transit' and f.severity = 'error' and f.status = 'open'
    on conflict (run_id, finding_id) do update
      set settled_at = null, outcome = null, cut_off = excluded.cut_off, next_at = excluded.next_at
      where c.settled_at is not null`.execute(trx)
  await settleCases(trx, run.runId, at)
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from document_cases where run_id = ${run.runId} and settled_at is null`.execute(trx)
  return rows[0]!
}

/**
 * Ends the cases whose finding is not open any more. outcome: what was decided (`complete`, `void`, `return`, `carry`),
 * or `gone` when the next import brought the document in its final state, or without it.
 * @returns how many ended
 */
export async function settleCases(trx: Transaction<Database>, runId: number, at: Date): Promise<number> {
  const { rows } = await sql`
    update document_cases c set settled_at = ${at}, next_at = null, outcome = case when f.closed_by = 'recheck' then 'gone' else coalesce((
      select w.action from finding_decisions w where w.decision_id = f.decision_id and w.finding_id = f.finding_id), f.status) end
    from findings f
    where c.run_id = ${runId} and c.settled_at is null and f.run_id = c.run_id and f.finding_id = c.finding_id
      and (f.status <> 'open' or f.severity <> 'error')
    returning c.finding_id`.execute(trx)
  return rows.length
}
