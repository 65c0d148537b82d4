// Decisions from the screen: who may not learns why before trying; who may sees what the decision is on; what is sent is what was shown.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openScreen } from './screen.tsx'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
})
afterAll(() => books?.drop())

describe('an approval', () => {
  it('repeats district, year, step and amount, and sends the evidence that was shown after y', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('l', 'l', 'a')
    expect(screen.text()).toMatchSnapshot()
    for (const words of ['152500 Xilingol League', '2025', 'Carry-forward', '48,210,077.36', 'evidence-carry-forward']) expect(screen.text()).toContain(words)
    await screen.press('n')
    expect(screen.sent).toEqual([])
    await screen.press('y')
    expect(screen.sent).toEqual([{ call: 'decideStep', request: {
      kind: 'approve', year: 2025, district: '152500', step: 'carry-forward', actor: 'gao.wa', comment: '', evidenceDigest: 'evidence-carry-forward',
    } }])
    expect(screen.text()).toContain('approved')
  })
  it('of the sign-off must be typed', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press(':')
    await screen.type('152526')
    await screen.press('enter', 'G', 'a')
    await screen.type('y')
    await screen.press('enter')
    expect(screen.sent).toEqual([])
    await screen.press('backspace')
    await screen.type('152526-2025')
    await screen.press('enter')
    expect(screen.sent).toMatchObject([{ call: 'decideStep', request: { district: '152526', step: 'sign-off' } }])
  })
  it('shows a refusal of the worker', async () => {
    const screen = await openScreen(books, { as: 'gao.wa', refuse: { code: 'evidence-changed', zh: '依据已变', en: 'the evidence is no longer what you saw' } })
    await screen.press('l', 'l', 'a', 'y')
    expect(screen.text()).toContain('refused: the evidence is no longer what you saw')
  })
  it('without a connection to Temporal says so and leaves the screen as it was', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    screen.session.deps.operations = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:7233'), { code: 'ECONNREFUSED' }))
    await screen.press('l', 'l', 'a')
    expect(screen.session.get().overlay).toBeNull()
    expect(screen.text()).toContain('a server does not answer')
  })
})

describe('who may not', () => {
  const why = async (as: string | undefined, keys: string[], options = {}) => {
    const screen = await openScreen(books, { as, ...options })
    await screen.press(...keys)
    expect(screen.session.get().overlay).toBeNull()
    expect(screen.sent).toEqual([])
    return screen.text().split('\n').at(-2)
  }
  it('has no name', async () => { expect(await why(undefined, ['l', 'l', 'a'])).toContain('nobody is named') })
  it('only looks', async () => { expect(await why('gao.wa', ['l', 'l', 'a'], { readonly: true })).toContain('read-only') })
  it('has another role', async () => { expect(await why('gao.wa', ['j', 'j', 'j', 'j', 'j', 'j', 'l', 'a'])).toContain('approved by finance; gao.wa is coordinator') })
  it('has another district or no key', async () => { expect(await why('su.he', ['l', 'l', 'a'])).toContain('no private key of su.he') })
  it('has approved already', async () => { expect(await why('wang.li', ['l', 'l', 'a'])).toContain('another person must') })
  it('comes to a step that does not wait', async () => { expect(await why('wang.li', ['a'])).toContain('not awaiting approval') })
  it('is told in Chinese too', async () => { expect(await why('wang.li', ['l', 'l', 'a'], { lang: 'zh' })).toContain('还需要另一个人') })
  it('asks for a decision on what is settled', async () => { expect(await why('gao.wa', ['enter', 'enter', 'e'])).toContain('is settled already') })
})

describe('a rejection', () => {
  it('needs a reason', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('l', 'l', 'x', 'enter')
    expect(screen.text()).toContain('Reason (required)')
    await screen.type('wrong fund')
    await screen.press('enter')
    expect(screen.text()).toContain('wrong fund')
    await screen.press('y')
    expect(screen.sent).toMatchObject([{ call: 'decideStep', request: { kind: 'reject', comment: 'wrong fund', evidenceDigest: 'evidence-carry-forward' } }])
  })
})

describe('a decision on findings', () => {
  it('offers what the document allows now, and sends the digest that was shown', async () => {
    const screen = await openScreen(books, { as: 'bao.yin' })
    await screen.press('j', 'j', 'enter', 'enter', 'j', 'e')
    // A payment certificate that was sent can not be voided before the bank returned it.
    const { overlay } = screen.session.get()
    expect(overlay).toMatchObject({ kind: 'actions' })
    expect(overlay?.kind === 'actions' && overlay.items).not.toContain('void')
    await screen.press('1')
    await screen.type('receipt 7')
    await screen.press('enter')
    expect(screen.text()).toContain('123,456.78')
    await screen.press('y')
    expect(screen.sent).toMatchObject([{ call: 'decideFindings', request: {
      actor: 'bao.yin', rows: [{ id: 'F152502PAY_CERT0', action: 'complete', comment: 'receipt 7', contentDigest: 'digest-F152502PAY_CERT0' }],
    } }])
  })
  it('takes all that are selected and adds up their amounts', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press('j', 'j', 'l', 'l', 'l', 'l', 'enter', 'enter', 'o', '*', 'e')
    expect(screen.text()).toMatch(/Findings +2/)
    await screen.press('j', 'enter', 'enter')
    expect(screen.text()).toContain('Reason (required)')
    await screen.type('ok')
    await screen.press('enter', 'y')
    expect((screen.sent[0]!.request as { rows: unknown[] }).rows).toHaveLength(2)
  })
})

describe('the command line', () => {
  it('pauses and cancels, the latter only when the year is typed', async () => {
    const screen = await openScreen(books, { as: 'gao.wa' })
    await screen.press(':')
    await screen.type('pause 152502')
    await screen.press('enter', 'y')
    expect(screen.sent).toEqual([{ call: 'pause', request: { year: 2025, districts: ['152502'], by: 'gao.wa' } }])
    await screen.press(':')
    await screen.type('cancel 152502')
    await screen.press('enter', 'y', 'enter')
    expect(screen.sent).toHaveLength(1)
  })
  it('changes language, year and actor, and says what it does not know', async () => {
    const screen = await openScreen(books)
    const run = async (text: string) => {
      await screen.press(':')
      await screen.type(text)
      await screen.press('enter')
    }
    await run('lang zh')
    expect(screen.text()).toContain('总览')
    await run('year 2024')
    expect(screen.text()).toContain('多伦县')
    await run('as bao.yin')
    expect(screen.text()).toContain('bao.yin 工程师')
    await run('frobnicate')
    expect(screen.text()).toContain('没有命令或区划')
  })
})
