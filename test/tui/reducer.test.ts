// State and keys without terminal, database or clock.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Board } from '../../books/read-model/board.ts'
import { STEPS, type StepState } from '../../domain/steps.ts'
import { frameLines } from '../../cli/tui/frame.ts'
import { BINDINGS, commandFor, helpRows, keyNames } from '../../cli/tui/keys.ts'
import { lineWidth } from '../../cli/tui/line.ts'
import { currentIndex, reduce } from '../../cli/tui/reducer.ts'
import { rowsOf } from '../../cli/tui/rows.ts'
import { Session } from '../../cli/tui/session.ts'
import { currentView, initialState, SORTS, type State } from '../../cli/tui/state.ts'

const NOW = new Date('2026-01-01T00:00:00Z')

function boardOf(codes: readonly string[], state: StepState = 'running'): Board {
  const steps = STEPS.map((step) => ({
    step, state, attempt: 1, startedAt: null, endedAt: null, findings: { error: 1, warning: 0, info: 0, open: 1 }, waitingOn: 'finance',
    deadline: NOW.toISOString(), escalationLevel: 0, failure: null,
  }))
  const districts = codes.map((code) => ({ code, name: `旗${code}`, nameEn: `Banner ${code}`, kind: 'real' as const, state: 'running' as const, percent: 10, startedAt: null, endedAt: null, steps }))
  return { status: { year: 2025, state: 'running', districts }, details: new Map(), notices: [], at: NOW.toISOString() }
}

const loaded = (codes: readonly string[], state = initialState({ year: 2025, lang: 'zh', now: NOW })): State =>
  reduce(state, { type: 'loaded', data: { board: boardOf(codes) }, at: NOW })

describe('the cursor', () => {
  it('stays on its row while rows come and go', () => {
    let state = reduce(loaded(['1', '2', '3']), { type: 'movedTo', end: 'last' })
    state = loaded(['0', '1', '11', '2', '3', '4'], state)
    expect(currentView(state).cursor).toBe('3')
    expect(currentIndex(state)).toBe(4)
  })
  it('goes to the place where its row was when the row has gone', () => {
    const state = loaded(['1', '3'], reduce(loaded(['1', '2', '3']), { type: 'moved', by: 1 }))
    expect(currentView(state).cursor).toBe('3')
  })
  it('stops at both ends', () => {
    const state = reduce(reduce(loaded(['1', '2']), { type: 'moved', by: -5 }), { type: 'moved', by: 99 })
    expect(currentIndex(state)).toBe(1)
  })
})

describe('keys', () => {
  it('that arrive as one string are taken one by one', () => {
    expect(keyNames('jjk', {})).toEqual(['j', 'j', 'k'])
    expect(keyNames('a b\r', {})).toEqual(['a', 'space', 'b', 'enter'])
    expect(keyNames('', { upArrow: true })).toEqual(['up'])
    expect(keyNames('c', { ctrl: true })).toEqual(['ctrl-c'])
    expect(keyNames('锡盟', {})).toEqual(['锡', '盟'])
  })
  it('mean one thing at a place', () => {
    for (const screen of Object.keys(SORTS) as (keyof typeof SORTS)[]) {
      const here = BINDINGS.filter((one) => !one.screens || one.screens.includes(screen)).flatMap((one) => one.keys)
      expect(new Set(here).size).toBe(here.length)
    }
    expect(commandFor('e', 'board')).toBeUndefined()
  })
  it('are all in the help', () => {
    expect(helpRows()).toHaveLength(BINDINGS.length)
  })
})

describe('whatever is pressed', () => {
  const nothing = () => Promise.reject(new Error('not here'))
  const KEYS = [...BINDINGS.flatMap((one) => one.keys), 'y', '1', '2', 'x', '锡', 'ctrl-u', '9']
  it('the frame has the size of the terminal, and the cursor is on a row', () => {
    fc.assert(fc.property(
      fc.array(fc.constantFrom(...KEYS), { maxLength: 40 }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 80, max: 140 }), fc.integer({ min: 24, max: 40 }),
      fc.constantFrom('zh', 'en'), fc.constantFrom<StepState>('blocked', 'awaiting-approval', 'approved'),
      (keys, count, columns, rows, lang, stepState) => {
        const session = new Session(initialState({ year: 2025, lang, now: NOW, size: { columns, rows } }), {
          reader: { board: nothing, place: nothing, markSeen: nothing, listen: nothing, forecast: nothing }, operations: nothing, viewer: () => null, now: () => NOW, quit: () => {},
          config: () => { throw new Error('not here') },
        })
        session.dispatch({ type: 'loaded', data: { board: boardOf(Array.from({ length: count }, (_, index) => String(152500 + index)), stepState) }, at: NOW })
        for (const key of keys) {
          session.press([key])
          const lines = frameLines(session.get())
          expect(lines).toHaveLength(rows)
          expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(columns)
          const all = rowsOf(session.get())
          if (all.length > 0) expect(all[currentIndex(session.get())]).toBeDefined()
        }
      }), { numRuns: 60 })
  })
})
