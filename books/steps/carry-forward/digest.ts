/** The plan's digest: what people approve. */
import { type RawBuilder, sql } from 'kysely'
import type { Trx } from './sql.ts'

/** The tables of a plan and the columns that make its content; the generation's number is no part of it. */
const CONTENT = {
  closing_entries: 'rule, book, account, unit, function, revenue, economic, project, fund, counterparty, debit, credit',
  opening_balances: 'book, account, unit, function, revenue, economic, project, fund, counterparty, balance',
  indicator_dispositions: 'indicator, remaining, disposition, amount, reason_zh, reason_en',
  new_indicators: 'indicator, unit, function, economic, project, fund, origin_year, category, amount, source',
} as const

/**
 * SHA-256 over the sorted SHA-256 of every row of a generation: whatever their order, the same plan has the same digest in
 * any run, generation or database. A row is hashed in PostgreSQL's binary form, in which each value stands with its length.
 */
export async function planDigest(trx: Trx, carryId: number): Promise<string> {
  return (await digestRows(trx, carryId)).digest
}

const rowsOf = (carryId: number, columns: (table: string, content: string) => RawBuilder<unknown>) => sql.join(Object.entries(CONTENT).map(([table, content]) => sql`
  select ${columns(table, content)} from ${sql.raw(table)} where carry_id = ${carryId} ${sql.raw(table === 'closing_entries' ? 'and not reversal' : '')}`), sql` union all `)

async function digestRows(trx: Trx, carryId: number): Promise<{ digest: string; rows: number }> {
  const { rows: [content] } = await sql<{ digest: string; rows: number }>`
    select encode(sha256(coalesce(string_agg(hash, ''::bytea order by hash), '')), 'hex') as digest, count(*)::int as rows
    from (${rowsOf(carryId, (table, columns) => sql`sha256(record_send(row(${sql.lit(table)}::text, ${sql.raw(columns)}))) as hash`)}) hashes`.execute(trx)
  return content!
}

/** Takes the digest of a plan and keeps it, with the transaction that wrote its rows and how many there are. */
export async function keepDigest(trx: Trx, carryId: number): Promise<string> {
  const { digest, rows } = await digestRows(trx, carryId)
  await sql`update carry_forwards set plan_digest = ${digest}, written_in = pg_current_xact_id(), written_rows = ${rows}, written_digest = ${digest}
    where carry_id = ${carryId}`.execute(trx)
  return digest
}

/** Transactions are numbered in 32 bits on the rows: of a plan that is older than half of them nothing is said. */
const RECENT = 2_000_000_000

/**
 * Whether the rows of a plan still have the digest that was kept. PostgreSQL itself says who wrote each row: when those of a
 * transaction that has ended are all there and no others, not one was added, changed or taken away since their digest was
 * taken. In all other cases (restored elsewhere, copied, altered) the digest is taken again.
 */
export async function isAsPlanned(trx: Trx, carryId: number): Promise<boolean> {
  const { rows: [kept] } = await sql<{ plan_digest: string; untouched: boolean }>`
    select plan_digest, coalesce(plan_digest = written_digest and pg_current_xact_id()::text::bigint - written_in::text::bigint between 1 and ${RECENT}
      and (select count(*) = c.written_rows and count(*) filter (where row.xmin = c.written_in::xid) = c.written_rows
        from (${rowsOf(carryId, () => sql`xmin`)}) row), false) as untouched
    from carry_forwards c where carry_id = ${carryId}`.execute(trx)
  return kept !== undefined && (kept.untouched || await planDigest(trx, carryId) === kept.plan_digest)
}
