/** The archive of a year: one folder that anybody can check, made whole or not at all, the same bytes for the same books. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArchiveIndex } from '../../report/archive/model.ts'
import { type Office, SECRETS, openOffice } from './office.ts'

let office: Office
let archive: string
beforeAll(async () => {
  office = await openOffice()
  archive = join(office.folder, 'archive')
  expect(await office.nianjie('archive', '--year', '2025', '--out', archive)).toMatchObject({ code: 0, out: expect.stringContaining('all holds') as string })
})
afterAll(() => office?.close())

const read = (path: string, folder = archive) => readFileSync(join(folder, path), 'utf8')
const indexOf = (folder = archive) => JSON.parse(read('index.json', folder)) as ArchiveIndex
const filesIn = (folder: string) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort()
const rowsOf = (path: string) => parse(read(path), { bom: true, columns: true }) as unknown as Record<string, string>[]

describe('nianjie archive', () => {
  it('is checked by sha256sum alone, and the index names every file with what it is and how long it is kept', () => {
    expect(execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: archive, encoding: 'utf8' })).toBe('')
    const { files, retention } = indexOf()
    expect(files.map(({ path }) => path).sort()).toEqual(filesIn(archive).filter((path) => !['index.json', 'index.html', 'SHA256SUMS'].includes(path)))
    expect(retention).toMatchObject({ vouchers: { years: 30, until: '2055-12-31' }, reports: { years: null, until: null } })
    expect(files.find(({ path }) => path === 'districts/152501/input/entries.csv')).toMatchObject({ district: '152501', retention: 'vouchers', rows: rowsOf('districts/152501/input/entries.csv').length })
    expect(read('index.html')).toContain('districts/152501/exports/opening-2026.csv')
  })

  it('has the reports and exports as their commands write them', async () => {
    const out = join(office.folder, 'reports')
    await office.nianjie('report', '--year', '2025', '--out', out)
    for (const file of readdirSync(out)) expect(readFileSync(join(out, file)).equals(readFileSync(join(archive, 'reports', file))), file).toBe(true)
    for (const [kind, year] of [['opening', '2026'], ['closing-entries', '2025'], ['indicators', '2026'], ['indicator-dispositions', '2025']] as const) {
      const file = join(office.folder, `${kind}.csv`)
      await office.nianjie('export', kind, '--district', '152501', '--year', year, '--out', file)
      expect(readFileSync(file, 'utf8')).toBe(read(`districts/152501/exports/${kind}-${year}.csv`))
    }
    expect(read('districts/152501/exports/journal-2025.journal')).toContain('commodity 1000.00 CNY')
  })

  it('keeps what belongs to the year and its window, and nothing of other years', () => {
    expect(rowsOf('service/calls.csv').map(({ call }) => call)).toEqual(['K1', 'K2'])
    expect(rowsOf('service/complaints.csv')).toMatchObject([{ complaint: 'C1', text: '没人接' }])
    expect(rowsOf('districts/152501/approvals/runs.csv').map(({ run }) => run)).toEqual([String(office.runId)])
    expect(rowsOf('districts/152501/findings/findings.csv')).toMatchObject([{ id: 'F0000000000000001', amount: '123.45', problems: 'P-1', message_zh: '差额 "123.45"' }])
    expect(readdirSync(join(archive, 'service', 'reports')).filter((file) => file.endsWith('.html')))
      .toEqual(['service-2025-06.html', 'service-2025-12.html', 'service-2026-01.html', 'year-end-2025.html'])
    // The chain goes from its first link on, other years too: a part of it could not be checked.
    expect(read('audit/152501.jsonl').split('\n')[0]).toContain('"sequence":"1"')
  })

  it('is the same bytes for the same books, in a folder that was there and empty', async () => {
    const again = join(office.folder, 'again')
    mkdirSync(again)
    expect((await office.nianjie('archive', '--year', '2025', '--out', again)).code).toBe(0)
    expect(read('SHA256SUMS', again)).toBe(read('SHA256SUMS'))
  })

  it('says plainly that a year is provisional until every district is locked, and what could not be had', async () => {
    expect(indexOf()).toMatchObject({ provisional: true, districts: [{ code: '152501', standing: 'signed-off' }, { code: '152502', standing: 'under-way' }], leftOut: [{ district: '152502', why: { en: 'no carry-forward is in force' } }] })
    expect(read('index.html')).toContain('暂定')
    await office.decide('boss', { kind: 'control', action: 'lock', comment: '' })
    const { code, err } = await office.nianjie('archive', '--year', '2025', '--district', '152501', '--out', join(office.folder, 'locked'))
    expect([code, err]).toEqual([0, ''])
    const locked = indexOf(join(office.folder, 'locked'))
    expect(locked).toMatchObject({ provisional: false, districts: [{ code: '152501', standing: 'locked' }], leftOut: [] })
    expect(locked.files.some(({ path }) => path.includes('152502') || path.includes('league'))).toBe(false)
    expect(read('index.html', join(office.folder, 'locked'))).not.toContain('暂定')
  })

  it('holds no secret: no password, no token, no private key; the rest of the rules is there', () => {
    for (const file of filesIn(archive)) for (const secret of Object.values(SECRETS)) expect(readFileSync(join(archive, file)).includes(secret), file).toBe(false)
    const run = indexOf().districts[0]!.runs[0]!
    expect(JSON.parse(read(`rules/${run.rules}.json`))).toMatchObject({
      withheld: ['escalation.delivery.webhooks.0.url', 'escalation.delivery.smtp.url'], content: { escalation: { delivery: { attempts: 3, smtp: { url: 'smtp://mail.example.org:587' } } } },
    })
  })

  it('is written whole or not at all, and never over something', async () => {
    const kept = join(office.folder, 'kept')
    mkdirSync(kept)
    writeFileSync(join(kept, 'mine.txt'), 'mine')
    expect(await office.nianjie('archive', '--year', '2025', '--out', kept)).toMatchObject({ code: 3, err: expect.stringContaining('folder-taken') as string })
    expect(readdirSync(kept)).toEqual(['mine.txt'])
    expect((await office.nianjie('archive', '--year', '2030', '--out', join(office.folder, 'none'))).code).toBe(2)
    expect((await office.nianjie('archive', '--year', '2025', '--district', '152522', '--out', join(office.folder, 'none'))).code).toBe(2)
    await sql`alter table books.service_ratings rename to hidden`.execute(office.database.db)
    expect((await office.nianjie('archive', '--year', '2025', '--out', join(office.folder, 'half'))).code).toBe(1)
    await sql`alter table books.hidden rename to service_ratings`.execute(office.database.db)
    expect(readdirSync(office.folder).filter((name) => /^(half|none|kept\.)/.test(name))).toEqual([])
  })
})

describe('an import while the archive is written', () => {
  it('is not kept waiting, and leaves no archive of two states', async () => {
    const other = await office.database.pool.connect()
    try {
      // The archive comes to the satisfaction last of all: by then it has read everything of the districts.
      await other.query('begin')
      await other.query('lock table books.service_ratings in access exclusive mode')
      const archiving = office.nianjie('archive', '--year', '2025', '--out', join(office.folder, 'two-states'))
      await expect.poll(async () => (await sql<{ n: number }>`select count(*)::int as n from pg_locks l join pg_class c on c.oid = l.relation
        join pg_database d on d.oid = l.database where d.datname = current_database() and c.relname = 'service_ratings' and not l.granted`.execute(office.database.db)).rows[0]!.n).toBe(1)
      await office.importAgain()
      await other.query('commit')
      expect(await archiving).toMatchObject({ code: 3, err: expect.stringContaining('changed-meanwhile') as string })
      expect(readdirSync(office.folder).filter((name) => name.startsWith('two-states'))).toEqual([])
    } finally {
      other.release()
    }
  })
})

interface Verdict { ok: boolean; faults: { file: string; fault: string; text: { en: string } }[]; digest: string; signatures: number }

let damaged = 0
/** A copy of the archive, damaged; with `resum` index and checksums are made to fit again, as one would who wants to hide it. */
async function verdictAfter(damage: (folder: string) => void, options: { resum?: string; args?: string[] } = {}): Promise<{ code: number } & Verdict> {
  const folder = join(office.folder, `damaged-${++damaged}`)
  cpSync(archive, folder, { recursive: true })
  damage(folder)
  if (options.resum) resum(folder, options.resum)
  const { code, out } = await office.nianjie('archive', 'verify', folder, '--json', ...options.args ?? [])
  return { code, ...JSON.parse(out) as Verdict }
}

