/** The report's pages and workbook of differences, adjusted balances and the levels: from what is stored, the same each time. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listDifferences } from '../../books/differences/read.ts'
import { STEPS } from '../../domain/steps.ts'
import { districtPage } from '../../report/html/district.ts'
import { leaguePage } from '../../report/html/league.ts'
import { readReport } from '../../report/read.ts'
import { workbook } from '../../report/xlsx.ts'
import { loadDistrict } from '../reconcile/fixture.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { sheetsOf } from '../support/sheets.ts'
import { checkDistrict, say } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  const league = await loadDistrict(database, '152500', 2025, {
    books: [{ book: 'T', system: 'treasury-2022' }], entries: [{ book: 'T', voucher: 'V', line: '1', account: '7011', debit: '12', counterparty: '152501', fund: 'general' }],
  })
  const checked = await checkDistrict(database, '152501', 2025, {
    books: [{ book: 'T', system: 'treasury-2022' }],
    entries: [{ book: 'T', voucher: 'V', line: '1', account: '5001', debit: '10', source: 'Z<1>' }, { book: 'T', voucher: 'V', line: '2', account: '1001', credit: '10' }],
    documents: [{ type: 'PAY_CERT', number: 'Z<1>', amount: '10', counterparty: 'icbc', updated_on: '2025-12-31' }],
    statements: [{ reconciliation: 'R8', party: 'icbc', reference: 'Z2', amount: '4', date: '2025-05-01' }],
  }, league)
  await database.db.insertInto('step_states').values(STEPS.map((step) => ({ run_id: checked.runId, step, state: step === 'reconcile' ? 'blocked' as const : 'approved' as const, generation: 1 }))).execute()
  const one = (await listDifferences(database.db, { year: 2025, rule: 'R8', now: new Date() })).find(({ key }) => key === 'icbc/Z<1>')
  await say(database, checked, [{ id: one!.id, action: 'explain', about: { kind: 'timing', owner: '王会计' } }])
})
afterAll(() => database.drop())

it('has every difference with its life, the adjusted balances, and what does not mirror', async () => {
  const report = await readReport(database.db, { year: 2025 })
  const district = report.districts.find(({ code }) => code === '152501')!
  expect(district.differences.find(({ key }) => key === 'icbc/Z<1>')).toMatchObject({
    a: '10.00', b: '0.00', kind: { zh: '时间性在途' }, suggested: false, owner: '王会计', state: 'explained', since: '2025-12-31', payment: 'Z<1>', odd: { decided: true, places: ['bank'] },
  })
  const page = districtPage(report, district)
  for (const text of ['Z&lt;1&gt;', '时间性在途', '王会计', '不一致 odd one out：银行', '<td>已核对 compared</td>', '余额调节表', '调节后余额 adjusted', '未列为未达账项 not in transit：icbc/Z2 -4.00']) expect(page).toContain(text)
  expect(page).not.toContain('Z<1>')
  const levels = leaguePage(report, () => null)
  for (const text of ['上下级往来', '12.00', '已核对 compared']) expect(levels).toContain(text)
  expect(report.mirrors).toMatchObject([{ district: '152501', standing: 'compared', rows: [{ key: 'general', league: '12.00', district: '0.00', mirrors: false, finding: { state: 'open' } }] }])
})

it('is in the workbook, and the same bytes for the same state', async () => {
  const first = await workbook(await readReport(database.db, { year: 2025 }))
  expect(first.equals(await workbook(await readReport(database.db, { year: 2025 })))).toBe(true)
  const sheets = await sheetsOf(first)
  const texts = (sheet: string) => JSON.stringify(sheets[sheet], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  for (const text of ['icbc/Z2', '总账 10.00', '王会计']) expect(texts('差异 Differences')).toContain(text)
  expect(texts('余额调节 Balances')).toContain('未达账项 in transit')
  expect(texts('上下级 Levels')).toContain('general')
})
