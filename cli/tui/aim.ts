/** What the cursor points at. */
import type { StepDetail } from '../../books/read-model/board.ts'
import type { ListedFinding } from '../../books/read-model/findings.ts'
import type { DistrictStatus, StepStatus } from '../../books/read-model/status.ts'
import { currentIndex } from './reducer.ts'
import { rowsOf } from './rows.ts'
import { currentView, type Place, type State } from './state.ts'

export interface StepAim { district: DistrictStatus; step: StepStatus; detail: StepDetail | undefined }

/** The step under the cursor, or the one that the place is about; null where there is none. */
export function selectedStep(state: State): StepAim | null {
  const { place, column } = currentView(state)
  const row = rowsOf(state)[currentIndex(state)]
  if (row?.kind === 'district') return aimAt(state, row.key, row.district.steps[column]!.step)
  if (row?.kind === 'step') return aimAt(state, row.district.code, row.step.step)
  if ('step' in place) return aimAt(state, place.district, place.step)
  return null
}

/** The district of the place or of the row under the cursor; null where there is none. */
export function districtAt(state: State): string | null {
  const { place } = currentView(state)
  return 'district' in place ? place.district : selectedStep(state)?.district.code ?? null
}

function aimAt(state: State, code: string, name: StepStatus['step']): StepAim | null {
  const district = state.data.board?.status.districts.find((one) => one.code === code)
  const step = district?.steps.find((one) => one.step === name)
  return district && step ? { district, step, detail: state.data.board!.details.get(`${code}/${name}`) } : null
}

/** The row that the cursor begins on there: on the overview's step in the district. */
export function openCursor(state: State): string | null {
  const row = rowsOf(state)[currentIndex(state)]
  return row?.kind === 'district' ? `${row.key}/${row.district.steps[currentView(state).column]!.step}` : null
}

/** Where Enter leads. */
export function openPlace(state: State): Place | null {
  const { place } = currentView(state)
  const row = rowsOf(state)[currentIndex(state)]
  switch (row?.kind) {
    case 'district': return { screen: 'district', district: row.key }
    case 'step': return { screen: 'step', district: row.district.code, step: row.step.step }
    case 'finding': return place.screen === 'step'
      ? { screen: 'finding', district: place.district, step: place.step, finding: row.key }
      : null
    case 'case': return { screen: 'finding', district: row.one.district, step: 'in-transit', finding: row.one.id }
    case 'undo': return { screen: 'undo', district: row.district.code }
    case 'problem': return { screen: 'problem', problem: row.key }
    case 'notice': return row.notice.step === null
      ? { screen: 'problem', problem: row.notice.problemId ?? '' }
      : { screen: 'step', district: row.notice.district, step: row.notice.step }
    default: return null
  }
}

/** The findings that a decision is for: those selected, else the one under the cursor or shown. */
export function selectedFindings(state: State): readonly ListedFinding[] {
  const { place, selected, cursor } = currentView(state)
  if (place.screen !== 'step' && place.screen !== 'finding') return []
  const findings = state.data.findings.get(`${place.district}/${place.step}`) ?? []
  const ids = place.screen === 'finding'
    ? new Set([place.finding])
    : selected.size > 0 ? selected : new Set(cursor ? [cursor] : [])
  return findings.filter((finding) => ids.has(finding.id))
}
