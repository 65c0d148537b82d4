/** Documents that go over into the new year, each linked to the number that it has there. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'

/**
 * Brings `carried_documents` of the run to what the standing `carry` decisions say: the new number is the old one, `-`
 * and the new year, as for indicators (CONTRACT §6). Running it again changes nothing; a document whose decision no
 * longer stands leaves the list (its decision stays in the record).
 * @returns how many documents are carried
 */
export async function recordCarriedDocuments(trx: Transaction<Database>, context: StepContext): Promise<{ carried: number }> {
  const standing = sql`
    select f.rule as type, substr(f.key, length(f.rule) + 2) as number, f.facts->>'unit' as unit, coalesce(f.amount, 0) as amount, f.decision_id
    from findings f join finding_decisions fd on fd.decision_id = f.decision_id and fd.finding_id = f.finding_id
    where f.run_id = ${context.runId} and f.step = 'in-transit' and f.status = 'resolved' and fd.action = 'carry'
      and f.closed_by is distinct from 'recheck'`
  await sql`
    delete from carried_documents c where c.run_id = ${context.runId}
      and not exists (select from (${standing}) s where s.type = c.type and s.number = c.number)`.execute(trx)
  const { rows } = await sql<{ number: string }>`
    insert into carried_documents (run_id, type, number, new_number, unit, amount, decision_id)
    select ${context.runId}::int, s.type, s.number, s.number || '-' || ${context.year + 1}::int, s.unit, s.amount, s.decision_id from (${standing}) s
    on conflict (run_id, type, number) do update
      set new_number = excluded.new_number, unit = excluded.unit, amount = excluded.amount, decision_id = excluded.decision_id
    returning number`.execute(trx)
  return { carried: rows.length }
}

/** The list of an undone carry-forward: the decisions stay, and the next carry-forward makes the same list from them. */
export async function dropCarriedDocuments(trx: Transaction<Database>, runId: number): Promise<void> {
  await trx.deleteFrom('carried_documents').where('run_id', '=', runId).execute()
}
