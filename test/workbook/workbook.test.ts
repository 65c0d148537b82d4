/** The workbook of a reconciliation: what stands in it, the same bytes each time, and explanations read back from it. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../activities/engines.ts'
import { FILL_COLUMNS } from '../../books/workbook/columns.ts'
import { runCommand } from '../support/command.ts'
import { loadInput } from '../support/input.ts'
import { sheetsOf } from '../support/sheets.ts'
import { xlsx } from '../support/xlsx.ts'
import { type World, YEAR, approve, createWorld, enginesOf, person, until, address } from '../workflows/world.ts'

const D = '152501'
const FILES = {
  units: 'unit,name,kind,parent,active\n101,甲,administrative,,1\n',
  books: 'book,name,system,unit\nT01,总会计,treasury-2022,\nS01,专户,special-account,\n',
  entries: 'book,voucher,line,date,account,unit,function,revenue,economic,project,fund,counterparty,debit,credit,source,posted,summary\n'
    + 'S01,1,1,2025-03-01,1004,,,,,,,ICBC,100,,A1,1,\nS01,1,2,2025-03-01,2015,,,,,,,,,100,,1,\n'
    + 'S01,2,1,2025-12-30,1004,,,,,,,ICBC,40,,,1,\nS01,2,2,2025-12-30,2015,,,,,,,,,40,,1,\n',
  documents: 'type,number,unit,indicator,function,project,fund,amount,status,created_on,updated_on,counterparty,reference\n'
    + 'PAY_CERT,P1,101,,201,,general,100,completed,2025-01-05,2025-01-05,ICBC,\nPAY_CERT,=P2,101,,201,,general,60.01,completed,2025-01-05,2025-01-05,ABC,\n',
  statements: 'reconciliation,party,reference,date,unit,function,revenue,project,fund,indicator,amount\n'
    + 'R7,ICBC,A1,2025-03-01,,,,,,,100\nR8,ICBC,P1,2025-01-05,,,,,,,100\nR8,ABC,=P2,2025-01-05,,,,,,,60\nR8,ABC,P9,2025-01-05,,,,,,,5\n',
}

describe('the workbook', () => {
  let world: World
  let home: string
  beforeAll(async () => {
    world = await createWorld()
    home = mkdtempSync(join(tmpdir(), 'nianjie-workbook-'))
    person(world, 'fin', ['finance'])
    person(world, 'eng', ['engineer'])
    await world.startWorker({ engines: { ...enginesOf(world), check: (step) => step === 'reconcile' ? ENGINES.check(step) : enginesOf(world).check(step) } })
    await loadInput(world.database, { district: D, year: YEAR, files: FILES })
    await world.operations.start({ year: YEAR, districts: [D], kind: 'real', by: 'test' })
    await approve(world, D, 'in-transit', 'fin')
    await until(world, D, 'reconcile', 'blocked')
  })
  afterAll(async () => {
    await world.close()
    rmSync(home, { recursive: true })
  })

  const nianjie = (...args: string[]) => runCommand(args, {
    env: {
      DATABASE_URL: world.database.url, NIANJIE_HOME: home, LANG: 'C', TEMPORAL_ADDRESS: address(),
      TEMPORAL_NAMESPACE: world.client.options.namespace, NIANJIE_CONFIG: world.folders.overlay, NIANJIE_KEYS: world.folders.keysFolder,
    },
  })
  const write = async (folder: string, ...args: string[]) => {
    const told = await nianjie('workbook', '--district', D, '--year', String(YEAR), '--out', join(home, folder), ...args)
    return { ...told, read: (file: string) => readFileSync(join(home, folder, file)) }
  }
  const give = (name: string, content: Buffer | string) => {
    mkdirSync(join(home, 'filled'), { recursive: true })
    writeFileSync(join(home, 'filled', name), content)
    return join(home, 'filled', name)
  }
  const differences = async () => (await sql<{ id: string; key: string; status: string; digest: string }>`
    select finding_id as id, key, status, substr(content_digest, 1, 16) as digest from findings where rule in ('R7', 'R8')
    order by rule, key collate "C"`.execute(world.database.db)).rows
  const idOf = async (key: string) => (await differences()).find((one) => one.key === key)!
  type Fill = { key: string; kind?: string; owner?: string; explanation?: string; check?: string }
  const sheet = async (rows: readonly Fill[]): Promise<(string | number)[][]> => [['随便一个标题'], FILL_COLUMNS.map(({ zh }) => zh), ...await Promise.all(rows.map(async (row, index) => {
    const { id = row.key, digest = '' } = await idOf(row.key) ?? {}
    const values: Record<string, string | number> = { no: index + 1, key: row.key, id, check: row.check ?? digest, kind: row.kind ?? '', owner: row.owner ?? '', explanation: row.explanation ?? '' }
    return FILL_COLUMNS.map(({ key }) => values[key] ?? '')
  }))]
  const filled = async (name: string, rows: readonly Fill[]) => give(name, xlsx(await sheet(rows), { sheets: ['差异'] }))
  const bring = (...args: string[]) => nianjie('workbook', 'import', ...args, '--year', String(YEAR), '--as', 'eng', '--lang', 'en')

  it('holds both sides, matches, differences and who signs, as typed cells', async () => {
    const { code, read } = await write('one', '--reconciliation', 'R7', 'R8')
    expect([code, readdirSync(join(home, 'one'))]).toEqual([0, ['152501-2025-R7.xlsx', '152501-2025-R8.xlsx']])
    const r8 = await sheetsOf(read('152501-2025-R8.xlsx'))
    const rows = (name: string) => r8[name]!.map((row) => row.map(({ value }) => value))
    expect(Object.keys(r8)).toEqual(['对账表', '差异', '双方明细'])
    expect(rows('对账表')[0]).toEqual(['二连浩特市 2025 年度 代理银行支付对账表（R8）'])
    expect(rows('对账表')).toContainEqual(['ABC', '60.01', '65', '-4.99', '2', '0'])
    expect(r8['对账表']!.find(([first]) => first?.value === '合计')!.map(({ type }) => type)).toEqual(['s', 'n', 'n', 'n', 'n', 'n'])
    expect(rows('对账表').map(([first]) => first)).toEqual(expect.arrayContaining(['编制人', '复核人', '国库收付中心', '代理银行（ABC）', '代理银行（ICBC）']))
    expect(rows('差异').slice(2).map((row) => row.slice(1, 6))).toEqual([['ABC/=P2', 'ABC', '60.01', '60', '0.01'], ['ABC/P9', 'ABC', '0', '5', '-5']])
    expect(rows('双方明细').slice(2)).toEqual([['ABC', '=P2', '60.01', '60', '0.01'], ['ABC', 'P9', '5', '-5'], ['ICBC', 'P1', '100', '100', '0']])
    const r7 = (await sheetsOf(read('152501-2025-R7.xlsx')))['双方明细']!.map((row) => row.map(({ value }) => value))
    expect(r7.slice(2)).toEqual([['ICBC', 'S01/2/1', '2025-12-30', '40'], ['流水号', 'ICBC', 'S01/1/1', 'A1', '2025-03-01', '100', 'A1', '2025-03-01', '100']])
  })

  it('is the same bytes for the same state, in both formats, and nothing in a CSV becomes a formula', async () => {
    const [first, second] = [await write('a', '--format', 'xlsx,csv'), await write('b', '--format', 'xlsx,csv')]
    const files = readdirSync(join(home, 'a'))
    expect(files).toEqual(readdirSync(join(home, 'b')))
    expect(files).toContain('152501-2025-R8-sides.csv')
    for (const file of files) expect(first.read(file).equals(second.read(file)), file).toBe(true)
    expect(String(first.read('152501-2025-R8-sides.csv'))).toContain(`ABC,'=P2,60.01,60.00,0.01`)
  })

  it('is refused where nothing was compared or the input changed since', async () => {
    expect(await nianjie('workbook', '--district', '152522', '--year', String(YEAR), '--out', join(home, 'none'))).toMatchObject({ code: 3 })
    await sql`update statements set amount = amount + 1 where reference = 'P9'`.execute(world.database.db)
    expect(await write('late', '--reconciliation', 'R8', '--lang', 'en')).toMatchObject({ code: 3, err: expect.stringContaining('changed after it was compared') })
    await sql`update statements set amount = amount - 1 where reference = 'P9'`.execute(world.database.db)
  })

  it('comes back with nothing to do when nothing was filled in', async () => {
    const { read } = await write('empty', '--reconciliation', 'R8', '--format', 'xlsx,csv')
    for (const file of ['152501-2025-R8.xlsx', '152501-2025-R8.csv']) {
      expect(await bring(give(file, read(file)), '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"decided": 0') })
    }
  })

  it('names every bad place by file, sheet, row and column, and imports nothing of a file that has one', async () => {
    const before = await differences()
    const file = await filled('bad.xlsx', [
      { key: 'ABC/P9', kind: '重复', explanation: 'good' }, { key: 'ABC/=P2', kind: '没有这种', explanation: 'x', check: '0000000000000000' },
      { key: 'nothing', explanation: 'x' }, { key: 'ABC/P9', explanation: 'again' }, { key: 'S01/2/1', kind: '时间性在途' },
    ])
    const { code, err } = await bring(file)
    expect(code).toBe(2)
    expect(err).toContain('nothing was imported, 5 places are wrong')
    expect(err).toContain('bad.xlsx:差异:4 校验码: the difference changed after the workbook was made: make it anew (0000000000000000)')
    expect(err).toContain('bad.xlsx:差异:4 差异原因: no such kind')
    expect(err).toContain('bad.xlsx:差异:5 差异编号: there is no such difference (nothing)')
    expect(err).toContain('bad.xlsx:差异:6 差异编号: stands in bad.xlsx row 3 already')
    expect(err).toContain('bad.xlsx:差异:7 说明: a kind is given and no explanation')
    expect(await bring(give('other.xlsx', xlsx([['x']], { sheets: ['差异'] })))).toMatchObject({ code: 2, err: expect.stringContaining('there is no header') })
    expect(await bring(give('broken.xlsx', 'no zip'))).toMatchObject({ code: 2, err: expect.stringContaining('broken.xlsx') })
    expect(await differences()).toEqual(before)
  })

  it('is refused whole when the actor may not explain one of them', async () => {
    const file = await filled('fin.xlsx', [{ key: 'ABC/P9', explanation: 'x' }])
    expect(await nianjie('workbook', 'import', file, '--year', String(YEAR), '--as', 'fin', '--lang', 'en')).toMatchObject({ code: 3, err: expect.stringContaining('wrong-role') })
    expect((await idOf('ABC/P9')).status).toBe('open')
  })

  it('gives signed words on the differences: explained with kind and owner, from workbooks and CSV at once', async () => {
    const book = await filled('book.xlsx', [{ key: 'ABC/P9', kind: '重复', owner: '张三', explanation: '银行重复付款，已要求退回' }, { key: 'ABC/=P2', owner: '李四' }])
    const rows = await sheet([{ key: 'S01/2/1', kind: 'timing', explanation: "'=SUM(1) 在途" }])
    const csv = give('lines.csv', Buffer.from(rows.slice(1).map((row) => row.map((value) => `"${value}"`).join(',')).join('\r\n')))
    expect(await bring(book, csv, '--dry-run')).toMatchObject({ code: 0, out: expect.stringContaining('can be imported: 3') })
    expect(await bring(book, csv)).toMatchObject({ code: 0, out: expect.stringContaining('3 explanations imported') })
    expect((await differences()).map(({ key, status }) => `${key} ${status}`)).toEqual(['S01/2/1 explained', 'ABC/=P2 open', 'ABC/P9 explained'])
    const words = await sql<{ action: string; comment: string; difference_kind: string | null; owner: string | null; signed: boolean }>`
      select action, comment, difference_kind, owner, signature <> '' and accepted as signed from finding_decisions join decisions using (decision_id) order by comment collate "C"`.execute(world.database.db)
    expect(words.rows).toEqual([
      { action: 'assign', comment: '', difference_kind: null, owner: '李四', signed: true },
      { action: 'explain', comment: '=SUM(1) 在途', difference_kind: 'timing', owner: null, signed: true },
      { action: 'explain', comment: '银行重复付款，已要求退回', difference_kind: 'duplicate', owner: '张三', signed: true },
    ])
    const { read } = await write('after')
    const cover = async (file: string) => (await sheetsOf(read(file)))['对账表']!.map((row) => row.map(({ value }) => value))
    expect(await cover('152501-2025-R7.xlsx')).toContainEqual(['调节后余额', '140', '调节后余额', '140', '调节后相符'])
    expect(await cover('152501-2025-R8.xlsx')).toContainEqual(['调节后余额', '160.01', '调节后余额', '165', '调节后相差 -4.99 元，尚有 2 项未更正或未作在途说明'])
    expect(await bring(give('after.xlsx', read('152501-2025-R8.xlsx')), '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"decided": 0') })
  })
})
