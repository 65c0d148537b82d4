/** What the proof reads: the input's balances summed anew, after closing, and as they should open the new year. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'
import { CODES, NAMES, codesOf, sumAfter } from './proof-sums.ts'

const KEY = sql.raw(CODES.join(', '))
const MAPPED = ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'] as const
type MappedName = (typeof MAPPED)[number]

/** Names of tables that the checks read. */
export interface ProofTables { expected: 'proof_after' | 'proof_expected' }

/**
 * Makes temporary tables:
 * - `proof_loose`, `proof_after`: the balances after closing by key, and what opens them ({@link sumAfter})
 * - `proof_accounts` (account_id, book, account, system, element, book_unit, before, amount, balances): before and after, by account
 * - `proof_lines` (rule, book, account, debit, credit, carries, and what the chart says of the account): the closing entries
 * - `proof_expected` (codes, amount, opened, times): the balances after closing on the codes of the new year, and what opens them;
 *   only when there are mappings, and proof_after then knows nothing of openings
 * @returns which of the two the openings must equal
 */
export async function prepareProof(trx: Transaction<Database>, context: StepContext, carryId: number): Promise<ProofTables> {
  const { scopeId } = context
  await sql`drop table if exists pg_temp.proof_loose, pg_temp.proof_after, pg_temp.proof_accounts, pg_temp.proof_lines, pg_temp.proof_codes,
    pg_temp.proof_expected`.execute(trx)
  const mapped = await prepareCodes(trx, scopeId)
  await sumAfter(trx, { scopeId, carryId, openings: mapped.length === 0 })
  await prepareLines(trx, scopeId, carryId)
  await sql`create temporary table proof_accounts on commit drop as
    select k.*, k.amount - coalesce(l.moved, 0) as before
    from (
      select p.account_id, coalesce(b.book, l.book) as book, coalesce(a.account, l.account) as account, b.system, b.unit as book_unit, a.element, p.amount, p.balances
      from (select account_id, sum(amount) as amount, count(*) filter (where amount <> 0) as balances from proof_after group by 1) p
      left join accounts a on a.scope_id = ${scopeId} and a.account_id = p.account_id left join books b on b.scope_id = ${scopeId} and b.book_id = a.book_id
      left join proof_loose l on l.loose_no = -p.account_id) k
    left join (select book, account, sum(debit - credit) as moved from proof_lines group by 1, 2) l using (book, account)`.execute(trx)
  return { expected: await prepareExpected(trx, mapped, { scopeId, carryId }) }
}

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
  trx: Transaction<Database>, tables: readonly MappedName[], { scopeId, carryId }: { scopeId: number; carryId: number },
): Promise<ProofTables['expected']> {
  if (tables.length === 0) return 'proof_after'
  const { joins, columns } = codesOf(scopeId)
  let mapped = sql<unknown>`
    select o.system, p.* from (select ${columns}, p.amount from proof_after p ${joins} where p.amount <> 0) p
    left join books o on o.scope_id = ${scopeId} and o.book = p.book`
  for (const table of tables) mapped = sharesOf(mapped, table) as typeof mapped
  await sql`create temporary table proof_expected on commit drop as
    select ${KEY}, sum(amount)::bigint as amount, max(opened) as opened, sum(times)::int as times from (
      select ${KEY}, amount, null::bigint as opened, 0 as times from (${mapped}) m
      union all select ${KEY}, 0, balance, 1 from opening_balances where carry_id = ${carryId}) sides
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
