// The screens are looked at as text, at the smallest size and at a wide one, over a database with a year-end under way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { widthOf } from '../../cli/shared/width.ts'
import { frameLines } from '../../cli/tui/frame.ts'
import { lineWidth } from '../../cli/tui/line.ts'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { frameText, inkScreen, openScreen } from './screen.tsx'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
})
afterAll(() => books?.drop())

const SIZES = [{ columns: 80, rows: 24 }, { columns: 160, rows: 45 }]

describe('the overview', () => {
  for (const size of SIZES) {
    for (const lang of ['zh', 'en'] as const) {
      it(`shows every district and step aligned at ${size.columns}x${size.rows} in ${lang}`, async () => {
        const screen = await openScreen(books, { size, lang, as: 'gao.wa' })
        const text = screen.text()
        expect(text).toMatchSnapshot()
        expect(text.split('\n')).toHaveLength(size.rows)
        const rows = text.split('\n').filter((line) => /[◦✓⊘▸✎✗◫⌀] /.test(line)).slice(0, 12)
        const columns = rows.map((row) => [...row.matchAll(/[◦✓⊘▸✎✗◫⌀] /g)].map((match) => widthOf(row.slice(0, match.index))).join(' '))
        expect(new Set(columns).size).toBe(1)
      })
    }
  }
  it('has no other character than ASCII and names with --ascii', async () => {
    const screen = await openScreen(books, { ascii: true, lang: 'en', as: 'gao.wa' })
    // oxlint-disable-next-line no-control-regex
    expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/)
  })
  it('keeps the cursor on its district when another order puts it elsewhere', async () => {
    const screen = await openScreen(books)
    await screen.press('j', 'j', 'j', 's')
    expect(screen.text()).toMatch(/^›Abag Banner/m)
    await sql`update step_states set deadline = now() - interval '9 years' where run_id = 4 and step = 'reconcile'`.execute(books.db)
    await screen.press('r')
    expect(screen.text()).toMatch(/^›Abag Banner/m)
  })
  it('finds districts by part of a name, and shows them all again after Esc', async () => {
    const screen = await openScreen(books)
    await screen.press('/')
    await screen.type('ujim')
    expect(screen.text().match(/Ujimqin/g)!.length).toBeGreaterThanOrEqual(2)
    expect(screen.text()).not.toContain('Abag')
    await screen.press('esc')
    expect(screen.text()).toContain('Abag')
  })
})

describe('the way down', () => {
  it('leads from district to step to finding to log, and back', async () => {
    const screen = await openScreen(books, { as: 'bao.yin' })
    await screen.press('j', 'j', 'enter', 'enter', 'j', 'enter')
    expect(screen.text()).toMatchSnapshot()
    expect(screen.text().split('\n')[1]).toBe(' Overview › Xilinhot City › In-transit documents › PAY_CERT/ZF20250001208')
    await screen.press('v')
    expect(screen.text()).toContain('run-started')
    await screen.press('esc', 'esc', 'esc', 'esc')
    expect(screen.text()).toMatch(/^›Xilinhot City/m)
  })
  it('never lets control characters of the data through', async () => {
    const screen = await openScreen(books, { as: 'bao.yin' })
    await screen.press('j', 'j', 'l', 'l', 'l', 'l', 'enter', 'enter')
    expect(screen.text()).toContain('D03')
    expect(frameLines(screen.session.get()).flat().every((piece) => !piece.text.includes('\u001b'))).toBe(true)
  })
  it('says why a step failed', async () => {
    const screen = await openScreen(books, { lang: 'zh' })
    await screen.press('j', 'j', 'j', 'j', 'l', 'l')
    expect(screen.text()).toContain('结转后试算不平')
  })
})

describe('the queue', () => {
  it('has what the coordinator can act on, most urgent first', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('w')
    const left = [...screen.text().matchAll(/^[› ] +(-?\d+:\d\d) /gm)].map((match) => match[1]!)
    expect(left.length).toBeGreaterThan(5)
    const minutes = left.map((text) => (text.startsWith('-') ? -1 : 1) * (Number(text.replace('-', '').split(':')[0]) * 60 + Number(text.split(':')[1])))
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b))
  })
  it('has only blocked steps of the own districts for an engineer', async () => {
    const screen = await openScreen(books, { as: 'bao.yin' })
    await screen.press('w')
    const rows = screen.text().split('\n').filter((line) => /\d:\d\d/.test(line) && /blocked|waiting/.test(line) && !line.includes('›  ') || /^› +-?\d/.test(line))
    expect(rows.every((row) => /Xilinhot|Bordered Yell/.test(row) && row.includes('blocked'))).toBe(true)
  })
  it('leaves out what one has approved already', async () => {
    const screen = await openScreen(books, { as: 'wang.li' })
    await screen.press('w')
    expect(screen.text()).not.toMatch(/Xilingol League +Carry fwd/)
  })
})

