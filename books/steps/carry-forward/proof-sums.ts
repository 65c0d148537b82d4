/**
 * The proof's sums by integers. Rows of a generation may name the cell of the input that their codes are. That is the writer's
 * word: it is compared code by code with the cell before it is used, and a row without such a word, or all of them when one word
 * is wrong, are summed by their codes and looked up among the cells here.
 */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { Database } from '../../tables.ts'

type Trx = Transaction<Database>

export const NAMES = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']
export const CODES = ['book', 'account', ...NAMES]
const KEY = sql.raw(CODES.join(', '))

/** Hash of the account and dimensions of a cell at `c`: equal ones have the same, others hardly ever. */
export const CELL_HASH = sql.raw(NAMES.reduceRight((seed, name) => `hashtextextended(c.${name}, ${seed})`, 'c.account_id::bigint'))

/** The generation's rows that count here, as cell_id, codes, amount and opened. Openings only where they need no mapping. */
const rowsOf = (carryId: number, openings: boolean): RawBuilder<unknown> => sql`
  select cell_id, ${KEY}, debit - credit as amount, null::bigint as opened from closing_entries where carry_id = ${sql.lit(carryId)} and not reversal
  ${openings ? sql`union all select cell_id, ${KEY}, null, balance from opening_balances where carry_id = ${sql.lit(carryId)}` : sql``}`

/**
 * Makes `proof_loose` (loose_no, cell_id, account_id, codes, amount, opened, times): sums of the rows that are summed by code, with
 * the cell that they are, if they are one; and `proof_after` (key_id, account_id, amount, opened, times, unposted): openings
 * and posted entries of the input, summed here, with the rows of the generation. A key is a cell, or below zero a `loose_no`; an
 * account that the chart does not have is the same below zero.
 * `opened` and `times` are what the new year's openings hold on the key (one of them, if there are several), and how often.
 */
export async function sumAfter(trx: Trx, { scopeId, carryId, openings }: { scopeId: number; carryId: number; openings: boolean }): Promise<void> {
  const trusted = await areRight(trx, scopeId, rowsOf(carryId, openings))
  await sumLoose(trx, scopeId, sql`select * from (${rowsOf(carryId, openings)}) r ${trusted ? sql`where cell_id is null` : sql``}`)
  // Two cores that each sum nearly every cell give more to merge than they save.
  const { rows: [size] } = await sql<{ few: boolean }>`
    select coalesce(sum(entries), 0) > 10 * count(*) as few from cell_totals where scope_id = ${scopeId}`.execute(trx)
  if (!size!.few) await sql`select set_config('max_parallel_workers_per_gather', '0', true)`.execute(trx)
  await sql`create temporary table proof_after on commit drop as
    select c.cell_id as key_id, c.account_id, coalesce(e.amount, 0) + coalesce(s.amount, 0) as amount, s.opened, coalesce(s.times, 0) as times,
      coalesce(e.unposted, false) as unposted
    from cells c
    left join (
      select cell_id, (sum(debit - credit) filter (where posted))::bigint as amount, bool_or(not posted) as unposted
      from entries where scope_id = ${scopeId} group by cell_id) e using (cell_id)
    left join (
      select cell_id, sum(amount)::bigint as amount, max(opened) as opened, sum(times)::int as times from (
        select cell_id, debit - credit as amount, null::bigint as opened, 0 as times from openings where scope_id = ${scopeId}
        ${trusted ? sql`union all select cell_id, amount, opened, (opened is not null)::int from (${rowsOf(carryId, openings)}) r where cell_id is not null` : sql``}
        union all select cell_id, amount, opened, times from proof_loose where cell_id is not null) sides
      group by cell_id) s using (cell_id)
    where c.scope_id = ${scopeId}
    union all select -loose_no, account_id, coalesce(amount, 0), opened, times, false from proof_loose where cell_id is null`.execute(trx)
  if (!size!.few) await sql`select set_config('max_parallel_workers_per_gather', '2', true)`.execute(trx)
}

/** Whether every cell that a row names has the row's codes. */
async function areRight(trx: Trx, scopeId: number, rows: RawBuilder<unknown>): Promise<boolean> {
  const differs = sql.raw(['b.book <> r.book', 'a.account <> r.account', ...NAMES.map((name) => `c.${name} <> r.${name}`)].join(' or '))
  const { rows: [wrong] } = await sql<{ wrong: number }>`
    select count(*)::int as wrong from (${rows}) r
    left join (select * from cells where scope_id = ${sql.lit(scopeId)}) c on c.cell_id = r.cell_id
    left join accounts a on a.scope_id = ${sql.lit(scopeId)} and a.account_id = c.account_id
    left join books b on b.scope_id = ${sql.lit(scopeId)} and b.book_id = a.book_id
    where r.cell_id is not null and (c.cell_id is null or ${differs})`.execute(trx)
  return wrong!.wrong === 0
}

async function sumLoose(trx: Trx, scopeId: number, rows: RawBuilder<unknown>): Promise<void> {
  const same = sql.raw(NAMES.map((name) => `c.${name} = s.${name}`).join(' and '))
  await sql`create temporary table proof_loose on commit drop as
    with sums as materialized (
      select row_number() over ()::int as loose_no, * from (
        select ${KEY}, sum(amount)::bigint as amount, max(opened) as opened, count(opened)::int as times from (${rows}) r group by ${KEY}) r),
    chart as materialized (
      select a.account_id, b.book, a.account from accounts a join books b on b.scope_id = ${sql.lit(scopeId)} and b.book_id = a.book_id where a.scope_id = ${sql.lit(scopeId)}),
    charted as materialized (select h.account_id, s.* from sums s left join chart h on h.book = s.book and h.account = s.account)
    select s.loose_no, c.cell_id, coalesce(s.account_id, -s.loose_no) as account_id, ${sql.raw(CODES.map((name) => `s.${name}`).join(', '))}, s.amount, s.opened, s.times
    from charted s
    left join (select * from cells where scope_id = ${sql.lit(scopeId)} and account_id in (select account_id from charted)) c
      on c.account_id = s.account_id and ${same}`.execute(trx)
}

/** The codes of rows of proof_after at `p`: joins, and the columns book, account and dimensions. */
export const codesOf = (scopeId: number): { joins: RawBuilder<unknown>; columns: RawBuilder<unknown> } => ({
  joins: sql`
    left join (select * from cells where scope_id = ${sql.lit(scopeId)}) c on c.cell_id = p.key_id
    left join accounts a on a.scope_id = ${sql.lit(scopeId)} and a.account_id = c.account_id
    left join books b on b.scope_id = ${sql.lit(scopeId)} and b.book_id = a.book_id
    left join proof_loose l on l.loose_no = -p.key_id`,
  columns: sql.raw(['b.book', 'a.account', ...NAMES.map((name) => `c.${name}`)]
    .map((column) => `coalesce(${column}, l.${column.slice(2)}) as ${column.slice(2)}`).join(', ')),
})
