/** Districts of benchmark size. */
import { sql } from 'kysely'
import type { StepContext } from '../activities/step.ts'
import type { Books } from '../books/connect.ts'
import { type Config, loadConfig } from '../config/load.ts'
import { fillPlain } from './carry-forward-plain.ts'

const UNITS = 123
const TABLES = [
  'units', 'books', 'accounts', 'cells', 'entries', 'openings', 'cell_totals', 'indicators', 'setup_items', 'mappings',
]

/** One for all districts, as a worker has it. */
let loaded: Config | undefined

export interface Filled {
  district: string
  /** Entry lines. */
  rows: number
  /** How many balances the entries fall on; five eighths of them are carried. */
  cells: number
  /** Whether to make the tables of the baselines, too: for one district at a time. */
  plain: boolean
}

/** Fills a district with balanced vouchers of two lines: cash against expenditure, revenue and carried balances by project. */
export async function fill(database: Books, { district, rows, cells, plain }: Filled): Promise<StepContext> {
  const { db } = database
  const config = loaded ??= loadConfig()
  const cellsOfUnit = Math.max(8, Math.round(cells / UNITS))
  const accounts = config.charts['government-unit']!.accounts
  const { rows: [scope] } = await sql<{ scope_id: number }>`insert into scopes (district, year) values (${district}, 2025) returning scope_id`.execute(db)
  const scopeId = scope!.scope_id
  for (const table of TABLES) {
    await sql.raw(`create table bench_${table}_${scopeId} partition of ${table} for values in (${scopeId})`).execute(db)
  }
  await sql`insert into units select ${scopeId}, 'U' || u, 'U' || u, case u % 2 when 0 then 'institution' else 'administrative' end, null, true, u from generate_series(1, ${UNITS}::int) u`.execute(db)
  await sql`insert into books select ${scopeId}, u, 'B' || u, 'B' || u, 'government-unit', 'U' || u, u from generate_series(1, ${UNITS}::int) u`.execute(db)
  await sql`insert into accounts (scope_id, account_id, book_id, account, name, element, side, dimensions, leaf)
    select ${scopeId}, (u - 1) * ${accounts.length} + a.place, u, a.account, a.name, a.element, a.side, array(select jsonb_array_elements_text(a.dimensions)),
      not exists (select from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) o(account text) where o.account <> a.account and starts_with(o.account, a.account))
    from generate_series(1, ${UNITS}::int) u cross join rows from (jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb)
      as (account text, name text, element text, side text, dimensions jsonb)) with ordinality as a(account, name, element, side, dimensions, place)`.execute(db)
  // Of each eight cells two are expenditure and one is revenue of the same project, five are carried balances.
  await sql`insert into cells
    select ${scopeId}, (b.book_id - 1) * ${cellsOfUnit}::int + n, b.book_id, a.account_id, b.unit,
      case when k.account = '800102' then '' else (2010100 + place % 40)::text end, '', case when k.account = '720101' then '302' || n % 20 else '' end,
      case when k.account = '800102' then '' else 'P' || place end, case when k.account = '800102' then '' else 'general' end, ''
    from books b cross join generate_series(1, ${cellsOfUnit}::int) n
    cross join lateral (select case when n = 1 then '800102' when n % 4 = 2 then '720101' when n % 8 = 3 then '6001' else '810107' end as account) k
    cross join lateral (select case when k.account = '810107' then n else n / 8 * 8 end as place) p
    join accounts a on a.scope_id = ${scopeId} and a.book_id = b.book_id and a.account = k.account where b.scope_id = ${scopeId}`.execute(db)
  await sql`insert into entries (scope_id, cell_id, book_id, line, file_line, date, posted, debit, credit, voucher)
    select ${scopeId}, cell, (cell - 1) / ${cellsOfUnit}::int + 1, i % 2 + 1, i, '2025-01-01'::date + i % 365, true,
      case i % 2 when 0 then 100 + (i / 2) % 9000 else 0 end, case i % 2 when 1 then 100 + (i / 2) % 9000 else 0 end, 'V' || i / 2
    from generate_series(0, ${rows}::int - 1) i
    cross join lateral (select case i % 2 when 1 then ((i / 2)::bigint * 7919 % ${UNITS * cellsOfUnit}::bigint)::int + 1
      else ((i / 2)::bigint * 7919 % ${UNITS * cellsOfUnit}::bigint)::int / ${cellsOfUnit}::int * ${cellsOfUnit}::int + 1 end as cell) c`.execute(db)
  for (const table of TABLES) await sql.raw(`vacuum analyze bench_${table}_${scopeId}`).execute(db)
  if (plain) await fillPlain(database, scopeId)
  await sql`insert into cell_totals select ${scopeId}, c.cell_id, 0, coalesce(e.debit, 0), coalesce(e.credit, 0), coalesce(e.n, 0), 0 from cells c
    left join (select cell_id, sum(debit) as debit, sum(credit) as credit, count(*) as n from entries where scope_id = ${scopeId} group by cell_id) e using (cell_id)
    where c.scope_id = ${scopeId}`.execute(db)
  await sql.raw(`vacuum analyze bench_cell_totals_${scopeId}`).execute(db)
  await sql`insert into rule_packs (digest, content) values ('bench', '{}') on conflict do nothing`.execute(db)
  await sql`insert into input_versions (scope_id, version, digest) values (${scopeId}, 1, '')`.execute(db)
  const { rows: [run] } = await sql<{ run_id: number }>`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    values (${scopeId}, 'real', '', 'running', 'bench', false, '152500') returning run_id`.execute(db)
  return {
    runId: run!.run_id, scopeId, district, year: 2025, step: 'carry-forward', generation: 1, kind: 'real',
    inputVersion: 1,
    league: { district: '152500', scopeId: null }, config, heartbeat: () => {},
  }
}

