/** `import-statement` as a user runs it, and layouts that an office wrote wrongly. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inputDigestOf } from '../../books/evidence.ts'
import { involvedActors } from '../../books/decisions.ts'
import { findRun } from '../../books/runs.ts'
import { addActor } from '../../cli/operations/keys.ts'
import type { Operations } from '../../cli/operations.ts'
import { ConfigError, loadConfig } from '../../config/load.ts'
import { archiveVerdict } from '../archive/verdict.ts'
import { DISTRICT, GOOD } from '../import/fixture.ts'
import { runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { loadInput } from '../support/input.ts'

let database: TestDatabase
let folder: string
const office = () => join(folder, 'office')

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'nianjie-statement-command-'))
  await mkdir(join(office(), 'formats'), { recursive: true })
  await writeFile(join(office(), 'formats', 'our-bank.yaml'), `name: { zh: 我行, en: our bank }
reconciliation: R7
header: { titles: [日期, 收支] }
columns: { date: 日期, reference: 流水 }
constants: { party: OUR }
amount: { signed: 收支 }
totals: [{ pattern: '^合计' }]
`)
  await loadInput(database, { district: DISTRICT, year: 2025, files: GOOD as Record<string, string> })
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

async function nianjie(...argv: string[]): Promise<{ code: number; out: string; err: string; announced: object[] }> {
  const announced: object[] = []
  const ran = await runCommand([...argv, '--lang', 'en'], {
    env: { ...process.env, USER: 'wang', DATABASE_URL: database.url, NIANJIE_CONFIG: office(), NIANJIE_KEYS: join(folder, 'keys') },
    createOperations: () => Promise.resolve({ announceInput: (request: object) => { announced.push(request); return Promise.resolve() } } as unknown as Operations),
  })
  return { ...ran, announced }
}
const file = async (name: string, text: string) => {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}
const MAY = '日期,流水,收支\n2025-05-06,N1,100.00\n2025-05-07,N2,-30.00\n合计,,70.00\n'

describe('the command', () => {
  it('shows what would be loaded, and why something is no row', async () => {
    const result = await nianjie('import-statement', await file('may.csv', MAY), '--format', 'our-bank', '--preview')
    expect(result).toMatchObject({ code: 0, err: '', announced: [] })
    expect(result.out).toContain('OUR             2025-05-06     1  100.00')
    expect(result.out).toContain('   3  2025-05-07  OUR    N2         -30.00')
    expect(result.out).toContain('152501: preview of may.csv, 2 rows of R7, 70.00 yuan in all, nothing written')
    expect(result.out).toContain('skipped 1 lines: totals (checked) (from line 4)')
    expect(await database.db.selectFrom('statement_files').selectAll().execute()).toEqual([])
  })

  it('loads it, tells the runs, and says which approvals fall', async () => {
    await sql`insert into rule_packs (digest, content) values ('r', '{}')`.execute(database.db)
    await sql`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league) select scope_id, 'real', 'w', 'running', 'r', false, '152500' from scopes`.execute(database.db)
    const { run_id: runId } = await database.db.selectFrom('runs').select('run_id').executeTakeFirstOrThrow()
    await sql`insert into step_states (run_id, step, state) select ${runId}, unnest(array['in-transit', 'reconcile']), 'approved'`.execute(database.db)
    for (const step of ['in-transit', 'reconcile'] as const) {
      const input_digest = await inputDigestOf(database.db, await findRun(database.db, runId), step)
      await database.db.insertInto('step_results').values({ run_id: runId, step, generation: 1, input_digest, evidence_digest: 'e', result: '{}' }).execute()
    }
    const result = await nianjie('import-statement', join(folder, 'may.csv'), '--format', 'our-bank', '--district', DISTRICT, '--year', '2025')
    expect(result).toMatchObject({ code: 0, announced: [{ year: 2025, district: DISTRICT, version: 2 }] })
    expect(result.out).toContain('152501: loaded may.csv, 2 rows of R7, 70.00 yuan in all (version 2)')
    expect(result.err).toContain('these approvals no longer hold and the steps run again: Reconciliation\n')
    expect([...await involvedActors(database.db, await findRun(database.db, runId), 'reconcile')].sort()).toEqual(['test', 'wang'])
  })

  it('refuses what is loaded, what is wrong and what is not there, each with its exit code', async () => {
    const may = join(folder, 'may.csv')
    expect(await nianjie('import-statement', may, '--format', 'our-bank')).toMatchObject({ code: 3, err: expect.stringContaining('loaded already (may.csv, 2 rows, by wang on') as string })
    const bad = await nianjie('import-statement', await file('june.csv', MAY.replaceAll('-05-', '-13-').replace('70.00', '70.01')), '--format', 'our-bank')
    expect(bad).toMatchObject({ code: 2, announced: [], out: 'june.csv:2 日期: not a date in one of the forms of this format (2025-13-06)\njune.csv:3 日期: not a date in one of the forms of this format (2025-13-07)\n'
      + "june.csv:4 收支: the file's own total is not what its rows add up to (70.01 ≠ 70.00)\njune.csv: 3 problems, not loaded\n" })
    expect(await nianjie('import-statement', may, '--format', 'no-bank')).toMatchObject({ code: 2, err: expect.stringContaining('our-bank') as string })
    expect(await nianjie('import-statement', join(folder, 'none.csv'), '--format', 'our-bank')).toMatchObject({ code: 2 })
    expect(await nianjie('import-statement', may, '--list')).toMatchObject({ code: 2 })
    expect(await nianjie('import-statement', may, '--format', 'our-bank', '--district', '152502')).toMatchObject({ code: 3, err: expect.stringContaining('no input of 2025 yet') as string })
  })

  it('signs with the key of --as, and refuses who has none or acts for another district', async () => {
    const folders = { overlay: office(), keysFolder: join(folder, 'keys') }
    for (const [name, district] of [['li', DISTRICT], ['zhao', '152502']] as const) addActor(folders, { name, roles: ['engineer'], districts: [district] })
    const june = await file('june.csv', MAY.replaceAll('-05-', '-06-').replaceAll('N', 'M'))
    const as = (name: string) => nianjie('import-statement', june, '--format', 'our-bank', '--as', name)
    expect(await as('zhao')).toMatchObject({ code: 3, err: expect.stringContaining('does not act for district') as string })
    expect(await as('nobody')).toMatchObject({ code: 3 })
    expect(await as('li')).toMatchObject({ code: 0 })
    const loaded = await database.db.selectFrom('statement_files').select(['loaded_by', 'signature']).where('name', '=', 'june.csv').executeTakeFirstOrThrow()
    expect(loaded).toMatchObject({ loaded_by: 'li', signature: expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/) as string })
    // The rules of the run that this file makes up are no real ones; the signature is.
    expect(await archiveVerdict(database.url, office(), 2025)).toMatchObject({ faults: [{ fault: 'rules' }], signatures: 1 })
  })

  it('lists what is loaded and takes it out again', async () => {
    expect(JSON.parse((await nianjie('import-statement', '--list', '--json')).out)).toMatchObject([{ name: 'june.csv', rows: 2, state: 'live', loadedBy: 'li' }, { name: 'may.csv', amount: '70.00', firstDay: '2025-05-06' }])
    expect(await nianjie('import-statement', '--remove', 'may.csv')).toMatchObject({ code: 0, announced: [{ version: 4 }] })
    expect((await nianjie('import-statement', '--list', '--all')).out).toMatch(/may\.csv .* removed/)
    expect(await nianjie('import-statement', '--remove', 'may.csv')).toMatchObject({ code: 3 })
    expect((await nianjie('import-statement', '--formats')).out).toMatch(/our-bank +our bank +R7/)
  })
})

describe('a layout', () => {
  const wrong = async (change: (text: string) => string): Promise<string> => {
    const path = join(office(), 'formats', 'our-bank.yaml')
    const text = await readFile(path, 'utf8')
    await writeFile(path, change(text))
    try {
      loadConfig(office())
      return ''
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return error.problems.map((one) => one.replace(path, 'our-bank.yaml')).join('\n')
    } finally {
      await writeFile(path, text)
    }
  }

  it.each([
    ['with an unknown column', 'columns: {', 'columns: { colour: 颜色, ', /^our-bank\.yaml:\d+:\d+: columns.*colour/],
    ['whose pattern is no regular expression', "'^合计'", "'^合计('", /our-bank\.yaml:7:\d+: totals\.0\.pattern: not a regular expression/],
    ['with an unknown group', "'^合计'", "'(?<sum>x)'", /unknown group sum/],
    ['that says the party twice', 'columns: {', 'columns: { party: 对方, ', /party has two sources/],
    ['that says no party', 'constants: { party: OUR }', '', /nothing says the party/],
    ['without titles and with columns by title', 'header: { titles: [日期, 收支] }', 'header: { row: 0 }', /columns\.date: without a row of titles a column goes by its letter/],
    ['with a date form that is none', 'constants:', 'dates: [yesterday]\nconstants:', /dates\.0: a form such as YYYY-MM-DD/],
    ['of a reconciliation that does not exist', 'R7', 'R77', /our-bank\.yaml: reconciliation: is not declared in reconciliations\.yaml \(R77\)/],
    ['of a reconciliation that reads no statements', 'R7', 'R10', /our-bank\.yaml: reconciliation: does not read statements \(R10\)/],
    ['that wants a balance checked that is not there', 'constants:', 'balance: {}\nconstants:', /balance: stands with a balance column/],
  ])('%s is refused, with its place and the reason', async (_title, from, to, reason) => {
    expect(await wrong((text) => text.replace(from, to))).toMatch(reason)
  })

  it('as the documentation shows it is right', async () => {
    const page = await readFile(new URL('../../docs/statements.md', import.meta.url), 'utf8')
    const [, example] = /```yaml\n([\s\S]*?)```/.exec(page)!
    expect(await wrong(() => example!)).toBe('')
    for (const format of Object.keys(loadConfig().formats)) expect(page).toContain(`\`${format}\``)
  })

  it('of which every built-in one is right, and belongs to a reconciliation that is declared', () => {
    const { formats, reconciliations } = loadConfig()
    expect(Object.keys(formats).length).toBeGreaterThanOrEqual(12)
    for (const format of Object.values(formats)) expect(reconciliations.reconciliations).toHaveProperty(format.reconciliation)
  })
})