function resum(folder: string, path: string): void {
  const digest = (file: string) => execFileSync('sha256sum', [join(folder, file)], { encoding: 'utf8' }).slice(0, 64)
  const index = indexOf(folder)
  for (const file of index.files) if (file.path === path) file.sha256 = digest(path)
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
  writeFileSync(join(folder, 'SHA256SUMS'), read('SHA256SUMS', folder).trimEnd().split('\n').map((line) => (line.endsWith(`  ${path}`) || line.endsWith('  index.json') ? `${digest(line.slice(66))}  ${line.slice(66)}` : line)).join('\n') + '\n')
  execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: folder })
}

const edit = (path: string, change: (text: string) => string) => (folder: string) => { writeFileSync(join(folder, path), change(read(path, folder))) }
const DECISIONS = 'districts/152501/approvals/decisions.jsonl'
const CHAIN = 'audit/152501.jsonl'
const lines = (change: (list: string[]) => string[]) => (text: string) => change(text.trimEnd().split('\n')).join('\n') + '\n'

describe('nianjie archive verify', () => {
  it('finds nothing in an archive that is whole, without a database', async () => {
    expect(await verdictAfter(() => {})).toMatchObject({ code: 0, ok: true, faults: [], signatures: 5 })
  })

  it('names a file of which a byte was flipped, one that is missing, and one too many', async () => {
    const { code, faults } = await verdictAfter((folder) => {
      const bytes = readFileSync(join(folder, 'districts/152501/input/entries.csv'))
      bytes[100]! ^= 1
      writeFileSync(join(folder, 'districts/152501/input/entries.csv'), bytes)
      execFileSync('rm', [join(folder, 'service/calls.csv')])
      writeFileSync(join(folder, 'service/more.csv'), '')
    })
    expect(code).toBe(1)
    expect(faults.map(({ file, fault }) => `${fault} ${file}`)).toEqual(['changed districts/152501/input/entries.csv', 'missing service/calls.csv', 'extra service/more.csv'])
  })

  it('finds a decision whose words were changed, also when the checksums were made to fit', async () => {
    const changed = edit(DECISIONS, (text) => text.replace('核对无误', '核对有误'))
    expect((await verdictAfter(changed)).faults.map(({ fault }) => fault)).toEqual(['changed', 'signature'])
    expect(await verdictAfter(changed, { resum: DECISIONS })).toMatchObject({ code: 1, faults: [{ file: DECISIONS, fault: 'signature' }] })
  })

  it('finds a decision that was taken out, one that nobody recorded, and one that was signed for another run', async () => {
    expect(await verdictAfter(edit(DECISIONS, lines((list) => list.slice(1))), { resum: DECISIONS })).toMatchObject({ code: 1, faults: [{ fault: 'record' }] })
    const again = edit(DECISIONS, lines((list) => [...list, list[0]!.replace(/"id":"[0-9a-f]/, '"id":"x')]))
    expect((await verdictAfter(again, { resum: DECISIONS })).faults).toMatchObject([{ fault: 'record', text: { en: expect.stringContaining('not what was signed') as string } }])
    const elsewhere = edit(DECISIONS, lines((list) => list.map((line) => line.replace(/"run":\d+/, '"run":999'))))
    expect((await verdictAfter(elsewhere, { resum: DECISIONS })).code).toBe(1)
  })

  it('finds a link of the audit chain that was dropped, changed, or cut off at the end', async () => {
    const chain = async (change: (list: string[]) => string[]) => (await verdictAfter(edit(CHAIN, lines(change)), { resum: CHAIN })).faults.filter(({ fault }) => fault === 'chain').map(({ text }) => text.en)
    expect(await chain((list) => list.filter((_, index) => index !== 1))).toContain('link 3 follows link 1: links between them are missing')
    expect(await chain((list) => list.map((line, index) => (index === 1 ? line.replace('"actor":"', '"actor":"x') : line)))).toContain('link 2 was changed')
    expect((await chain((list) => list.slice(0, -1)))[0]).toMatch(/its end was cut off/)
  })

  it('finds a key that was put in the place of the office\'s own', async () => {
    const other = join(office.folder, 'other')
    cpSync(office.overlay, other, { recursive: true })
    writeFileSync(join(other, 'actors.yaml'), readFileSync(join(other, 'actors.yaml'), 'utf8').replace('name: boss', 'name: chief'))
    expect(await verdictAfter(() => {}, { args: ['--actors', office.overlay] })).toMatchObject({ code: 0 })
    expect(await verdictAfter(() => {}, { args: ['--actors', other] })).toMatchObject({ code: 1, faults: [{ fault: 'keys' }] })
  })

  it('knows who sealed it, and that nothing was changed since, also where all else was made to fit', async () => {
    const folder = join(office.folder, 'sealed')
    expect(await office.nianjie('archive', '--year', '2025', '--out', folder, '--as', 'nobody')).toMatchObject({ code: 3 })
    expect(await office.nianjie('archive', '--year', '2025', '--out', folder, '--as', 'boss')).toMatchObject({ code: 0, out: expect.stringContaining('sealed by boss') as string })
    const verdictOf = async () => JSON.parse((await office.nianjie('archive', 'verify', folder, '--json')).out) as Verdict & { sealedBy: string | null }
    expect(await verdictOf()).toMatchObject({ ok: true, sealedBy: 'boss' })
    const path = 'districts/152501/input/entries.csv'
    edit(path, (text) => text.replace('2025-12-01', '2025-12-02'))(folder)
    resum(folder, path)
    expect(await verdictOf()).toMatchObject({ ok: false, sealedBy: null, faults: [{ file: 'SHA256SUMS.sig', fault: 'signature' }] })
  })

  it('finds rules that are not those of the run, and an index that says something else', async () => {
    const rules = `rules/${indexOf().districts[1]!.runs[0]!.rules}.json`
    expect(await verdictAfter(edit(rules, (text) => text.replace('"debit"', '"credit"')), { resum: rules })).toMatchObject({ code: 1, faults: [{ file: rules, fault: 'rules' }] })
    const gone = (folder: string) => {
      const index = indexOf(folder)
      writeFileSync(join(folder, 'index.json'), JSON.stringify({ ...index, files: index.files.slice(1) }))
    }
    expect((await verdictAfter(gone, { resum: 'index.html' })).faults).toMatchObject([{ fault: 'index' }])
    expect((await verdictAfter(edit('SHA256SUMS', () => ''))).code).toBe(1)
    expect((await office.nianjie('archive', 'verify', join(office.folder, 'nowhere'))).code).toBe(2)
  })
})
