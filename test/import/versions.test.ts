import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { importFolder } from '../../books/import/import-folder.ts'
import { ImportBusy } from '../../books/import/report.ts'
import { loadConfig } from '../../config/load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { writeInput } from '../support/input.ts'
import { DISTRICT, GOOD, importWith, YEAR } from './fixture.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })
let year = YEAR
beforeEach(() => { year += 1 })

/** The good district's files, moved to the year of the test. */
const moved = (files: Record<string, string | undefined> = {}) =>
  Object.fromEntries(Object.entries({ ...GOOD, ...files }).map(([file, text]) => [file, text?.replaceAll('2025', String(year))]))
const load = (files: Record<string, string | undefined> = {}, district = DISTRICT) => importWith(database, moved(files), { year, district })
const rows = async (sql: string) => (await database.pool.query(sql.replaceAll('$scope', `(select scope_id from scopes where district = '${DISTRICT}' and year = ${year})`))).rows
const contents = async () => new Map((await rows(`select file, content_digest from input_files where scope_id = $scope
  and version = (select max(version) from input_versions where scope_id = $scope)`)).map((row) => [row.file, row.content_digest]))
const leftovers = async () => (await rows(`select relname from pg_class where relname like 'import\\_%'`))

test('the same bytes twice change nothing', async () => {
  expect(await load()).toMatchObject({ version: 1, loaded: true, unchanged: false })
  const before = await rows('select xmin::text from entries where scope_id = $scope union all select hash from audit.events')
  expect(await load()).toMatchObject({ version: 1, loaded: false, unchanged: true, problemCount: 0 })
  expect(await rows('select xmin::text from entries where scope_id = $scope union all select hash from audit.events')).toEqual(before)
})

test('a corrected folder replaces the input and says what changed, file by file', async () => {
  await load()
  const report = await load({
    entries: `${GOOD.entries!.replace('100.00', '99.00').replace(/T01.*\n/, '')}U1,2,1,2025-02-01,100201,101001,,,,,,,1,,,1,\n`,
    statements: undefined,
    setup: `${GOOD.setup!}period,1,again,,,\n`,
    opening: GOOD.opening!.replace('100,\n', '101,\n'),
  })
  expect(report.version).toBe(2)
  expect(report.files.filter((file) => file.added + file.removed + file.changed > 0)).toEqual([
    { file: 'opening', rows: 3, added: 0, removed: 0, changed: 1 },
    { file: 'entries', rows: 3, added: 1, removed: 1, changed: 1 },
    { file: 'statements', rows: 0, added: 0, removed: 1, changed: 0 },
    { file: 'setup', rows: 3, added: 0, removed: 0, changed: 2 },
  ])
  expect(await rows(`select count(*)::int, sum(debit)::bigint as debit from entries where scope_id = $scope`)).toEqual([{ count: 3, debit: 10000n }])
  expect(await rows('select 1 from statements where scope_id = $scope')).toEqual([])
  expect(await rows(`select detail::jsonb -> 'changes' -> 'entries' as entries from audit.events where subject = 'input/${DISTRICT}/${year}/2'`))
    .toEqual([{ entries: { rows: 3, added: 1, removed: 1, changed: 1 } }])
})

test('one bad row leaves everything as it was', async () => {
  await load()
  const before = await rows('select * from entries where scope_id = $scope order by file_line')
  expect(await load({ units: `${GOOD.units!}9,新单位,行政,,\n`, entries: GOOD.entries!.replace('5.5', '5.555') })).toMatchObject({ version: null, problemCount: 1 })
  expect(await rows('select * from entries where scope_id = $scope order by file_line')).toEqual(before)
  expect(await rows('select version from input_versions where scope_id = $scope')).toEqual([{ version: 1 }])
  expect(await rows(`select 1 from units where scope_id = $scope and unit = '9'`)).toEqual([])
  expect(await leftovers()).toEqual([])
})

