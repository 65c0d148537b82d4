import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { importFolder } from '../../books/import/import-folder.ts'
import { loadConfig } from '../../config/load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { writeInput } from '../support/input.ts'
import { type CellValue, xlsx } from '../support/xlsx.ts'
import { codes, DISTRICT, GOOD, importWith, YEAR } from './fixture.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })
afterEach(async () => {
  // Each case loads the district anew: nothing may look unchanged.
  await database.pool.query(`update input_versions set digest = ''`)
})

const gb = (text: string) => Buffer.from(execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text }))
const entries = async () => (await database.pool.query(`
  select b.book, e.voucher, e.line, e.file_line, e.date, e.debit, e.credit, e.source, e.posted, e.summary, a.account, c.unit, c.fund
  from entries e join cells c using (scope_id, cell_id) join books b on b.scope_id = e.scope_id and b.book_id = e.book_id
    join accounts a on a.scope_id = e.scope_id and a.account_id = c.account_id order by book, voucher, line`)).rows
const CHINESE = GOOD.entries!.replace(/^.*\n/, '账套,凭证号,分录号,日期,会计科目,预算单位,支出功能分类,收入分类,经济分类,项目,资金性质,往来单位,借方金额,贷方金额,来源单据,是否记账,摘要\n')
  .replace(',general,', ',一般公共预算,').replace(',D1,1,办公费', ',D1,是,办公费')

describe('CSV', () => {
  const VARIANTS: [string, string | Buffer][] = [
    ['UTF-8', GOOD.entries!],
    ['UTF-8 with byte order mark', `\ufeff${GOOD.entries!}`],
    ['GB18030', gb(GOOD.entries!)],
    ['Chinese titles and words', CHINESE],
    ['Chinese titles in GB18030 with CRLF', gb(CHINESE.replaceAll('\n', '\r\n'))],
    ['no line break at the end', GOOD.entries!.trimEnd()],
    ['padded fields', GOOD.entries!.replaceAll(',D1,', ', D1 ,')],
    ['columns in another order', GOOD.entries!.split('\n').map((line) => line.replace(/^([^,]*),([^,]*),/, '$2,$1,')).join('\n')],
  ]
  test.each(VARIANTS)('%s gives the same rows', async (_title, content) => {
    expect(codes(await importWith(database, { entries: content }))).toEqual([])
    const rows = await entries()
    expect(rows).toEqual([
      { book: 'T01', voucher: '1', line: 1, file_line: 4, date: '2025-03-01', debit: 0n, credit: 550n, source: null, posted: false, summary: '税,收', account: '6001', unit: '', fund: 'general' },
      { book: 'U1', voucher: '1', line: 1, file_line: 2, date: '2025-01-05', debit: 10000n, credit: 0n, source: 'D1', posted: true, summary: '办公费', account: '710101', unit: '101001', fund: 'general' },
      { book: 'U1', voucher: '1', line: 2, file_line: 3, date: '2025-01-05', debit: 0n, credit: 10000n, source: 'D1', posted: true, summary: '办公费', account: '800102', unit: '101001', fund: '' },
    ])
  })

  test('line numbers are physical: line breaks in quotes and blank lines count', async () => {
    const [header, first, second, third] = GOOD.entries!.split('\n')
    const text = [header, first!.replace('办公费', '"办\n公\r\n费""x"""'), '', second, third!.replace('5.5', 'x')].join('\r\n')
    expect(codes(await importWith(database, { entries: text }))).toEqual(['entries.csv:7 credit bad-amount'])
    await importWith(database, { entries: text.replace(',x,', ',5.5,') })
    expect((await entries()).map((row) => [row.file_line, row.summary])).toEqual([[7, '税,收'], [2, '办\n公\r\n费"x"'], [6, '办公费']])
  })

  const BAD: [string, string | Buffer, string[]][] = [
    ['an empty file', '', ['entries.csv:  empty-file']],
    ['only a byte order mark', '\ufeff', ['entries.csv:  empty-file']],
    ['only blank lines', '\n\n', ['entries.csv:  empty-file']],
    ['a NUL byte', GOOD.entries!.replace('税', '税\0'), ['entries.csv:4  nul-byte']],
    ['UTF-16', Buffer.from(GOOD.entries!, 'utf16le'), ['entries.csv:1  nul-byte']],
    ['neither encoding', Buffer.concat([Buffer.from(GOOD.entries!), Buffer.from([0x55, 0xff, 0x0a])]), ['entries.csv:5  wrong-encoding']],
    ['GB18030 behind a UTF-8 byte order mark', Buffer.concat([Buffer.from('\ufeff'), gb(GOOD.entries!)]), ['entries.csv:2  wrong-encoding']],
    ['one GB18030 line in UTF-8', Buffer.concat([Buffer.from(CHINESE), gb('U1,3,1,2025-01-05,100201,101001,,,,,,,1,,,1,差旅费\n')]), ['entries.csv:5  mixed-encoding']],
    ['one UTF-8 line in GB18030', Buffer.concat([gb(CHINESE), Buffer.from('U1,3,1,2025-01-05,100201,101001,,,,,,,1,,,1,差旅费用\n')]), ['entries.csv:5  mixed-encoding']],
    ['a quote that is never closed', `${GOOD.entries!}U1,3,1,2025-01-05,100201,101001,,,,,,,1,,,1,"差旅\n`, ['entries.csv:5  unclosed-quote']],
    ['a truncated row', GOOD.entries!.trimEnd().slice(0, -9), ['entries.csv:4  field-count']],
    ['a carriage return in a row', GOOD.entries!.replace('办公费\nT', '办\r公费\nT'), ['entries.csv:3  stray-carriage-return']],
    ['an unknown column', GOOD.entries!.replace('summary', 'colour'), ['entries.csv:1 colour unknown-column']],
    ['a doubled column', GOOD.entries!.replace('summary', '凭证'), ['entries.csv:1 voucher doubled-column']],
    ['a column without name', GOOD.entries!.replace('summary', ''), ['entries.csv:1  unnamed-column']],
    ['a missing column', 'book,line,date,account,debit,credit\nT01,1,2025-01-01,1001,1,\n', ['entries.csv:1 voucher missing-column']],
  ]
  test.each(BAD)('%s is refused', async (_title, content, expected) => {
    const report = await importWith(database, { entries: content, opening: undefined })
    expect(codes(report)).toEqual(expected)
    expect(report.version).toBeNull()
  })

  test('a header alone is none of it', async () => {
    expect(await importWith(database, { entries: GOOD.entries!.split('\n')[0]! })).toMatchObject({ loaded: true, problemCount: 0 })
    expect(await entries()).toEqual([])
  })
})

