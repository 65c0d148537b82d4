/** Where the time went and when it is over, in the progress report: the pages, the workbook, the JSON. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTimeRules } from '../../config/attribution.ts'
import { districtPage } from '../../report/html/district.ts'
import { leaguePage } from '../../report/html/league.ts'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import { readReport } from '../../report/read.ts'
import { reportJson } from '../../report/write.ts'
import { workbook } from '../../report/xlsx.ts'
import { fillProblems, writeProblem } from '../problems/rows.ts'
import { BOARD_NOW, fillBoard } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { sheetsOf } from '../support/sheets.ts'

let books: TestDatabase
const read = (...districts: string[]) => readReport(books.db, { year: 2025, districts }, loadTimeRules())
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  await fillProblems(books.db)
  await writeProblem(books.db, 'T-5', 20, { user: '<script>王</script>' })
  await sql`update input_versions set imported_at = ${BOARD_NOW}`.execute(books.db)
  await sql`update step_history set waiting_on = 'finance' where state = 'awaiting-approval'`.execute(books.db)
})
afterAll(() => books?.drop())

describe('where the time went', () => {
  it('stands on the page of the district by party and step, with charts, and for its problems', async () => {
    const report = await read()
    const page = districtPage(report, report.districts.find(({ code }) => code === '152502')!)
    const section = /<h2>时间去向[\s\S]*?<\/section>/.exec(page)![0]
    expect(section.match(/<svg /g)).toHaveLength(2)
    const whole = ['6 小时 10 分', '30 分 00 秒', '<b>6 小时 40 分</b>'].map((cell) => `<td class="n">${cell}</td>`).join('')
    expect(section).toContain(`合计 <span class="en">total</span></td>\n${whole}`)
    expect(section).toContain('T-4 Sun')
    expect(page).not.toContain('<script>')
    // Started, and nothing reported: one chart.
    const quiet = districtPage(report, report.districts.find(({ code }) => code === '152522')!)
    expect(/<h2>时间去向[\s\S]*?<\/section>/.exec(quiet)![0].match(/<svg /g)).toHaveLength(1)
    // Nothing was started.
    expect(districtPage(report, report.districts.find(({ code }) => code === '152530')!)).not.toContain('时间去向')
  })

  it('stands on the page of the league, and is not there without the rules of whose minutes they were', async () => {
    expect(leaguePage(await read(), () => null)).toMatch(/<h2>时间去向[\s\S]*服务工程师[\s\S]*<h2>预计完成/)
    const without = await readReport(books.db, { year: 2025 })
    expect(leaguePage(without, () => null)).not.toContain('时间去向')
    expect(without).not.toHaveProperty('time')
  })

  it('of one district is the same alone as among all', async () => {
    const [all, one] = [await read(), await read('152525')]
    const own = all.districts.find(({ code }) => code === '152525')!
    expect(one.districts[0]).toMatchObject({ time: own.time, forecast: own.forecast })
    expect(one.time).toEqual(all.time)
  })

  it('adds up in the workbook, minute by minute, and the same state gives the same bytes', async () => {
    const report = await read()
    expect(reportJson(await read())).toBe(reportJson(report))
    const book = await workbook(report)
    expect(book.equals(await workbook(await read()))).toBe(true)
    const rows = (await sheetsOf(book))['时间去向 Time']!.map((row) => row.map(({ value }) => value))
    const steps = rows.filter((row) => row[0] === '152502' && row[2] === '步骤 step')
    expect(steps.map((row) => row[3])).toEqual([...STEPS.map((step) => STEP_NAMES[step].zh), '合计 total'])
    const minutes = (row: readonly string[]) => (row.length > 4 ? Number(row.at(-1)) : 0)
    expect(steps.slice(0, 6).reduce((sum, row) => sum + minutes(row), 0)).toBeCloseTo(minutes(steps[6]!), 1)
    expect(minutes(steps[6]!)).toBe(400)
    expect(rows.filter((row) => row[0] === '152502' && row[2] === '用户问题 problem')).toHaveLength(5)
  })
})

describe('when it is over', () => {
  it('stands with what it rests on and how often it was right, for whoever is under way', async () => {
    const report = await read()
    expect(report.time!.trackRecord).toEqual([expect.objectContaining({ kind: 'real' })])
    const page = districtPage(report, report.districts.find(({ code }) => code === '152525')!)
    expect(page).toMatch(/预计完成 Done by<\/b> <b>中位 median 2026-01-01 \d\d:\d\d:\d\d，偏晚 late case 2026/)
    expect(page).toContain('2 个区划的用时（含往年）；等财政，排第 2')
    expect(page).toMatch(/回看 \d+ 次预测/)
    expect(districtPage(report, report.districts.find(({ code }) => code === '152501')!)).not.toContain('预计完成')
    const rows = (await sheetsOf(await workbook(report)))['预计完成 Forecast']!.map((row) => row.map(({ value }) => value))
    expect(rows.find((row) => row[0] === '152525')).toContain('2 个区划的用时（含往年）；等财政，排第 2')
  })

  it('says how often it was right also once all are done', async () => {
    const report = await read('152501')
    expect(leaguePage(report, () => null)).toMatch(/<h2>预计完成[\s\S]*回看 \d+ 次预测/)
    const rows = (await sheetsOf(await workbook(report)))['预计完成 Forecast']!
    expect(rows).toHaveLength(2)
    expect(rows[1]!.map(({ value }) => value)).toEqual([expect.stringMatching(/回看 \d+ 次预测/)])
  })
})
