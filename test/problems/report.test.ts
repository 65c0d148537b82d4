/** Problems in the per-district report: HTML, workbook and JSON, the same bytes for the same state; and in the status. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStatus } from '../../books/read-model/status.ts'
import { districtPage } from '../../report/html/district.ts'
import { readReport } from '../../report/read.ts'
import { workbook } from '../../report/xlsx.ts'
import type { TestDatabase } from '../support/database.ts'
import { problemBoard } from './rows.ts'

let books: TestDatabase
beforeAll(async () => { books = await problemBoard() })
afterAll(() => books?.drop())

describe('problems in the report', () => {
  it('stand with their clocks and events in the page of their district alone', async () => {
    const report = await readReport(books.db, { year: 2025 })
    const of = (code: string) => report.districts.find((district) => district.code === code)!
    expect(of('152502').problems?.map(({ id, state }) => [id, state])).toEqual([['T-1', 'open'], ['T-3', 'open'], ['T-4', 'resolved']])
    const page = districtPage(report, of('152502'))
    expect(page).toContain('T-1')
    expect(page).toContain('支付凭证无法签章')
    expect(districtPage(report, of('152500'))).not.toContain('用户问题')
    expect(report.asOf! >= of('152502').problems![0]!.events.at(-1)!.at).toBe(true)
  })
  it('give the same bytes for the same state, in the workbook too', async () => {
    const [first, second] = [await readReport(books.db, { year: 2025 }), await readReport(books.db, { year: 2025 })]
    expect(JSON.stringify(first)).toBe(JSON.stringify(second))
    expect((await workbook(first)).equals(await workbook(second))).toBe(true)
  })
})

describe('problems in the status', () => {
  it('are counted for each district, with what is due next', async () => {
    const { districts } = await readStatus(books.db, { year: 2025 }, new Map())
    const of = (code: string) => districts.find((district) => district.code === code)!.problems
    expect(of('152502')).toEqual({ open: 2, breached: 0, nextDue: '2026-01-01T03:20:00.000Z' })
    expect(of('152500')).toBeUndefined()
  })
})
