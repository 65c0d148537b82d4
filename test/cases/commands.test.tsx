/** Cases, receipts, instructions and filtered findings as people see them: by command and on the screen. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listCases } from '../../books/cases/read.ts'
import { raiseDue } from '../../books/cases/alarms.ts'
import { caseTimes, openCases, settleCases } from '../../books/cases/open.ts'
import { fireDefaults } from '../../books/cases/tend.ts'
import { createFound, mergeFound } from '../../books/findings.ts'
import { findRun, storeRulePack } from '../../books/runs.ts'
import { scanInTransit } from '../../books/steps/in-transit/index.ts'
import type { Operations } from '../../cli/operations.ts'
import { loadConfig } from '../../config/load.ts'
import { contextOf } from '../reconcile/fixture.ts'
import { type Ran, runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { loadInput } from '../support/input.ts'
import { VIEWERS, openScreen } from '../tui/screen.tsx'

const DISTRICT = '152501'
const YEAR = 2025
const NOW = new Date('2025-12-24T16:00:00+08:00')
const config = loadConfig()
const folder = mkdtempSync(join(tmpdir(), 'nianjie-cases-'))
let database: TestDatabase
let runId: number

beforeAll(async () => {
  database = await createTestDatabase()
  const { scopeId } = await loadInput(database, {
    district: DISTRICT, year: YEAR, files: {
      units: 'unit,name,kind\nu1,一中,institution\nu2,二中,institution\n', books: 'book,name,system,unit\nT,总账,treasury-2022,\n',
      documents: 'type,number,unit,amount,status,created_on,counterparty\nPAY_APPLY,a1,u1,100.00,draft,2025-12-20,\nPAY_APPLY,a2,u2,-2500.00,draft,2025-01-01,\n'
        + 'PAY_CERT,"c\u001b[31m1",u1,70.00,sent,2025-12-01,icbc\nBGT_ADJ,b1,u2,5.00,draft,2025-06-01,\nBASE_INFO,i1,u2,,draft,2025-06-01,\n',
      statements: 'reconciliation,party,reference,date,amount\nR8,icbc,"c\u001b[31m1",2025-12-29,70.00\n',
    },
  })
  const digest = await storeRulePack(database.db, config)
  const run = await database.db.insertInto('runs').values({
    scope_id: scopeId, kind: 'real', workflow_id: 'w', state: 'running', rules_digest: digest, with_league: false, league: '152500', started_by: null, ended_at: null,
  }).returning('run_id').executeTakeFirstOrThrow()
  runId = run.run_id
  await database.db.transaction().execute(async (trx) => {
    await createFound(trx)
    await scanInTransit(trx, contextOf(scopeId, DISTRICT, YEAR, { runId, step: 'in-transit' }))
    await mergeFound(trx, { runId, district: DISTRICT, year: YEAR, generation: 1, step: 'in-transit' })
    expect(await openCases(trx, await findRun(trx, runId), config.documents, NOW)).toEqual({ open: 4 })
    // Once more changes nothing.
    expect(await openCases(trx, await findRun(trx, runId), config.documents, new Date(NOW.getTime() + 60_000))).toEqual({ open: 4 })
  })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database?.drop()
})

const asked: object[] = []
function nianjie(...argv: string[]): Promise<Ran> {
  const operations = { registerReceipts: (request: object) => { asked.push(request); return Promise.resolve({ ok: true, registered: 1, already: 0 }) } } as unknown as Operations
  return runCommand([...argv, '--lang', 'en'], {
    env: { ...process.env, DATABASE_URL: database.url }, now: () => NOW, createOperations: () => Promise.resolve(operations),
  })
}

/** Writes a decision as it stands once it was judged. */
async function decide(keys: readonly string[], action: string): Promise<void> {
  const id = randomUUID()
  await sql`insert into decisions (decision_id, run_id, kind, step, actor, payload, signature, accepted) values (${id}, ${runId}, 'findings', 'in-transit', 'li', '{}', 's', true)`.execute(database.db)
  await sql`insert into finding_decisions (decision_id, finding_id, action, comment, content_digest)
    select ${id}, finding_id, ${action}, ${"it's done"}, content_digest from findings where run_id = ${runId} and key = any(${[...keys]}::text[])`.execute(database.db)
  await sql`update findings set status = 'resolved', closed_by = 'li', decision_id = ${id} where run_id = ${runId} and key = any(${[...keys]}::text[])`.execute(database.db)
  await database.db.transaction().execute((trx) => settleCases(trx, runId, NOW))
}

