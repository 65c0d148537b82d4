// The health of the assets on the screen: scores of each check side by side, by family and unit, whatever the size.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openScreen } from './screen.tsx'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  const { rows: [run] } = await sql<{ run_id: number; scope_id: number }>`select run_id, scope_id from runs join scopes using (scope_id) where district = '152502' order by run_id desc limit 1`.execute(books.db)
  const point = (generation: number, unit: string, family: string, [cards, sound, clean, errors, warnings]: number[]) => sql`
    insert into asset_health_points (run_id, generation, input_version, unit, family, cards, sound, clean, errors, warnings, infos)
    values (${run!.run_id}, ${generation}, ${generation}, ${unit}, ${family}, ${cards}, ${sound}, ${clean}, ${errors}, ${warnings}, 0)`.execute(books.db)
  for (const [unit, family, first, second] of [
    ['*', '*', [1000, 900, 800, 130, 120], [1000, 990, 900, 10, 95]], ['*', 'F', [1000, 950, 950, 50, 0], [1000, 1000, 1000, 0, 0]],
    ['101', '*', [400, 310, 300, 90, 10], [400, 400, 400, 0, 0]], ['102', '*', [600, 590, 500, 40, 110], [600, 590, 500, 10, 95]],
  ] as const) {
    await point(1, unit, family, [...first])
    await point(2, unit, family, [...second])
  }
  await sql`insert into asset_rounds (scope_id, unit, round, input_version, content_digest, rows, left_open) values (${run!.scope_id}, '101', 1, 1, 'x', 3, '{}')`.execute(books.db)
})
afterAll(() => books?.drop())

it('shows the score of the district, its families and its units, the worst first, and how it changed', async () => {
  for (const size of [{ columns: 80, rows: 24 }, { columns: 160, rows: 45 }]) {
    const screen = await openScreen(books, { lang: 'zh', as: 'gao.wa', size })
    await screen.press('/')
    await screen.type('152502')
    await screen.press('enter', 't')
    const text = screen.text()
    expect(text).toMatch(/资产健康/)
    expect(text).toMatch(/1次0轮 +2次1轮/)
    expect(text).toMatch(/全部 +85\.0 +94\.5 +▲9\.5 +10 +95/)
    expect(text).toMatch(/F 财务信息 +95\.0 +100\.0 +▲5\.0 +0 +0/)
    expect(text.indexOf('102')).toBeLessThan(text.indexOf('101 '))
    await screen.press('esc')
    expect(screen.text()).not.toMatch(/健康分/)
  }
})

it('says that there is no result where the assets were not checked, and knows ASCII', async () => {
  const screen = await openScreen(books, { lang: 'en', as: 'gao.wa', ascii: true })
  await screen.press('j', 'enter', 't')
  // oxlint-disable-next-line no-control-regex
  expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/)
})
