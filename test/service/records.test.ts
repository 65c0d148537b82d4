/** Records of the service and its report, by the commands, on the real database. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addActor } from '../../cli/operations/keys.ts'
import { type Ran, runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

let database: TestDatabase
const folder = mkdtempSync(join(tmpdir(), 'nianjie-service-'))
const folders = { overlay: join(folder, 'config'), keysFolder: join(folder, 'keys') }
beforeAll(async () => {
  database = await createTestDatabase()
  for (const [name, role, district] of [['desk', 'engineer', '152501'], ['boss', 'coordinator', '*'], ['clerk', 'finance', '*']] as const) {
    expect(addActor(folders, { name, roles: [role], districts: [district] })).toMatchObject({ ok: true })
  }
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

async function nianjie(...argv: string[]): Promise<Ran> {
  const { code, out, err } = await runCommand([...argv, '--lang', 'en'], {
    env: { DATABASE_URL: database.url, NIANJIE_CONFIG: folders.overlay, NIANJIE_KEYS: folders.keysFolder }, now: () => new Date('2026-02-01T00:00:00Z'),
  })
  return { code, out: out.trim(), err: err.trim() }
}

const HEADER = 'call_id,district,user,called_at,answered_at,ended_at,called_back_at\n'
function logFile(name: string, rows: string): string {
  const path = join(folder, name)
  writeFileSync(path, HEADER + rows)
  return path
}

describe('nianjie service', () => {
  it('takes a call log once, whole or not at all, and only from those who may', async () => {
    // 31 December, 23:30 in the office's time: still December, and called back only on the next day.
    const good = logFile('calls.csv', 'K1,152501,王,2025-12-31 08:00,2025-12-31 08:01,2025-12-31 08:05,\nK2,152501,李,2025-12-31 23:30,,,2026-01-01 00:10\nK3,152501,王,2026-01-02T01:00:00Z,,,2026-01-02T05:00:00Z\n')
    expect(await nianjie('service', 'calls', good, '--as', 'clerk')).toMatchObject({ code: 3, err: expect.stringContaining('wrong-role') as string })
    expect(await nianjie('service', 'calls', good, '--as', 'desk')).toMatchObject({ code: 0, out: '3 calls recorded, 0 were there before' })
    expect(await nianjie('service', 'calls', good, '--as', 'desk')).toMatchObject({ code: 0, out: '0 calls recorded, 3 were there before' })
    const bad = await nianjie('service', 'calls', logFile('bad.csv', 'K4,152501,王,2025-12-31 25:00,,,\nK4,999999,,2025-12-31 09:00,2025-12-31 08:00,,\n'), '--as', 'desk')
    expect(bad.code).toBe(2)
    for (const problem of ['bad.csv:2 called_at:', 'bad.csv:3 call_id:', 'bad.csv:3 user:', 'bad.csv:3 district:', 'bad.csv:3 answered_at:']) expect(bad.err).toContain(problem)
    expect((await nianjie('service', 'calls', logFile('other.csv', 'K9,152501,王,2025-12-31 09:00,,,\nK1,152501,张,2025-12-31 08:00,,,\n'), '--as', 'desk')).err).toContain('call K1')
    expect((await nianjie('service', 'calls', logFile('far.csv', 'K8,152502,王,2025-12-31 09:00,,,\n'), '--as', 'desk')).err).toContain('wrong-district')
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from service_calls`.execute(database.db)
    expect(rows[0]!.n).toBe(3)
    await expect(sql`delete from service_calls`.execute(database.db)).rejects.toThrow('appended only')
  })

  it('counts three upheld complaints of one user in a year, by the judgement that holds', async () => {
    for (const id of ['C1', 'C2', 'C3']) {
      expect(await nianjie('service', 'complaint', 'add', '--district', '152501', '--user', '王', '--text', '没人接', '--at', '2025-12-30 10:00', '--id', id, '--as', 'desk')).toMatchObject({ code: 0, out: id })
    }
    expect((await nianjie('service', 'complaint', 'add', '--district', '152501', '--user', '王', '--text', 'x', '--id', 'C1', '--as', 'desk')).code).toBe(3)
    const judge = (id: string, how: string, as = 'boss') => nianjie('service', 'complaint', 'judge', id, how, '--reason', '核实', '--as', as)
    expect((await judge('C1', '--upheld', 'desk')).code).toBe(3)
    for (const id of ['C1', 'C2', 'C3']) expect((await judge(id, '--upheld')).code).toBe(0)
    expect((await report()).repeats).toEqual([{ district: '152501', user: '王', year: 2025, upheld: 3 }])
    expect((await judge('C3', '--not-upheld')).code).toBe(0)
    expect((await report()).repeats).toEqual([])
  })

  it('reports a month in the office\'s time, with the days below the target, the same bytes each time', async () => {
    for (const score of ['90', '95.5']) expect((await nianjie('service', 'rating', '--district', '152501', '--month', '2025-12', '--score', score, '--as', 'desk')).code).toBe(0)
    expect((await nianjie('service', 'rating', '--district', '152501', '--month', '2025-12', '--score', '100.5', '--as', 'desk')).code).toBe(2)
    expect((await report()).months).toMatchObject([{
      district: '152501', month: '2025-12', satisfaction: { ratings: 2, average: 92.75 },
      calls: { calls: 2, answered: 1, rate: 50, missed: 1, calledBack: 0, daysBelow: [{ date: '2025-12-31', calls: 2, answered: 1 }] },
    }])
    const bytes = (name: string) => readFileSync(join(folder, name, 'service-2025-12.html')).toString() + readFileSync(join(folder, name, 'service-2025-12.xlsx')).toString('base64')
    for (const name of ['one', 'two']) expect((await nianjie('service', 'report', '--month', '2025-12', '--out', join(folder, name))).code).toBe(0)
    expect(bytes('one')).toBe(bytes('two'))
    expect(readFileSync(join(folder, 'one', 'service-2025-12.html'), 'utf8')).toContain('50.00%')
    expect((await nianjie('audit', 'verify')).code).toBe(0)
  })
})

interface Json { months: { district: string }[]; repeats: object[] }
async function report(): Promise<Json> {
  const out = mkdtempSync(join(folder, 'report-'))
  const { code } = await nianjie('service', 'report', '--month', '2025-12', '--out', out, '--format', 'json')
  expect(code).toBe(0)
  return JSON.parse(readFileSync(join(out, 'service-2025-12.json'), 'utf8')) as Json
}