test('the order of rows, other words and other bytes leave the content as it was', async () => {
  await load()
  const [before, cells] = [await contents(), await rows('select * from cells where scope_id = $scope order by cell_id')]
  const turned = (text: string) => {
    const [header, ...lines] = text.trimEnd().split('\n')
    return `${[header, ...lines.toReversed()].join('\r\n')}\r\n`
  }
  const report = await load({
    entries: turned(GOOD.entries!).replace('100.00', '+100').replace('general', '一般公共预算'), opening: turned(GOOD.opening!).replace('1234.5', '"1,234.50"'),
    units: turned(GOOD.units!), setup: turned(GOOD.setup!), mappings: turned(GOOD.mappings!).replace('0.50', '0.5'),
  })
  expect(report).toMatchObject({ version: 2, loaded: true })
  expect(await contents()).toEqual(before)
  expect(await rows('select * from cells where scope_id = $scope order by cell_id')).toEqual(cells)
  expect(report.files.every((file) => file.added + file.removed + file.changed === 0)).toBe(true)
})

test('a changed chart pack is a change of the accounts, though no byte of the input changed', async () => {
  await load()
  const before = await contents()
  const config = structuredClone(loadConfig())
  config.charts['treasury-2022']!.accounts.find((one) => one.account === '1001')!.name = '国库存款（改）'
  const folder = await writeInput({ district: DISTRICT, files: moved() as Record<string, string> })
  const [report] = (await importFolder(database, { folder, year, config })).districts
  expect(report).toMatchObject({ version: 2, unchanged: false })
  const after = await contents()
  expect([...after].filter(([file, digest]) => before.get(file) !== digest).map(([file]) => file)).toEqual(['accounts'])
})

test('the same code means another account in another system', async () => {
  await load({
    opening: 'book,account,unit,debit,credit\nU1,800102,101001,5,\nT01,8001,,,5\n', entries: undefined,
    accounts: ',treasury-2022,100101,分户,asset,debit,\n'.replace(/^/, `${GOOD.accounts!.split('\n')[0]}\n`),
  })
  expect(await rows(`select b.book, a.account, a.name, a.side, a.leaf, a.dimensions, a.verified from accounts a join books b using (scope_id, book_id)
    where scope_id = $scope and account in ('1001', '8001', '100101') order by 1, 2`)).toEqual([
    { book: 'T01', account: '1001', name: '国库存款', side: 'debit', leaf: false, dimensions: [], verified: false },
    { book: 'T01', account: '100101', name: '分户', side: 'debit', leaf: true, dimensions: [], verified: true },
    { book: 'T01', account: '8001', name: '一般公共预算结转结余', side: 'credit', leaf: true, dimensions: ['fund'], verified: false },
    { book: 'U1', account: '1001', name: '库存现金', side: 'debit', leaf: true, dimensions: ['unit'], verified: true },
    { book: 'U1', account: '8001', name: '资金结存', side: 'debit', leaf: false, dimensions: ['unit'], verified: true },
  ])
})

test('a book\'s own account goes before the system\'s, and the system\'s before the pack\'s', async () => {
  await load({
    books: `${GOOD.books!}U2,医院账,政府会计制度,101002\n`, opening: undefined, entries: undefined,
    accounts: 'book,system,account,name,element,side,dimensions\n,政府会计制度,1001,系统,资产,借,预算单位；项目\nU2,,1001,账套,asset,debit,\n',
  })
  expect(await rows(`select b.book, a.name, a.dimensions from accounts a join books b using (scope_id, book_id)
    where scope_id = $scope and account = '1001' and b.system = 'government-unit' order by 1`)).toEqual([
    { book: 'U1', name: '系统', dimensions: ['unit', 'project'] }, { book: 'U2', name: '账套', dimensions: [] },
  ])
})

