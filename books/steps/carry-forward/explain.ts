/** How an opening balance came about: opening, turnover, each closing entry, mapping, result. */
import { sql } from 'kysely'
import { bareCode, codeSystem } from './mapping.ts'
import { type Trx, yuan } from './sql.ts'

export interface Explanation {
  district: string
  year: number
  book: string
  account: string
  name: string
  state: string
  /** The balance before closing by dimensions; money is yuan text, debit-positive. */
  cells: readonly { dims: Readonly<Record<string, string>>; opening: string; debit: string; credit: string; balance: string }[]
  closing: readonly {
    rule: string; name: { zh: string; en: string }; source: string; voucher: string
    dims: Readonly<Record<string, string>>; debit: string; credit: string
  }[]
  /** Mappings that touch a code of these rows. */
  mappings: readonly { table: string; old: string; new: string; share: string }[]
  /** Openings of the new year on this account, or on the accounts that it is mapped to. */
  openings: readonly { account: string; dims: Readonly<Record<string, string>>; balance: string }[]
  totals: { before: string; closing: string; after: string; opening: string }
}

const CELLS_MAX = 1000
const DIM_JSON = sql.raw(`jsonb_strip_nulls(jsonb_build_object(${['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']
  .map((name) => `'${name}', nullif(k.${name}, '')`).join(', ')})) as dims`)
const ORDER = sql.raw(['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty'].map(
  (name) => `k.${name} collate "C"`,
).join(', '))

/** @returns null when the district's year has no such generation, book or account */
export async function explainBalance(
  trx: Trx, carryId: number, { book, account }: { book: string; account: string },
): Promise<Explanation | null> {
  const { rows: [head] } = await sql<{ scope_id: number; district: string; year: number; state: string; account_id: number; name: string; system: string }>`
    select s.scope_id, s.district, s.year, c.state, a.account_id, a.name, b.system from carry_forwards c join scopes s using (scope_id)
    join books b on b.scope_id = s.scope_id and b.book = ${book} join accounts a on a.scope_id = s.scope_id and a.book_id = b.book_id and a.account = ${account}
    where c.carry_id = ${carryId}`.execute(trx)
  if (!head) return null
  const cells = await sql<Explanation['cells'][number]>`
    select ${DIM_JSON}, ${yuan('t.opening')} as opening, ${yuan('t.debit')} as debit, ${yuan('t.credit')} as credit, ${yuan('t.opening + t.debit - t.credit')} as balance
    from cells k join cell_totals t on t.scope_id = k.scope_id and t.cell_id = k.cell_id
    where k.scope_id = ${head.scope_id} and k.account_id = ${head.account_id} and (t.opening <> 0 or t.debit <> 0 or t.credit <> 0) order by ${ORDER} limit ${CELLS_MAX}`.execute(trx)
  const closing = await sql<Explanation['closing'][number]>`
    select k.rule, jsonb_build_object('zh', r.name_zh, 'en', r.name_en) as name, r.source, 'CLOSE-' || ${head.year}::text || '-' || k.rule as voucher,
      ${DIM_JSON}, ${yuan('k.debit')} as debit, ${yuan('k.credit')} as credit
    from closing_entries k join carry_rules r on r.carry_id = k.carry_id and r.rule_no = k.rule_no
    where k.carry_id = ${carryId} and k.book = ${book} and k.account = ${account} and not k.reversal order by k.rule_no, ${ORDER} limit ${CELLS_MAX}`.execute(trx)
  const mappings = await readMappings(trx, head.scope_id, { system: head.system, account, accountId: head.account_id })
  const targets = [account, ...mappings.filter((row) => row.table === 'account').map((row) => row.new.replace(/^[^:]*:/, ''))]
  const openings = await sql<Explanation['openings'][number]>`
    select k.account, ${DIM_JSON}, ${yuan('k.balance')} as balance from opening_balances k
    where k.carry_id = ${carryId} and k.book = ${book} and k.account = any(${targets}::text[]) order by k.account collate "C", ${ORDER} limit ${CELLS_MAX}`.execute(trx)
  const totals = await sql<Explanation['totals']>`
    select ${yuan('before')} as before, ${yuan('closing')} as closing, ${yuan('before + closing')} as after, ${yuan('opening')} as opening from (select
      (select coalesce(sum(t.opening + t.debit - t.credit), 0) from cells c join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
        where c.scope_id = ${head.scope_id} and c.account_id = ${head.account_id}) as before,
      (select coalesce(sum(debit - credit), 0) from closing_entries where carry_id = ${carryId} and book = ${book} and account = ${account} and not reversal) as closing,
      (select coalesce(sum(balance), 0) from opening_balances where carry_id = ${carryId} and book = ${book} and account = any(${targets}::text[])) as opening) sums`.execute(trx)
  return {
    district: head.district, year: head.year, book, account, name: head.name, state: head.state,
    cells: cells.rows, closing: closing.rows, mappings, openings: openings.rows, totals: totals.rows[0]!,
  }
}

/** Mappings of the account itself and of the dimension codes that stand on it. */
async function readMappings(
  trx: Trx, scopeId: number, of: { system: string; account: string; accountId: number },
): Promise<Explanation['mappings']> {
  const { rows } = await sql<Explanation['mappings'][number]>`
    select table_name as table, old, new, trim_scale(share)::text as share from mappings m
    where scope_id = ${scopeId} and case when table_name = 'account'
      then ${bareCode('old')} = ${of.account} and coalesce(${codeSystem('old')}, ${of.system}) = ${of.system}
      else exists (select from cells c where c.scope_id = ${scopeId} and c.account_id = ${of.accountId} and m.old = case m.table_name
        when 'unit' then c.unit when 'function' then c.function when 'revenue' then c.revenue when 'economic' then c.economic
        when 'project' then c.project when 'fund' then c.fund end) end
    order by table_name, old collate "C", new collate "C" limit ${CELLS_MAX}`.execute(trx)
  return rows
}
