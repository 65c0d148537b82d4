/** `difference` and `league-summary` as people and scripts use them: tables, JSON, exit codes; and the configuration behind them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeEvidence } from '../../books/differences/evidence.ts'
import { listDifferences } from '../../books/differences/read.ts'
import type { Operations } from '../../cli/operations.ts'
import { loadConfigFile } from '../../config/load.ts'
import { differencesSchema } from '../../config/schemas/differences.ts'
import { STEPS } from '../../domain/steps.ts'
import { loadDistrict } from '../reconcile/fixture.ts'
import { type Ran, runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { checkDistrict, say } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'nianjie-differences-'))
const letter = join(folder, 'letter.txt')
let database: TestDatabase
let ids: Map<string, string>
beforeAll(async () => {
  database = await createTestDatabase()
  writeFileSync(letter, 'bank letter')
  const league = await loadDistrict(database, '152500', 2025, {
    books: [{ book: 'T', system: 'treasury-2022' }], entries: [{ book: 'T', voucher: 'V', line: '1', account: '7011', debit: '12', counterparty: '152501', fund: 'general' }],
  })
  const checked = await checkDistrict(database, '152501', 2025, {
    documents: [{ type: 'PAY_CERT', number: 'Z1\u001b[31m', amount: '10', counterparty: 'icbc', updated_on: '2025-12-31' }, { type: 'PAY_CERT', number: 'Z3', amount: '7', counterparty: 'icbc' }],
    statements: [{ reconciliation: 'R8', party: 'icbc', reference: 'Z3', amount: '6', date: '2025-05-01' }],
  }, league)
  await database.db.insertInto('step_states').values(STEPS.map((step) => ({ run_id: checked.runId, step, state: step === 'reconcile' ? 'blocked' as const : 'approved' as const, generation: 1 }))).execute()
  ids = new Map((await listDifferences(database.db, { year: 2025, now: new Date() })).map((one) => [`${one.rule} ${one.key}`, one.id]))
  const evidence = await storeEvidence(database.db, { name: 'letter.txt', content: readFileSync(letter), by: 'eng' })
  await say(database, checked, [{ id: ids.get('R8 icbc/Z1\u001b[31m')!, action: 'explain', about: { kind: 'timing', owner: '王会计', evidence } }])
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
})

const asked: { rows: object[]; files: object[] }[] = []
function nianjie(...argv: string[]): Promise<Ran> {
  const operations = { decideFindings: (request: { rows: object[]; files: object[] }) => { asked.push(request); return Promise.resolve({ ok: true, decided: request.rows.length }) } } as unknown as Operations
  return runCommand([...argv, '--lang', 'en'], {
    env: { ...process.env, NIANJIE_HOME: folder, DATABASE_URL: database.url }, createOperations: () => Promise.resolve(operations),
  })
}

describe('difference', () => {
  it('lists by what is asked for, as a table and as JSON, without control characters', async () => {
    const { out, code } = await nianjie('difference', 'list', '--rule', 'R8')
    expect(code).toBe(0)
    expect(out).toMatch(/R8 +icbc\/Z1\[31m +10\.00 +0\.00 +10\.00 +\d+ +timing \(in transit\) +王会计 +explained/)
    expect(out).toMatch(/icbc\/Z3 +7\.00 +6\.00 +1\.00 +\d+ +wrong amount\?/)
    const json = JSON.parse((await nianjie('difference', 'list', '--state', 'open', 'to-correct', '--rule', 'R8', '--json')).out) as { key: string }[]
    expect(json.map(({ key }) => key)).toEqual(['icbc/Z3'])
    expect(await nianjie('difference', 'list', '--owner', 'nobody')).toMatchObject({ code: 0, out: '', err: expect.stringContaining('no difference that fits') })
  })

  it('shows one with its history and gives its evidence back', async () => {
    const id = ids.get('R8 icbc/Z1\u001b[31m')!
    const { out } = await nianjie('difference', 'show', id)
    for (const text of ['Side A', 'because  (eng', 'letter.txt', 'first seen', '→ 王会计']) expect(out).toContain(text)
    expect(out).not.toContain('\u001b')
    expect(JSON.parse((await nianjie('difference', 'show', id, '--json')).out)).toMatchObject({ id, history: [{ what: 'seen' }, { what: 'explain', differenceKind: 'timing' }] })
    const copy = join(folder, 'copy.txt')
    expect((await nianjie('difference', 'evidence', id, '--out', copy)).code).toBe(0)
    expect(readFileSync(copy, 'utf8')).toBe('bank letter')
    expect(await nianjie('difference', 'show', 'F0')).toMatchObject({ code: 2, err: expect.stringContaining('there is no difference F0') })
    expect((await nianjie('difference', 'evidence', ids.get('R8 icbc/Z3')!, '--out', copy)).code).toBe(2)
  })

  it('sends one word for all of them, with the file\'s name and digest, and refuses a file that is none', async () => {
    await nianjie('difference', 'explain', 'F1', 'F2', '--kind', 'timing', '--comment', 'paid', '--evidence', letter, '--owner', '李', '--as', 'eng', '--yes')
    const about = { kind: 'timing', owner: '李', evidence: { name: 'letter.txt', size: 11, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }
    expect(asked).toMatchObject([{ rows: [{ id: 'F1', action: 'explain', comment: 'paid', about }, { id: 'F2', about }], files: [{ name: 'letter.txt' }] }])
    writeFileSync(join(folder, 'empty.txt'), '')
    expect((await nianjie('difference', 'explain', 'F1', '--comment', 'x', '--evidence', join(folder, 'empty.txt'), '--as', 'eng')).code).toBe(2)
    expect((await nianjie('difference', 'explain', 'F1', '--comment', 'x', '--evidence', join(folder, 'none.txt'), '--as', 'eng')).code).toBe(2)
    expect((await nianjie('difference', 'assign', 'F1', '--owner', ' ', '--as', 'eng')).code).toBe(2)
    expect(asked).toHaveLength(1)
    expect((await nianjie('difference', 'kinds')).out).toContain('timing                  timing (in transit)')
  })

  it('prints the adjusted balances, and the league\'s summary', async () => {
    const { out } = await nianjie('difference', 'statement', '--district', '152501', '--reconciliation', 'R8')
    expect(out).toMatch(/plus icbc\/Z1\[31m +10\.00 +2025-12-31 +because/)
    expect(out).toMatch(/do not tie: 1\.00 apart[^]*icbc\/Z3 +1\.00 +wrong amount +open/)
    expect(await nianjie('difference', 'statement', '--district', '152501', '--reconciliation', 'R22')).toMatchObject({ code: 0, out: '' })
    expect((await nianjie('league-summary')).out).toMatch(/152501 Erenhot City +R17 +general +12\.00 +0\.00 +12\.00 +open +compared[^]*1 do not mirror; 0 districts are not compared yet/)
  })
})

describe('config/differences.yaml', () => {
  const built = loadConfigFile('differences')
  it.each([
    ['a kind that the checks suggest is missing', { ...built, kinds: built.kinds.filter(({ kind }) => kind !== 'timing') }],
    ['a kind stands twice', { ...built, kinds: [...built.kinds, built.kinds[0]!] }],
    ['a part of a key belongs to two kinds', { ...built, kinds: [...built.kinds, { kind: 'own', name: { zh: '自设', en: 'own' }, keys: ['unit'] }] }],
    ['a reconciliation belongs to two places', { ...built, places: [...built.places, { place: 'other', name: { zh: '他', en: 'o' }, of: 'statement', reconciliations: ['R8'] }] }],
  ])('is refused: %s', (_, wrong) => {
    expect(differencesSchema.safeParse(wrong).success).toBe(false)
  })
  it('takes a kind of the office\'s own', () => {
    expect(differencesSchema.safeParse({ ...built, kinds: [...built.kinds, { kind: 'fx', name: { zh: '汇差', en: 'exchange' }, transit: true }] }).success).toBe(true)
  })
})
