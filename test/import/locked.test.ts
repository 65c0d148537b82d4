/** A year that was locked takes no more input: refused with exit 3, told why and what to do, audited, nothing written. */
import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { loadInput, writeInput } from '../support/input.ts'

const DISTRICT = '152501'
const files = (name: string) => ({ units: `unit,name,kind\n001,${name},administrative\n`, books: 'book,name,system,unit\nU,U,government-unit,001\n' })
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  const { scopeId } = await loadInput(database, { district: DISTRICT, year: 2025, files: files('a') })
  await sql`insert into rule_packs (digest, content) values ('test', '{}')`.execute(database.db)
  const { rows: [run] } = await sql<{ id: number }>`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    values (${scopeId}, 'real', '', 'completed', 'test', false, '152500') returning run_id as id`.execute(database.db)
  await sql`insert into decisions (decision_id, run_id, kind, actor, payload, signature, accepted, judged_at)
    values (gen_random_uuid(), ${run!.id}, 'control', 'chen', '{}', '', true, now())`.execute(database.db)
})
afterAll(() => database.drop())

async function importing(name: string, year = 2025): Promise<{ code: number; out: string }> {
  const folder = await writeInput({ district: DISTRICT, files: files(name) })
  const { code, out, err } = await runCommand(['import', folder, '--year', String(year), '--lang', 'en'], {
    env: { ...process.env, DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:1' },
  })
  await rm(folder, { recursive: true })
  return { code, out: out + err }
}
const versions = async () => (await sql<{ n: number }>`select count(*)::int as n from input_versions join scopes using (scope_id) where year = 2025`.execute(database.db)).rows[0]!.n

it('an import into it is refused and recorded, and changes nothing', async () => {
  expect(await importing('b')).toMatchObject({ code: 3, out: expect.stringMatching(/locked for good by chen.*2026, as a prior-year adjustment/s) })
  expect(await versions()).toBe(1)
  const { rows } = await sql<{ detail: string }>`select detail from audit.events where kind = 'import.refused' and district = ${DISTRICT}`.execute(database.db)
  expect(rows.map(({ detail }) => JSON.parse(detail) as object)).toEqual([{ code: 'locked', lockedBy: 'chen' }])
})

it('the same input again changes nothing and is no attempt; another year is open', async () => {
  expect((await importing('a')).out).toContain('unchanged (version 1)')
  expect((await importing('b', 2026)).out).toContain('version 1')
  expect(await versions()).toBe(1)
})
