/** What the proof reads: the input's balances summed anew, after closing, and as they should open the new year. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'

const NAMES = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']
const KEY = sql.raw(['book', 'account', ...NAMES].join(', '))
const dims = (alias: string) => sql.raw(NAMES.map((name) => `${alias}.${name}`).join(', '))
const keyOf = (alias: string) => sql.raw(['book', 'account', ...NAMES].map((name) => `${alias}.${name}`).join(', '))
const MAPPED = ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'] as const
type MappedName = (typeof MAPPED)[number]

/** Names of tables that the checks read. */
export interface ProofTables { expected: 'proof_after' | 'proof_expected' }

/**
 * Makes temporary tables:
 * - `proof_before` (cell_id, amount, unposted): openings plus posted entries of the input, summed here, and whether some are not
 * posted
 * - `proof_after` (key, amount, opened, times): those balances by code, with the closing entries of the generation
 * - `proof_accounts` (book, account, system, element, book_unit, before, amount, balances): before and after, by account
 * - `proof_lines` (rule, book, account, debit, credit, carries, and what the chart says of the account): the closing entries
 * - `proof_expected` (key, amount, opened, times): the balances after closing on the codes of the new year; only when there are
 * mappings
 * `opened` and `times` are what the new year's openings hold on the key (one of them, if there are several), and how often; they
 * stand in the last of the two that are made.
 * @returns which of the two the openings must equal
 */
export async function prepareProof(trx: Transaction<Database>, context: StepContext, carryId: number): Promise<ProofTables> {
  const { scopeId } = context
  await sql`drop table if exists pg_temp.proof_before, pg_temp.proof_after, pg_temp.proof_accounts, pg_temp.proof_lines, pg_temp.proof_codes,
    pg_temp.proof_expected`.execute(trx)
  const mapped = await prepareCodes(trx, scopeId)
  await sumBefore(trx, scopeId)
  const opened = openedBy(carryId)
  await sql`create temporary table proof_after on commit drop as
    select ${KEY}, sum(amount)::bigint as amount, max(opened) as opened, sum(times)::int as times from (
      select b.book, a.account, ${dims('c')}, p.amount, null::bigint as opened, 0 as times
      from proof_before p join cells c on c.scope_id = ${scopeId} and c.cell_id = p.cell_id
      join accounts a on a.scope_id = ${scopeId} and a.account_id = c.account_id
      join books b on b.scope_id = ${scopeId} and b.book_id = a.book_id where p.amount <> 0
      union all select ${KEY}, debit - credit, null, 0 from closing_entries where carry_id = ${carryId} and not reversal
      ${mapped.length > 0 ? sql`` : sql`union all select ${KEY}, 0, opened, times from (${opened}) o`}) sides
    group by ${KEY}`.execute(trx)
  await sql`create temporary table proof_accounts on commit drop as
    select k.*, b.system, b.unit as book_unit, a.element
    from (select book, account, sum(before) as before, sum(amount) as amount, sum(balances) as balances from (
        select book, account, 0 as before, sum(amount) as amount, count(*) filter (where amount <> 0) as balances from proof_after group by 1, 2
        union all select b.book, a.account, p.amount, 0, 0 from (
          select c.account_id, sum(p.amount) as amount from proof_before p join cells c on c.scope_id = ${scopeId} and c.cell_id = p.cell_id group by 1) p
        join accounts a on a.scope_id = ${scopeId} and a.account_id = p.account_id join books b on b.scope_id = ${scopeId} and b.book_id = a.book_id) sides
      group by 1, 2) k
    left join books b on b.scope_id = ${scopeId} and b.book = k.book
    left join accounts a on a.scope_id = ${scopeId} and a.book_id = b.book_id and a.account = k.account`.execute(trx)
  await prepareLines(trx, scopeId, carryId)
  return { expected: await prepareExpected(trx, mapped, opened) }
}

async function sumBefore(trx: Transaction<Database>, scopeId: number): Promise<void> {
  // Two cores that each sum nearly every cell give more to merge than they save.
  const { rows: [size] } = await sql<{ few: boolean }>`
    select coalesce(sum(entries), 0) > 10 * count(*) as few from cell_totals where scope_id = ${scopeId}`.execute(trx)
  if (!size!.few) await sql`select set_config('max_parallel_workers_per_gather', '0', true)`.execute(trx)
  await sql`create temporary table proof_before on commit drop as
    select cell_id, coalesce(sum(amount), 0)::bigint as amount, bool_or(unposted) as unposted from (
      select cell_id, case when posted then debit - credit end as amount, not posted as unposted from entries where scope_id = ${scopeId}
      union all select cell_id, debit - credit, false from openings where scope_id = ${scopeId}) rows
    group by cell_id`.execute(trx)
  if (!size!.few) await sql`select set_config('max_parallel_workers_per_gather', '2', true)`.execute(trx)
}

