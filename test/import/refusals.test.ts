import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatProblem } from '../../books/import/report.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { codes, GOOD, importWith } from './fixture.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

const more = (file: string, ...rows: string[]) => `${GOOD[file]!}${rows.map((row) => `${row}\n`).join('')}`

/** Each case: the file, the rows added to it, and what must be said of them. */
const ROWS: [string, string, string[], string[]][] = [
  ['an unknown kind of unit', 'units', ['1,x,公司,,1'], ['units.csv:4 kind not-one-of']],
  ['a unit without a name', 'units', ['1,,行政,,1'], ['units.csv:4 name not-given']],
  ['a unit that stands twice', 'units', ['101001,x,行政,,'], ['units.csv:4 unit key-repeats']],
  ['an unknown system', 'books', ['X,x,ledger,'], ['books.csv:5 system not-one-of']],
  ['a unit book without unit', 'books', ['X,x,government-unit,'], ['books.csv:5 unit unit-of-book']],
  ['a book of an unknown unit', 'books', ['X,x,government-unit,999'], ['books.csv:5 unit unknown-unit']],
  ['a book that stands twice', 'books', ['S01,x,专户会计,'], ['books.csv:5 book key-repeats']],
  ['an account of no system and no book', 'accounts', [',,1,x,asset,debit,'], ['accounts.csv:4 system system-or-book']],
  ['an account of an unknown book', 'accounts', ['X,,1,x,asset,debit,'], ['accounts.csv:4 book unknown-book']],
  ['an account whose system is not the book\'s', 'accounts', ['T01,government-unit,1,x,asset,debit,'], ['accounts.csv:4 system system-differs']],
  ['an unknown dimension', 'accounts', ['T01,,1,x,asset,debit,unit;colour'], ['accounts.csv:4 dimensions not-one-of']],
  ['an account that stands twice', 'accounts', [',政府会计,100201,x,资产,借,'], ['accounts.csv:4 account key-repeats']],
  ['an opening balance of revenue', 'opening', ['U1,4001,101001,,,1'], ['opening.csv:5 account opening-of-turnover']],
  ['an opening balance of budget expenditure', 'opening', ['U1,710101,101001,,1,'], ['opening.csv:5 account opening-of-turnover']],
  ['an amount of three decimals', 'opening', ['U1,100201,101001,,1.234,'], ['opening.csv:5 debit bad-amount']],
  ['an amount with misplaced separators', 'opening', ['U1,100201,101001,,"12,34",'], ['opening.csv:5 debit bad-amount']],
  ['an amount in scientific notation', 'opening', ['U1,100201,101001,,1e5,'], ['opening.csv:5 debit bad-amount']],
  ['an amount in full-width digits', 'opening', ['U1,100201,101001,,１２,'], ['opening.csv:5 debit bad-amount']],
  ['neither debit nor credit', 'opening', ['U1,100201,101001,,,'], ['opening.csv:5 debit no-side']],
  ['both debit and credit', 'entries', ['U1,2,1,2025-01-05,100201,101001,,,,,,,1,1,,1,'], ['entries.csv:5 credit both-sides']],
  ['a day that is in no calendar', 'entries', ['U1,2,1,2025-02-30,100201,101001,,,,,,,1,,,1,'], ['entries.csv:5 date bad-date']],
  ['a date before the closing year', 'entries', ['U1,2,1,2024-12-31,100201,101001,,,,,,,1,,,1,'], ['entries.csv:5 date date-outside']],
  ['a date after the next year', 'entries', ['U1,2,1,20270101,100201,101001,,,,,,,1,,,1,'], ['entries.csv:5 date date-outside']],
  ['a line number that is none', 'entries', ['U1,2,a,2025-01-05,100201,101001,,,,,,,1,,,1,'], ['entries.csv:5 line bad-integer']],
  ['a line that stands twice, however written', 'entries', ['U1,1,01,2025-01-05,100201,101001,,,,,,,1,,,1,'], ['entries.csv:5 line key-repeats']],
  ['an unknown book', 'entries', ['X,2,1,2025-01-05,1001,,,,,,,,1,,,1,'], ['entries.csv:5 book unknown-book']],
  ['an unknown account', 'entries', ['U1,2,1,2025-01-05,9999,,,,,,,,1,,,1,'], ['entries.csv:5 account unknown-account']],
  ['an account of another system', 'entries', ['T01,2,1,2025-01-05,7101,,,,,,,,1,,,1,'], ['entries.csv:5 account account-of-another-system']],
  ['an account with sub-accounts', 'entries', ['U1,2,1,2025-01-05,1002,101001,,,,,,,1,,,1,'], ['entries.csv:5 account not-a-posting-account']],
  ['an unknown unit', 'entries', ['U1,2,1,2025-01-05,100201,999,,,,,,,1,,,1,'], ['entries.csv:5 unit unknown-unit']],
  ['an unknown fund', 'entries', ['U1,2,1,2025-01-05,710101,101001,,,,,cash,,1,,,1,'], ['entries.csv:5 fund not-one-of']],
  ['a dimension that the account does not declare', 'entries', ['T01,2,1,2025-01-05,1001,101001,,,,,,,1,,,1,'], ['entries.csv:5 unit undeclared-dimension']],
  ['a posted that is no flag', 'entries', ['U1,2,1,2025-01-05,100201,101001,,,,,,,1,,,2,'], ['entries.csv:5 posted bad-flag']],
  ['an indicator of a later year', 'indicators', ['Z2,101001,,,,,2026,basic,1,,,'], ['indicators.csv:3 origin_year year-later']],
  ['an indicator without year', 'indicators', ['Z2,101001,,,,,,basic,1,,,'], ['indicators.csv:3 origin_year not-given']],
  ['a year of two digits', 'indicators', ['Z2,101001,,,,,25,basic,1,,,'], ['indicators.csv:3 origin_year bad-year']],
  ['an indicator that stands twice', 'indicators', ['ZB1,101001,,,,,2025,basic,1,,,'], ['indicators.csv:3 indicator key-repeats']],
  ['an unknown document type', 'documents', ['PAY_CARD,2,,,,,,1,draft,,,,'], ['documents.csv:3 type unknown-type']],
  ['an unknown status', 'documents', ['PAY_CERT,2,,,,,,1,lost,,,,'], ['documents.csv:3 status not-one-of']],
  ['a document that stands twice', 'documents', ['国库集中支付凭证,D1,,,,,,1,draft,,,,'], ['documents.csv:3 number key-repeats']],
  ['a reconciliation that is not there', 'statements', ['R23,,,,,,,,,,1'], ['statements.csv:3 reconciliation unknown-reconciliation']],
  ['a statement without amount', 'statements', ['R8,,,,,,,,,,'], ['statements.csv:3 amount not-given']],
  ['an unknown setup table', 'setup', ['colour,1,,,,'], ['setup.csv:4 table unknown-table']],
  ['an account code of no system', 'setup', ['account,ledger:1218,,,,'], ['setup.csv:4 code unknown-system']],
  ['a mapping of something that has no codes', 'mappings', ['period,1,2,1'], ['mappings.csv:4 table not-a-mapping-table']],
  ['a share of nothing', 'mappings', ['fund,1,2,0'], ['mappings.csv:4 share share-outside']],
  ['a share of more than all', 'mappings', ['fund,1,2,1.5'], ['mappings.csv:4 share share-outside']],
  ['a card of an unknown unit', 'assets', ['A2,,,999,,,,'], ['assets.csv:3 unit unknown-unit']],
  ['a cost that is no amount', 'assets', ['A2,,,,,many,,'], ['assets.csv:3 cost bad-amount']],
  ['a month that is none', 'assets', ['A2,,,,,,2025-13,'], ['assets.csv:3 last_depreciated_month bad-month']],
]

