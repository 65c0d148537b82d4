/** The plan's digest: what people approve. */
import { sql } from 'kysely'
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
  const rows = Object.entries(CONTENT).map(([table, columns]) => sql`
    select sha256(record_send(row(${sql.lit(table)}::text, ${sql.raw(columns)}))) as hash
    from ${sql.raw(table)} where carry_id = ${carryId} ${sql.raw(table === 'closing_entries' ? 'and not reversal' : '')}`)
  const { rows: [digest] } = await sql<{ digest: string }>`
    select encode(sha256(coalesce(string_agg(hash, ''::bytea order by hash), '')), 'hex') as digest
    from (${sql.join(rows, sql` union all `)}) hashes`.execute(trx)
  return digest!.digest
}
