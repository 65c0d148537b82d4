/** Small districts, put straight into the input tables: what a step reads, nothing of how it was imported. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Transaction, sql } from 'kysely'
import { parse } from 'yaml'
import type { StepContext } from '../../activities/step.ts'
import { createFound } from '../../books/findings.ts'
import type { Database } from '../../books/tables.ts'
import { builtInFolder, type Config } from '../../config/load.ts'
import { differencesSchema } from '../../config/schemas/differences.ts'
import { documentsSchema } from '../../config/schemas/documents.ts'
import { reconciliationsSchema } from '../../config/schemas/reconciliations.ts'
import { parseYuan } from '../../domain/money.ts'
import type { TestDatabase } from '../support/database.ts'

const read = (file: string) => parse(readFileSync(join(builtInFolder(), file), 'utf8')) as unknown

/** The built-in configuration of these two steps. */
export const CONFIG = {
  differences: differencesSchema.parse(read('differences.yaml')),
  documents: documentsSchema.parse(read('documents.yaml')),
  reconciliations: reconciliationsSchema.parse(read('reconciliations.yaml')),
} as unknown as Config

type Row = Record<string, string | undefined>
/** `side` of the account in brackets; dims as columns. Amounts in yuan. */
export interface District {
  books?: readonly { book: string; system: string; unit?: string }[]
  accounts?: readonly { book: string; account: string; element: string; side?: string }[]
  opening?: readonly Row[]
  entries?: readonly Row[]
  indicators?: readonly Row[]
  documents?: readonly Row[]
  statements?: readonly Row[]
  assets?: readonly Row[]
}

const DIMS = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty'] as const
const SCOPED = ['units', 'books', 'accounts', 'cells', 'entries', 'openings', 'cell_totals', 'indicators', 'documents', 'statements', 'assets'] as const
const ELEMENTS: Record<string, string> = {
  1: 'asset', 2: 'liability', 3: 'net_asset', 4: 'revenue', 5: 'expense', 6: 'budget_revenue', 7: 'budget_expenditure', 8: 'budget_balance',
}
const fen = (text: string | undefined): bigint => parseYuan(text || '0')

/** Loads one district and year. @returns its scope */
export async function loadDistrict(database: TestDatabase, district: string, year: number, data: District): Promise<number> {
  return database.db.transaction().execute(async (trx) => {
    const scope = await trx.insertInto('scopes').values({ district, year }).returning('scope_id').executeTakeFirstOrThrow()
    const id = scope.scope_id
    for (const table of SCOPED) await sql`create table ${sql.ref(`${table}_${id}`)} partition of ${sql.ref(table)} for values in (${sql.lit(id)})`.execute(trx)
    await loadLedger(trx, id, data)
    await loadOthers(trx, id, data)
    return id
  })
}

async function loadLedger(trx: Transaction<Database>, id: number, data: District): Promise<void> {
  const books = new Map((data.books ?? []).map((book, index) => [book.book, index + 1]))
  for (const { book, system, unit } of data.books ?? []) {
    await trx.insertInto('books').values({ scope_id: id, book_id: books.get(book)!, book, name: book, system: system as never, unit: unit ?? null, file_line: 2 }).execute()
  }
  const rows = [...(data.opening ?? []), ...(data.entries ?? [])]
  const accounts = new Map<string, number>()
  for (const row of rows) if (!accounts.has(`${row.book}/${row.account}`)) accounts.set(`${row.book}/${row.account}`, accounts.size + 1)
  for (const [key, account_id] of accounts) {
    const [book, account] = key.split('/') as [string, string]
    const element = ELEMENTS[account[0]!]!
    const debit = ['asset', 'expense', 'budget_expenditure'].includes(element) && !['1602', '1702'].includes(account.slice(0, 4))
    await trx.insertInto('accounts').values({
      scope_id: id, account_id, book_id: books.get(book)!, account, name: account, element: element as never, side: debit ? 'debit' : 'credit',
      dimensions: sql`'{}'::text[]` as never, leaf: true, verified: true, file_line: null,
    }).execute()
  }
  const cells = new Map<string, number>()
  const cellOf = async (row: Row): Promise<number> => {
    const key = JSON.stringify([row.book, row.account, ...DIMS.map((dim) => row[dim] ?? '')])
    if (!cells.has(key)) {
      cells.set(key, cells.size + 1)
      const dims = Object.fromEntries(DIMS.map((dim) => [dim, row[dim] ?? ''])) as Record<(typeof DIMS)[number], string>
      await trx.insertInto('cells').values({
        scope_id: id, cell_id: cells.get(key)!, book_id: books.get(row.book!)!, account_id: accounts.get(`${row.book}/${row.account}`)!, ...dims,
      }).execute()
    }
    return cells.get(key)!
  }
  for (const [index, row] of (data.opening ?? []).entries()) {
    await trx.insertInto('openings').values({ scope_id: id, cell_id: await cellOf(row), debit: fen(row.debit), credit: fen(row.credit), file_line: index + 2 }).execute()
  }
  for (const [index, row] of (data.entries ?? []).entries()) {
    await trx.insertInto('entries').values({
      scope_id: id, cell_id: await cellOf(row), book_id: books.get(row.book!)!, line: Number(row.line ?? index + 1), file_line: index + 2,
      date: row.date ?? '2025-06-01', posted: row.posted !== '0', debit: fen(row.debit), credit: fen(row.credit),
      voucher: row.voucher!, source: row.source ?? null, summary: null,
    }).execute()
  }
  await sql`insert into cell_totals (scope_id, cell_id, opening, debit, credit, entries, unposted)
    select ${id}, c.cell_id, coalesce((select sum(debit - credit) from openings o where o.scope_id = ${id} and o.cell_id = c.cell_id), 0),
      coalesce(sum(e.debit) filter (where e.posted), 0), coalesce(sum(e.credit) filter (where e.posted), 0), count(e.posted), count(*) filter (where not e.posted)
    from cells c left join entries e on e.scope_id = ${id} and e.cell_id = c.cell_id where c.scope_id = ${id} group by c.cell_id`.execute(trx)
}