const openedBy = (carryId: number) =>
  sql`select ${KEY}, balance as opened, 1 as times from opening_balances where carry_id = ${carryId}`

/** The closing entries by rule, book and account, with the dimensions that they carry. */
async function prepareLines(trx: Transaction<Database>, scopeId: number, carryId: number): Promise<void> {
  const carries = sql.raw(NAMES.map((name) => `case when bool_or(${name} <> '') then '${name}' end`).join(', '))
  await sql`create temporary table proof_lines on commit drop as
    select k.*, b.system, a.account_id, a.element, a.leaf, a.dimensions
    from (select rule, book, account, sum(debit) as debit, sum(credit) as credit, array_remove(array[${carries}], null) as carries
      from closing_entries where carry_id = ${carryId} and not reversal group by rule, book, account) k
    left join books b on b.scope_id = ${scopeId} and b.book = k.book
    left join accounts a on a.scope_id = ${scopeId} and a.book_id = b.book_id and a.account = k.account`.execute(trx)
}

/** Makes `proof_codes` (table_name, system, old, new, share, place, places). @returns the tables that have mappings */
async function prepareCodes(trx: Transaction<Database>, scopeId: number): Promise<readonly MappedName[]> {
  await sql`create temporary table proof_codes on commit drop as
    with shares as (
      select m.table_name, s.system, case when m.table_name = 'account' then regexp_replace(m.old, '^[^:]*:', '') else m.old end as old,
        case when m.table_name = 'account' then regexp_replace(m.new, '^[^:]*:', '') else m.new end as new, m.share,
        m.table_name = 'account' and m.old like '%:%' as named
      from mappings m cross join (values ('treasury-2022'), ('special-account'), ('government-unit')) s(system)
      where m.scope_id = ${scopeId} and (m.table_name <> 'account' or m.old not like '%:%' or m.old like s.system || ':%')),
    chosen as (select s.* from shares s where named or not exists (
      select from shares o where o.named and o.table_name = s.table_name and o.system = s.system and o.old = s.old))
    select table_name, system, old, new, share,
      row_number() over places as place, count(*) over (partition by table_name, system, old) as places
    from chosen window places as (partition by table_name, system, old order by new collate "C", share)`.execute(trx)
  const { rows } = await sql<{ table_name: string }>`select distinct table_name from proof_codes`.execute(trx)
  return MAPPED.filter((table) => rows.some((row) => row.table_name === table))
}

/** Maps the balances after closing in the way of CONTRACT §6, by window functions over the single shares. */
async function prepareExpected(
  trx: Transaction<Database>, tables: readonly MappedName[], opened: RawBuilder<unknown>,
): Promise<ProofTables['expected']> {
  if (tables.length === 0) return 'proof_after'
  let mapped = sql<unknown>`select a.system, ${keyOf('p')}, p.amount from proof_after p join proof_accounts a using (book, account) where p.amount <> 0`
  for (const table of tables) mapped = sharesOf(mapped, table) as typeof mapped
  await sql`create temporary table proof_expected on commit drop as
    select ${KEY}, sum(amount)::bigint as amount, max(opened) as opened, sum(times)::int as times from (
      select ${KEY}, amount, null::bigint as opened, 0 as times from (${mapped}) m
      union all select ${KEY}, 0, opened, times from (${opened}) o) sides
    group by ${KEY}`.execute(trx)
  return 'proof_expected'
}

function sharesOf(rows: RawBuilder<unknown>, table: MappedName): RawBuilder<unknown> {
  const columns = ['book', 'account', ...NAMES].map(
    (column) => (column === table ? `coalesce(n.new, r.${column}) as ${column}` : `r.${column}`),
  ).join(', ')
  return sql`
    select system, ${KEY}, case when place is null then whole when place < places then part::bigint
      else (whole - coalesce(sum(part) filter (where place < places) over (partition by row_no), 0))::bigint end as amount
    from (select r.system, ${sql.raw(columns)}, r.row_no, r.amount as whole, n.place, n.places, trunc(r.amount * n.share) as part
      from (select *, row_number() over () as row_no from (${rows}) i) r
      left join proof_codes n on n.table_name = ${sql.lit(table)} and n.system = r.system and n.old = r.${sql.raw(table)}) parts`
}