describe('a bad row refuses the district and is named by file, line and column', () => {
  test.each(ROWS)('%s', async (_title, file, rows, expected) => {
    const report = await importWith(database, { [file]: more(file, ...rows) })
    expect(codes(report)).toEqual(expected)
    expect(report).toMatchObject({ version: null, loaded: false, problemCount: expected.length })
    expect(await database.db.selectFrom('scopes').selectAll().execute()).toEqual([])
  })
})

test('every bad row of every file is named in one pass, in order', async () => {
  const report = await importWith(database, {
    units: 'unit,name,kind\n101001,a,x\n101001,,行政\n',
    entries: `book,voucher,line,date,account,unit,debit,credit,summary
U1,1,1,2024-12-31,710101,101001,1.234,,a
X9,1,1,2025-02-28,1002,,,1,
T01,2,1,2025-02-28,1001,,1,
T01,2,1,2025-02-28,1001,,1,,"x"y
`,
    indicators: undefined, documents: undefined, statements: undefined,
  })
  expect(codes(report)).toEqual([
    'units.csv:2 kind not-one-of', 'units.csv:3 name not-given', 'units.csv:3 unit key-repeats',
    'entries.csv:2 debit bad-amount', 'entries.csv:2 date date-outside', 'entries.csv:3 book unknown-book',
    'entries.csv:4  field-count', 'entries.csv:5 summary stray-quote',
  ])
  expect(formatProblem(report.problems[3]!, 'en')).toMatch(/^entries\.csv:2 debit: not an amount .* \(1\.234\)$/)
  expect(formatProblem(report.problems[3]!, 'zh')).toMatch(/^entries\.csv:2 debit: 不是金额.* \(1\.234\)$/)
})

test('a refused units file does not make every other row an unknown unit', async () => {
  const report = await importWith(database, { units: 'unit,name\n1,x\n' })
  expect(codes(report)).toEqual(['units.csv:1 kind missing-column'])
})

test('more bad rows than the list holds are counted all the same', async () => {
  const rows = Array.from({ length: 1500 }, (_, index) => `U1,9,${index},2025-01-05,100201,101001,,,,,,,x,,,1,`)
  const report = await importWith(database, { entries: more('entries', ...rows) })
  expect(report.problems).toHaveLength(1000)
  expect(report.problemCount).toBe(1500)
})

test('a check finds the same and writes nothing', async () => {
  expect(await importWith(database, {}, { check: true })).toMatchObject({ version: null, loaded: false, problemCount: 0 })
  expect(codes(await importWith(database, { entries: more('entries', 'U1,1,1,2025-01-05,100201,101001,,,,,,,1,,,1,') }, { check: true })))
    .toEqual(['entries.csv:5 line key-repeats'])
  expect(await database.db.selectFrom('scopes').selectAll().execute()).toEqual([])
})
