/**
 * Matches of a line-by-line reconciliation, as the latest check of the run made them. Those by reference follow from the
 * input and are listed from it, as long as it is still the one that was checked.
 */
import { type Kysely, sql } from 'kysely'
import type { LinesReconciliation } from '../../config/schemas/reconciliations.ts'
import { formatYuan } from '../../domain/money.ts'
import { staleSteps } from '../evidence.ts'
import type { Run } from '../runs.ts'
import { ledgerLines, statementLines } from '../steps/reconcile/lines.ts'
import type { Database } from '../tables.ts'

export type MatchPass = 'reference' | 'date' | 'n:1' | '1:n' | 'n:m'
export type MatchState = 'matched' | 'suggested' | 'ambiguous'
/**
 * A line of the ledger (`key` = book/voucher/line) or a row of a statement (`key` = party/reference, with file and line). Amount
 * in yuan.
 */
export interface MatchMember {
  side: 'a' | 'b'; key: string; party: string; reference: string; date: string | null; amount: string; file: string | null
  line: number | null
}
/** `rivals`: lines and rows that fitted just as well, of a match by day and amount. */
export interface Match { pass: MatchPass; state: MatchState; match: number; rivals: number; members: MatchMember[] }
export interface Matches {
  /** Checked, and the input is still the one that was checked; without that no match by reference is listed. */
  current: boolean
  /** Matches by pass and state, over all. */
  counts: { pass: MatchPass; state: MatchState; matches: number; members: number }[]
  matches: Match[]
}

interface MatchFilter { pass?: MatchPass; state?: MatchState; limit?: number }
interface Row extends Omit<MatchMember, 'amount'>, Omit<Match, 'members'> { amount: bigint }

/**
 * Of all matches that fit the filter the first `limit`, in the order of the passes; matches of one pass by party, day and key.
 */
export async function listMatches(
  db: Kysely<Database>, run: Run, number: string, reconciliation: LinesReconciliation, filter: MatchFilter = {},
): Promise<Matches> {
  const checked = await db.selectFrom('step_results').select('generation').where('run_id', '=', run.runId)
    .where('step', '=', 'reconcile').where('void_at', 'is', null).executeTakeFirst()
  const current = checked !== undefined && !(await staleSteps(db, run)).includes('reconcile')
  const all = sql`
    ${storedMatches(run.runId, number)}
    ${current ? sql`union all ${referenceMatches(run.scopeId, number, reconciliation)}` : sql``}`
  const { rows: counts } = await sql<Matches['counts'][number]>`
    select pass, state, count(distinct match)::int as matches, count(*)::int as members from (${all}) m group by pass, state order by ${order(sql`state`, sql`pass`)}`.execute(db)
  const { rows } = await sql<Row>`
    with m as (select * from (${all}) m where ${filter.pass ?? null}::text is null or pass = ${filter.pass ?? null}),
    wanted as (select * from m where ${filter.state ?? null}::text is null or state = ${filter.state ?? null}),
    placed as (select *, dense_rank() over (order by ${order(sql`state`, sql`pass`)}, match) as place from wanted)
    select pass, state, place::int as match, rivals, side, key, party, reference, date::text as date, amount::bigint as amount, file, line
    from placed where ${filter.limit ?? null}::int is null or place <= ${filter.limit ?? null} order by place, side, date, key collate "C", amount, line`.execute(db)
  return { current, counts, matches: grouped(rows) }
}

const order = (state: ReturnType<typeof sql>, pass: ReturnType<typeof sql>) =>
  sql`array_position(array['matched', 'suggested', 'ambiguous'], ${state}), array_position(array['reference', 'date', 'n:1', '1:n', 'n:m'], ${pass})`

function grouped(rows: readonly Row[]): Match[] {
  const matches: Match[] = []
  for (const { pass, state, match, rivals, amount, ...member } of rows) {
    if (matches.at(-1)?.match !== match) matches.push({ pass, state, match, rivals, members: [] })
    matches.at(-1)!.members.push({ ...member, amount: formatYuan(amount) })
  }
  return matches
}

function storedMatches(runId: number, number: string) {
  return sql`select m.pass, m.state, m.match_no::bigint as match, m.side, m.key, m.party, m.reference, m.date, m.amount,
      case m.side when 'b' then coalesce(f.name, 'statements.csv') end as file, m.file_line as line, m.rivals
    from reconcile_matches m left join statement_files f using (file_id) where m.run_id = ${runId} and m.reconciliation = ${number}`
}

/** The same rule as the first pass: one party and reference on both sides, with sums that agree. */
function referenceMatches(scopeId: number, number: string, reconciliation: LinesReconciliation) {
  return sql`select 'reference', 'matched', dense_rank() over (order by party collate "C", first_day, reference collate "C"), side, key, party, reference, date, amount, file, line, 0
    from (
      select *, count(*) filter (where side = 'a') over same as in_a, count(*) filter (where side = 'b') over same as in_b, min(date) over same as first_day,
        sum(case side when 'a' then amount else -amount end) over same as off
      from (
        select 'a' as side, line_key as key, party, reference, date, amount, null::text as file, null::int as line from (${ledgerLines({ scopeId }, reconciliation)}) a
        union all
        select 'b', b.party || '/' || b.reference, b.party, b.reference, b.date, b.amount, coalesce(f.name, 'statements.csv'), b.file_line
        from (${statementLines({ scopeId }, number)}) b left join statement_files f using (file_id)) both_sides
      where reference <> '' window same as (partition by party, reference)) grouped
    where in_a > 0 and in_b > 0 and off = 0`
}
