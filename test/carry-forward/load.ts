/** Puts a district's rows into the input tables, as an import leaves them, and drives the carry-forward over them. */
import { type Transaction, sql } from 'kysely'
import { type Config, loadConfig } from '../../config/load.ts'
import type { StepContext, StepOutcome } from '../../activities/step.ts'
import { createFound, mergeFound } from '../../books/findings.ts'
import { planCarryForward } from '../../books/steps/carry-forward/index.ts'
import type { Database } from '../../books/tables.ts'
import { parseYuan } from '../../domain/money.ts'
import type { TestDatabase } from '../support/database.ts'
import { type District, type Line, cellKey } from './model.ts'

export const CONFIG: Config = loadConfig()
export type Trx = Transaction<Database>

/** Loads the rows and starts a run; gives the context of a first plan. A second load of the district is a new input version. */
export async function loadDistrict(trx: Trx, input: District, kind: 'real' | 'rehearsal' = 'real', config: Config = CONFIG): Promise<StepContext> {
  const scopeId = await prepareScope(trx, input)
  await insertBooks(trx, scopeId, input, config)
  await insertLedger(trx, scopeId, input)
  await insertRest(trx, scopeId, input)
  await sql`insert into rule_packs (digest, content) values ('test', '{}') on conflict do nothing`.execute(trx)
  const { rows: [version] } = await sql<{ version: number }>`
    insert into input_versions (scope_id, version, digest) select ${scopeId}, coalesce(max(version), 0) + 1, '' from input_versions where scope_id = ${scopeId}
    returning version`.execute(trx)
  await sql`insert into input_files (scope_id, version, file, path, sha256, content_digest, rows)
    values (${scopeId}, ${version!.version}, 'entries', '', '', ${JSON.stringify(input)}, 0)`.execute(trx)
  const { rows: [run] } = await sql<{ run_id: number }>`
    with old as (select run_id from runs where scope_id = ${scopeId} and kind = ${kind} and state = 'running'),
    made as (insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
      select ${scopeId}, ${kind}, '', 'running', 'test', false, '152500' where not exists (select from old) returning run_id)
    select run_id from old union all select run_id from made`.execute(trx)
  return {
    runId: run!.run_id, scopeId, district: input.district, year: input.year, step: 'carry-forward', generation: 1, kind,
    inputVersion: version!.version, league: { district: '152500', scopeId: null }, config, heartbeat: () => {},
  }
}

const PARTITIONED = ['units', 'books', 'accounts', 'cells', 'entries', 'openings', 'cell_totals', 'indicators', 'setup_items', 'mappings']

