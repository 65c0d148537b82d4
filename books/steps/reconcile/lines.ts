/**
 * R7 财政专户对账: entry lines of the special-account books against the rows of the banks' statements, line by line.
 * Ordered passes, each on what the one before left over: reference; date window and amount; n:1 and 1:n of a day; and,
 * where the configuration asks for it, n:m.
 * Set-based throughout, and the same whatever the order of the rows.
 */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { LinesReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Plain } from '../../../domain/canonical.ts'
import type { Database } from '../../tables.ts'
import { NOTHING, type ReconciliationFigures, figuresOf, foundMissing } from './figures.ts'
import { foundLines } from './lines-found.ts'
import { hintsOfGroups, searchLeftovers } from './lines-groups.ts'
import { matchGroups, matchNearDays, matchSameDay } from './lines-passes.ts'
import { dropMatches, storeMatches } from './lines-store.ts'
import { type Fragment, statementFilter } from './sides.ts'

/** Matches the two sides; every line and row ends in one match or in one finding. */
export async function reconcileLines(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: LinesReconciliation,
): Promise<ReconciliationFigures> {
  const a = ledgerLines(context, reconciliation)
  const b = statementLines(context, number)
  const present = await sql<{ present: boolean }>`select exists (${b}) as present`.execute(trx)
  if (!present.rows[0]!.present) {
    await dropMatches(trx, context.runId, number)
    return withoutStatement(trx, number, reconciliation, a)
  }
  const sums = await matchReferences(trx, a, b)
  await keepLeftovers(trx, a, b)
  await matchSameDay(trx)
  await matchNearDays(trx, reconciliation.window_days)
  await matchGroups(trx)
  const groups = await searchLeftovers(trx, reconciliation)
  await hintsOfGroups(trx)
  await storeMatches(trx, context, number)
  const unequal = await foundLines(trx, number, reconciliation)
  const passes = await matchedByPass(trx, reconciliation.groups.mode === 'match')
  const matched = sums.matched + Object.values(passes).reduce((total, one) => total + one, 0)
  return {
    ...figuresOf('compared', { a: sums.a, b: sums.b, keys: matched + unequal, unequal }),
    matched: { reference: sums.matched, ...passes } as Plain, ...(groups ? { groups } : {}),
  }
}

/** Posted entry lines on the accounts: debit less credit; the party is the cell's counterparty. */
export function ledgerLines(context: Pick<StepContext, 'scopeId'>, { a }: LinesReconciliation): Fragment {
  return sql`
    select c.counterparty as party, coalesce(e.source, '') as reference, e.date, e.debit - e.credit as amount,
      b.book || '/' || e.voucher || '/' || e.line as line_key, b.book, e.voucher, e.line
    from entries e join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id
      join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      join books b on b.scope_id = c.scope_id and b.book_id = c.book_id and b.system = ${a.system}
    where e.scope_id = ${context.scopeId} and e.posted
      and (${sql.join(a.accounts.map((code) => sql`starts_with(a.account, ${code})`), sql` or `)})`
}

/** Rows of the statements of that number; '' where they give nothing. */
export function statementLines(context: Pick<StepContext, 'scopeId'>, number: string): Fragment {
  return sql`
    select coalesce(s.party, '') as party, coalesce(s.reference, '') as reference, s.date, s.amount, s.row_id, s.file_line, s.file_id,
      concat_ws(e'\x1f', coalesce(s.unit, ''), coalesce(s.function, ''), coalesce(s.revenue, ''), coalesce(s.project, ''), coalesce(s.fund, ''), coalesce(s.indicator, '')) as more
    from statements s where ${statementFilter(number, undefined, context)}`
}

async function withoutStatement(
  trx: Transaction<Database>, number: string, reconciliation: LinesReconciliation, a: Fragment,
): Promise<ReconciliationFigures> {
  const { rows } = await sql<{ total: bigint; something: boolean }>`
    select coalesce(sum(amount), 0)::bigint as total, coalesce(bool_or(amount <> 0), false) as something
      from (${a}) a`.execute(trx)
  const { total, something } = rows[0]!
  if (!something || reconciliation.missing === 'skip') return figuresOf('skipped', NOTHING)
  await foundMissing(trx, number, reconciliation, total)
  return figuresOf('missing', { ...NOTHING, a: total, unequal: 1 })
}

