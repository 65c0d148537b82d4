/** The summary of a year-end: what came in while it lasted, and whose minutes it took; by the command. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendEvents, holdProblem } from '../../books/problems/store.ts'
import type { DistrictYearEnd, YearEndSummary } from '../../report/service/year-end.ts'
import { fillProblems, writeProblem } from '../problems/rows.ts'
import { BOARD_NOW, fillBoard } from '../support/board.ts'
import { runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { sheetsOf } from '../support/sheets.ts'

const DISTRICT = '152502'
let database: TestDatabase
const folder = mkdtempSync(join(tmpdir(), 'nianjie-year-end-'))

beforeAll(async () => {
  database = await createTestDatabase()
  await fillBoard(database.db)
  await fillProblems(database.db)
  // Reported the summer before, outside of every window: it is none of this year-end's, though the store was told of a window.
  await writeProblem(database.db, 'T-5', 60 * 24 * 200)
  await sql`update problems set window_year = null where problem_id = 'T-5'`.execute(database.db)
  await database.db.transaction().execute(async (trx) => {
    await appendEvents(trx, (await holdProblem(trx, 'T-3'))!, [{ at: BOARD_NOW.getTime(), action: 'wait', actor: 'desk', party: 'bank', detail: { waitingOn: 'bank', reason: '回单' } }])
  })
  await sql`insert into problem_breaches (problem_id, clock, due_at, district, user_name, party, recorded_at)
    values ('T-1', 'resolution', ${BOARD_NOW}, ${DISTRICT}, 'Zhang', 'engineer', ${BOARD_NOW})`.execute(database.db)
  await sql`insert into problem_links (problem_id, run_id, step, generation, finding_id, linked_at)
    select 'T-1', run_id, 'in-transit', 1, 'F152502PAY_CERT0', ${BOARD_NOW} from runs where workflow_id = 'year-end-152502'`.execute(database.db)
  await sql`insert into service_words (word_id, kind, actor, payload, signature, at) values ('00000000-0000-4000-8000-000000000001', 'calls', 'desk', '{}', '', ${BOARD_NOW})`.execute(database.db)
  await sql`insert into service_calls (call_id, district, user_name, called_at, answered_at, file, sha256, word_id)
    select id, '152530', '王', at::timestamptz, case when id <> 'K2' then at::timestamptz end, 'calls.csv', '', '00000000-0000-4000-8000-000000000001'::uuid
    from (values ('K1', '2025-12-19T16:00:00Z'), ('K2', '2026-01-20T15:59:59Z'), ('K3', '2025-12-19T15:59:59Z'), ('K4', '2026-01-20T16:00:00Z')) as calls(id, at)`.execute(database.db)
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await database?.drop()
})

async function nianjie(...argv: string[]): Promise<{ code: number; err: string }> {
  const { code, err } = await runCommand([...argv, '--lang', 'en'], { env: { DATABASE_URL: database.url, NIANJIE_CONFIG: join(folder, 'config') } })
  return { code, err }
}

async function summary(name: string, ...argv: string[]): Promise<YearEndSummary> {
  expect(await nianjie('service', 'year-end', '--year', '2025', '--out', join(folder, name), ...argv)).toEqual({ code: 0, err: '' })
  return JSON.parse(readFileSync(join(folder, name, 'year-end-2025.json'), 'utf8')) as YearEndSummary
}
const of = ({ districts }: YearEndSummary, code: string): DistrictYearEnd => districts.find(({ district }) => district === code)!

describe('nianjie service year-end', () => {
  it('counts what came in from the first to the last moment of the window, in the office\'s time', async () => {
    const all = await summary('all')
    expect(of(all, '152530').calls).toMatchObject({ calls: 2, answered: 1, rate: 50 })
    const one = of(all, DISTRICT)
    expect(one.window).toEqual({ from: '2025-12-19T16:00:00.000Z', to: '2026-01-20T16:00:00.000Z' })
    expect(one).toMatchObject({ problems: 3, unresolved: 2, byKind: { fault: 2, request: 0, consultation: 1 }, byChannel: { hotline: 3 }, resolved: { median: 6_000, longest: 6_000 } })
  })

  it('names each breach with its user, whom it waited for, and what it was made from', async () => {
    const one = of(await summary('breaches'), DISTRICT)
    expect(one.breaches).toMatchObject([{ problemId: 'T-1', user: 'Zhang', clock: 'resolution', party: 'engineer', withdrawn: false }])
    expect(one.causes).toEqual({ 'T-1': { step: 'in-transit', findingId: 'F152502PAY_CERT0' } })
  })

  it('attributes every second of each district\'s real year-end, by party and by step', async () => {
    const { districts } = await summary('time')
    expect(districts.map(({ district }) => district)).toContain('152501')
    for (const { run } of districts) {
      if (!run) continue
      const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((a, b) => a + b, 0)
      expect(sum(run.byParty)).toBeCloseTo(run.seconds, 3)
      expect(Object.values(run.bySteps).reduce((all, step) => all + sum(step!), 0)).toBeCloseTo(run.seconds, 3)
    }
    expect(of(await summary('one', '--district', '152501'), '152501')).toEqual(districts.find(({ district }) => district === '152501'))
  })

  it('is written as page and workbook too, the same bytes for the same state', async () => {
    await summary('first')
    await summary('second')
    for (const file of ['year-end-2025.html', 'year-end-2025.xlsx', 'year-end-2025.json']) {
      expect(readFileSync(join(folder, 'first', file)).equals(readFileSync(join(folder, 'second', file))), file).toBe(true)
    }
    expect(readFileSync(join(folder, 'first', 'year-end-2025.html'), 'utf8')).toContain('2025 年度年结运维总结')
    const sheets = await sheetsOf(readFileSync(join(folder, 'first', 'year-end-2025.xlsx')))
    expect(sheets['违约 Breaches']!.flat().map(({ value }) => value)).toContain('T-1')
    expect(sheets['年结总结 Year-end']!.some((row) => row[0]?.value === DISTRICT)).toBe(true)
  })
})
