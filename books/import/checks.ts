/** What is wrong with staged rows: one scan counts for every check, and only what was found is listed. */
import type pg from 'pg'
import type { InputFile } from '../../domain/steps.ts'
import { type Check, col, columnChecks, escapeIdentifier } from './columns.ts'
import { extraChecks } from './extra-checks.ts'
import { columnsOf } from './header.ts'
import { problem, type Problem, VALUE_LENGTH } from './report.ts'
import type { ReasonCode } from './reasons.ts'
import type { Session, StagedFile } from './session.ts'

/** Checks every readable file, each row of it by itself. */
export async function checkRows(session: Session, files: readonly StagedFile[]): Promise<void> {
  for (const staged of files.filter((one) => one.readable && one.path !== '')) {
    session.progress(staged.file, 'check')
    const checks = checksOf(session, staged.file, files)
    const counts = await countBad(session.client, session.table(staged.file), checks)
    const bad = checks.map((check, index) => ({ ...check, count: counts[index]! })).filter((check) => check.count > 0)
    if (bad.length > 0) await listBad(session, staged, bad)
  }
}

function checksOf(session: Session, file: InputFile, files: readonly StagedFile[]): Check[] {
  const { input } = session.config
  const extra = extraChecks(session, file)
  const replaced = new Set(extra.replaces)
  const columns = [...columnsOf(file, input)]
  const plain = columns.flatMap(([column, rule]) => columnChecks(column, rule, input))
    .filter((check) => check.code === 'not-given' || !replaced.has(check.column))
  return [...plain, ...references(session, file, files), ...extra.checks]
}

/** Units and books that must stand in their files, as far as those could be read. The ledger files are checked by cell. */
function references(session: Session, file: InputFile, files: readonly StagedFile[]): Check[] {
  if (file === 'opening' || file === 'entries') return []
  const readable = (other: InputFile) => files.some((one) => one.file === other && one.readable)
  return [...columnsOf(file, session.config.input)].flatMap(([column, { reference }]): Check[] => {
    if (!reference || !readable(`${reference}s`)) return []
    const known = `select ${escapeIdentifier(reference)} from ${session.table(`${reference}s`)}`
    return [{ column, code: `unknown-${reference}`, bad: `${col(column)} <> '' and ${col(column)} not in (${known})` }]
  })
}

async function countBad(client: pg.PoolClient, table: string, checks: readonly Check[]): Promise<number[]> {
  if (checks.length === 0) return []
  const counts = checks.map((check) => `count(*) filter (where ${check.bad})`)
  const { rows } = await client.query<{ counts: string[] }>(
    `select array[${counts.join(',\n')}]::text[] as counts from ${table} s`,
  )
  return rows[0]!.counts.map(Number)
}

async function listBad(session: Session, staged: StagedFile, checks: readonly (Check & { count: number })[]): Promise<void> {
  const values = checks.map(
    (check, index) => `(${index}, (${check.bad}), left(${check.value ?? col(check.column)}, ${VALUE_LENGTH + 1}))`,
  )
  const { rows } = await session.client.query<{ line: number; at: number; value: string }>(`
    select s.file_line as line, c.at, c.value from ${session.table(staged.file)} s cross join lateral (values ${values.join(', ')}) c (at, bad, value)
    where c.bad order by 1, 2 limit ${session.problems.room}`)
  const listed = rows.map(({ line, at, value }) => problem(
    staged.name, line, checks[at]!.column, checks[at]!.code, value === '' ? null : value,
  ))
  session.problems.addSome(listed, checks.reduce((sum, check) => sum + check.count, 0))
}

/** Rows of a query `(line, column_name, code, value, total)` as problems; `total` is the count over all of them. */
export async function listQuery(session: Session, staged: StagedFile, sql: string): Promise<void> {
  const { rows } = await session.client.query<{
    line: number; column_name: string; code: ReasonCode; value: string; total: string
  }>(sql)
  const listed: Problem[] = rows.map((row) => problem(
    staged.name, row.line, row.column_name, row.code, row.value === '' ? null : row.value,
  ))
  session.problems.addSome(listed, Number(rows[0]?.total ?? 0))
}

/** Columns whose repeat is a bad row, as SQL over the row `s` (CONTRACT §6). */
export const KEYS: Partial<Record<InputFile, readonly string[]>> = {
  units: ['unit'], books: ['book'], accounts: ['book', 'system', 'account'], entries: ['book', 'voucher', 'line'],
  indicators: ['indicator'], documents: ['type', 'number'],
}

/** Names every row whose key stands before it already. `normal` gives the SQL of a key column where 01 and 1 are the same. */
export async function listRepeats(session: Session, staged: StagedFile, normal: (column: string) => string): Promise<void> {
  const key = KEYS[staged.file]!
  const last = key.at(-1)!
  const shown = key.map((column) => col(column)).join(`, `)
  // A key with a part that is not given is named as such; of accounts.csv the system or the book may be empty.
  const given = key.filter((column) => staged.file !== 'accounts' || column === 'account').map((column) => `${col(column)} <> ''`)
  await listQuery(session, staged, `
    select line, ${quote(last)} as column_name, 'key-repeats' as code, value || ' = line ' || first as value, count(*) over () as total from (
      select s.file_line as line, min(s.file_line) over key as first, concat_ws('/', ${shown}) as value
      from ${session.table(staged.file)} s where ${given.join(' and ')}
      window key as (partition by ${key.map(normal).join(', ')})) repeats
    where line <> first order by line limit ${session.problems.room || 1}`)
}

const quote = (text: string) => `'${text}'`