describe('XLSX', () => {
  const table = (text: string): CellValue[][] => text.trimEnd().split('\n').map((line) => line.split(','))
  const HEADER = '账套,凭证号,分录号,日期,科目,单位,借方,贷方,摘要'.split(',')
  const row = (line: number, date: CellValue, debit: CellValue, summary: CellValue = 'x'): CellValue[] =>
    ['U1', 'X', line, date, '100201', 101001, debit, null, summary]
  const load = (rows: (CellValue[] | null)[], options = {}) => importWith(database, { entries: undefined, 'entries.xlsx': xlsx(rows, options) })

  test.each([['strings in the cells', {}], ['shared strings', { shared: true }]])('reads text, numbers, dates and gaps: %s', async (_title, options) => {
    const report = await load([HEADER, row(1, '2025-12-31', 1234.5), null, row(2, 46022, '1,000.00'), row(3, 20260105, 0.1 + 0.2, '&<b>'), [null, null]], options)
    expect(codes(report)).toEqual([])
    expect((await entries()).map((one) => [one.line, one.file_line, one.date, one.debit, one.summary, one.unit])).toEqual([
      [1, 2, '2025-12-31', 123450n, 'x', '101001'], [2, 4, '2025-12-31', 100000n, 'x', '101001'], [3, 5, '2026-01-05', 30n, '&<b>', '101001'],
    ])
  })

  test('counts days from 1904 where the workbook does', async () => {
    await load([HEADER, row(1, 46022 - 1462, 1)], { date1904: true })
    expect((await entries())[0].date).toBe('2025-12-31')
  })

  test('a workbook and a CSV file with the same rows say the same', async () => {
    const digests = async (version: number | null) =>
      (await database.pool.query('select file, content_digest from input_files where version = $1 order by file', [version])).rows
    const first = await importWith(database, { units: undefined, 'units.xlsx': xlsx(table(GOOD.units!)) })
    const second = await importWith(database)
    expect(second.version).toBe(first.version! + 1)
    expect(await digests(second.version)).toEqual(await digests(first.version))
  })

  const BAD: [string, () => Buffer, string[]][] = [
    ['a formula', () => xlsx([HEADER, row(1, '2025-01-05', { formula: 'SUM(A1:A2)', value: 3 })]), ['entries.xlsx:2 debit formula']],
    ['an error value', () => xlsx([HEADER, row(1, '2025-01-05', { type: 'e', value: '#N/A' })]), ['entries.xlsx:2 debit cell-error']],
    ['a number that lost its last digits', () => xlsx([HEADER, row(1, '2025-01-05', 1, 1234567890123456)]), ['entries.xlsx:2 summary number-too-long']],
    ['a value outside the columns', () => xlsx([HEADER, [...row(1, '2025-01-05', 1), 'y']]), ['entries.xlsx:2  cell-outside']],
    ['a bad amount in row 3', () => xlsx([HEADER, row(1, '2025-01-05', 1), row(2, '2025-01-05', 1.234)]), ['entries.xlsx:3 debit bad-amount']],
    ['several sheets', () => xlsx([HEADER], { sheets: ['1', '2'] }), ['entries.xlsx:  several-sheets']],
    ['no rows at all', () => xlsx([]), ['entries.xlsx:  empty-file']],
    ['a truncated file', () => xlsx([HEADER, row(1, '2025-01-05', 1)]).subarray(0, 900), ['entries.xlsx:  broken-workbook']],
    ['damaged bytes', () => xlsx([HEADER, row(1, '2025-01-05', 1)], { damage: true }), ['entries.xlsx:  broken-workbook']],
    ['broken XML', () => xlsx([HEADER], { parts: { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row r="1"><c' } }), ['entries.xlsx:  broken-workbook']],
    ['a document type', () => xlsx([HEADER], { parts: { 'xl/worksheets/sheet1.xml': '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>' } }), ['entries.xlsx:  broken-workbook']],
    ['a CSV by another name', () => Buffer.from(GOOD.entries!), ['entries.xlsx:  broken-workbook']],
  ]
  test.each(BAD)('%s is refused', async (_title, make, expected) => {
    const report = await importWith(database, { entries: undefined, 'entries.xlsx': make() })
    expect(codes(report)).toEqual(expected)
    expect(report.version).toBeNull()
  })
})

describe('folders', () => {
  const run = async (folder: string, districts: string[] = []) =>
    (await importFolder(database, { folder, year: YEAR, districts, config: loadConfig() })).districts

  test.each([
    ['the same file as CSV and XLSX', { 'units.xlsx': xlsx([['unit', 'name', 'kind']]) }, ['units.csv, units.xlsx:  file-twice']],
    ['an unknown file', { 'entires.csv': 'a\n' }, ['entires.csv:  unknown-file']],
    ['no books', { books: undefined }, ['books.csv:  missing-file']],
  ])('%s is refused', async (_title, files, expected) => {
    expect(codes(await importWith(database, files as Record<string, string>))).toEqual(expect.arrayContaining(expected))
  })

  test('links, pipes and folders in the place of files are refused, and never opened', async () => {
    const folder = await writeInput({ district: DISTRICT, files: GOOD })
    const outside = await mkdtemp(join(tmpdir(), 'nianjie-outside-'))
    const own = join(folder, DISTRICT)
    await writeFile(join(outside, 'a.csv'), GOOD.setup!)
    await rm(join(own, 'setup.csv'))
    await symlink(join(outside, 'a.csv'), join(own, 'setup.csv'))
    await rm(join(own, 'assets.csv'))
    await mkdir(join(own, 'assets.csv'))
    await rm(join(own, 'mappings.csv'))
    execFileSync('mkfifo', [join(own, 'mappings.csv')])
    await symlink(outside, join(folder, '152502'))
    const [first, second] = await run(folder)
    expect(first!.problems.map((one) => `${one.file} ${one.code}`)).toEqual(
      ['setup.csv not-a-regular-file', 'mappings.csv not-a-regular-file', 'assets.csv not-a-regular-file'])
    expect(second!.problems.map((one) => one.code)).toEqual(['not-a-folder'])
    await rm(folder, { recursive: true })
    await rm(outside, { recursive: true })
  })

  test('an unknown district is refused, the others load', async () => {
    const folder = await writeInput({ district: DISTRICT, files: GOOD })
    await mkdir(join(folder, '999999'))
    await writeFile(join(folder, 'expected.json'), '{}')
    await writeFile(join(folder, DISTRICT, '.DS_Store'), 'x')
    const reports = await run(folder)
    expect(reports.map((one) => [one.district, one.loaded, one.problems.map((problem) => problem.code)])).toEqual(
      [[DISTRICT, true, []], ['999999', false, ['unknown-district']]])
    expect((await run(folder, ['152502'])).map((one) => one.problems.map((problem) => problem.code))).toEqual([['no-folder']])
    await rm(folder, { recursive: true })
  })
})
