import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { inputDigestOf } from '../../books/evidence.ts'
import { findRun } from '../../books/runs.ts'
import type { Operations } from '../../cli/operations.ts'
import { runCommand } from '../support/command.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { writeInput } from '../support/input.ts'
import { DISTRICT, GOOD } from './fixture.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

/** Runs the command against the test's database; announcements are collected. */
async function nianjie(...argv: string[]): Promise<{ code: number; out: string; err: string; announced: object[] }> {
  const announced: object[] = []
  const ran = await runCommand([...argv, '--lang', 'en'], {
    env: { ...process.env, DATABASE_URL: database.url },
    createOperations: () => Promise.resolve({ announceInput: (request: object) => { announced.push(request); return Promise.resolve() } } as unknown as Operations),
  })
  return { ...ran, announced }
}

test('says what was loaded, what was not and why, and ends with 2 when something was not', async () => {
  const folder = await writeInput({ district: DISTRICT, files: GOOD })
  const bad = await writeInput({ district: DISTRICT, files: { ...GOOD, units: `${GOOD.units!}1,\x1b[31mred,firm,,\n` } })
  expect(await nianjie('import', folder, '--year', '2025', '--check')).toMatchObject({ code: 0, out: expect.stringContaining('152501: no problems in') as string })
  expect(await nianjie('import', folder, '--year', '2025')).toMatchObject({ code: 0, out: expect.stringContaining('152501: loaded 22 rows (version 1)') as string })
  expect(await nianjie('import', folder, '--year', '2025')).toMatchObject({ code: 0, out: expect.stringContaining('152501: unchanged (version 1)') as string })
  const refused = await nianjie('import', bad, '--year', '2025')
  expect(refused).toMatchObject({ code: 2, announced: [] })
  expect(refused.out).toBe('152501/units.csv:4 kind: not one of the words allowed here (firm)\n152501: 1 problems, not loaded\n')
  const json = await nianjie('import', bad, '--year', '2025', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ year: 2025, districts: [{ district: DISTRICT, version: null, problemCount: 1, problems: [{ file: 'units.csv', line: 4, column: 'kind' }] }] })
  for (const one of [folder, bad]) await rm(one, { recursive: true })
})

test('tells live runs of the new input, and which approvals fall with it', async () => {
  await sql`insert into rule_packs (digest, content) values ('r', '{}')`.execute(database.db)
  await sql`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    select scope_id, 'real', 'w', 'running', 'r', false, '152500' from scopes where district = ${DISTRICT}`.execute(database.db)
  await sql`insert into step_states (run_id, step, state) select run_id, unnest(array['reconcile', 'asset-health', 'in-transit']), 'approved' from runs`.execute(database.db)
  const { run_id: runId } = await database.db.selectFrom('runs').select('run_id').executeTakeFirstOrThrow()
  for (const step of ['in-transit', 'reconcile', 'asset-health'] as const) {
    const input_digest = await inputDigestOf(database.db, await findRun(database.db, runId), step)
    await database.db.insertInto('step_results').values({ run_id: runId, step, generation: 1, input_digest, evidence_digest: 'e', result: '{}' }).execute()
  }
  const folder = await writeInput({ district: DISTRICT, files: { ...GOOD, statements: `${GOOD.statements!}R8,bank,D2,,,,,,,,5\n` } })
  const result = await nianjie('import', folder, '--year', '2025')
  expect(result).toMatchObject({ code: 0, announced: [{ year: 2025, district: DISTRICT, version: 2 }] })
  expect(result.out).toContain('statements: 1 added, 0 removed, 0 changed')
  expect(result.err).toContain('these approvals no longer hold and the steps run again: Reconciliation\n')
  const more = await writeInput({ district: DISTRICT, files: { ...GOOD, documents: GOOD.documents!.replace(',100,', ',101,') } })
  expect((await nianjie('import', more, '--year', '2025')).err).toContain('steps run again: In-transit documents, Reconciliation\n')
  for (const one of [folder, more]) await rm(one, { recursive: true })
})

test('a wrong district, year or folder is bad usage', async () => {
  expect(await nianjie('import', '/nowhere', '--year', '2025')).toMatchObject({ code: 2, err: expect.stringContaining('/nowhere') as string })
  expect((await nianjie('import', '.', '--year', '25')).code).toBe(2)
  expect((await nianjie('import', '.', '--year', '2025', '--district', '1')).code).toBe(2)
})
