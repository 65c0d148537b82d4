/** `:default` and `:receipt`: words on the case under the cursor. */
import type { DefaultAction } from '../../books/cases/defaults.ts'
import { confirmation, refuse } from './decide.ts'
import { whyNotAct } from './permission.ts'
import { currentIndex } from './reducer.ts'
import { rowsOf } from './rows.ts'
import type { Session } from './session.ts'
import { currentView, type Pending } from './state.ts'

const ACTIONS: readonly DefaultAction[] = ['void', 'return', 'carry']

/** The document that is meant: under the cursor of the cases, or of the finding that is open. */
function documentAt(session: Session): { district: string; type: string; number: string } | null {
  const state = session.get()
  const { place } = currentView(state)
  if (place.screen === 'finding' && place.step === 'in-transit') {
    const finding = state.data.findings.get(`${place.district}/${place.step}`)?.find(({ id }) => id === place.finding)
    return finding ? { district: place.district, type: finding.rule, number: finding.key.slice(finding.rule.length + 1) } : null
  }
  const row = rowsOf(state)[currentIndex(state)]
  return row?.kind === 'case' ? { district: row.one.district, type: row.one.type, number: row.one.number } : null
}

/**
 * `:default [void|return|carry] [all]`; `all` is every document of the type. Without an action, what the configuration proposes.
 */
export function askDefault(session: Session, words: readonly string[]): void {
  const at = documentAt(session)
  if (!at) return noDocument(session)
  const action = ACTIONS.find((one) => words.includes(one)) ?? null
  const unknown = words.find((word) => word !== 'all' && word !== action)
  if (unknown !== undefined) {
    return refuse(session, { zh: ':default [void|return|carry] [all]', en: ':default [void|return|carry] [all]' })
  }
  ask(session, { kind: 'default', ...at, number: words.includes('all') ? '' : at.number, action, comment: '' })
}

/** `:receipt completed|returned REFERENCE`. */
export function askReceipt(session: Session, [outcome, ...rest]: readonly string[]): void {
  const at = documentAt(session)
  const reference = rest.join(' ')
  if (!at) return noDocument(session)
  if ((outcome !== 'completed' && outcome !== 'returned') || reference === '') {
    return refuse(session, { zh: ':receipt completed|returned 回单号', en: ':receipt completed|returned REFERENCE' })
  }
  ask(session, { kind: 'receipt', ...at, outcome, reference })
}

function ask(session: Session, pending: Extract<Pending, { kind: 'default' | 'receipt' }>): void {
  const state = session.get()
  const why = whyNotAct(state.viewer, state.readonly, pending.district)
  if (why) return refuse(session, why)
  session.dispatch({ type: 'overlay', overlay: confirmation(session, pending) })
}

const noDocument = (session: Session): void =>
  refuse(session, { zh: '先在个案（C）中选中一份单据', en: 'first choose a document among the cases (C)' })
