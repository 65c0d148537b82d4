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
 * SHA-256 over the rows of a generation, whatever their order: the hash of each row, sorted, hashed table by table, then
 * over the tables. The same plan has the same digest in any run, generation or database.
 */
export async function planDigest(trx: Trx, carryId: number): Promise<string> {
  const tables = Object.entries(CONTENT).map(([table, columns]) => sql`
    select ${table} as name, coalesce(encode(sha256(string_agg(hash, ''::bytea order by hash)), 'hex'), '') as hash
    from (select sha256(convert_to(row(${sql.raw(columns)})::text, 'UTF8')) as hash
      from ${sql.raw(table)} where carry_id = ${carryId} ${sql.raw(table === 'closing_entries' ? 'and not reversal' : '')}) hashes`)
  const { rows } = await sql<{ digest: string }>`
    select encode(sha256(convert_to(string_agg(name || ':' || hash, e'\\n' order by name collate "C"), 'UTF8')), 'hex') as digest
    from (${sql.join(tables, sql` union all `)}) tables`.execute(trx)
  return rows[0]!.digest
}
