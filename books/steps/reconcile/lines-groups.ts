/** n:m among what the passes left over: suggested in the findings, or matched, as the reconciliation says. */
import { type Transaction, sql } from 'kysely'
import type { LinesReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import { type Group, type GroupsFound, type Item, searchGroups } from './group-search.ts'
import { markMatched } from './lines-passes.ts'

type Trx = Transaction<Database>

/** What the search did, for the figures of the step. */
export interface GroupFigures {
  readonly [name: string]: string | number
  mode: 'suggest' | 'match'
  /** Groups that fit in one way only: taken, or suggested. */
  certain: number
  /** Groups that share members with others: listed, never taken. */
  ambiguous: number
  windows: number
  /**
   * Windows left out because too much was left in them, too many combinations were tried, or too many groups were found; and
   * parties.
   */
  stoppedAtCandidates: number
  stoppedAtCombinations: number
  stoppedAtGroups: number
  stoppedParties: number
}

/** Groups that a finding lists. */
const LISTED_MAX = 3

/**
 * Searches, and makes the temporary table `line_groups (state, match_no, side, id)` of what was found.
 * @returns undefined when the reconciliation does not ask for it
 */
export async function searchLeftovers(trx: Trx, { groups }: LinesReconciliation): Promise<GroupFigures | undefined> {
  await sql`drop table if exists line_groups`.execute(trx)
  await sql`create temporary table line_groups (state text not null, match_no int not null, side text not null, id int not null) on commit drop`.execute(trx)
  if (groups.mode === 'off') return undefined
  const { lines, rows, parties } = await leftItems(trx, groups.left_max)
  const found = searchGroups(lines, rows, groups)
  if (groups.mode === 'match') await takeGroups(trx, found.certain)
  await keepGroups(trx, [...(groups.mode === 'suggest' ? found.certain.map((group) => ({ group, state: 'suggested' })) : []),
    ...found.ambiguous.map((group) => ({ group, state: 'ambiguous' }))])
  return figures(groups.mode, found, parties)
}

function figures(
  mode: 'suggest' | 'match', { certain, ambiguous, searched, stopped }: GroupsFound, stoppedParties: number,
): GroupFigures {
  return {
    mode, certain: certain.length, ambiguous: ambiguous.length, windows: searched, stoppedAtCandidates: stopped.candidates,
    stoppedAtCombinations: stopped.combinations, stoppedAtGroups: stopped.groups, stoppedParties,
  }
}

/** What is left and has a date, of the parties that do not have too much of it. */
async function leftItems(trx: Trx, leftMax: number): Promise<{ lines: Item[]; rows: Item[]; parties: number }> {
  const { rows: all } = await sql<Item & { side: 'a' | 'b'; many: boolean }>`
    with items as (
      select 'a' as side, id, party, date, amount from left_lines where not matched and date is not null
      union all select 'b', id, party, date, amount from left_rows where not matched and date is not null),
    counted as (select party, greatest(count(*) filter (where side = 'a'), count(*) filter (where side = 'b')) > ${leftMax} as many from items group by party)
    select side, id, party, date - '2000-01-01'::date as day, amount, many from items join counted using (party) where not many
    union all select 'a', 0, party, 0, 0, true from counted where many
    order by side, id`.execute(trx)
  const kept = all.filter(({ many }) => !many)
  return {
    lines: kept.filter(({ side }) => side === 'a'), rows: kept.filter(({ side }) => side === 'b'),
    parties: all.length - kept.length,
  }
}

/** The match number of a group is that of its first line: lines are numbered once. */
async function takeGroups(trx: Trx, groups: readonly Group[]): Promise<void> {
  const members = groups.flatMap(({ lines, rows }) => [
    ...lines.map((id) => ({ no: lines[0]!, line: id as number | null, row: null as number | null })),
    ...rows.map((id) => ({ no: lines[0]!, line: null, row: id as number | null })),
  ])
  if (members.length === 0) return
  await sql`insert into line_matches (pass, match_no, line_id, row_id)
    select 'n:m', no, line, row from unnest(${members.map(({ no }) => no)}::int[], ${members.map(({ line }) => line)}::int[], ${members.map(({ row }) => row)}::int[]) m(no, line, row)`.execute(trx)
  await markMatched(trx)
}

async function keepGroups(trx: Trx, groups: readonly { group: Group; state: string }[]): Promise<void> {
  const members = groups.flatMap(({ group: { lines, rows }, state }, index) => [
    ...lines.map((id) => ({ state, no: index + 1, side: 'a', id })),
    ...rows.map((id) => ({ state, no: index + 1, side: 'b', id })),
  ])
  if (members.length === 0) return
  await sql`insert into line_groups (state, match_no, side, id)
    select * from unnest(${members.map(({ state }) => state)}::text[], ${members.map(({ no }) => no)}::int[], ${members.map(({ side }) => side)}::text[], ${members.map(({ id }) => id)}::int[])`.execute(trx)
}

/**
 * The temporary table `line_hints (side, id, facts, zh, en)`: for each line and row that is in a group, the groups it is
 * in, and a sentence for the finding.
 */
export async function hintsOfGroups(trx: Trx): Promise<void> {
  await sql`drop table if exists line_hints`.execute(trx)
  const amount = yuanText(sql`i.amount`)
  await sql`create temporary table line_hints on commit drop as
    with items as (
      select 'a' as side, id, line_key as name, date, amount from left_lines union all
      select 'b', id, coalesce(nullif(reference, ''), date::text, ''), date, amount from left_rows),
    groups as (
      select g.state, g.match_no,
        jsonb_agg(jsonb_build_object('line', i.name, 'date', i.date, 'amount', ${amount}) order by i.id) filter (where g.side = 'a') as lines,
        jsonb_agg(jsonb_build_object('reference', i.name, 'date', i.date, 'amount', ${amount}) order by i.id) filter (where g.side = 'b') as rows,
        string_agg(i.name, '、' order by i.id) filter (where g.side = 'a') as line_names, string_agg(i.name, '、' order by i.id) filter (where g.side = 'b') as row_names
      from line_groups g join items i using (side, id) group by 1, 2)
    select g.side, g.id, min(s.state) as state,
      jsonb_build_object('state', min(s.state), 'groups', count(*), 'listed', jsonb_path_query_array(
        jsonb_agg(jsonb_build_object('lines', s.lines, 'rows', s.rows) order by s.match_no), ${`$[0 to ${LISTED_MAX - 1}]`}::jsonpath)) as facts,
      case min(s.state) when 'suggested' then '账面 ' || min(s.line_names) || ' 与银行 ' || min(s.row_names) || ' 合计相等，可能是同一批款项。'
        else '有 ' || count(*) || ' 种几笔合计相等的组合，请自行判断。' end as zh,
      case min(s.state) when 'suggested' then 'Ledger ' || replace(min(s.line_names), '、', ', ') || ' and bank ' || replace(min(s.row_names), '、', ', ') || ' have the same sum: perhaps they belong together.'
        else count(*) || ' groups of several rows with the same sum fit: which of them is right is yours to say.' end as en
    from line_groups g join groups s using (match_no) group by g.side, g.id`.execute(trx)
}