test('the general ledger of the input agrees with its rows, posted and unposted apart', async () => {
  await load()
  expect(await rows(`select a.account, t.opening, t.debit, t.credit, t.entries, t.unposted from cell_totals t join cells c using (scope_id, cell_id)
    join accounts a using (scope_id, account_id) where scope_id = $scope order by 1`)).toEqual([
    { account: '1001', opening: 10000n, debit: 0n, credit: 0n, entries: 0n, unposted: 0n },
    { account: '100201', opening: 123450n, debit: 0n, credit: 0n, entries: 0n, unposted: 0n },
    { account: '3001', opening: -123450n, debit: 0n, credit: 0n, entries: 0n, unposted: 0n },
    { account: '6001', opening: 0n, debit: 0n, credit: 0n, entries: 0n, unposted: 1n },
    { account: '710101', opening: 0n, debit: 10000n, credit: 0n, entries: 1n, unposted: 0n },
    { account: '800102', opening: 0n, debit: 0n, credit: 10000n, entries: 1n, unposted: 0n },
  ])
})

test('asset cards load with empty fields, repeated numbers, unknown states and padded numbers', async () => {
  await load({ assets: 'asset_no,name,unit,use_status,acquire_mode,cost,booked\nA1,桌子,101001,在用,购置,1,1\nA1,,,打游戏,,,\n , ,,,,,\n A2 ,,,,,,\n' })
  expect(await rows(`select asset_no, name, use_status, acquire_mode, cost, file_line from assets where scope_id = $scope order by file_line`)).toEqual([
    { asset_no: 'A1', name: '桌子', use_status: 'in-use', acquire_mode: 'purchase', cost: 100n, file_line: 2 },
    { asset_no: 'A1', name: null, use_status: '打游戏', acquire_mode: null, cost: null, file_line: 3 },
    { asset_no: null, name: null, use_status: null, acquire_mode: null, cost: null, file_line: 4 },
    { asset_no: ' A2 ', name: null, use_status: null, acquire_mode: null, cost: null, file_line: 5 },
  ])
})

test('two districts keep their rows apart', async () => {
  await load()
  await load({ entries: undefined }, '152502')
  expect(await rows(`select district, (select count(*)::int from entries e where e.scope_id = s.scope_id) as n from scopes s where year = ${year} order by 1`))
    .toEqual([{ district: '152501', n: 3 }, { district: '152502', n: 0 }])
})

test('a second import of a district that is being imported is refused', async () => {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`import:${DISTRICT}:${year}`])
    await expect(load()).rejects.toThrow(ImportBusy)
    expect(await load({}, '152502')).toMatchObject({ loaded: true })
  } finally {
    await client.query('rollback')
    client.release()
  }
  expect(await load()).toMatchObject({ loaded: true })
})

test('an import whose connection breaks leaves nothing behind, and the next one loads', async () => {
  await load()
  const folder = await writeInput({ district: DISTRICT, files: moved({ units: `${GOOD.units!}9,新单位,行政,,\n` }) as Record<string, string> })
  const admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  const broken = importFolder(database, {
    folder, year, config: loadConfig(),
    onProgress: ({ file, phase }) => {
      if (phase === 'store' && file === 'entries') {
        void admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`)
      }
    },
  })
  const outcome = await broken.then(() => 'loaded', (error: unknown) => String(error))
  await admin.end()
  expect(outcome).toMatch(/terminat|connection error/)
  expect(await leftovers()).toEqual([])
  expect(await rows('select version from input_versions where scope_id = $scope')).toEqual([{ version: 1 }])
  expect((await importFolder(database, { folder, year, config: loadConfig() })).districts[0]).toMatchObject({ version: 2, loaded: true })
})

test('a reader that is at work delays the swap and is not broken by it', async () => {
  await load()
  const reader = await database.pool.connect()
  await reader.query('begin isolation level repeatable read')
  await reader.query('select count(*) from entries')
  const importing = load({ entries: undefined })
  await new Promise((resolve) => setTimeout(resolve, 3500))
  expect((await reader.query(`select count(*)::int as n from entries join scopes using (scope_id) where year = ${year}`)).rows).toEqual([{ n: 3 }])
  await reader.query('commit')
  reader.release()
  expect(await importing).toMatchObject({ version: 2, loaded: true })
})