describe('the watch over cases', () => {
  it('raises an alarm once and fires a default once, however often the same moment is looked at', async () => {
    const at = new Date('2025-12-24T19:00:00+08:00')
    const look = () => database.db.transaction().execute(async (trx) => {
      const run = await findRun(trx, runId)
      const ids = await raiseDue(trx, run, 1, caseTimes(config.documents, DISTRICT, YEAR), at)
      await fireDefaults(trx, run, config.documents, at)
      return ids.length
    })
    // A word of an actor whom nobody knows makes a decision that the judge will refuse: what counts here is that there is one.
    const { scopeId } = await findRun(database.db, runId)
    const defaultId = randomUUID()
    await sql`insert into document_defaults (default_id, scope_id, kind, type, action, comment, actor, payload, signature, accepted)
      values (${defaultId}, ${scopeId}, 'approve', 'BGT_ADJ', 'void', '', 'nobody', '{}', 's', true)`.execute(database.db)
    // 24 hours before the cut-off of 25 December; that of 30 November was over when the cases began.
    expect(await look()).toBe(1)
    expect(await look()).toBe(0)
    const notices = await database.db.selectFrom('notifications').select(['kind', 'level', 'to_roles', 'message_en']).where('about_cases', '=', true).execute()
    expect(notices).toMatchObject([{ kind: 'reminder', level: 2, to_roles: ['coordinator', 'engineer'], message_en: expect.stringContaining('2 documents in transit reach their cut-off in 24 h (PAY_APPLY 2), -2400.00 yuan') as string }])
    const decisions = await database.db.selectFrom('decisions').select(['decision_id', 'actor', 'accepted']).execute()
    expect(decisions).toEqual([{ decision_id: expect.any(String) as string, actor: 'nobody', accepted: null }])
    await sql`delete from case_firings`.execute(database.db)
    await sql`delete from decisions`.execute(database.db)
    await sql`delete from document_defaults`.execute(database.db)
  })
})

