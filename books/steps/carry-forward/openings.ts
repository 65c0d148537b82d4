/** Balances after closing, and from them the openings of the new year. */
import { type RawBuilder, sql } from 'kysely'
import { DIMENSIONS } from '../../../domain/dimensions.ts'
import { type MappedTable, hasCode, mapColumn } from './mapping.ts'
import { DIMS, type Trx, dims } from './sql.ts'

const KEY = ['book_id', 'account_id', ...DIMENSIONS] as const

/**
 * Every balance that is left after closing, as a query: book, system, account, dimensions, amount (debit-positive fen, not 0), cell_id (null: no cell).
 * Balances on accounts that closing takes nothing from come straight from the input, with what closing added to them.
 */
export const carriedBalances = (scopeId: number): RawBuilder<unknown> => sql`
  select b.book, b.system, a.account, ${dims('c')}, c.amount, c.cell_id
  from (
    select ${sql.raw(KEY.map((name) => `coalesce(s.${name}, w.${name}) as ${name}`).join(', '))}, coalesce(s.amount, 0) + coalesce(w.amount, 0) as amount,
      coalesce(s.cell_id, w.cell_id) as cell_id
    from (
      select c.book_id, c.account_id, ${dims('c')}, t.opening + t.debit - t.credit as amount, c.cell_id
      from cells c join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
      where c.scope_id = ${sql.lit(scopeId)} and t.scope_id = ${sql.lit(scopeId)} and t.opening + t.debit - t.credit <> 0
        and c.account_id not in (select account_id from close_touched)) s
    full join (
      select ${sql.raw(KEY.join(', '))}, sum(amount)::bigint as amount, max(cell_id) as cell_id from close_work where rule_no is null
      group by ${sql.raw(KEY.join(', '))}) w on ${sql.raw(KEY.map((name) => `w.${name} = s.${name}`).join(' and '))}) c
  join books b on b.scope_id = ${sql.lit(scopeId)} and b.book_id = c.book_id
  join accounts a on a.scope_id = ${sql.lit(scopeId)} and a.account_id = c.account_id
  where c.amount <> 0`

const COLUMNS = ['book', 'system', 'account', ...DIMENSIONS] as const

/**
 * Writes the openings of a generation. Without mappings each balance goes over as it is; with them only the balances on
 * a mapped code are mapped, then all are summed by their new codes and what nets to zero is not written.
 * @returns how many
 */
export async function writeOpenings(trx: Trx, carryId: number, scopeId: number, mapped: readonly MappedTable[]): Promise<number> {
  if (mapped.length === 0) {
    const { numAffectedRows } = await sql`insert into opening_balances (carry_id, book, account, ${DIMS}, balance, cell_id)
      select ${carryId}::int, book, account, ${DIMS}, amount, cell_id from (${carriedBalances(scopeId)}) c`.execute(trx)
    return Number(numAffectedRows ?? 0n)
  }
  const touched = sql.join(mapped.map((table) => hasCode('c', table, 'new_codes')), sql` or `)
  let rows = sql<unknown>`select * from carried c where ${touched}`
  for (const table of mapped) rows = mapColumn(rows, COLUMNS, table) as typeof rows
  const { numAffectedRows } = await sql`
    with carried as materialized (${carriedBalances(scopeId)})
    insert into opening_balances (carry_id, book, account, ${DIMS}, balance)
    select ${carryId}::int, book, account, ${DIMS}, sum(amount)::bigint
    from (select book, account, ${DIMS}, amount from carried c where not (${touched})
      union all select book, account, ${DIMS}, amount from (${rows}) m) r
    group by book, account, ${DIMS} having sum(amount) <> 0`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

/** Writes the closing entries of a generation, one line for each rule, book, account and dimensions. @returns how many */
export async function writeClosingEntries(trx: Trx, carryId: number, scopeId: number): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into closing_entries (carry_id, rule_no, rule, book, account, ${DIMS}, debit, credit, cell_id)
    select ${carryId}::int, l.rule_no, r.rule, b.book, a.account, ${dims('l')}, greatest(l.amount, 0), greatest(-l.amount, 0), l.cell_id
    from close_lines l join close_rules r on r.rule_no = l.rule_no
    join books b on b.scope_id = ${scopeId} and b.book_id = l.book_id
    join accounts a on a.scope_id = ${scopeId} and a.account_id = l.account_id`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

/** So many rows are worth a look before they are read. */
const MANY = 50_000

/**
 * Tells the planner how many rows of the generation there are, where they are many: without it they pass for a few hundred, and
 * one core does what two could. Another district that is at this in the same partition is not waited for.
 */
export async function countForPlanner(trx: Trx, carryId: number, written: number): Promise<void> {
  if (written < MANY) return
  const { rows } = await sql<{ name: string }>`
    (select tableoid::regclass::text as name from closing_entries where carry_id = ${carryId} limit 1)
    union all (select tableoid::regclass::text from opening_balances where carry_id = ${carryId} limit 1)`.execute(trx)
  for (const { name } of rows) await sql.raw(`analyze (skip_locked) ${name} (carry_id, cell_id)`).execute(trx)
}
