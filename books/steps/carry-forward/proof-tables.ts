/** What the proof reads: the input's balances summed anew, after closing, and as they should open the new year. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'

const NAMES = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']
const DIMS = sql.raw(NAMES.join(', '))
const KEY = sql.raw(['book', 'account', ...NAMES].join(', '))
const dims = (alias: string) => sql.raw(NAMES.map((name) => `${alias}.${name}`).join(', '))
const MAPPED = ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'] as const

/** Names of tables that the checks read. */
export interface ProofTables { expected: 'proof_after' | 'proof_expected' }

/**
 * Makes temporary tables:
 * - `proof_before` (cell_id, amount, unposted): openings plus posted entries of the input, summed here, and how many are not posted
 * - `proof_lines`: the closing entries of the generation, with what the chart says of their accounts
 * - `proof_after` (key, element, system, book_unit, amount): `proof_before` with them
 * - `proof_expected` (key, amount): that, mapped to the codes of the new year; only when there are mappings
 * @returns which of the last two the openings must equal
 */
export async function prepareProof(trx: Transaction<Database>, context: StepContext, carryId: number): Promise<ProofTables> {
  const { scopeId } = context
  await sql`drop table if exists pg_temp.proof_before, pg_temp.proof_lines, pg_temp.proof_after, pg_temp.proof_codes, pg_temp.proof_expected`.execute(trx)
  await sql`create temporary table proof_before on commit drop as
    select cell_id, coalesce(sum(amount), 0)::bigint as amount, sum(unposted)::bigint as unposted from (
      select cell_id, sum(debit - credit) filter (where posted)::bigint as amount, count(*) filter (where not posted) as unposted
        from entries where scope_id = ${scopeId} group by cell_id
      union all select cell_id, sum(debit - credit)::bigint, 0 from openings where scope_id = ${scopeId} group by cell_id) sums
    group by cell_id`.execute(trx)
  await sql`create temporary table proof_lines on commit drop as
    select k.rule, k.book, b.system, k.account, a.account_id, a.element, a.leaf, a.dimensions, ${dims('k')}, k.debit, k.credit
    from closing_entries k left join books b on b.scope_id = ${scopeId} and b.book = k.book
    left join accounts a on a.scope_id = ${scopeId} and a.book_id = b.book_id and a.account = k.account
    where k.carry_id = ${carryId} and not k.reversal`.execute(trx)
  await sql`create temporary table proof_after on commit drop as
    select b.book, a.account, ${dims('s')}, a.element, b.system, b.unit as book_unit, s.amount from (
      select account_id, ${DIMS}, sum(amount)::bigint as amount from (
        select c.account_id, ${dims('c')}, p.amount from proof_before p join cells c on c.scope_id = ${scopeId} and c.cell_id = p.cell_id where p.amount <> 0
        union all select account_id, ${DIMS}, debit - credit from proof_lines) lines
      group by account_id, ${DIMS} having sum(amount) <> 0) s
    join accounts a on a.scope_id = ${scopeId} and a.account_id = s.account_id
    join books b on b.scope_id = ${scopeId} and b.book_id = a.book_id`.execute(trx)
  return { expected: await prepareExpected(trx, scopeId) }
}

/** Maps the balances after closing in the way of CONTRACT §6, by window functions over the single shares. */
async function prepareExpected(trx: Transaction<Database>, scopeId: number): Promise<ProofTables['expected']> {
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
  const tables = MAPPED.filter((table) => rows.some((row) => row.table_name === table))
  let mapped = sql<unknown>`select system, ${KEY}, amount from proof_after`
  for (const table of tables) mapped = sharesOf(mapped, table) as typeof mapped
  if (tables.length === 0) {
    return 'proof_after'
  }
  await sql`create temporary table proof_expected on commit drop as
    select ${KEY}, sum(amount)::bigint as amount from (${mapped}) m group by ${KEY} having sum(amount) <> 0`.execute(trx)
  return 'proof_expected'
}

function sharesOf(rows: RawBuilder<unknown>, table: (typeof MAPPED)[number]): RawBuilder<unknown> {
  const columns = ['book', 'account', ...NAMES].map((column) => (column === table ? `coalesce(n.new, r.${column}) as ${column}` : `r.${column}`)).join(', ')
  return sql`
    select system, ${KEY}, case when place is null then whole when place < places then part::bigint
      else (whole - coalesce(sum(part) filter (where place < places) over (partition by row_no), 0))::bigint end as amount
    from (select r.system, ${sql.raw(columns)}, r.row_no, r.amount as whole, n.place, n.places, trunc(r.amount * n.share) as part
      from (select *, row_number() over () as row_no from (${rows}) i) r
      left join proof_codes n on n.table_name = ${sql.lit(table)} and n.system = r.system and n.old = r.${sql.raw(table)}) parts`
}
