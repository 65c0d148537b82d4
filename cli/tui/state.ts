/** What the screens show and where the user is. Plain data: no terminal, no clock, no connection. */
import type { YearForecast } from '../../domain/forecast.ts'
import type { TimeView } from './screens/time.ts'
import type { NewYearView } from '../../books/read-model/new-year-view.ts'
import type { Reconciled } from './screens/reconciled.ts'
import type { HealthTrend } from '../../books/read-model/asset-health.ts'
import type { DefaultAction } from '../../books/cases/defaults.ts'
import type { ListedCase } from '../../books/cases/read.ts'
import type { Board } from '../../books/read-model/board.ts'
import type { BoardEvent } from '../../books/read-model/events.ts'
import type { StepEvidence } from '../../books/read-model/evidence.ts'
import type { FindingDecision, ListedFinding } from '../../books/read-model/findings.ts'
import type { ListedEvent, ListedProblem } from '../../books/problems/read.ts'
import type { PlanView } from '../../books/read-model/plan.ts'
import type { UndoView } from '../../books/undo-view.ts'
import type { Role } from '../../config/schemas/people.ts'
import type { AboutDifference, WordAction } from '../../domain/differences.ts'
import type { ProblemAction } from '../../domain/problems.ts'
import type { Step } from '../../domain/steps.ts'
import type { OpenProblemRequest } from '../operations/problem-requests.ts'
import type { Figure } from '../shared/figures.ts'
import type { Lang, Text } from '../shared/lang.ts'
import type { DifferenceView } from './difference.ts'

export type Place =
  | { screen: 'board' }
  | { screen: 'queue' }
  | { screen: 'cases' }
  | { screen: 'alerts' }
  | { screen: 'help' }
  | { screen: 'problems' }
  | { screen: 'problem'; problem: string }
  | { screen: 'district'; district: string }
  | { screen: 'events'; district: string }
  | { screen: 'health'; district: string }
  | { screen: 'time'; district: string }
  | { screen: 'reconciled'; district: string }
  | { screen: 'new-year'; district: string }
  | { screen: 'trial'; district: string }
  | { screen: 'plan'; district: string }
  | { screen: 'undo'; district: string }
  | { screen: 'step'; district: string; step: Step }
  | { screen: 'evidence'; district: string; step: Step }
  | { screen: 'finding'; district: string; step: Step; finding: string }
export type Screen = Place['screen']

/** A place with how the user looks at it. The cursor is a row's key, so that it stays on its row while data change. */
export interface View {
  place: Place
  cursor: string | null
  /** Where the cursor was: it goes there when its row has gone. */
  index: number
  /** Column of the board, an index of STEPS. */
  column: number
  filter: string
  sort: string
  selected: ReadonlySet<string>
  /** Findings: open ones only. */
  openOnly: boolean
}

/** Who looks: from config/actors.yaml; null is somebody who may only read. */
export interface Viewer { name: string; roles: readonly Role[]; districts: readonly string[]; revoked: boolean; hasKey: boolean }

/** What a confirmation is about, ready to be carried out. */
export type Pending =
  | { kind: 'approve' | 'reject'; district: string; step: Step; comment: string; evidenceDigest: string; figures: readonly Figure[] }
  | { kind: 'findings'; district: string; step: Step; action: WordAction; comment: string; rows: readonly { id: string; contentDigest: string }[]; amount: string | null; about?: AboutDifference }
  | { kind: 'pause' | 'resume' | 'cancel'; districts: readonly string[] }
  | { kind: 'recheck'; district: string; step: Step }
  | { kind: 'undo'; word: 'ask' | 'approve' | 'reject'; district: string; comment: string; evidenceDigest: string; figures: readonly Figure[] }
  | { kind: 'lock'; district: string; comment: string; figures: readonly Figure[] }
  | { kind: 'default'; district: string; type: string; number: string; action: DefaultAction | null; comment: string }
  | { kind: 'balance'; district: string; reconciliation: string; party: string; confirmer: string; digest: string; comment: string; about: Text; sums: Text }
  | { kind: 'receipt'; district: string; type: string; number: string; outcome: 'completed' | 'returned'; reference: string }

/** What a form of a problem asks for, one field after another. */
export interface FormField { name: string; label: Text; value: string; required: boolean; choices?: readonly string[] }
/** What is sent when it is filled in. */
export type ProblemForm = { action: 'open'; from?: OpenProblemRequest['from'] } | { action: Exclude<ProblemAction, 'open'>; problemId: string }

