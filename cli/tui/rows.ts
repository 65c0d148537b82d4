/** The rows of each screen, filtered and sorted: what the cursor moves over. */
import type { UndoWait } from '../../books/read-model/undo-wait.ts'
import type { DistrictStatus, StepStatus } from '../../books/read-model/status.ts'
import type { Notice, StepDetail } from '../../books/read-model/board.ts'
import type { ListedCase } from '../../books/cases/read.ts'
import type { BoardEvent } from '../../books/read-model/events.ts'
import type { ListedFinding } from '../../books/read-model/findings.ts'
import type { ListedProblem } from '../../books/problems/read.ts'
import { FINDING_STATUSES, SEVERITIES } from '../../domain/findings.ts'
import { parseYuan } from '../../domain/money.ts'
import { STEP_NAMES } from '../../domain/steps.ts'
import { UNDO_SHORT } from '../shared/terms.ts'
import { bodyHeight } from './layout.ts'
import { undoWaitsFor, whatWaitsFor } from './permission.ts'
import { currentView, type State } from './state.ts'
import { textLines } from './texts.ts'

export type Row =
  | { kind: 'district'; key: string; district: DistrictStatus }
  | { kind: 'step'; key: string; district: DistrictStatus; step: StepStatus; detail: StepDetail | undefined }
  | { kind: 'finding'; key: string; finding: ListedFinding }
  | { kind: 'notice'; key: string; notice: Notice }
  | { kind: 'event'; key: string; event: BoardEvent }
  | { kind: 'problem'; key: string; problem: ListedProblem }
  | { kind: 'case'; key: string; one: ListedCase }
  | { kind: 'undo'; key: string; district: DistrictStatus; undo: UndoWait }
  | { kind: 'line'; key: string }
export type QueueRow = Extract<Row, { kind: 'step' | 'undo' }>

/** Rows of the present place; empty where data are not there yet. Lines of texts (finding, help) are numbered by their view. */
export function rowsOf(state: State): readonly Row[] {
  const cached = CACHE.get(state)
  if (cached) return cached
  const rows = makeRows(state)
  CACHE.set(state, rows)
  return rows
}
// A state never changes, so its rows do not either; several readers ask within one frame.
const CACHE = new WeakMap<State, readonly Row[]>()

function makeRows(state: State): readonly Row[] {
  const { place, filter } = currentView(state)
  switch (place.screen) {
    case 'board': return sortDistricts(state, districtRows(state))
      .filter((row) => fits(filter, [row.district.code, row.district.name, row.district.nameEn, row.district.state]))
    case 'queue': return queueRows(state).filter((row) => fits(filter, [
      row.district.code, row.district.name, row.district.nameEn,
      ...(row.kind === 'undo' ? [UNDO_SHORT.zh, UNDO_SHORT.en] : [row.step.step, STEP_NAMES[row.step.step].zh]),
    ]))
    case 'district': return stepRows(state, place.district)
    case 'step': return findingRows(state, `${place.district}/${place.step}`)
    case 'events': return (state.data.events.get(place.district) ?? [])
      .filter((event) => fits(filter, [event.kind, event.actor, event.subject, event.detail]))
      .map((event, index, all) => ({
        kind: 'event', key: `${event.at}/${event.kind}/${event.subject}/${all.length - index}`, event,
      }))
    case 'cases': return caseRows(state)
    case 'problems': return problemRows(state)
    case 'problem': return scrollRows(state)
    case 'alerts': return noticesFor(state).map((notice) => ({ kind: 'notice', key: notice.id, notice }))
    case 'finding': case 'evidence': case 'health': case 'time': case 'reconciled': case 'new-year': case 'trial': case 'plan': case 'undo': case 'help': return scrollRows(state)
    default: return place satisfies never
  }
}

/** The books give them most urgent first. */
function caseRows(state: State): readonly Row[] {
  const { filter, sort } = currentView(state)
  const cases = (state.data.cases ?? []).filter((one) => fits(filter, [
    one.district, one.type, one.number, one.unit, one.amount, one.status, one.owner.zh, one.owner.en, one.default?.action ?? null,
  ]))
  const size = (one: ListedCase) => (one.amount === null ? -1 : Math.abs(Number(one.amount)))
  return (sort === 'amount' ? cases.toSorted((a, b) => size(b) - size(a)) : cases)
    .map((one) => ({ kind: 'case', key: `${one.district}/${one.id}`, one }))
}

/** A text has a row for each line that can stand at the top. */
function scrollRows(state: State): readonly Row[] {
  const length = Math.max(1, textLines(state).length - bodyHeight(state) + 1)
  return Array.from({ length }, (_, index) => ({ kind: 'line', key: String(index) }))
}

/** Every word of the filter is somewhere in the texts, whatever the case. */
function fits(filter: string, texts: readonly (string | null)[]): boolean {
  const all = texts.join(' ').toLowerCase()
  return filter.toLowerCase().split(/\s+/).every((word) => all.includes(word))
}

function districtRows(state: State): Extract<Row, { kind: 'district' }>[] {
  return (state.data.board?.status.districts ?? []).map((district) => ({ kind: 'district', key: district.code, district }))
}