async function prepareScope(trx: Trx, { district, year }: District): Promise<number> {
  await sql`insert into scopes (district, year) values (${district}, ${year}) on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ scope_id: number }>`select scope_id from scopes where district = ${district} and year = ${year}`.execute(trx)
  const scopeId = rows[0]!.scope_id
  for (const table of PARTITIONED) {
    const partition = `${table}_test_${scopeId}`
    const there = await sql`select to_regclass(${partition}) as found`.execute(trx)
    if ((there.rows[0] as { found: string | null }).found === null) {
      // Attached, as an import does it: another district's step that reads the table at the same time is not waited for.
      await sql.raw(`create table ${partition} (like ${table} including all)`).execute(trx)
      await sql.raw(`alter table ${table} attach partition ${partition} for values in (${scopeId})`).execute(trx)
    }
    await sql.raw(`delete from ${table} where scope_id = ${scopeId}`).execute(trx)
  }
  return scopeId
}

const insert = async (trx: Trx, table: string, columns: string, rows: readonly object[]) => {
  if (rows.length === 0) return
  const names = columns.split(', ').map((column) => column.split(' ')[0]).join(', ')
  await sql`insert into ${sql.raw(table)} (${sql.raw(names)}) select ${sql.raw(names)} from jsonb_to_recordset(${JSON.stringify(rows, (_, value: unknown) =>
    (typeof value === 'bigint' ? value.toString() : value))}::jsonb) as t(${sql.raw(columns)})`.execute(trx)
}

async function insertBooks(trx: Trx, scope_id: number, input: District, config: Config): Promise<void> {
  await insert(trx, 'units', 'scope_id int, unit text, name text, kind text, active boolean, file_line int',
    input.units.map((row, index) => ({ ...row, scope_id, name: row.unit, active: true, file_line: index + 2 })))
  await insert(trx, 'books', 'scope_id int, book_id int, book text, name text, system text, unit text, file_line int',
    input.books.map((row, index) => ({ ...row, scope_id, book_id: index + 1, name: row.book, file_line: index + 2 })))
  let account_id = 0
  await insert(trx, 'accounts', 'scope_id int, account_id int, book_id int, account text, name text, element text, side text, dimensions text[], leaf boolean',
    input.books.flatMap((book, index) => {
      const chart = new Map<string, { account: string; element: string; side: string; dimensions: readonly string[] }>()
      for (const pack of Object.values(config.charts)) if (pack.system === book.system) for (const row of pack.accounts) chart.set(row.account, row)
      for (const row of input.accounts) {
        if (row.system === book.system && (row.book === '' || row.book === book.book)) chart.set(row.account, { ...row, dimensions: row.dimensions.split(';').filter(Boolean) })
      }
      const codes = [...chart.keys()]
      return [...chart.values()].map((row) => ({
        ...row, scope_id, account_id: account_id += 1, book_id: index + 1, name: row.account,
        leaf: !codes.some((code) => code !== row.account && code.startsWith(row.account)),
      }))
    }))
}

async function insertLedger(trx: Trx, scope_id: number, input: District): Promise<void> {
  const cells = new Map<string, { id: number; row: Line }>()
  for (const row of [...input.opening, ...input.entries]) {
    if (!cells.has(cellKey(row))) cells.set(cellKey(row), { id: cells.size + 1, row })
  }
  const dims = (row: Line) => Object.fromEntries(['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']
    .map((name) => [name, row[name as 'unit'] ?? '']))
  await sql`insert into cells select ${scope_id}::int, t.cell_id, b.book_id, a.account_id, t.unit, t.function, t.revenue, t.economic, t.project, t.fund, t.counterparty
    from jsonb_to_recordset(${JSON.stringify([...cells.values()].map(({ id, row }) => ({ cell_id: id, book: row.book, account: row.account, ...dims(row) })))}::jsonb)
      as t(cell_id int, book text, account text, unit text, function text, revenue text, economic text, project text, fund text, counterparty text)
    join books b on b.scope_id = ${scope_id} and b.book = t.book
    join accounts a on a.scope_id = ${scope_id} and a.book_id = b.book_id and a.account = t.account`.execute(trx)
  const amounts = (row: Line) => ({ debit: parseYuan(row.debit || '0'), credit: parseYuan(row.credit || '0') })
  await insert(trx, 'openings', 'scope_id int, cell_id int, debit bigint, credit bigint, file_line int',
    input.opening.map((row, index) => ({ scope_id, cell_id: cells.get(cellKey(row))!.id, ...amounts(row), file_line: index + 2 })))
  await insert(trx, 'entries', 'scope_id int, cell_id int, book_id int, line int, file_line int, date date, posted boolean, debit bigint, credit bigint, voucher text',
    input.entries.map((row, index) => ({
      scope_id, cell_id: cells.get(cellKey(row))!.id, book_id: input.books.findIndex((book) => book.book === row.book) + 1, line: index + 1, file_line: index + 2,
      date: `${input.year}-12-01`, posted: row.posted !== '0', ...amounts(row), voucher: row.voucher,
    })))
  await sql`insert into cell_totals
    select ${scope_id}::int, c.cell_id, coalesce(o.amount, 0), coalesce(e.debit, 0), coalesce(e.credit, 0), coalesce(e.entries, 0), coalesce(e.unposted, 0)
    from cells c left join (select cell_id, sum(debit - credit) as amount from openings where scope_id = ${scope_id} group by cell_id) o using (cell_id)
    left join (select cell_id, sum(debit) filter (where posted) as debit, sum(credit) filter (where posted) as credit, count(*) as entries,
      count(*) filter (where not posted) as unposted from entries where scope_id = ${scope_id} group by cell_id) e using (cell_id)
    where c.scope_id = ${scope_id}`.execute(trx)
}

async function insertRest(trx: Trx, scope_id: number, input: District): Promise<void> {
  await insert(trx, 'indicators', `scope_id int, indicator text, unit text, function text, economic text, project text, fund text, origin_year int, category text,
    amount bigint, adjusted bigint, paid bigint, occupied bigint, file_line int`.replace(/\s+/g, ' '),
  input.indicators.map((row, index) => ({
    ...row, scope_id, file_line: index + 2, amount: parseYuan(row.amount), adjusted: parseYuan(row.adjusted), paid: parseYuan(row.paid), occupied: parseYuan(row.occupied),
  })))
  await insert(trx, 'setup_items', 'scope_id int, row_id int, table_name text, code text, parent text, active boolean, file_line int',
    input.setup.map((row, index) => ({ scope_id, row_id: index, table_name: row.table, code: row.code, parent: row.parent, active: row.active === '1', file_line: index + 2 })))
  await insert(trx, 'mappings', 'scope_id int, row_id int, table_name text, old text, new text, share numeric, file_line int',
    input.mappings.map((row, index) => ({ scope_id, row_id: index, table_name: row.table, old: row.old, new: row.new, share: row.share ?? '1', file_line: index + 2 })))
}

/** Everything in one transaction that is thrown away at the end. */
export async function inRollback<T>(database: TestDatabase, work: (trx: Trx) => Promise<T>): Promise<T> {
  let result: T | undefined
  const thrownAway = new Error('thrown away')
  await database.db.transaction().execute(async (trx) => {
    result = await work(trx)
    throw thrownAway
  }).catch((error: unknown) => { if (error !== thrownAway) throw error })
  return result!
}

/** Plans as the step does: found, planned, findings merged. */
export async function plan(trx: Trx, context: StepContext): Promise<StepOutcome> {
  await createFound(trx)
  const outcome = await planCarryForward(trx, context)
  const scope = { runId: context.runId, district: context.district, year: context.year, generation: context.generation }
  await mergeFound(trx, { ...scope, step: 'carry-forward' })
  await mergeFound(trx, { ...scope, step: 'initialise', rules: 'I[0-9]+' })
  return outcome
}

/** `rule key amount` of each finding that is open, sorted. */
export async function openFindings(trx: Trx, context: StepContext): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    select concat_ws(' ', rule, key, amount::text) as text from findings where run_id = ${context.runId} and status = 'open' order by 1`.execute(trx)
  return rows.map((row) => row.text)
}

