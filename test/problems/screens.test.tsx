// Problems in the terminal UI: most urgent first with the time left, and words that are sent as they were given.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestDatabase } from '../support/database.ts'
import { NAMES, openScreen } from '../tui/screen.tsx'
import { problemBoard } from './rows.ts'

let books: TestDatabase
beforeAll(async () => { books = await problemBoard() })
afterAll(() => books?.drop())

describe('problems on the screen', () => {
  for (const lang of ['zh', 'en'] as const) {
    it(`are listed with the time left, most urgent first, at 80x24 in ${lang}`, async () => {
      const screen = await openScreen(books, { as: 'gao.wa', lang })
      await screen.press('p')
      const list = screen.text()
      await screen.press('j', 'enter')
      expect([list, screen.text()]).toMatchSnapshot()
      expect(Math.max(...list.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    })
  }

  it('count down as time goes by', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('p')
    const { now } = screen.session.get()
    expect(screen.text()).toContain('0:20 ')
    screen.session.dispatch({ type: 'tick', now: new Date(now.getTime() + 21 * 60_000) })
    expect(screen.text()).toContain('-0:01 ')
  })

  it('hides those of districts that are not the viewer\'s', async () => {
    const screen = await openScreen(books, { as: 'bao.yin' })
    await screen.press('p')
    expect(screen.text()).toContain('Zhang')
    expect(screen.text()).not.toContain('Zhao')
  })

  it('send a word field by field, as it was given', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('p', 'z')
    await screen.type('ba')
    await screen.press('enter')
    await screen.press('enter')
    expect(screen.text()).toContain('Reason is needed')
    await screen.type('no receipt yet')
    await screen.press('enter')
    expect(screen.sent).toEqual([{ call: 'actOnProblem', request: { actor: 'gao.wa', problemId: 'T-1', word: { action: 'wait', on: 'bank', reason: 'no receipt yet' } } }])
  })

  it('report a new one, and one from a step', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('p', 'c')
    await screen.type('152502')
    await screen.press('enter')
    await screen.type('Li')
    await screen.press('enter', 'enter', 'enter')
    await screen.type('no login')
    await screen.press('enter')
    await screen.press('b', 'P', 'enter', 'enter', 'enter', 'ctrl-u')
    await screen.type('why')
    await screen.press('enter')
    const [first] = [...NAMES.keys()]
    expect(screen.sent.map(({ request }) => request)).toEqual([
      { actor: 'gao.wa', district: '152502', user: 'Li', channel: 'hotline', kind: 'fault', text: 'no login' },
      { actor: 'gao.wa', district: first, user: 'gao.wa', channel: 'on-site', kind: 'fault', text: 'why', from: { year: 2025, step: 'in-transit' } },
    ])
  })

  it('say why not before anything is asked', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('p', 'u')
    expect(screen.text()).toContain('the problem is open')
    const nobody = await openScreen(books, {})
    await nobody.press('p', 'a')
    expect(nobody.text()).toContain('nobody is named')
    expect([...screen.sent, ...nobody.sent]).toEqual([])
  })

  it('stand beside the finding that they were made from, in the list of its step and in its own screen', async () => {
    await sql`insert into problem_links (problem_id, run_id, step, generation, finding_id, linked_at)
      select 'T-1', f.run_id, f.step, 1, f.finding_id, now() from findings f join runs r using (run_id)
      where r.workflow_id = 'year-end-152502' and f.rule = 'PAY_CERT'`.execute(books.db)
    const screen = await openScreen(books, { as: 'gao.wa', size: { columns: 160, rows: 40 } })
    await screen.press('j', 'j', 'enter', 'enter')
    const row = (rule: string) => screen.text().split('\n').find((line) => line.includes(rule))
    expect(row('PAY_CERT/ZF20250001208')).toContain('[T-1] payment certificate')
    expect(row('BGT_ADJ/TZ0007')).not.toContain('[T-1]')
    await screen.press('j', 'enter')
    expect(screen.text()).toContain('Made into problem T-1')
  })
})