describe('commands', () => {
  it('list the cases with the least time left first, and never print what data would do to a terminal', async () => {
    const { out, code } = await nianjie('cases')
    expect(code).toBe(0)
    const rows = out.split('\n').slice(1).filter(Boolean)
    // BGT_ADJ ended on 30 November; of those of the same day the larger one is first.
    expect(rows.map((row) => /(BGT_ADJ|PAY_APPLY|PAY_CERT) +\S+/.exec(row)![0].replace(/ +/, ' '))).toEqual(['BGT_ADJ b1', 'PAY_APPLY a1', 'PAY_APPLY a2', 'PAY_CERT c[31m1'])
    expect(rows[0]).toContain('-23d 22:00')
    expect(rows[1]).toContain('26:00')
    expect(JSON.parse((await nianjie('cases', '--due', '27h', '--type', 'PAY_APPLY', '--json')).out)).toMatchObject([{ number: 'a1', cutOff: '2025-12-25T10:00:00.000Z', default: null }, { number: 'a2' }])
  })

  it('filter and order findings', async () => {
    const keys = async (...filter: string[]) => (JSON.parse((await nianjie('findings', '--json', ...filter)).out) as { key: string }[]).map((one) => one.key.replace('\u001b', ''))
    expect(await keys('--min-amount', '100')).toEqual(['PAY_APPLY/a1', 'PAY_APPLY/a2'])
    expect(await keys('--max-amount', '70', '--sort', 'amount')).toEqual(['PAY_CERT/c[31m1', 'BGT_ADJ/b1'])
    expect(await keys('--min-age', '200', '--sort', 'age')).toEqual(['PAY_APPLY/a2', 'BASE_INFO/i1', 'BGT_ADJ/b1'])
    expect(await keys('--unit', 'u1', '--sort', 'severity')).toEqual(['PAY_APPLY/a1', 'PAY_CERT/c[31m1'])
    expect(await keys('--owner', 'bank')).toEqual(['PAY_CERT/c[31m1'])
    expect(await keys('--type', 'BGT_ADJ')).toEqual(['BGT_ADJ/b1'])
    for (const bad of [['--min-age', 'x'], ['--min-amount', '1.234'], ['--sort', 'colour'], ['--type', 'X', '--rule', 'Y']]) expect((await nianjie('findings', ...bad)).code).toBe(2)
    const [sent] = JSON.parse((await nianjie('findings', '--owner', 'bank', '--json')).out) as { facts: object }[]
    expect(sent!.facts).toMatchObject({ known: { statements: [{ party: 'icbc', amount: '70.00' }], vouchers: [] } })
  })

  it('take a file of receipts whole or not at all', async () => {
    const file = join(folder, 'receipts.csv')
    writeFileSync(file, 'number,outcome,reference\nc1,completed,B-1\n,returned,B-2\nc3,paid,\n')
    const refused = await nianjie('receipt', '--district', DISTRICT, '--file', file, '--as', 'li')
    expect(refused.code).toBe(2)
    for (const problem of [':3 number', ':4 reference', ':4 outcome']) expect(refused.err).toContain(problem)
    expect((await nianjie('receipt', '--district', DISTRICT, '--number', 'c1', '--outcome', 'completed', '--as', 'li')).code).toBe(2)
    expect(asked).toEqual([])
    writeFileSync(file, '\ufeffnumber,outcome,reference,type\nc1,completed,B-1,\nx,returned,B-2,PAY_ALLOC\n')
    expect((await nianjie('receipt', '--district', DISTRICT, '--file', file, '--as', 'li')).out).toContain('1 receipts registered')
    expect(asked).toMatchObject([{ year: YEAR, actor: 'li', rows: [{ type: 'PAY_CERT', number: 'c1' }, { type: 'PAY_ALLOC', number: 'x' }] }])
  })

  it('show the cases on a screen, and take receipts and defaults from there', async () => {
    const cases = await listCases(database.db, { year: YEAR, documents: config.documents })
    const screen = await openScreen(database, { as: 'gao.wa', now: NOW, reader: { place: () => Promise.resolve({ cases }) } })
    await screen.press('C')
    expect(screen.text()).toMatch(/26:00 +152501 +PAY_APPLY a1|BGT_ADJ b1/)
    expect(screen.text()).toContain('nothing happens then')
    await screen.press(':')
    await screen.type('receipt paid B-1')
    await screen.press('enter')
    expect(screen.text()).toContain(':receipt completed|returned REFERENCE')
    await screen.press(':')
    await screen.type('default void all')
    await screen.press('enter')
    expect(screen.text()).toMatch(/BGT_ADJ \(all\)[^]*Signed with the key of gao\.wa/)
    await screen.press('esc')
    expect(VIEWERS['gao.wa']!.roles).toContain('coordinator')
  })

  it('write an instruction once, with its hash, and say when there is nothing to write', async () => {
    expect(JSON.parse((await nianjie('instruction', 'export', '--district', DISTRICT, '--out', folder, '--json')).out)).toEqual({ instruction: null, lines: 0 })
    await decide(['PAY_APPLY/a1', 'PAY_APPLY/a2'], 'void')
    const made = JSON.parse((await nianjie('instruction', 'export', '--district', DISTRICT, '--out', folder, '--format', 'sql', '--type', 'PAY_APPLY', '--json')).out) as { sha256: string; lines: number }
    expect(made).toMatchObject({ instruction: 'ZL-2025-152501-0001', lines: 2 })
    expect(readFileSync(join(folder, 'ZL-2025-152501-0001.sql'), 'utf8')).toContain("set status = 'voided' where division = '152501' and doc_type = 'PAY_APPLY' and doc_no = 'a1' and status = 'draft';\n")
    expect((await nianjie('instruction', 'export', '--district', DISTRICT, '--out', folder)).err).toContain('nothing to instruct')
    expect((await nianjie('instruction', 'export', '--district', DISTRICT, '--out', folder, '--format', 'word')).code).toBe(2)
    expect((await nianjie('instruction', 'export', '--district', DISTRICT, '--out', folder, '--as', 'nobody')).code).toBe(3)
    const list = await nianjie('instruction', 'list', '--open')
    expect(list.out).toContain(made.sha256.slice(0, 16))
    expect(list.out).toMatch(/2 not done:\n +PAY_APPLY\/a1 +draft → voided/)
    expect(readdirSync(folder).filter((name) => name.startsWith('ZL'))).toHaveLength(1)
    expect((await nianjie('cases')).out).not.toContain('PAY_APPLY')
    expect((await nianjie('cases', '--all')).out).toContain('PAY_APPLY')
  })

  it('tell gaps in numbers, as figures and never as findings', async () => {
    expect((await nianjie('in-transit', 'gaps', '--district', DISTRICT)).code).toBe(0)
    const [check] = JSON.parse((await nianjie('in-transit', 'check', '--district', DISTRICT, '--json')).out) as { figures: object }[]
    expect(check!.figures).toMatchObject({ documents: 5, blocking: 4, inDoubt: 1, byType: { PAY_APPLY: { ages: { 30: 1, 90: 1, 180: 1 } } } })
    expect((await nianjie('in-transit', 'report')).out).toMatch(/152501 +2025 +2025-12-24/)
  })
})
