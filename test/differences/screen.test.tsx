/** A difference on its screen: sides, kind, owner, age, where the payment stands; and explained from there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listDifferences } from '../../books/differences/read.ts'
import { STEPS } from '../../domain/steps.ts'
import { openScreen } from '../tui/screen.tsx'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { check, checkDistrict, say } from './support.ts'

let database: TestDatabase
let ids: Map<string, string>
beforeAll(async () => {
  database = await createTestDatabase()
  const checked = await checkDistrict(database, '152501', 2025, {
    books: [{ book: 'T', system: 'treasury-2022' }],
    entries: ['7', '8'].flatMap((number) => [
      { book: 'T', voucher: `V${number}`, line: '1', account: '5001', debit: '123.45', source: `Z${number}` }, { book: 'T', voucher: `V${number}`, line: '2', account: '1001', credit: '123.45' },
    ]),
    documents: ['7', '8'].map((number) => ({ type: 'PAY_CERT', number: `Z${number}`, amount: '123.45', counterparty: 'icbc', updated_on: '2025-12-30' })),
    statements: [{ reconciliation: 'R8', party: 'icbc', reference: 'other', amount: '5', date: '2025-03-01' }],
  })
  await database.db.insertInto('step_states').values(STEPS.map((step) => ({
    run_id: checked.runId, step, state: step === 'reconcile' ? 'blocked' as const : step === 'in-transit' ? 'approved' as const : 'pending' as const, generation: 1,
  }))).execute()
  const [one] = await listDifferences(database.db, { year: 2025, rule: 'R8', now: new Date() })
  await say(database, checked, [{ id: one!.id, action: 'assign', about: { owner: '王会计\u001b[31m' } }])
  await check(database, checked, 2)
  ids = new Map((await listDifferences(database.db, { year: 2025, rule: 'R8', now: new Date() })).map((each) => [each.key, each.id]))
})
afterAll(() => database.drop())

const open = async (key: string, lang: 'zh' | 'en' = 'en') => {
  const screen = await openScreen(database, { as: 'gao.wa', lang, size: { columns: 110, rows: 60 } })
  screen.session.open({ screen: 'finding', district: '152501', step: 'reconcile', finding: ids.get(key)! })
  await screen.session.idle()
  return screen
}

describe('the screen of a difference', () => {
  it('shows both sides, what it may be, who sees to it, its age, every place of the payment and what happened', async () => {
    const text = (await open('icbc/Z7')).text()
    for (const part of [
      /Side A +123\.45 +payment certificates +1 row/, /Side B +0\.00 +bank payments +0 rows/, /Kind +timing \(in transit\)\?/, /Owner +王会计/,
      /Age +\d+ days, oldest row 2025-12-30/, /Where it stands +Z7 +the odd one out: bank/, /payment system +123\.45 +PAY_CERT\/Z7/, /treasury ledger +123\.45 +T\/V7/, /bank +0\.00/,
      /first seen +123\.45/, /assign +eng +→ 王会计/,
    ]) expect(text).toMatch(part)
    expect(text).not.toContain('\u001b')
    const zh = (await open('icbc/other', 'zh')).text()
    for (const part of [/原因 +漏记\?/, /负责人 +无/, /无多数，不能判定/, /首次发现/]) expect(zh).toMatch(part)
  })

  it('explains with a kind, the suggested one first, and assigns', async () => {
    const screen = await open('icbc/Z8')
    await screen.press('e', '1')
    expect(screen.session.get().overlay).toMatchObject({ kind: 'kinds', index: 0 })
    expect(screen.text()).toContain('1 timing (in transit) (timing)')
    await screen.press('j', 'k', 'enter')
    await screen.type('paid on 3 January')
    await screen.press('enter')
    expect(screen.text()).toMatch(/Kind +timing \(in transit\)/)
    await screen.press('y', 'e', '3')
    expect(screen.text()).toContain('Owner: ')
    await screen.type('li')
    await screen.press('enter', 'y')
    expect(screen.sent.map(({ request }) => (request as { rows: object[] }).rows[0])).toMatchObject([
      { action: 'explain', comment: 'paid on 3 January', about: { kind: 'timing' } }, { action: 'assign', comment: '', about: { owner: 'li' } },
    ])
  })

  it('leaves the kind to the data where many are explained at once', async () => {
    const screen = await openScreen(database, { as: 'gao.wa', size: { columns: 110, rows: 60 } })
    screen.session.open({ screen: 'step', district: '152501', step: 'reconcile' })
    await screen.session.idle()
    await screen.press('*', 'e', '1')
    expect(screen.text()).toContain('as the data suggest')
    await screen.press('enter')
    await screen.type('ok')
    await screen.press('enter', 'y')
    const { rows } = screen.sent[0]!.request as { rows: { about?: object }[] }
    expect(rows.length).toBeGreaterThan(2)
    expect(rows.every(({ about }) => about === undefined)).toBe(true)
  })
})
