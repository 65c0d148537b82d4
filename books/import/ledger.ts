/** The charts of the books, and the cells: each combination of book, account and dimensions that the ledger files use. */
import { type Dimension, DIMENSIONS } from '../../domain/dimensions.ts'
import { canonicalWord, escapeLiteral, textArray } from './columns.ts'
import { listQuery } from './checks.ts'
import { systemOf } from './extra-checks.ts'
import type { Session, StagedFile } from './session.ts'

const LEDGER_FILES = ['opening', 'entries'] as const
/** What identifies a cell, as the files write it. */
export const CELL_COLUMNS = ['book', 'account', ...DIMENSIONS] as const
const TURNOVER = ['revenue', 'expense', 'budget_revenue', 'budget_expenditure']

/**
 * Makes the tables `known_books` (book_id, book, system, unit), `chart` (every account of every book, resolved) and
 * `ledger_cells` (the cells as written, their ids and what is wrong with them), and reports every row of a bad cell.
 */
export async function checkLedger(session: Session, files: readonly StagedFile[]): Promise<void> {
  await resolveCharts(session)
  await collectCells(session, files)
  const { rows } = await session.client.query(
    `select 1 from ${session.table('ledger_cells')} where cardinality(problems) > 0 limit 1`,
  )
  if (rows.length === 0) return
  for (const staged of files) {
    if (staged.readable && LEDGER_FILES.some((file) => file === staged.file)) await listBadCells(session, staged)
  }
}

/** Built-in pack of the system, then accounts.csv of the system, then accounts.csv of the book: the later row wins. */
async function resolveCharts(session: Session): Promise<void> {
  const { client, table, config } = session
  const words = config.input.files.accounts.columns
  const word = (column: 'element' | 'side') => canonicalWord(`a.${column}`, words[column]!.values!)
  const dimensions = `array(select w from (select ${canonicalWord('btrim(t.word)', words.dimensions!.values!)} as w
    from regexp_split_to_table(a.dimensions, '[;；]') t (word)) x where w <> '' group by w order by array_position(${textArray(DIMENSIONS)}, w))`
  const packs = Object.values(config.charts)
    .flatMap(({ system, accounts }) => accounts.map((account) => ({ system, ...account })))
  await client.query(`create unlogged table ${table('known_books')} as
    select row_number() over (order by book collate "C")::int as book_id, book, system, unit, name, file_line from (
      select distinct on (s.book) s.book, ${systemOf(session, 'books', 's.system')} as system, s.unit, s.name, s.file_line
      from ${table('books')} s where s.book <> '' order by s.book, s.file_line) b`)
  await client.query(`create unlogged table ${table('chart')} as
    with pack as (select * from jsonb_to_recordset(${escapeLiteral(JSON.stringify(packs))}::jsonb)
        as p (system text, account text, name text, element text, side text, dimensions jsonb, verified boolean)),
      own as (select a.book, ${systemOf(session, 'accounts', 'a.system')} as system, a.account, a.name, ${word('element')} as element, ${word('side')} as side,
        ${dimensions} as dimensions, a.file_line from ${table('accounts')} a where a.account <> ''),
      layered as (
        select b.book_id, p.account, p.name, p.element, p.side, array(select jsonb_array_elements_text(p.dimensions)) as dimensions, p.verified,
          null::int as file_line, 0 as layer from ${table('known_books')} b join pack p on p.system = b.system
        union all select b.book_id, o.account, o.name, o.element, o.side, o.dimensions, true, o.file_line, 1
          from ${table('known_books')} b join own o on o.book = '' and o.system = b.system
        union all select b.book_id, o.account, o.name, o.element, o.side, o.dimensions, true, o.file_line, 2
          from ${table('known_books')} b join own o on o.book = b.book),
      chart as (select distinct on (book_id, account) * from layered order by book_id, account, layer desc, file_line)
    select row_number() over code::int as account_id, book_id, account, name, element, side, dimensions, verified, file_line,
      -- codes that begin with this one follow it at once in byte order
      coalesce(not starts_with(lead(account) over (partition by book_id order by account collate "C"), account), true) as leaf
    from chart window code as (order by book_id, account collate "C")`)
  await client.query(`analyze ${table('chart')}`)
}

