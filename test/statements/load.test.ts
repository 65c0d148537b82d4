/**
 * Files of banks beside statements.csv: the sample's own, in every layout; then small ones by hand. What is loaded stands
 * in the input at once, what is refused leaves nothing, and a folder that comes anew leaves the files alone.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importFolder } from '../../books/import/import-folder.ts'
import { importStatement } from '../../books/statements/load.ts'
import { listStatements, removeStatement } from '../../books/statements/remove.ts'
import { StatementRefused, type StatementReport } from '../../books/statements/report.ts'
import { loadConfig } from '../../config/load.ts'
import { encodeGb18030 } from '../../report/gb18030.ts'
import { writeSample } from '../../sample/generate.ts'
import { STATEMENT_FILES } from '../../sample/statement-files.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const YEAR = 2025
const DISTRICT = '152501'
const config = loadConfig()
let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'nianjie-statements-'))
  await writeSample({ out: folder, seed: 3, entries: 500, year: YEAR, districts: [DISTRICT], corrected: false, config })
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

const importDistrict = async (from = folder) => (await importFolder(database, { folder: from, year: YEAR, districts: [DISTRICT], config, by: 'wang' })).districts[0]!
const load = (path: string, format: string, more: Partial<Parameters<typeof importStatement>[1]> = {}): Promise<StatementReport> =>
  importStatement(database, { path, district: DISTRICT, year: YEAR, format, layout: config.formats[format]!, input: config.input, replace: [], allowRepeats: false, preview: false, by: 'li', sign: null, ...more })
const rowsOf = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query<Record<string, unknown>>(sql)).rows
const state = () => rowsOf(`select v.version, f.content_digest from input_versions v join input_files f using (scope_id, version) where f.file = 'statements' order by 1 desc limit 1`)
const abcRows = () => rowsOf(`select reference, date, amount::text from statements where party = 'ABC' and reconciliation = 'R7' and file_id is not null order by date, reference`)

/** A small statement of the ABC account: `YYYYMMDD reference amount`; the total fits unless it is given. */
async function abcFile(name: string, lines: readonly string[], options: { total?: string; account?: string } = {}): Promise<string> {
  const rows = lines.map((line) => line.split(' ') as [string, string, string])
  const sum = rows.reduce((total, [, , amount]) => total + Number(amount), 0).toFixed(2)
  const account = options.account ?? (await rowsOf(`select value from setup_items where table_name = 'bank-account' and code = 'ABC'`))[0]!.value as string
  const text = ['账号,记账日,交易序号,交易金额,账户余额', ...rows.map(([date, reference, amount]) => `${account},${date},${reference},${amount},`), `总笔数：${rows.length},总金额：${options.total ?? sum}`].join('\r\n')
  const path = join(folder, name)
  await writeFile(path, encodeGb18030(`${text}\r\n`))
  return path
}

describe("the sample's files", () => {
  it('load in every layout, and in the place of the rows of statements.csv say the very same', async () => {
    expect(await importDistrict()).toMatchObject({ loaded: true, problems: [] })
    const [{ content_digest: before }] = await state() as [{ content_digest: string }]
    let rows = 0
    for (const [format, name] of STATEMENT_FILES) {
      const path = join(folder, DISTRICT, 'statements', name.replace('{YYYY}', String(YEAR)))
      const preview = await load(path, format, { preview: true })
      expect(preview).toMatchObject({ problems: [], loaded: false, version: null, refusal: { code: 'rows-loaded' } })
      await expect(load(path, format)).rejects.toMatchObject({ code: 'rows-loaded' })
      const report = await load(path, format, { replace: ['statements.csv'] })
      expect(report).toMatchObject({ problems: [], loaded: true, changes: { added: 0, removed: 0, changed: 0 }, inPlaceOfCsv: report.rows })
      expect(report.rows).toBeGreaterThan(0)
      rows += report.rows
    }
    const [after] = await state()
    expect(after).toEqual({ version: 1 + STATEMENT_FILES.length, content_digest: before })
    expect(await rowsOf('select count(*)::int as rows, count(file_id)::int as from_files from statements')).toEqual([{ rows, from_files: rows }])
  })

  it('stay when the folder comes anew: unchanged it is unchanged, corrected it replaces rows of statements.csv only', async () => {
    expect(await importDistrict()).toMatchObject({ unchanged: true })
    const corrected = await mkdtemp(join(tmpdir(), 'nianjie-corrected-'))
    await cp(join(folder, DISTRICT), join(corrected, DISTRICT), { recursive: true })
    const csv = join(corrected, DISTRICT, 'statements.csv')
    await writeFile(csv, `${await readFile(csv, 'utf8')}R9,CCB,new,${YEAR}0105,,,,,,,1.00\r\n`)
    const report = await importDistrict(corrected)
    expect(report.files.find((one) => one.file === 'statements')).toMatchObject({ added: 1, removed: 0, changed: 0 })
    expect(report.statements).toMatchObject({ leftOut: (await rowsOf('select count(*)::int as n from statements where file_id is not null'))[0]!.n })
    expect(report.statements!.files).toHaveLength(STATEMENT_FILES.length)
    await rm(corrected, { recursive: true })
  })

  it('taken out again, leave their place to the rows of statements.csv at the next import', async () => {
    for (const one of await listStatements(database.db, { year: YEAR, all: false })) {
      expect(await removeStatement(database, { district: DISTRICT, year: YEAR, name: one.name, by: 'li', sign: null })).toMatchObject({ backWithFolder: true })
    }
    expect(await rowsOf(`select reconciliation from statements`)).toEqual([{ reconciliation: 'R9' }])
    expect(await importDistrict()).toMatchObject({ loaded: true, unchanged: false })
    expect((await rowsOf('select count(*)::int as n from statements'))[0]!.n).toBeGreaterThan(100)
    expect(await importDistrict()).toMatchObject({ unchanged: true })
  })
})