export interface Written { openings: Map<string, bigint>; closing: string[]; dispositions: string[]; newIndicators: string[] }

/** The rows of the run's generation in that state, in the form of the reference. */
export async function readWritten(trx: Trx, context: StepContext, state: string): Promise<Written> {
  const of = sql`(select carry_id from carry_forwards where run_id = ${context.runId} and state = ${state} order by carry_id desc limit 1)`
  const openings = await sql<Line & { balance: bigint }>`select * from opening_balances where carry_id = ${of}`.execute(trx)
  const closing = await sql<Line & { amount: bigint }>`select *, debit - credit as amount from closing_entries where carry_id = ${of} and not reversal`.execute(trx)
  const dispositions = await sql<{ text: string }>`select concat_ws(' ', indicator, disposition, amount) as text from indicator_dispositions where carry_id = ${of}`.execute(trx)
  const created = await sql<{ text: string }>`select concat_ws(' ', source, concat_ws('|', coalesce(unit, ''), coalesce(function, ''), coalesce(economic, ''),
    coalesce(project, ''), coalesce(fund, '')), origin_year, amount) as text from new_indicators where carry_id = ${of}`.execute(trx)
  return {
    openings: new Map(openings.rows.map((row) => [cellKey(row), row.balance])),
    closing: closing.rows.map((row) => `${cellKey(row)} = ${row.amount}`).sort(),
    dispositions: dispositions.rows.map((row) => row.text).sort(), newIndicators: created.rows.map((row) => row.text).sort(),
  }
}