async function collectCells(session: Session, files: readonly StagedFile[]): Promise<void> {
  const { client, table } = session
  const columns = CELL_COLUMNS.join(', ')
  const readable = (file: string) => files.some((one) => one.file === file && one.readable)
  await client.query(`create unlogged table ${table('ledger_written')} as
    select ${columns}, bool_or(opens) as opens from (select ${columns}, true as opens from ${table('opening')} group by ${columns}
      union all select ${columns}, false from ${table('entries')} group by ${columns}) both_files group by ${columns}`)
  const funds = session.config.input.dimensions.fund.values!
  const cell = [
    'b.book_id', 'a.account_id',
    ...DIMENSIONS.map((one) => `${one === 'fund' ? canonicalWord('w.fund', funds) : `w.${one}`} collate "C"`),
  ]
  await client.query(`create unlogged table ${table('ledger_cells')} as
    select w.*, b.book_id, a.account_id, ${canonicalWord('w.fund', funds)} as fund_key, dense_rank() over (order by ${cell.join(', ')})::int as cell_id,
      array_remove(array[${cellProblems(session, readable).join(', ')}], null) as problems
    from ${table('ledger_written')} w left join ${table('known_books')} b on b.book = w.book
      left join ${table('chart')} a on a.book_id = b.book_id and a.account = w.account
      left join (select c.account, array_agg(distinct k.system) as systems from ${table('chart')} c join ${table('known_books')} k using (book_id)
        group by c.account) f on f.account = w.account`)
  await client.query(`analyze ${table('ledger_cells')}`)
}

/** SQL of `column:code` for each thing that can be wrong with a cell; a file that could not be read is not asked. */
function cellProblems(session: Session, readable: (file: string) => boolean): string[] {
  const { table, config } = session
  const when = (condition: string, column: string, code: string) => `case when ${condition} then '${column}:${code}' end`
  const problems = [when(
    `w.fund <> '' and w.fund <> all(${textArray(Object.entries(config.input.dimensions.fund.values!).flat(2))})`, 'fund',
    'not-one-of',
  )]
  if (readable('units')) {
    problems.push(when(`w.unit <> '' and w.unit not in (select unit from ${table('units')})`, 'unit', 'unknown-unit'))
  }
  if (!readable('books')) return problems
  problems.push(when(`w.book <> '' and b.book_id is null`, 'book', 'unknown-book'))
  if (!readable('accounts')) return problems
  const charted = `b.book_id in (select book_id from ${table('chart')})`
  const elsewhere = `coalesce(cardinality(array_remove(f.systems, b.system)) > 0, false)`
  problems.push(
    when(`w.account <> '' and ${charted} and a.account_id is null and ${elsewhere}`, 'account', 'account-of-another-system'),
    when(`w.account <> '' and ${charted} and a.account_id is null and not ${elsewhere}`, 'account', 'unknown-account'),
    when('not a.leaf', 'account', 'not-a-posting-account'),
    when(`w.opens and a.element = any(${textArray(TURNOVER)})`, 'account', 'opening-of-turnover'),
    ...DIMENSIONS.map((one: Dimension) => when(
      `a.leaf and w.${one} <> '' and '${one}' <> all(a.dimensions)`, one, 'undeclared-dimension',
    )),
  )
  return problems
}

async function listBadCells(session: Session, staged: StagedFile): Promise<void> {
  const { table } = session
  const same = CELL_COLUMNS.map((column) => `s.${column} = c.${column}`).join(' and ')
  await listQuery(session, staged, `
    select s.file_line as line, split_part(p, ':', 1) as column_name, split_part(p, ':', 2) as code, left(to_jsonb(s) ->> split_part(p, ':', 1), 121) as value,
      count(*) over () as total
    from ${table(staged.file)} s join ${table('ledger_cells')} c on ${same} cross join lateral unnest(c.problems) p
    where cardinality(c.problems) > 0 ${staged.file === 'opening' ? '' : `and p <> 'account:opening-of-turnover'`}
    order by 1, 2 limit ${session.problems.room || 1}`)
}
