/** Rules between the columns of one row, file by file (CONTRACT §1 and §6). */
import { CODE_TABLES } from '../../config/schemas/initialise.ts'
import { SYSTEMS } from '../../domain/dimensions.ts'
import type { InputFile } from '../../domain/steps.ts'
import { canonicalWord, type Check, col, isDate, isDecimal, textArray } from './columns.ts'
import type { Session } from './session.ts'

interface ExtraChecks {
  checks: readonly Check[]
  /** Columns whose plain check of form these, or the check by cell, take the place of. */
  replaces: readonly string[]
}

/** The extra checks of a file. */
export function extraChecks(session: Session, file: InputFile): ExtraChecks {
  switch (file) {
    case 'books': return only(booksChecks(session))
    case 'accounts': return only(accountChecks(session))
    case 'opening': return { checks: SIDES, replaces: ['fund'] }
    case 'entries': return { checks: [...SIDES, ...entryDates(session.year)], replaces: ['date', 'fund'] }
    case 'indicators': return only(indicatorChecks(session.year))
    case 'documents': return only([{
      column: 'type', code: 'unknown-type',
      bad: `${col('type')} <> '' and ${documentType(session)} <> all(${textArray(Object.keys(session.config.documents.types))})`,
    }])
    case 'statements': return only([
      { column: 'reconciliation', code: 'unknown-reconciliation', bad: unknownReconciliation(session) },
    ])
    case 'setup': return only(setupChecks(session))
    case 'mappings': return only(mappingChecks(session))
    default: return only([])
  }
}

/** R1 to R22, and what the office declared beyond them. */
function unknownReconciliation({ config }: Session): string {
  const own = Object.keys(config.reconciliations?.reconciliations ?? {})
  return `${col('reconciliation')} <> '' and ${col('reconciliation')} !~ '^R([1-9]|1[0-9]|2[0-2])$' and ${col('reconciliation')} <> all(${textArray(own)})`
}

const only = (checks: readonly Check[]): ExtraChecks => ({ checks, replaces: [] })

/** A digit other than 0: the amount is not zero, whatever its form. */
const SIDES: readonly Check[] = [
  {
    column: 'credit', code: 'both-sides', bad: `${col('debit')} ~ '[1-9]' and ${col('credit')} ~ '[1-9]'`,
    value: `${col('debit')} || ' / ' || ${col('credit')}`,
  },
  { column: 'debit', code: 'no-side', bad: `${col('debit')} = '' and ${col('credit')} = ''` },
]

/** Only some seven hundred days are right: membership is cheaper than reading each date. */
function entryDates(year: number): Check[] {
  const days = `select to_char(day, form) from generate_series('${year}-01-01'::date, '${year + 1}-12-31'::date, '1 day') day,
    unnest(array['YYYY-MM-DD', 'YYYYMMDD']) form`
  const outside = `${col('date')} <> '' and ${col('date')} not in (${days})`
  return [
    { column: 'date', code: 'bad-date', bad: `${outside} and not ${isDate(col('date'))}` },
    { column: 'date', code: 'date-outside', bad: `${outside} and ${isDate(col('date'))}` },
  ]
}

function booksChecks(session: Session): Check[] {
  return [{
    column: 'unit', code: 'unit-of-book',
    bad: `${systemOf(session, 'books', col('system'))} = 'government-unit' and ${col('unit')} = ''`,
  }]
}

function accountChecks(session: Session): Check[] {
  const books = `select b.book, ${systemOf(session, 'books', 'b.system')} from ${session.table('books')} b`
  const known = `${col('book')} in (select b.book from ${session.table('books')} b)`
  return [
    { column: 'system', code: 'system-or-book', bad: `${col('system')} = '' and ${col('book')} = ''` },
    {
      column: 'system', code: 'system-differs',
      bad: `${col('book')} <> '' and ${col('system')} <> '' and ${known} and (${col('book')}, ${systemOf(session, 'accounts', col('system'))}) not in (${books})`,
    },
  ]
}

function indicatorChecks(year: number): Check[] {
  const source = col('origin_year')
  return [
    { column: 'origin_year', code: 'bad-year', bad: `${source} ~ '^[0-9]{1,9}$' and ${source} !~ '^(19|20)[0-9]{2}$'` },
    { column: 'origin_year', code: 'year-later', bad: `${source} ~ '^(19|20)[0-9]{2}$' and ${source} > '${year}'` },
  ]
}

function setupChecks(session: Session): Check[] {
  const table = setupTable(session)
  return [
    {
      column: 'table', code: 'unknown-table',
      bad: `${col('table')} <> '' and ${table} <> all(${textArray(Object.keys(session.config.initialise.tables))})`,
    },
    { column: 'code', code: 'unknown-system', bad: `${table} = 'account' and ${wrongSystem('code')}` },
  ]
}

function mappingChecks(session: Session): Check[] {
  const table = setupTable(session)
  const share = col('share')
  return [
    { column: 'table', code: 'not-a-mapping-table', bad: `${col('table')} <> '' and ${table} <> all(${textArray(CODE_TABLES)})` },
    { column: 'old', code: 'unknown-system', bad: `${table} = 'account' and ${wrongSystem('old')}` },
    { column: 'new', code: 'unknown-system', bad: `${table} = 'account' and ${wrongSystem('new')}` },
    {
      column: 'share', code: 'share-outside',
      bad: `case when ${isDecimal(share)} then replace(${share}, ',', '')::numeric not between 0.0000000001 and 1 else false end`,
    },
  ]
}

const wrongSystem = (column: string) =>
  `${col(column)} like '%:%' and split_part(${col(column)}, ':', 1) <> all(${textArray(SYSTEMS)})`

/** The system behind the word that a user wrote. */
export function systemOf(session: Session, file: 'books' | 'accounts', source: string): string {
  return canonicalWord(source, session.config.input.files[file].columns.system!.values!)
}

/** Key of a document type, which may also be given by its Chinese name. */
export function documentType(session: Session): string {
  return canonicalWord(col('type'), namesOf(session.config.documents.types))
}

/** Key of a setup table, which may also be given by its Chinese name. */
export function setupTable(session: Session): string {
  return canonicalWord(col('table'), namesOf(session.config.initialise.tables))
}

const namesOf = (named: Record<string, { name: { zh: string } }>) =>
  Object.fromEntries(Object.entries(named).map(([key, { name }]) => [key, [name.zh]]))
