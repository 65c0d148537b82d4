// Confirmations and months on the screen: who confirmed what, what is missing, whatever the size and language.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineWidth } from '../../cli/tui/line.ts'
import { frameLines } from '../../cli/tui/frame.ts'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openScreen } from './screen.tsx'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  await sql`insert into reconciliation_balances (run_id, reconciliation, party, generation, state, a, b, differences, digest)
    select run_id, 'R7', party, 1, 'compared', 700, b, differences, 'd' from runs join scopes using (scope_id), (values ('', 700::bigint, 0), ('ICBC', 200::bigint, 1)) p(party, b, differences)
    where district = '152500'`.execute(books.db)
  await sql`
    with word as (insert into decisions (decision_id, run_id, kind, actor, payload, signature, judged_at, accepted)
      select gen_random_uuid(), run_id, 'confirm', 'li.bank', '{"comment":"ok"}', 's', '2026-01-01T02:00:00Z', true from reconciliation_balances where party = 'ICBC' returning decision_id)
    insert into confirmations (decision_id, reconciliation, party, confirmer, a, b, differences, digest) select decision_id, 'R7', 'ICBC', 'bank', 700, 200, 1, 'd' from word`.execute(books.db)
  await sql`
    with one as (
      insert into monthly_checks (scope_id, month, reconciliation, state, a, b, keys, unequal, input_version, rules_digest, ran_by)
      select scope_id, '2025-06', 'R7', 'compared', 700, 200, 2, 1, 1, (select min(digest) from rule_packs), 'test' from scopes where district = '152500' and year = 2025 returning check_id)
    insert into monthly_differences (check_id, key, severity, amount, message_zh, message_en, facts) select check_id, 'ICBC/1', 'error', 500, 'x', 'x', '{}' from one`.execute(books.db)
})
afterAll(() => books?.drop())

describe('confirmations and months', () => {
  for (const size of [{ columns: 80, rows: 24 }, { columns: 160, rows: 45 }]) {
    it(`stand side by side at ${size.columns}x${size.rows}, no line wider than the screen`, async () => {
      const screen = await openScreen(books, { size, lang: 'en' })
      await screen.press('R')
      const text = screen.text()
      expect(text).toContain('Confirmations 1/2')
      expect(text).toMatch(/R7 +ICBC +bank of the account +confirmed .*li\.bank 2026-01-01/)
      expect(text).toMatch(/R7 +special-account accountant +missing/)
      expect(text).toMatch(/2025-06\s/)
      expect(text).toMatch(/R7 +1 \+1/)
      for (const line of frameLines(screen.session.get())) expect(lineWidth(line)).toBeLessThanOrEqual(size.columns)
    })
  }
  it('are given with :confirm, for the balance that was shown', async () => {
    const screen = await openScreen(books, { lang: 'en', as: 'gao.wa' })
    await screen.press('R', ':')
    await screen.type('confirm R7 ICBC')
    await screen.press('enter')
    expect(screen.text()).toMatch(/R7 special accounts ICBC bank of the account/)
    expect(screen.text()).toContain('700.00 / 200.00, 1 differences')
    await screen.press('y')
    expect(screen.sent).toMatchObject([{ call: 'confirmReconciliation', request: { district: '152500', reconciliation: 'R7', party: 'ICBC', confirmer: 'bank', digest: 'seen', actor: 'gao.wa' } }])
  })
  it('are refused as the worker would, before anything is asked', async () => {
    const screen = await openScreen(books, { lang: 'en', as: 'gao.wa', refuse: { code: 'wrong-role', zh: '未被指定', en: 'is not named for it' } })
    await screen.press(':')
    await screen.type('confirm R7')
    await screen.press('enter')
    expect(screen.text()).toContain('is not named for it')
    expect(screen.sent).toEqual([])
  })
  it('are in Chinese too, and say when there is nothing yet', async () => {
    const screen = await openScreen(books, { lang: 'zh' })
    await screen.press('R')
    expect(screen.text()).toContain('对账确认 1/2')
    await screen.press('esc', 'j', 'R')
    expect(screen.text()).toContain('还没有可确认的对账')
    expect(screen.text()).toContain('还没有月度对账')
  })
})
