// Where the time went and when it is over, on the screens: live, at the smallest size and at a wide one, in both languages.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withinBudget } from '../../cli/shared/budget.ts'
import { createReader } from '../../cli/tui/reader.ts'
import { ConfigError } from '../../config/load.ts'
import { fillProblems } from '../problems/rows.ts'
import { BOARD_NOW, fillBoard } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { NAMES, openScreen } from './screen.tsx'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  await fillProblems(books.db)
})
afterAll(() => books?.drop())

const WRONG = () => { throw new ConfigError(['attribution.yaml:1:1: parties: expected a record']) }

describe('where the time went', () => {
  for (const lang of ['zh', 'en'] as const) {
    it(`is shown by party, step and problem in ${lang}`, async () => {
      const screen = await openScreen(books, { lang, size: { columns: 80, rows: 34 } })
      await screen.press('j', 'j', 'M')
      expect(screen.text()).toMatchSnapshot()
    })
  }

  it('follows what happens', async () => {
    const screen = await openScreen(books, { size: { columns: 100, rows: 40 } })
    await screen.press('j', 'j', 'j', 'M')
    expect(screen.text()).not.toMatch(/^ finance office/m)
    await sql`insert into step_history (run_id, step, state, attempt, generation, waiting_on, at)
      select run_id, 'reconcile', 'awaiting-approval', 1, 1, 'finance', ${new Date(BOARD_NOW.getTime() - 60 * 60_000)} from runs join scopes using (scope_id) where district = '152522'`.execute(books.db)
    await screen.press('r')
    expect(screen.text()).toMatch(/^ finance office +1 h 00 min +15\.0%/m)
    expect(screen.text()).toMatch(/^ Reconciliation +6 h 10 min {2}system 5 h 10 min, finance office 1 h 00 min/m)
  })

  it('says so of a district that was not started, and where the configuration is wrong', async () => {
    const screen = await openScreen(books)
    await screen.press('G', 'M')
    expect(screen.text()).toContain('Nothing was started yet')
    const wrong = createReader(books, NAMES, undefined, undefined, WRONG)
    const other = await openScreen(books, { reader: wrong })
    await other.press('j', 'j', 'M')
    expect(other.text()).toContain('see nianjie time')
    await other.press('esc')
    expect(other.text()).toContain('Xilinhot')
    expect(other.text()).not.toContain('Done by')
  })
})

describe('when it is over', () => {
  it('stands on the overview: the district under the cursor, and each district on a wide screen', async () => {
    const narrow = await openScreen(books, { size: { columns: 80, rows: 24 } })
    expect(narrow.text()).toMatch(/^ Done by: median 01-01 \d\d:\d\d, late case 01-01 \d\d:\d\d \(\d districts\)$/m)
    const wide = await openScreen(books, { size: { columns: 110, rows: 24 } })
    expect(wide.text()).toMatch(/^ Code +District .* Done by$/m)
    expect(wide.text()).toMatch(/^ 152522 .* 01-01 \d\d:\d\d$/m)
    expect(wide.text()).toMatch(/^ 152501 .* -$/m)
  })

  it('stands in the district with what it rests on and how often it was right', async () => {
    const screen = await openScreen(books, { lang: 'zh', size: { columns: 80, rows: 24 } })
    await screen.press('enter')
    expect(screen.text()).toMatch(/预计完成：中位 .*\n 依据：\d 个区划的用时.*\n 已完成的年结中回看 \d+ 次预测：100% 在偏晚时间前完成/)
  })

  it('is not there of a year that was not read yet', async () => {
    const screen = await openScreen(books, { reader: { forecast: () => Promise.reject(new Error('away')) } })
    expect(screen.text()).not.toContain('Done by')
    expect(screen.text()).toContain('Xilingol')
  })
})

describe('a reading within its budget', () => {
  it('is made again only when it took at most a twentieth of the time since, one at a time, and never kept when it failed', async () => {
    let [clock, made] = [0, 0]
    let fails = false
    const read = withinBudget(async (key: string) => {
      made += 1
      await Promise.resolve()
      clock += 100
      if (fails) throw new Error('away')
      return `${key}${made}`
    }, () => clock)
    expect(await Promise.all([read('a'), read('a')])).toEqual(['a1', 'a1'])
    clock += 1_899
    expect(await read('a')).toBe('a1')
    clock += 101
    expect(await read('a')).toBe('a2')
    expect(await read('b')).toBe('b3')
    fails = true
    clock += 2_100
    await expect(read('b')).rejects.toThrow('away')
    fails = false
    expect(await read('b')).toBe('b5')
  })
})