describe('the frame', () => {
  it('says a plain sentence below 80x24', async () => {
    const screen = await openScreen(books, { size: { columns: 70, rows: 20 }, lang: 'en' })
    expect(screen.text()).toMatch(/too small \(70x20\)/)
  })
  it('has the size of the terminal whatever is shown', async () => {
    for (const size of [{ columns: 80, rows: 24 }, { columns: 97, rows: 31 }, { columns: 200, rows: 60 }]) {
      const screen = await openScreen(books, { size, as: 'gao.wa', lang: 'zh' })
      for (const keys of [['w'], ['enter'], ['!'], ['?'], ['b', 'j', 'enter'], ['enter'], ['v']]) {
        await screen.press(...keys)
        const lines = frameLines(screen.session.get())
        expect(lines).toHaveLength(size.rows)
        expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(size.columns)
      }
    }
  })
  it('shows that data are stale, and that it connects again', async () => {
    const screen = await openScreen(books)
    screen.session.dispatch({ type: 'tick', now: new Date('2026-01-01T03:01:00Z') })
    expect(screen.text()).toContain('! stale 1m')
    screen.session.dispatch({ type: 'link', link: 'down' })
    expect(screen.text()).toContain('! reconnecting 1m')
  })
  it('stays on what it has while the database does not answer', async () => {
    let down = false
    const { createReader } = await import('../../cli/tui/reader.ts')
    const real = createReader(books, new Map())
    const screen = await openScreen(books, { reader: { board: (look) => (down ? Promise.reject(new Error('gone')) : real.board(look)) } })
    down = true
    await screen.press('r')
    expect(screen.text()).toContain('reconnecting')
    expect(screen.text()).toContain('152500')
    down = false
    await screen.press('r')
    expect(screen.text()).toContain('live')
  })
  it('explains every key in its help', async () => {
    const screen = await openScreen(books, { size: { columns: 80, rows: 70 } })
    await screen.press('?')
    for (const words of ['approve the step', 'filter', 'read again now', 'pagedown ^f', ':recheck']) expect(screen.text()).toContain(words)
  })
})

describe('in a terminal', () => {
  it('draws every line and obeys keys that arrive as one string', async () => {
    const screen = await openScreen(books)
    const { stdout, stdin, instance } = inkScreen(screen.session, 80, 24)
    const shown = async (text: string) => { await expect.poll(() => stdout.last).toContain(text) }
    await shown('Xilingol League'.slice(0, 12))
    stdin.write('jj')
    await shown('›Xilinhot')
    stdin.write('\u001b[A')
    await shown('›Erenhot')
    stdin.write(':152526\r')
    await shown('West Ujimqin Banner')
    expect(screen.session.get().views).toHaveLength(2)
    stdin.write('q')
    await expect.poll(() => screen.hasQuit()).toBe(true)
    instance.unmount()
  })
  it('follows a resize', async () => {
    const screen = await openScreen(books)
    const { stdout, instance } = inkScreen(screen.session, 80, 24)
    Object.assign(stdout, { columns: 120, rows: 40 }).emit('resize')
    await expect.poll(() => frameText(screen.session.get()).split('\n').length).toBe(40)
    instance.unmount()
  })
})

describe('listening for changes', () => {
  it('gives its connection back, even when the screen is left while it connects', async () => {
    const { createReader } = await import('../../cli/tui/reader.ts')
    const { openBooks } = await import('../../books/connect.ts')
    for (const after of [0, 1, 5, 60]) {
      const own = openBooks({ url: books.url, poolSize: 2 })
      const stop = new AbortController()
      const listening = createReader(own, new Map()).listen(() => {}, stop.signal)
      await new Promise((resolve) => { setTimeout(resolve, after) })
      stop.abort()
      await listening
      await own.close()
    }
  })
})