export type Overlay =
  | { kind: 'form'; text: string; form: ProblemForm; fields: readonly FormField[]; index: number; district?: string }
  | { kind: 'filter'; text: string; before: string }
  | { kind: 'command'; text: string }
  | { kind: 'actions'; items: readonly WordAction[]; index: number; pending: Extract<Pending, { kind: 'findings' }> }
  /** Kinds of difference; null leaves it to what the data suggest. */
  | { kind: 'kinds'; items: readonly { kind: string | null; name: Text }[]; index: number; pending: Extract<Pending, { kind: 'findings' }> }
  | { kind: 'comment'; text: string; required: boolean; pending: Pending }
  /** `phrase` must be typed; without one `y` is enough. */
  | { kind: 'confirm'; text: string; phrase: string | null; pending: Pending }

export type Link = 'connecting' | 'live' | 'down'
export interface Flash { tone: 'good' | 'bad' | 'plain'; text: Text }

export interface Data {
  board: Board | null
  /** By `district/step`. */
  findings: ReadonlyMap<string, readonly ListedFinding[]>
  /** By `district/step`. */
  evidence: ReadonlyMap<string, StepEvidence | null>
  /** Most urgent first; of one problem's screen only that one. Null before they were read. */
  problems: readonly ListedProblem[] | null
  /** By problem. */
  problemEvents: ReadonlyMap<string, readonly ListedEvent[]>
  /** Problems made from a finding, or from a step as `district/step`. */
  made: ReadonlyMap<string, readonly ListedProblem[]>
  /** Of all districts, most urgent first. Null before they were read. */
  cases: readonly ListedCase[] | null
  /** By finding. */
  words: ReadonlyMap<string, readonly FindingDecision[]>
  /** By finding: those of reconciliations. */
  differences: ReadonlyMap<string, DifferenceView>
  /** By district; null where the assets were not checked. */
  health: ReadonlyMap<string, HealthTrend | null>
  /** By district: where its time went; null where the rules of that can not be read. */
  times: ReadonlyMap<string, TimeView | null>
  /** When each district will be done; null before it was read. */
  forecast: YearForecast | null
  /** By district: confirmations of the reconciliations, and the months. */
  reconciled: ReadonlyMap<string, Reconciled>
  /** By district: the new year, its differences and trial day. */
  newYears: ReadonlyMap<string, NewYearView | null>
  /** By district: the plan of the carry-forward, and what an undo of it would touch. */
  plans: ReadonlyMap<string, PlanView | null>
  undos: ReadonlyMap<string, UndoView | null>
  /** By district, newest first. */
  events: ReadonlyMap<string, readonly BoardEvent[]>
}

export interface State {
  year: number
  rehearsal: boolean
  lang: Lang
  ascii: boolean
  readonly: boolean
  viewer: Viewer | null
  size: { columns: number; rows: number }
  now: Date
  /** From the first place to the present one; never empty. */
  views: readonly View[]
  data: Data
  link: Link
  /** When the data shown were read. */
  loadedAt: Date | null
  overlay: Overlay | null
  flash: Flash | null
  busy: boolean
}

export const SMALLEST = { columns: 80, rows: 24 }

const EMPTY_DATA: Data = { board: null, cases: null, problems: null, problemEvents: new Map(), made: new Map(), findings: new Map(), evidence: new Map(), words: new Map(), differences: new Map(), events: new Map(), health: new Map(), times: new Map(), forecast: null, reconciled: new Map(), newYears: new Map(), plans: new Map(), undos: new Map() }

export function viewOf(place: Place): View {
  return { place, cursor: null, index: 0, column: 0, filter: '', sort: SORTS[place.screen][0] ?? '', selected: new Set(), openOnly: false }
}

/** The orders that a screen offers; the first one is where it begins. */
export const SORTS: Record<Screen, readonly string[]> = {
  board: ['code', 'urgent', 'percent'],
  queue: ['urgent', 'code'],
  cases: ['urgent', 'amount'],
  problems: ['urgent', 'code', 'called'],
  problem: [], alerts: [], help: [], district: [], events: [], health: [], time: [], reconciled: [], 'new-year': [], trial: [], plan: [], undo: [], finding: [], evidence: [],
  step: ['rule', 'severity', 'amount', 'status', 'age', 'unit'],
}

export function initialState(options: Pick<State, 'year' | 'lang' | 'now'> & Partial<State>): State {
  return {
    rehearsal: false, ascii: false, readonly: false, viewer: null, size: { columns: 80, rows: 24 },
    views: [viewOf({ screen: 'board' })], data: EMPTY_DATA, link: 'connecting', loadedAt: null, overlay: null, flash: null, busy: false,
    ...options,
  }
}

/** The place the user is at. */
export const currentView = (state: State): View => state.views.at(-1)!