/**
 * Pass 1, by party and reference. Leaves in `reference_groups` only what did not agree: `on_both` is true where the
 * reference stands on both sides with another amount. One aggregate over both sides instead of two and a join.
 */
async function matchReferences(
  trx: Transaction<Database>, a: Fragment, b: Fragment,
): Promise<{ a: bigint; b: bigint; matched: number }> {
  for (const table of ['reference_groups', 'left_lines', 'left_rows', 'line_matches']) {
    await sql`drop table if exists ${sql.ref(table)}`.execute(trx)
  }
  const differs = sql`reference <> '' and (a_rows = 0 or b_rows = 0 or a <> b)`
  await sql`create temporary table reference_groups on commit drop as
    with grouped as (
      select party, reference, sum(a) as a, sum(b) as b, count(a) as a_rows, count(b) as b_rows
      from (select party, reference, amount as a, null::bigint as b
        from (${a}) a union all select party, reference, null, amount from (${b}) b) both_sides
      group by party, reference),
    compared as (
      select sum(a)::bigint as total_a, sum(b)::bigint as total_b, (count(*) filter (where reference <> '' and a_rows > 0
        and b_rows > 0 and a = b))::int as matched,
        array_agg(party) filter (where ${differs}) as party, array_agg(reference) filter (where ${differs}) as reference,
        array_agg(a::bigint) filter (where ${differs}) as a, array_agg(b::bigint) filter (where ${differs}) as b,
        array_agg(a_rows::int) filter (where ${differs}) as a_rows, array_agg(b_rows::int) filter (where ${differs}) as b_rows
      from grouped)
    select d.*, d.a_rows > 0 and d.b_rows > 0 as on_both, null::bigint as total_a, null::bigint as total_b, null::int as matched
    from compared c, unnest(c.party, c.reference, c.a, c.b, c.a_rows, c.b_rows) d(party, reference, a, b, a_rows, b_rows)
    union all
    select null, null, null, null, null, null, null, total_a, total_b, matched from compared`.execute(trx)
  const { rows } = await sql<{ a: bigint | null; b: bigint | null; matched: number }>`
    select max(total_a) as a, max(total_b) as b, max(matched) as matched from reference_groups`.execute(trx)
  await sql`delete from reference_groups where party is null`.execute(trx)
  const { matched } = rows[0]!
  return { a: rows[0]!.a ?? 0n, b: rows[0]!.b ?? 0n, matched }
}

/**
 * What the references left over, numbered in the order in which ties are broken: lines by date and key, rows by
 * reference (none last), then by everything else they say, so that rows may come in any order. Nothing of amount 0:
 * a missing side counts as 0.
 */
async function keepLeftovers(trx: Transaction<Database>, a: Fragment, b: Fragment): Promise<void> {
  const left = sql`reference = '' or (party, reference) in (select party, reference from reference_groups where not on_both)`
  await sql`create temporary table left_lines on commit drop as
    select (row_number() over (order by date, book collate "C", voucher collate "C", line))::int as id, party, reference, date, amount, line_key, false as matched
    from (${a}) a where amount <> 0 and (${left})`.execute(trx)
  await sql`create temporary table left_rows on commit drop as
    select (row_number() over (order by reference = '', reference collate "C", date, amount, more collate "C", row_id))::int as id, party, reference, date, amount, file_line, file_id, false as matched
    from (${b}) b where amount <> 0 and (${left})`.execute(trx)
  await sql`create index on left_lines (party, amount, date)`.execute(trx)
  await sql`create index on left_rows (party, amount, date)`.execute(trx)
  await sql`create temporary table line_matches (pass text not null, match_no int not null, line_id int, row_id int) on commit drop`.execute(trx)
  await sql`analyze left_lines, left_rows, reference_groups`.execute(trx)
}

async function matchedByPass(trx: Transaction<Database>, withGroups: boolean): Promise<Record<string, number>> {
  const { rows } = await sql<{ pass: string; matches: number }>`
    select pass, count(distinct match_no)::int as matches from line_matches group by pass order by pass`.execute(trx)
  const counts = new Map(rows.map(({ pass, matches }) => [pass, matches]))
  return {
    date: counts.get('date') ?? 0, 'n:1': counts.get('n:1') ?? 0, '1:n': counts.get('1:n') ?? 0,
    ...(withGroups ? { 'n:m': counts.get('n:m') ?? 0 } : {}),
  }
}
