/**
 * Carry-forward of one district with so many posted entries: planned, applied and proved, against the plain SQL that
 * computes and stores the same sums: on integer keys, and on the text keys of the files. All in turn in one run, three
 * times; the best of each counts.
 */
import { type RawBuilder, sql } from 'kysely'
import type { StepContext } from '../activities/step.ts'
import type { Books } from '../books/connect.ts'
import { createFound } from '../books/findings.ts'
import { applyCarryForward, planCarryForward, undoCarryForward } from '../books/steps/carry-forward/index.ts'
import { loadConfig } from '../config/load.ts'
import type { BenchResult } from './benches.ts'
import { timed } from './timing.ts'

const UNITS = 123
/** 123 × 120 = 14,760 balances. */
const CELLS_OF_A_UNIT = 120
const TABLES = [
  'units', 'books', 'accounts', 'cells', 'entries', 'openings', 'cell_totals', 'indicators', 'setup_items', 'mappings',
]

/**
 * @param rows entry lines
 * @param database an empty, migrated database of its own
 * @param cells how many balances the entries fall on; 14,760 by default, five eighths of them carried
 */
export async function benchCarryForward(
  { rows, database, cells = UNITS * CELLS_OF_A_UNIT }: { rows: number; database: Books; cells?: number },
): Promise<BenchResult> {
  const context = await fill(database, rows, Math.max(2, Math.round(cells / UNITS)))
  const rounds: { product: number; baseline: number; text: number }[] = []
  for (let round = 1; round <= 3; round += 1) {
    const baseline = await timed(() => runBaseline(database, 'bench_plain', 'int', 'bigint'))
    const text = await timed(() => runBaseline(database, 'bench_text', 'text', 'numeric'))
    const product = await timed(() => runProduct(database, { ...context, generation: round }))
    rounds.push({ baseline, product, text })
    // Each round is a first carry-forward: taking the last one back is not part of it.
    await database.db.transaction().execute((trx) => undoCarryForward(trx, context, 'bench'))
  }
  const best = (pick: (round: (typeof rounds)[number]) => number) => Math.min(...rounds.map(pick))
  const seconds = best((round) => round.product)
  const baselineSeconds = best((round) => round.baseline)
  const text = best((round) => round.text)
  return {
    name: 'carry-forward', rows, seconds, baselineSeconds, ratio: seconds / baselineSeconds,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
    also: [{ baseline: 'text keys, numeric', baselineSeconds: text, ratio: seconds / text }],
  }
}

async function runProduct({ db }: Books, context: StepContext): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await createFound(trx)
    const { figures } = await planCarryForward(trx, context)
    if (figures.written !== true) throw new Error(`the benchmark's books can not be closed: ${JSON.stringify(figures)}`)
  })
  await db.transaction().execute((trx) => applyCarryForward(trx, context))
}

const KEYS = ['book', 'account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']

/**
 * What a night of plain SQL would be: entries summed into balances, closed into the carry-over of their project, and opened,
 * with an integer for each code, or with the codes and amounts as they stand in the files: the balances, the lines of the closing
 * entries, and the openings. Nothing is checked, named, mapped, hashed or proved.
 */
async function runBaseline({ db }: Books, entries: string, key: 'int' | 'text', amount: 'bigint' | 'numeric'): Promise<void> {
  const keys = sql.raw(KEYS.join(', '))
  const columns = sql.raw(KEYS.map((name) => `${name} ${key} not null`).join(', '))
  const [type, none] = [sql.raw(amount), sql.raw(key === 'int' ? '0' : "''")]
  const account = (code: string) =>
    (key === 'text' ? sql.lit(code) : sql`(select number from bench_account_numbers where account = ${code})`)
  await db.transaction().execute(async (trx) => {
    await sql`drop table if exists bench_balances, bench_closed, bench_opened, bench_lines`.execute(trx)
    for (const table of ['bench_balances', 'bench_closed', 'bench_opened']) {
      await sql`create table ${sql.ref(table)} (${columns}, balance ${type} not null, primary key (${keys}))`.execute(trx)
    }
    await sql`create table bench_lines (${columns}, amount ${type} not null)`.execute(trx)
    const closing = sql`account in (${account('720101')}, ${account('6001')})`
    const instead = (code: string) => sql`book, ${account(code)}, ${sql.raw(KEYS.slice(2).join(', '))}`
    await sql`insert into bench_balances select ${keys}, sum(debit - credit) from ${sql.ref(entries)} group by ${keys}`.execute(trx)
    await sql`insert into bench_closed
      select book, ${account('810107')}, unit, function, revenue, ${none}, project, fund, counterparty, sum(balance) from bench_balances
      where ${closing} group by 1, 2, 3, 4, 5, 6, 7, 8, 9`.execute(trx)
    await sql`insert into bench_lines select ${keys}, -balance from bench_balances where ${closing}
      union all select ${instead('810106')}, balance from bench_closed union all select ${instead('810106')}, -balance from bench_closed
      union all select ${keys}, balance from bench_closed`.execute(trx)
    await sql`insert into bench_opened select ${keys}, sum(balance) from (
      select * from bench_balances where not (${closing})
      union all select * from bench_closed) carried group by ${keys} having sum(balance) <> 0`.execute(trx)
  })
}

