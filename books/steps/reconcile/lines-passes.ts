/**
 * The passes of a line-by-line reconciliation over `left_lines` and `left_rows` (both numbered, see lines.ts).
 * Matches go into `line_matches`; matched lines and rows are marked and take no further part.
 */
import { type Transaction, sql } from 'kysely'
import type { Database } from '../../tables.ts'

/** Same party, amount and day: the first line with the first row, and so on, in their order. */
export async function matchSameDay(trx: Transaction<Database>): Promise<void> {
  await sql`
    with lines as (select id, party, amount, date, row_number() over (partition by party, amount, date order by id) as n
      from left_lines where not matched),
      rows as (select id, party, amount, date, row_number() over (partition by party, amount, date order by id) as n
        from left_rows where not matched)
    insert into line_matches (pass, match_no, line_id, row_id)
    select 'date', l.id, l.id, r.id from lines l join rows r using (party, amount, date, n)`.execute(trx)
  await markMatched(trx)
}

/**
 * Same party and amount, one day apart, then two, up to the window: of all pairs at a distance the one with the smallest
 * row (reference first), and there the earliest line, comes first; then the next of what is left.
 *
 * Taking pairs one by one would be a loop over rows. Because every line would rather have the smaller row, the same
 * result comes from offers in bulk: each row offers itself to the earlier of its two days; a day keeps as many as it has
 * lines, the smallest first; who is turned away tries the later day. A refusal only ever moves rows to later days, so
 * the rounds are bounded by the days that lie in a chain, not by the rows.
 */
export async function matchNearDays(trx: Transaction<Database>, windowDays: number): Promise<void> {
  for (let distance = 1; distance <= windowDays; distance += 1) {
    await sql`drop table if exists offers`.execute(trx)
    await sql`create temporary table offers on commit drop as
      select r.id, r.party, r.amount, r.date - ${distance}::int as day, false as last from left_rows r
      where not r.matched and exists (select from left_lines l where not l.matched and l.party = r.party and l.amount = r.amount
        and l.date in (r.date - ${distance}::int, r.date + ${distance}::int))`.execute(trx)
    while (await refuseOffers(trx, distance));
    await takeOffers(trx)
    await markMatched(trx)
  }
}

const FREE_LINES = sql`select id, party, amount, date, row_number() over (partition by party, amount, date order by id) as n
  from left_lines where not matched`

/** One round: offers beyond what their day can take go to the later day, or are withdrawn. @returns whether any was refused */
async function refuseOffers(trx: Transaction<Database>, distance: number): Promise<boolean> {
  const { rows } = await sql<{ refused: number }>`
    with offered as (select id, party, amount, day, row_number() over (partition by party, amount, day order by id) as n
      from offers where day is not null),
      free as (select party, amount, date as day, count(*) as n from left_lines where not matched group by 1, 2, 3),
      refused as (
        update offers o set day = case when o.last then null else o.day + 2 * ${distance}::int end, last = true
        from offered left join free using (party, amount, day)
        where offered.id = o.id and offered.n > coalesce(free.n, 0) returning o.id)
    select count(*)::int as refused from refused`.execute(trx)
  return rows[0]!.refused > 0
}

async function takeOffers(trx: Transaction<Database>): Promise<void> {
  await sql`
    with kept as (select id, party, amount, day, row_number() over (partition by party, amount, day order by id) as n
      from offers where day is not null)
    insert into line_matches (pass, match_no, line_id, row_id)
    select 'date', l.id, l.id, k.id from kept k join (${FREE_LINES}) l on l.party = k.party and l.amount = k.amount
      and l.date = k.day and l.n = k.n`.execute(trx)
}

/**
 * All that is left of a party's day on one side against a single row of the other with that sum: n lines to one row
 * first, then one line to n rows. Of several such single ones the first is taken.
 */
export async function matchGroups(trx: Transaction<Database>): Promise<void> {
  await matchSums(trx, 'n:1', { table: 'left_lines', id: 'line_id' }, { table: 'left_rows', id: 'row_id' })
  await matchSums(trx, '1:n', { table: 'left_rows', id: 'row_id' }, { table: 'left_lines', id: 'line_id' })
}

interface Side { table: 'left_lines' | 'left_rows'; id: 'line_id' | 'row_id' }

/** A match is numbered by the single one of it. */
async function matchSums(trx: Transaction<Database>, pass: 'n:1' | '1:n', many: Side, one: Side): Promise<void> {
  await sql`
    with groups as (
      select party, date, sum(amount) as total from ${sql.id(many.table)} where not matched group by 1, 2 having count(*) > 1),
    single as (
      select distinct on (g.party, g.date) g.party, g.date, o.id from groups g
      join ${sql.id(one.table)} o on o.party = g.party and o.date = g.date and o.amount = g.total
        and not o.matched order by g.party, g.date, o.id)
    insert into line_matches (pass, match_no, ${sql.id(many.id)}, ${sql.id(one.id)})
    select ${pass}, s.id, m.id, null from single s
      join ${sql.id(many.table)} m on m.party = s.party and m.date = s.date and not m.matched
    union all select ${pass}, s.id, null, s.id from single s`.execute(trx)
  await markMatched(trx)
}

/** What stands in `line_matches` takes no further part. */
export async function markMatched(trx: Transaction<Database>): Promise<void> {
  await sql`update left_lines l set matched = true from line_matches m where m.line_id = l.id and not l.matched`.execute(trx)
  await sql`update left_rows r set matched = true from line_matches m where m.row_id = r.id and not r.matched`.execute(trx)
}
