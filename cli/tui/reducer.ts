/** What each action makes of the state. Pure: all that touches a server is in session.ts. */
import type { YearForecast } from '../../domain/forecast.ts'
import { STEPS } from '../../domain/steps.ts'
import type { Lang, Text } from '../shared/lang.ts'
import { safeText } from '../shared/safe-text.ts'
import { bodyHeight } from './layout.ts'
import { rowsOf } from './rows.ts'
import {
  currentView, type Data, type Flash, type Link, type Overlay, type Place, SORTS, type State, type View, type Viewer, viewOf,
} from './state.ts'

export type Action =
  | { type: 'loaded'; data: Partial<Data>; at: Date }
  | { type: 'forecast'; forecast: YearForecast | null }
  | { type: 'link'; link: Link }
  | { type: 'tick'; now: Date }
  | { type: 'resized'; columns: number; rows: number }
  | { type: 'moved'; by: number }
  | { type: 'movedTo'; end: 'first' | 'last' }
  | { type: 'paged'; pages: 1 | -1 }
  | { type: 'columnMoved'; by: 1 | -1 }
  | { type: 'opened'; place: Place; fresh?: boolean; cursor?: string | null }
  | { type: 'closed' }
  | { type: 'sorted' }
  | { type: 'selected' }
  | { type: 'selectedAll' }
  | { type: 'openOnlyToggled' }
  | { type: 'filtered'; text: string }
  | { type: 'overlay'; overlay: Overlay | null }
  | { type: 'typed'; text: string }
  | { type: 'erased'; all?: boolean }
  | { type: 'choiceMoved'; by: 1 | -1 }
  | { type: 'flashed'; flash: Flash | null }
  | { type: 'busy'; busy: boolean }
  | { type: 'lang'; lang: Lang }
  | { type: 'viewer'; viewer: Viewer | null }
  | { type: 'year'; year: number; rehearsal: boolean }

export const flash = (tone: Flash['tone'], text: Text): Action => ({ type: 'flashed', flash: { tone, text } })

/** The next state. Afterwards the cursor is on a row that exists. */
export function reduce(state: State, action: Action): State {
  const next = apply(state, action)
  return next === state ? state : withSettledCursor(next)
}

function apply(state: State, action: Action): State {
  switch (action.type) {
    case 'loaded': return {
      ...state, data: mergeData(state.data, action.data), link: 'live', loadedAt: action.at, now: action.at,
    }
    case 'forecast': return action.forecast === state.data.forecast
      ? state
      : { ...state, data: { ...state.data, forecast: action.forecast } }
    case 'link': return { ...state, link: action.link }
    case 'tick': return { ...state, now: action.now }
    case 'resized': return { ...state, size: { columns: action.columns, rows: action.rows } }
    case 'moved': return moveTo(state, currentIndex(state) + action.by)
    case 'movedTo': return moveTo(state, action.end === 'first' ? 0 : rowsOf(state).length - 1)
    case 'paged': return moveTo(state, currentIndex(state) + action.pages * Math.max(1, bodyHeight(state) - 2))
    case 'columnMoved': return withView(state, { column: clamp(currentView(state).column + action.by, STEPS.length) })
    case 'opened': {
      const view = { ...viewOf(action.place), cursor: action.cursor ?? null }
      // What was reached from elsewhere keeps the overview beneath it, with its cursor.
      return { ...state, views: action.fresh ? [state.views[0]!, view] : [...state.views, view], flash: null }
    }
    case 'closed': return { ...state, views: state.views.length > 1 ? state.views.slice(0, -1) : state.views, flash: null }
    case 'sorted': return sortNext(state)
    case 'selected': return selectCursor(state)
    case 'selectedAll': return selectAll(state)
    case 'openOnlyToggled': return withView(state, { openOnly: !currentView(state).openOnly })
    case 'filtered': return withView(state, { filter: action.text })
    case 'overlay': return { ...state, overlay: action.overlay, flash: null }
    case 'typed': return withText(state, (text) => text + safeText(action.text))
    case 'erased': return withText(state, (text) => (action.all ? '' : [...text].slice(0, -1).join('')))
    case 'choiceMoved': return moveChoice(state, action.by)
    case 'flashed': return { ...state, flash: action.flash }
    case 'busy': return { ...state, busy: action.busy }
    case 'lang': return { ...state, lang: action.lang }
    case 'viewer': return { ...state, viewer: action.viewer }
    case 'year': return {
      ...state, year: action.year, rehearsal: action.rehearsal, views: [viewOf({ screen: 'board' })],
      data: { ...state.data, board: null, forecast: null },
    }
    default: return action satisfies never
  }
}