/** Balanced vouchers of two lines: cash against expenditure, revenue and carried balances by project. */
async function fill(database: Books, rows: number, cellsOfUnit: number): Promise<StepContext> {
  const { db } = database
  const config = loadConfig()
  const accounts = config.charts['government-unit']!.accounts
  const { rows: [scope] } = await sql<{ scope_id: number }>`insert into scopes (district, year) values ('152501', 2025) returning scope_id`.execute(db)
  const scopeId = scope!.scope_id
  for (const table of TABLES) {
    await sql.raw(`create table bench_${table} partition of ${table} for values in (${scopeId})`).execute(db)
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
  for (const table of TABLES) await sql.raw(`vacuum analyze bench_${table}`).execute(db)
  await fillPlain(database, scopeId)
  await sql`insert into cell_totals select ${scopeId}, c.cell_id, 0, coalesce(e.debit, 0), coalesce(e.credit, 0), coalesce(e.n, 0), 0 from cells c
    left join (select cell_id, sum(debit) as debit, sum(credit) as credit, count(*) as n from entries where scope_id = ${scopeId} group by cell_id) e using (cell_id)
    where c.scope_id = ${scopeId}`.execute(db)
  for (const table of ['cell_totals', 'plain', 'text', 'account_numbers']) {
    await sql.raw(`vacuum analyze bench_${table}`).execute(db)
  }
  await sql`insert into rule_packs (digest, content) values ('bench', '{}')`.execute(db)
  await sql`insert into input_versions (scope_id, version, digest) values (${scopeId}, 1, '')`.execute(db)
  const { rows: [run] } = await sql<{ run_id: number }>`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    values (${scopeId}, 'real', '', 'running', 'bench', false, '152500') returning run_id`.execute(db)
  return {
    runId: run!.run_id, scopeId, district: '152501', year: 2025, step: 'carry-forward', generation: 1, kind: 'real',
    inputVersion: 1,
    league: { district: '152500', scopeId: null }, config, heartbeat: () => {},
  }
}

/** The same entries for the baselines: with an integer for each code, and with the codes and yuan as they stand in the files. */
async function fillPlain({ db }: Books, scopeId: number): Promise<void> {
  const number = (column: string) => sql.raw(`dense_rank() over (order by c.${column})::int as ${column}`)
  await sql`create table bench_account_numbers as select account, row_number() over ()::int as number
    from (values ('800102'), ('720101'), ('6001'), ('810106'), ('810107')) v(account)`.execute(db)
  const entries = (keyed: RawBuilder<unknown>, amount: (column: string) => string) => sql`
    with keyed as (${keyed})
    select ${sql.raw(KEYS.map((name) => `k.${name}`).join(', '))}, ${sql.raw(`${amount('debit')} as debit, ${amount('credit')} as credit`)}, e.date
    from entries e join keyed k on k.cell_id = e.cell_id where e.scope_id = ${scopeId}`
  const cells = sql`from cells c join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
    join books b on b.scope_id = c.scope_id and b.book_id = c.book_id`
  await sql`create table bench_plain as ${entries(sql`
    select c.cell_id, c.book_id as book, n.number as account, ${sql.join(KEYS.slice(2).map(number))}
    ${cells} join bench_account_numbers n on n.account = a.account where c.scope_id = ${scopeId}`, (column) => `e.${column}`)}`.execute(db)
  await sql`create table bench_text as ${entries(sql`
    select c.cell_id, b.book, a.account, ${sql.raw(KEYS.slice(2).map((name) => `c.${name}`).join(', '))}
    ${cells} where c.scope_id = ${scopeId}`, (column) => `(e.${column}::numeric / 100)::numeric(20, 2)`)}`.execute(db)
}
