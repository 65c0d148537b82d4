// The health of the assets in the report: its trend with charts, by family and unit, the same bytes for the same state.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { districtPage } from '../../report/html/district.ts'
import { leaguePage } from '../../report/html/league.ts'
import { readReport } from '../../report/read.ts'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  const { rows: [run] } = await sql<{ run_id: number; scope_id: number }>`select run_id, scope_id from runs join scopes using (scope_id) where district = '152502' order by run_id desc limit 1`.execute(books.db)
  for (const [generation, unit, family, sound, clean] of [[1, '*', '*', 900, 800], [2, '*', '*', 1000, 950], [1, '*', 'F', 950, 950], [2, '*', 'F', 1000, 1000], [2, '<b>101', '*', 1000, 950]] as const) {
    await sql`insert into asset_health_points (run_id, generation, input_version, unit, family, cards, sound, clean, errors, warnings, infos)
      values (${run!.run_id}, ${generation}, ${generation}, ${unit}, ${family}, 1000, ${sound}, ${clean}, ${1000 - sound}, ${sound - clean}, 0)`.execute(books.db)
  }
  await sql`insert into asset_rounds (scope_id, unit, round, input_version, content_digest, rows, left_open, made_at)
    values (${run!.scope_id}, '<b>101', 1, 1, 'x', 3, '{"F":{"error":2,"warning":1,"info":0}}', '2026-01-02T08:00:00Z')`.execute(books.db)
})
afterAll(() => books?.drop())

it('shows scores of every check with charts, and where the joint review stands', async () => {
  const report = await readReport(books.db, { year: 2025 })
  const district = report.districts.find(({ code }) => code === '152502')!
  const page = districtPage(report, district)
  expect(page).toMatch(/健康分 Health score <b>97\.5<\/b>/)
  expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(3)
  expect(page).toContain('第2次 1轮')
  expect(page).toMatch(/会审<small>/)
  expect(page).not.toContain('<b>101')
  expect(leaguePage(report, () => null)).toMatch(/85\.0<\/td><td class="n"><b>97\.5/)
  expect(districtPage(await readReport(books.db, { year: 2025 }), district)).toBe(page)
})

it('says nothing of the assets of a district that was never checked', async () => {
  const report = await readReport(books.db, { year: 2025 })
  expect(districtPage(report, report.districts.find(({ code }) => code === '152500')!)).not.toContain('Health score')
})