async function loadOthers(trx: Transaction<Database>, id: number, data: District): Promise<void> {
  for (const [index, row] of (data.indicators ?? []).entries()) {
    await trx.insertInto('indicators').values({
      scope_id: id, indicator: row.indicator!, unit: row.unit ?? null, function: row.function ?? null, economic: null, project: row.project ?? null,
      fund: row.fund ?? null, origin_year: 2025, category: 'basic', amount: fen(row.amount), adjusted: fen(row.adjusted), paid: fen(row.paid),
      occupied: 0n, file_line: index + 2,
    }).execute()
  }
  for (const [index, row] of (data.documents ?? []).entries()) {
    await trx.insertInto('documents').values({
      scope_id: id, type: row.type!, number: row.number!, unit: row.unit ?? null, indicator: row.indicator ?? null, function: row.function ?? null,
      project: row.project ?? null, fund: row.fund ?? null, amount: row.amount === '' ? null : fen(row.amount), status: row.status ?? 'completed', created_on: row.created_on ?? null,
      updated_on: row.updated_on ?? null, counterparty: row.counterparty ?? null, reference: row.reference ?? null, file_line: index + 2,
    }).execute()
  }
  for (const [index, row] of (data.statements ?? []).entries()) {
    await trx.insertInto('statements').values({
      scope_id: id, row_id: index + 1, reconciliation: row.reconciliation!, party: row.party ?? null, reference: row.reference ?? null, date: row.date ?? null,
      unit: row.unit ?? null, function: row.function ?? null, revenue: row.revenue ?? null, project: row.project ?? null, fund: row.fund ?? null,
      indicator: row.indicator ?? null, amount: fen(row.amount), file_line: index + 2,
    }).execute()
  }
  for (const [index, row] of (data.assets ?? []).entries()) {
    await trx.insertInto('assets').values({
      scope_id: id, row_id: index + 1, asset_no: `A${index}`, unit: row.unit ?? null, class_code: row.class_code ?? null, use_status: row.use_status ?? 'in-use',
      cost: fen(row.cost), accumulated_depreciation: fen(row.depreciation), net_value: 0n, booked: row.booked !== '0', file_line: index + 2,
    }).execute()
  }
}

/** The context of a step of the scope. */
export function contextOf(scopeId: number, district: string, year: number, more: Partial<StepContext> = {}): StepContext {
  return {
    runId: 1, scopeId, district, year, step: 'reconcile', generation: 1, kind: 'real', inputVersion: 1,
    league: { district: '152500', scopeId: null }, config: CONFIG, heartbeat: () => {}, ...more,
  }
}

export interface Found {
  step: string; rule: string; key: string; severity: string; amount: bigint | null; message_zh: string; message_en: string
  facts: Record<string, unknown> & { kind?: string }
}

/** Runs an engine in a transaction of its own and reads what it found, by rule and key. */
export async function runEngine<T>(
  database: TestDatabase, engine: (trx: Transaction<Database>) => Promise<T>,
): Promise<{ outcome: T; found: Found[] }> {
  return database.db.transaction().execute(async (trx) => {
    await createFound(trx)
    const outcome = await engine(trx)
    const { rows } = await sql<Found>`select * from found order by rule collate "C", key collate "C"`.execute(trx)
    return { outcome, found: rows }
  })
}

/** `key amount` of the findings of one rule, amounts in fen. */
export const keysOf = (found: readonly Found[], rule: string): string[] =>
  found.filter((one) => one.rule === rule).map((one) => `${one.key} ${one.amount}`)
