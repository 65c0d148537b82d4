/** Keeps the matches of a line-by-line reconciliation, each with its pass, for people to look at later. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'

/**
 * Replaces the stored matches of the run and reconciliation by those of `line_matches` and the groups of `line_groups`,
 * numbered in the order of the passes. Matches by reference are not written down: see migration 111.
 */
export async function storeMatches(
  trx: Transaction<Database>, { runId, generation }: StepContext, number: string,
): Promise<void> {
  await sql`delete from reconcile_matches where run_id = ${runId} and reconciliation = ${number}`.execute(trx)
  await sql`
    insert into reconcile_matches (run_id, reconciliation, generation, pass, state, match_no, side, member, key, party, reference, date, amount, file_line, file_id, rivals)
    with members as (
      select pass, 'matched' as state, match_no, 'a' as side, line_id as id from line_matches where line_id is not null
      union all select pass, 'matched', match_no, 'b', row_id from line_matches where row_id is not null
      union all select 'n:m', state, match_no, side, id from line_groups),
    items as (
      select 'a' as side, id, line_key as key, party, reference, date, amount, null::int as file_line, null::int as file_id from left_lines
      union all select 'b', id, party || '/' || reference, party, reference, date, amount, file_line, file_id from left_rows),
    days as (
      select 'a' as of, party, amount, date, count(*) as n from left_lines group by party, amount, date
      union all select 'b', party, amount, date, count(*) from left_rows group by party, amount, date),
    pairs as (
      select m.match_no, l.party, l.amount, l.date as a, r.date as b, abs(l.date - r.date) as apart
      from line_matches m join left_lines l on l.id = m.line_id join left_rows r on r.id = m.row_id where m.pass = 'date'),
    rivals as (
      select p.match_no, sum(d.n) - 2 as rivals from pairs p
      cross join lateral (values ('b', a - apart), ('b', nullif(a + apart, a)), ('a', b - apart), ('a', nullif(b + apart, b))) near(of, date)
      join days d on d.of = near.of and d.party = p.party and d.amount = p.amount and d.date = near.date group by p.match_no)
    select ${runId}::int, ${number}::text, ${generation}::int, pass, state,
      dense_rank() over (order by array_position(array['matched', 'suggested', 'ambiguous'], state), array_position(array['date', 'n:1', '1:n', 'n:m'], pass), members.match_no),
      side, row_number() over (partition by state, pass, members.match_no, side order by id), key, party, reference, date, amount, file_line, file_id, coalesce(r.rivals, 0)
    from members join items using (side, id) left join rivals r on members.pass = 'date' and r.match_no = members.match_no`.execute(trx)
}

/** Nothing was compared: nothing is matched. */
export async function dropMatches(trx: Transaction<Database>, runId: number, number: string): Promise<void> {
  await sql`delete from reconcile_matches where run_id = ${runId} and reconciliation = ${number}`.execute(trx)
}
