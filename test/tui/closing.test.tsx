// The carry-forward on the screen: its plan before approval, the undo with what it touches, the lock.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import type { Operations } from '../../cli/operations.ts'
import { loadDistrict, plan } from '../carry-forward/load.ts'
import { type Line, emptyDistrict } from '../carry-forward/model.ts'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openScreen } from './screen.tsx'

const DISTRICT = '152500'
let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  const line = (account: string, debit: string, credit: string, dims: Partial<Line> = {}) => ({ book: 'U', voucher: 'V1', account, unit: '001', debit, credit, ...dims })
  await books.db.transaction().execute(async (trx) => {
    const { run_id: runId } = await trx.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id').select('run_id').where('district', '=', DISTRICT)
      .orderBy('run_id', 'desc').executeTakeFirstOrThrow()
    const context = { ...await loadDistrict(trx, {
      ...emptyDistrict(DISTRICT), units: [{ unit: '001', kind: 'administrative' }], books: [{ book: 'U', system: 'government-unit', unit: '001' }],
      opening: [line('1002', '1234567.89', ''), line('3001', '', '1234567.89')],
      entries: [line('1002', '1000.00', ''), line('4001', '', '1000.00'), line('800102', '1000.00', ''), line('6001', '', '1000.00', { function: '2010101', project: 'P1', fund: 'general' })],
    }), runId }
    await plan(trx, context)
    await applyCarryForward(trx, context)
  })
})
afterAll(() => books?.drop())

/** Operations that answer as the worker would; what is sent is written down. */
function answering(sent: unknown[], answers: Partial<Record<keyof Operations, object>> = {}) {
  const say = (call: keyof Operations) => (request: unknown) => {
    if (!call.startsWith('can') && call !== 'showUndo') sent.push({ call, request })
    return Promise.resolve(answers[call] ?? { ok: call !== 'showUndo' })
  }
  const calls = ['decideUndo', 'canDecideUndo', 'lock', 'canLock', 'showUndo'] as const
  return () => Promise.resolve(Object.fromEntries(calls.map((call) => [call, say(call)])) as unknown as Operations)
}

describe('the plan', () => {
  it('shows what is closed, carried and opened, by account and rule with totals, in both languages and sizes', async () => {
    for (const [size, lang] of [[{ columns: 80, rows: 60 }, 'zh'], [{ columns: 120, rows: 60 }, 'en']] as const) {
      const screen = await openScreen(books, { size, lang })
      await screen.press('f')
      const text = screen.text()
      for (const words of ['1,235,567.89', '1,000.00', '4001', 'F1', 'B1', lang === 'zh' ? '新年期初' : 'opened']) expect(text).toContain(words)
      expect(text.split('\n').every((one) => one.length <= size.columns)).toBe(true)
    }
  })
})

describe('the undo', () => {
  it('shows what it would touch, and is asked for with a reason and a typed phrase, for what was shown', async () => {
    const screen = await openScreen(books, { as: 'wang.li' })
    const sent: unknown[] = []
    screen.session.deps.operations = answering(sent)
    await screen.press('U')
    expect(screen.text()).toContain('reversed one by one')
    const digest = screen.session.get().data.undos.get(DISTRICT)!.digest
    await screen.press('a')
    await screen.type('late invoice')
    await screen.press('enter')
    for (const words of ['152500', '2025', 'ask for it', '5,000.00', 'Type 152500-2025']) expect(screen.text()).toContain(words)
    await screen.press('y', 'enter')
    expect(sent).toEqual([])
    await screen.press('backspace')
    await screen.type('152500-2025')
    await screen.press('enter')
    expect(sent).toEqual([{ call: 'decideUndo', request: { year: 2025, district: DISTRICT, actor: 'wang.li', comment: 'late invoice', word: 'ask', evidenceDigest: digest } }])
  })

  it('says before trying why somebody may not', async () => {
    const screen = await openScreen(books, { as: 'wang.li' })
    screen.session.deps.operations = answering([], { canDecideUndo: { ok: false, code: 'wrong-role', zh: '角色不符', en: 'this needs one of the roles' } })
    await screen.press('U', 'a')
    expect(screen.session.get().overlay).toBeNull()
    expect(screen.text()).toContain('this needs one of the roles')
    const nobody = await openScreen(books, {})
    await nobody.press('U', 'a')
    expect(nobody.text()).toContain('nobody is named')
  })

  it('that was asked for stands in the queue of those who may decide it, and is approved or rejected from there', async () => {
    const digest = (await openedDigest())
    await sql`insert into decisions (decision_id, run_id, kind, step, actor, payload, signature, evidence_digest, judged_at, accepted)
      select '11111111-1111-4111-8111-111111111111', max(run_id), 'undo', 'carry-forward', 'wang.li', '{"comment":"late invoice"}', '', ${digest}, now(), true
      from runs join scopes using (scope_id) where district = ${DISTRICT}`.execute(books.db)
    await sql`insert into undo_requests (request_id, run_id, state, waiting_on, waiting_since, deadline)
      select decision_id, run_id, 'open', 'finance,coordinator', '2025-12-31T08:00:00Z', '2025-12-31T10:00:00Z' from decisions where kind = 'undo'`.execute(books.db)
    const asker = await openScreen(books, { as: 'wang.li' })
    await asker.press('w')
    expect(asker.text()).not.toContain('asked to be undone')
    const screen = await openScreen(books, { as: 'gao.wa', size: { columns: 80, rows: 24 } })
    const sent: { call: string; request: { word: string } }[] = []
    screen.session.deps.operations = answering(sent)
    await screen.press('w', 'g')
    expect(screen.text()).toContain('wang.li: late invoice')
    await screen.press('enter', 'x')
    await screen.type('no')
    await screen.press('enter', 'y')
    await screen.press('a', 'enter')
    await screen.type('152500-2025')
    await screen.press('enter')
    expect(sent.map(({ request }) => request.word)).toEqual(['reject', 'approve'])
    await sql`delete from undo_requests`.execute(books.db)
  })

  async function openedDigest(): Promise<string> {
    const screen = await openScreen(books, { as: 'wang.li' })
    await screen.press('U')
    return screen.session.get().data.undos.get(DISTRICT)!.digest
  }
})

describe('the lock', () => {
  it('is typed, and needs a reason where the worker says so', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    const sent: unknown[] = []
    screen.session.deps.operations = answering(sent)
    await screen.press('K', 'enter')
    expect(screen.text()).toContain('Lock the year for good')
    await screen.type('152500-2025')
    await screen.press('enter')
    expect(sent).toEqual([{ call: 'lock', request: { year: 2025, district: DISTRICT, actor: 'gao.wa', comment: '' } }])
    screen.session.deps.operations = answering([], { canLock: { ok: false, code: 'wrong-state', zh: '未签署', en: 'only a year-end that was signed off can be locked' } })
    await screen.press('K')
    expect(screen.text()).toContain('only a year-end that was signed off can be locked')
  })
})
