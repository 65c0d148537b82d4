/** Reads a bank's file into a temporary table, checking each line on the way. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { basename } from 'node:path'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type FormatConfig, STATEMENT_FIELDS } from '../../config/schemas/format.ts'
import type { InputConfig } from '../../config/schemas/input.ts'
import { fileState, openRegular } from '../import/folder.ts'
import { ImportRefused, problem } from '../import/report.ts'
import type { ProblemList } from '../import/session.ts'
import { openSource, type SourceFile } from './lines.ts'
import type { Surroundings } from './fields.ts'
import { type ReadRow, StatementReader } from './reader.ts'
import type { DayTotal, FirstRow } from './report.ts'
import { plain } from './values.ts'

export interface Staged {
  name: string
  sha256: string
  rows: number
  amount: bigint
  days: readonly DayTotal[]
  first: readonly FirstRow[]
  reader: Pick<StatementReader, 'skipped' | 'checked'>
}

export const STAGED = 'statement_rows'
const FIRST_ROWS = 5
/** More days, accounts and parties than this are not told one by one. */
const DAYS_MAX = 20_000

/**
 * Streams the rows of a file into the temporary table `statement_rows`. What is wrong with them goes into `problems`.
 * @throws ImportRefused when the file as such can not be read
 */
export async function stageStatement(
  client: pg.PoolClient, path: string, format: FormatConfig, around: Surroundings, problems: ProblemList,
): Promise<Staged> {
  const name = basename(path)
  const handle = await openRegular({ file: 'statements', format: 'csv', name, path })
  try {
    const before = await fileState(handle)
    const source = await openSource(handle, name, format)
    const staged = await copyLines(client, source, format, around, problems)
    if (await fileState(handle) !== before) throw new ImportRefused([problem(name, null, null, 'file-changed')])
    return staged
  } finally {
    await handle.close()
  }
}

async function copyLines(
  client: pg.PoolClient, source: SourceFile, format: FormatConfig, around: Surroundings, problems: ProblemList,
): Promise<Staged> {
  const texts = STATEMENT_FIELDS.filter((field) => field !== 'date').map((field) => `"${field}" text`)
  await client.query(
    `create temporary table ${STAGED} (file_line int not null, account text, date date, ${texts.join(', ')}, amount bigint not null) on commit drop`,
  )
  const reader = new StatementReader(source.name, format, around, (one) => problems.add(one))
  const tally = new Tally()
  async function* lines(): AsyncGenerator<Buffer> {
    for await (const batch of source.lines()) {
      const texts: string[] = []
      for (const line of batch) {
        const row = reader.push(line)
        if (!row) continue
        tally.add(row)
        texts.push(copyLine(row))
      }
      if (texts.length > 0) yield Buffer.from(texts.join(''))
    }
  }
  const columns = ['file_line', 'account', ...STATEMENT_FIELDS, 'amount'].map((column) => `"${column}"`).join(', ')
  const stream = client.query(copyFrom(`copy ${STAGED} (${columns}) from stdin (format csv, encoding 'UTF8')`))
  await pipeline(Readable.from(lines(), { objectMode: true, highWaterMark: 2 }), stream)
  reader.end()
  return { name: source.name, sha256: source.sha256, ...tally.result(), reader }
}

/** Quoted, so that an empty text is not taken for the end; nothing given is null. NUL can not be stored. */
function copyLine(row: ReadRow): string {
  const texts = [row.account, ...STATEMENT_FIELDS.map((field) => row.fields[field])]
  return `${row.line},${texts.map((text) => (text === '' ? '' : `"${text.replaceAll('\u0000', '').replaceAll('"', '""')}"`)).join(',')},${row.amount}\n`
}

/** What a preview shows. */
class Tally {
  #rows = 0
  #amount = 0n
  readonly #first: FirstRow[] = []
  readonly #days = new Map<string, DayTotal>()

  add({ line, account, fields, amount }: ReadRow): void {
    this.#rows += 1
    this.#amount += amount
    if (this.#first.length < FIRST_ROWS) this.#first.push({ line, account, amount, fields })
    const key = [fields.party, account, fields.date].join('\u001f')
    const known = this.#days.get(key)
    if (known) { known.rows += 1; known.amount += amount }
    else if (this.#days.size < DAYS_MAX) this.#days.set(key, { party: fields.party, account, date: fields.date, rows: 1, amount })
  }

  result(): Pick<Staged, 'rows' | 'amount' | 'days' | 'first'> {
    const text = ({ party, account, date }: DayTotal) => [party, account, date].join('\u001f')
    return {
      rows: this.#rows, amount: this.#amount, first: this.#first,
      days: [...this.#days.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1)),
    }
  }
}

/** Codes by account number, the district's units, and the words of config/input.yaml. */
export async function surroundingsOf(
  client: pg.PoolClient, scopeId: number, year: number, format: FormatConfig, input: InputConfig,
): Promise<Surroundings> {
  const units = await client.query<{ unit: string }>('select unit from units where scope_id = $1', [scopeId])
  const accounts = await client.query<{ code: string; value: string }>(
    'select distinct code, value from setup_items where scope_id = $1 and table_name = $2 and active and value is not null order by code',
    [scopeId, format.party_of_account?.table ?? ''])
  const known = new Set(units.rows.map(({ unit }) => unit))
  const codes = new Map<string, string[]>()
  for (const { code, value } of accounts.rows) {
    const account = plain(value).replace(/[\s-]/g, '')
    codes.set(account, [...codes.get(account) ?? [], code])
  }
  const funds = new Map(Object.entries(input.files.statements.columns.fund?.values ?? {})
    .flatMap(([fund, words]) => [fund, ...words].map((word) => [word, fund])))
  return {
    year, codesOf: (account) => codes.get(account) ?? [],
    judge: (field, value) => {
      if (field === 'unit' && !known.has(value)) return { code: 'unknown-unit' }
      if (field !== 'fund') return { value }
      const fund = funds.get(value) ?? funds.get(plain(value))
      return fund === undefined ? { code: 'not-one-of' } : { value: fund }
    },
  }
}