function sortDistricts(state: State, rows: Extract<Row, { kind: 'district' }>[]) {
  const { sort } = currentView(state)
  if (sort === 'percent') return rows.toSorted((a, b) => a.district.percent - b.district.percent)
  if (sort !== 'urgent') return rows
  const first = (district: DistrictStatus) => district.steps.map((step) => step.deadline ?? '9').toSorted()[0]!
  return rows.toSorted((a, b) => compare(first(a.district), first(b.district)))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Problems of the viewer's districts; the reading has them by urgency. */
function problemRows(state: State): Extract<Row, { kind: 'problem' }>[] {
  const { filter, sort } = currentView(state)
  const mine = (district: string) =>
    !state.viewer || state.viewer.districts.includes('*') || state.viewer.districts.includes(district)
  const names = new Map((state.data.board?.status.districts ?? []).map(({ code, name, nameEn }) => [code, `${name} ${nameEn}`]))
  const rows = (state.data.problems ?? []).filter((one) => mine(one.district)
    && fits(filter, [
      one.id, one.district, names.get(one.district) ?? null, one.user, one.text, one.state, one.kind, one.channel, one.assignee,
      one.waitingOn,
    ]))
    .map((problem) => ({ kind: 'problem' as const, key: problem.id, problem }))
  if (sort === 'code') return rows.toSorted((a, b) => compare(a.problem.district, b.problem.district))
  return sort === 'called' ? rows.toSorted((a, b) => compare(b.problem.calledAt, a.problem.calledAt)) : rows
}

export function stepRows(state: State, code: string): Extract<Row, { kind: 'step' }>[] {
  const district = state.data.board?.status.districts.find((one) => one.code === code)
  return (district?.steps ?? []).map((step) => ({
    kind: 'step', key: `${code}/${step.step}`, district: district!, step,
    detail: state.data.board!.details.get(`${code}/${step.step}`),
  }))
}

/** What the viewer can act on now, most urgent first; for somebody without a name, everything that waits. */
export function queueRows(state: State): QueueRow[] {
  const districts = districtRows(state)
  const steps = districts.filter((row) => row.district.state === 'running').flatMap((row) => stepRows(state, row.key))
    .filter((row) => whatWaitsFor(state.viewer, row.district.code, row.step, row.detail))
  // A request for an undo waits after the sign-off, too.
  const undos = districts.flatMap(({ district }): QueueRow[] => (district.undo && undoWaitsFor(state.viewer, district.code, district.undo)
    ? [{ kind: 'undo', key: `${district.code}/undo`, district, undo: district.undo }] : []))
  const rows = [...steps, ...undos]
  if (currentView(state).sort === 'code' && currentView(state).place.screen === 'queue') return rows
  return rows.toSorted((a, b) => compare(waitOf(a).deadline ?? '9', waitOf(b).deadline ?? '9'))
}

/** Whom a row of the queue waits for, and until when. */
export const waitOf = (row: QueueRow): Pick<StepStatus, 'waitingOn' | 'deadline' | 'escalationLevel'> =>
  (row.kind === 'undo' ? row.undo : row.step)

/** Alerts that concern the viewer: of their districts, and meant for their roles or for whoever is waited for. */
export function noticesFor(state: State): readonly Notice[] {
  const notices = state.data.board?.notices ?? []
  const { viewer } = state
  if (!viewer) return notices
  return notices.filter((notice) => (viewer.districts.includes('*') || viewer.districts.includes(notice.district)) &&
    (notice.toRoles.length === 0 || notice.toRoles.some((role) => (viewer.roles as readonly string[]).includes(role))))
}

function findingRows(state: State, key: string): Extract<Row, { kind: 'finding' }>[] {
  const { filter, openOnly, sort } = currentView(state)
  const findings = (state.data.findings.get(key) ?? []).filter((finding) =>
    (!openOnly || finding.status === 'open') && fits(filter, [
      finding.rule, finding.key, finding.status, finding.severity, finding.amount, finding.message.zh, finding.message.en,
    ]))
  return sortFindings(findings, sort).map((finding) => ({ kind: 'finding', key: finding.id, finding }))
}

function sortFindings(findings: readonly ListedFinding[], sort: string): readonly ListedFinding[] {
  switch (sort) {
    case 'severity': return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    case 'status': return findings.toSorted((a, b) => FINDING_STATUSES.indexOf(a.status) - FINDING_STATUSES.indexOf(b.status))
    case 'age': return findings.toSorted((a, b) => ageOf(b) - ageOf(a))
    case 'unit': return findings.toSorted((a, b) => compare(String(a.facts.unit ?? '~'), String(b.facts.unit ?? '~')))
    case 'amount': return findings.toSorted((a, b) => Number(sizeOf(b) - sizeOf(a) > 0n) - Number(sizeOf(b) - sizeOf(a) < 0n))
    default: return findings
  }
}

const ageOf = (finding: ListedFinding): number => (typeof finding.facts.ageDays === 'number' ? finding.facts.ageDays : -1)

function sizeOf(finding: ListedFinding): bigint {
  const amount = finding.amount === null ? -1n : parseYuan(finding.amount)
  return finding.amount !== null && amount < 0n ? -amount : amount
}