describe('a file', () => {
  it('is loaded once: the same bytes under any name are refused, and who loaded it is told', async () => {
    const path = await abcFile('一月.csv', ['20250131 N1 100.00', '20250131 N2 -40.00'])
    expect(await load(path, 'abc-account')).toMatchObject({ rows: 2, amount: 6000n, changes: { added: 2, removed: 0, changed: 0 } })
    await cp(path, join(folder, '又一份.csv'))
    const refusal = await load(join(folder, '又一份.csv'), 'abc-account').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(StatementRefused)
    expect(refusal).toMatchObject({ code: 'already-loaded', en: expect.stringMatching(/一月\.csv, 2 rows, by li on \d{4}-/) as string })
  })

  it('takes the place of an earlier one only when told which', async () => {
    const path = await abcFile('一月.csv', ['20250131 N1 100.00', '20250131 N2 -41.00', '20250131 N3 7'])
    await expect(load(path, 'abc-account')).rejects.toMatchObject({ code: 'name-taken' })
    await expect(load(path, 'abc-account', { replace: ['二月.csv'] })).rejects.toMatchObject({ code: 'unknown-file' })
    expect(await load(path, 'abc-account', { replace: ['一月.csv'] })).toMatchObject({ replaced: [{ name: '一月.csv', rows: 2, loadedBy: 'li' }], changes: { added: 1, removed: 0, changed: 1 } })
    expect(await abcRows()).toEqual([{ reference: 'N1', date: '2025-01-31', amount: '10000' }, { reference: 'N2', date: '2025-01-31', amount: '-4100' }, { reference: 'N3', date: '2025-01-31', amount: '700' }])
    expect((await listStatements(database.db, { year: YEAR, all: true })).filter((one) => one.name === '一月.csv').map(({ state: now, replacedBy }) => [now, replacedBy])).toEqual([['live', null], ['replaced', '一月.csv']])
  })

  it('of an overlapping period is refused, naming the line, unless that is meant', async () => {
    const path = await abcFile('二月.csv', ['20250131 N3 7', '20250228 N4 5'])
    await expect(load(path, 'abc-account')).rejects.toMatchObject({ code: 'rows-loaded', en: expect.stringContaining('1 in 一月.csv (line 2 is line 4 there)') as string })
    expect(await load(path, 'abc-account', { allowRepeats: true, preview: true })).toMatchObject({ loaded: false, changes: { added: 1, changed: 2 } })
    expect(await abcRows()).toHaveLength(3)
  })

  it('with one bad row loads nothing, and every bad row is named', async () => {
    const before = await state()
    const path = await abcFile('三月.csv', ['20250301 N5 5', '20251301 N6 1.234', '20250302 N7 2'], { total: '8.00' })
    const report = await load(path, 'abc-account')
    expect(report.problems.map(({ file, line, column, code, value }) => `${file}:${line} ${column} ${code} (${value})`)).toEqual([
      '三月.csv:3 交易金额 bad-amount (1.234)', '三月.csv:3 记账日 bad-date-form (20251301)', '三月.csv:5 null total-differs (3 ≠ 2)', '三月.csv:5 null total-differs (8.00 ≠ 7.00)'])
    const foreign = await load(await abcFile('外.csv', ['20250301 N5 5'], { account: '999' }), 'abc-account')
    expect(foreign.problems.map(({ code }) => code)).toEqual(['unknown-bank-account'])
    expect(await state()).toEqual(before)
  })

  it('is in the audit chain with its hash, as an input version of its own', async () => {
    const [event] = await rowsOf(`select kind, actor, detail::jsonb->>'file' as file, detail::jsonb->>'sha256' as sha, subject from audit.events where kind = 'import.statement' order by sequence desc limit 1`)
    const [file] = await rowsOf(`select sha256, version from statement_files where state = 'live' and name = '一月.csv'`)
    expect(event).toEqual({ kind: 'import.statement', actor: 'li', file: '一月.csv', sha: file!.sha256, subject: `input/${DISTRICT}/${YEAR}/${file!.version}` })
    expect(await rowsOf(`select origin, imported_by from input_versions where version = ${file!.version}`)).toEqual([{ origin: 'statement', imported_by: 'li' }])
  })

  it('needs the input of its district and year', async () => {
    const path = await abcFile('四月.csv', ['20250401 N8 5'])
    await expect(load(path, 'abc-account', { district: '152502' })).rejects.toMatchObject({ code: 'no-input' })
  })
})
