/** Undo and lock from a key to a signed word: may I, what would it touch, why, are you sure. */
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { text } from '../shared/figures.ts'
import { districtAt } from './aim.ts'
import { refuse, refreshViewer } from './decide.ts'
import { whyNotAct } from './permission.ts'
import type { Session } from './session.ts'
import { currentView, type Pending } from './state.ts'

/**
 * `a` on the screen of an undo asks for it or approves it, `x` rejects it; the worker's own judgement comes before any question.
 */
export async function askUndo(session: Session, command: 'approve' | 'reject'): Promise<void> {
  refreshViewer(session)
  const state = session.get()
  const { place } = currentView(state)
  if (place.screen !== 'undo') return
  const { district } = place
  const why = whyNotAct(state.viewer, state.readonly, district)
  if (why) return refuse(session, why)
  const data = await session.deps.reader.place({ year: state.year, rehearsal: state.rehearsal }, place)
  const view = data.undos?.get(district)
  if (!view) return refuse(session, { zh: '没有已生效的年终结转可撤销', en: 'there is no carry-forward in force to undo' })
  session.dispatch({ type: 'loaded', data, at: session.deps.now() })
  const word = command === 'reject' ? 'reject' as const : view.request ? 'approve' as const : 'ask' as const
  const operations = await session.deps.operations()
  const can = await operations.canDecideUndo({
    year: state.year, district, actor: state.viewer!.name, comment: '-', word, evidenceDigest: view.digest,
  })
  if (!can.ok) return refuse(session, can)
  const figures = [
    { label: text('结转分录借方', 'closing entries debit'), value: displayYuan(parseYuan(view.closingEntries.debit)), money: true },
    { label: text('期初借方', 'openings debit'), value: displayYuan(parseYuan(view.openings.debit)), money: true },
    { label: text('分录', 'entries'), value: String(view.closingEntries.entries), money: false },
    { label: text('期初', 'openings'), value: String(view.openings.balances), money: false },
    { label: text('作废的审批', 'approvals that fall'), value: String(view.approvals.length), money: false },
  ]
  const pending: Pending = { kind: 'undo', word, district, comment: '', evidenceDigest: view.digest, figures }
  session.dispatch({ type: 'overlay', overlay: { kind: 'comment', text: '', required: word !== 'approve', pending } })
}

/** Locks the signed-off year of the district under the cursor; with late changes open a reason is needed. */
export async function askLock(session: Session): Promise<void> {
  refreshViewer(session)
  const state = session.get()
  const district = districtAt(state)
  if (!district) return refuse(session, { zh: '这里没有区划', en: 'there is no district here' })
  const why = whyNotAct(state.viewer, state.readonly, district)
  if (why) return refuse(session, why)
  const operations = await session.deps.operations()
  const request = { year: state.year, district, actor: state.viewer!.name }
  const can = await operations.canLock({ ...request, comment: '-' })
  if (!can.ok) return refuse(session, can)
  const late = !(await operations.canLock({ ...request, comment: '' })).ok
  const shown = await operations.showUndo({ year: state.year, district })
  const figures = shown.ok ? [
    { label: text('期初借方', 'openings debit'), value: displayYuan(parseYuan(shown.preview.openings.debit)), money: true },
    { label: text('期初', 'openings'), value: String(shown.preview.openings.balances), money: false },
  ] : []
  session.dispatch({
    type: 'overlay',
    overlay: { kind: 'comment', text: '', required: late, pending: { kind: 'lock', district, comment: '', figures } },
  })
}
