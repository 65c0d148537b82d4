/** How each input table is made from the staging tables, once nothing is wrong with them. */
import type { InputTables } from '../input-tables.ts'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import type { InputFile } from '../../domain/steps.ts'
import { col, escapeIdentifier, fen, textArray, typed } from './columns.ts'
import { documentType, setupTable } from './extra-checks.ts'
import { columnsOf } from './header.ts'
import { CELL_COLUMNS } from './ledger.ts'
import type { Session } from './session.ts'

export type InputTable = keyof InputTables

/** Every input table in the order in which they are built and locked. */
export const INPUT_TABLES: readonly InputTable[] = [
  'units', 'books', 'accounts', 'cells', 'entries', 'openings', 'cell_totals', 'indicators', 'documents', 'statements',
  'setup_items', 'mappings', 'assets', 'asset_report', 'asset_analysis',
]

/** A table as a list of `column → SQL` and what stands behind `from`. */
export interface TableSource {
  columns: Readonly<Record<string, string>>
  from: string
}

/** @param built gives the quoted name of a table of this import that is built already */
export function tableSource(session: Session, table: InputTable, built: (table: InputTable) => string): TableSource {
  const t = session.table
  switch (table) {
    case 'units': return simple(session, 'units')
    case 'books': return {
      columns: columnList(['book_id', 'book', 'name', 'system', 'file_line'], { unit: `nullif(unit, '')` }),
      from: t('known_books'),
    }
    case 'accounts': return {
      columns: columnList([
        'account_id', 'book_id', 'account', 'name', 'element', 'side', 'dimensions', 'leaf', 'verified', 'file_line',
      ]), from: t('chart'),
    }
    case 'cells': return { columns: columnList(['cell_id', 'book_id', 'account_id', ...DIMENSIONS]), from: cells(session) }
    case 'entries': return entries(session)
    case 'openings': return openings(session)
    case 'cell_totals': return totals(built)
    case 'indicators': return simple(session, 'indicators')
    case 'documents': return simple(session, 'documents', { columns: { type: documentType(session) } })
    case 'statements': return simple(session, 'statements', { order: [
      'reconciliation', 'party', 'reference', 'date', 'indicator', 'unit', 'function', 'revenue', 'project', 'fund', 'amount',
    ] })
    case 'setup_items': return simple(session, 'setup', {
      columns: { table: setupTable(session) }, names: { table: 'table_name' }, order: ['table', 'code'],
    })
    case 'mappings': return simple(session, 'mappings', {
      columns: { table: setupTable(session) }, names: { table: 'table_name' }, order: ['table', 'old', 'new'],
    })
    case 'assets': return simple(session, 'assets', { order: ['asset_no', 'card_no', 'unit'] })
    case 'asset_report': return simple(session, 'asset_report', {
      names: { table: 'table_name', column: 'column_name' }, order: ['unit', 'table', 'line', 'column'],
    })
    case 'asset_analysis': return {
      columns: { row_id: 's.file_line', text: 's.text', file_line: 's.file_line' }, from: `${t('asset_analysis')} s`,
    }
    default: return table satisfies never
  }
}

interface SimpleOptions {
  columns?: Record<string, string>
  names?: Record<string, string>
  /** Gives row_id in this order: the order of the rows in the file must not matter. */
  order?: readonly string[]
}

/** A table that is a file, column by column. */
function simple(session: Session, file: InputFile, { columns = {}, names = {}, order }: SimpleOptions = {}): TableSource {
  const { input } = session.config
  const list = [...columnsOf(file, input)].map(([column, rule]) => [
    names[column] ?? column, columns[column] ?? typed(column, rule, input),
  ])
  const rowId = order
    && `row_number() over (order by ${order.map((column) => `${col(column)} collate "C"`).join(', ')}, s.file_line)`
  return {
    columns: { ...Object.fromEntries(list), ...(rowId ? { row_id: rowId } : {}), file_line: 's.file_line' },
    from: `${session.table(file)} s`,
  }
}

const columnList = (names: readonly string[], more: Record<string, string> = {}) =>
  ({ ...Object.fromEntries(names.map((name) => [name, escapeIdentifier(name)])), ...more })

/** Words for a fund are one: two cells as written may be the same cell. */
const cells = (session: Session) => `(select distinct cell_id, book_id, account_id,
  ${DIMENSIONS.map((one) => (one === 'fund' ? 'fund_key as fund' : one)).join(', ')} from ${session.table('ledger_cells')}) c`

const sameCell = CELL_COLUMNS.map((column) => `s.${column} = c.${column}`).join(' and ')
const amount = (column: 'debit' | 'credit') => `case when s.${column} = '' then 0 else ${fen(`s.${column}`)} end`

function entries(session: Session): TableSource {
  const posted = `s.posted in ('1', '') or s.posted = any(${textArray(session.config.input.flags.true)})`
  return {
    columns: {
      cell_id: 'c.cell_id', book_id: 'c.book_id', line: 's.line::int', file_line: 's.file_line', date: 's.date::date', posted,
      debit: amount('debit'), credit: amount('credit'), voucher: 's.voucher', source: `nullif(s.source, '')`,
      summary: `nullif(s.summary, '')`,
    },
    from: `${session.table('entries')} s join ${session.table('ledger_cells')} c on ${sameCell}`,
  }
}

function openings(session: Session): TableSource {
  return {
    columns: { cell_id: 'c.cell_id', debit: amount('debit'), credit: amount('credit'), file_line: 's.file_line' },
    from: `${session.table('opening')} s join ${session.table('ledger_cells')} c on ${sameCell}`,
  }
}

/** Opening debit-positive; turnover of the posted entries. `entries` counts the posted ones, `unposted` the others. */
function totals(built: (table: InputTable) => string): TableSource {
  return {
    columns: {
      cell_id: 'c.cell_id', opening: 'coalesce(o.opening, 0)', debit: 'coalesce(e.debit, 0)', credit: 'coalesce(e.credit, 0)',
      entries: 'coalesce(e.posted, 0)', unposted: 'coalesce(e.unposted, 0)',
    },
    from: `${built('cells')} c
      left join (select cell_id, sum(debit - credit)::bigint as opening from ${built('openings')} group by cell_id) o using (cell_id)
      left join (select cell_id, coalesce(sum(debit) filter (where posted), 0)::bigint as debit, coalesce(sum(credit) filter (where posted), 0)::bigint as credit,
        count(*) filter (where posted) as posted, count(*) filter (where not posted) as unposted from ${built('entries')} group by cell_id) e using (cell_id)`,
  }
}