function mergeData(data: Data, fresh: Partial<Data>): Data {
  return {
    board: fresh.board ?? data.board,
    cases: fresh.cases ?? data.cases,
    findings: fresh.findings ? new Map([...data.findings, ...fresh.findings]) : data.findings,
    evidence: fresh.evidence ? new Map([...data.evidence, ...fresh.evidence]) : data.evidence,
    problems: fresh.problems ?? data.problems,
    problemEvents: fresh.problemEvents ?? data.problemEvents,
    made: fresh.made ? new Map([...data.made, ...fresh.made]) : data.made,
    words: fresh.words ? new Map([...data.words, ...fresh.words]) : data.words,
    differences: fresh.differences ? new Map([...data.differences, ...fresh.differences]) : data.differences,
    plans: fresh.plans ? new Map([...data.plans, ...fresh.plans]) : data.plans,
    undos: fresh.undos ? new Map([...data.undos, ...fresh.undos]) : data.undos,
    newYears: fresh.newYears ? new Map([...data.newYears, ...fresh.newYears]) : data.newYears,
    reconciled: fresh.reconciled ? new Map([...data.reconciled, ...fresh.reconciled]) : data.reconciled,
    times: fresh.times ? new Map([...data.times, ...fresh.times]) : data.times,
    forecast: data.forecast,
    health: fresh.health ? new Map([...data.health, ...fresh.health]) : data.health,
    events: fresh.events ? new Map([...data.events, ...fresh.events]) : data.events,
  }
}

function withView(state: State, change: Partial<View>): State {
  return { ...state, views: [...state.views.slice(0, -1), { ...currentView(state), ...change }] }
}

const clamp = (index: number, length: number) => Math.max(0, Math.min(length - 1, index))

/** The row of the cursor; where its row has gone, the place where it was. */
export function currentIndex(state: State): number {
  const view = currentView(state)
  const rows = rowsOf(state)
  const index = rows.findIndex((row) => row.key === view.cursor)
  return index >= 0 ? index : clamp(view.index, rows.length)
}

function moveTo(state: State, index: number): State {
  const rows = rowsOf(state)
  const to = clamp(index, rows.length)
  return withView(state, { index: to, cursor: rows[to]?.key ?? null })
}

function withSettledCursor(state: State): State {
  const view = currentView(state)
  const rows = rowsOf(state)
  const index = rows.findIndex((row) => row.key === view.cursor)
  if (index >= 0) return index === view.index ? state : withView(state, { index })
  // Nothing is loaded yet: the cursor waits where it was.
  if (rows.length === 0) return state
  return moveTo(state, view.index)
}

function sortNext(state: State): State {
  const view = currentView(state)
  const sorts = SORTS[view.place.screen]
  if (sorts.length === 0) return state
  return withView(state, { sort: sorts[(sorts.indexOf(view.sort) + 1) % sorts.length]! })
}

function selectCursor(state: State): State {
  const view = currentView(state)
  if (view.place.screen !== 'step' || view.cursor === null) return state
  const selected = new Set(view.selected)
  if (!selected.delete(view.cursor)) selected.add(view.cursor)
  return moveTo(withView(state, { selected }), currentIndex(state) + 1)
}

/** All rows that are shown; again: none. */
function selectAll(state: State): State {
  const view = currentView(state)
  if (view.place.screen !== 'step') return state
  const keys = rowsOf(state).map((row) => row.key)
  const all = keys.every((key) => view.selected.has(key))
  return withView(state, { selected: new Set(all ? [] : keys) })
}

function withText(state: State, change: (text: string) => string): State {
  const { overlay } = state
  if (!overlay || !('text' in overlay)) return state
  const next = { ...state, overlay: { ...overlay, text: change(overlay.text).slice(0, TEXT_MAX) } }
  return overlay.kind === 'filter' ? withView(next, { filter: next.overlay.text }) : next
}
const TEXT_MAX = 500

function moveChoice(state: State, by: number): State {
  const { overlay } = state
  if (overlay?.kind !== 'actions' && overlay?.kind !== 'kinds') return state
  return { ...state, overlay: { ...overlay, index: clamp(overlay.index + by, overlay.items.length) } }
}
