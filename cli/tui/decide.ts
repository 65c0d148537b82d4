/** From a key to a signed decision: may I, what about, why, are you sure, send. */
import { formatYuan, parseYuan } from '../../domain/money.ts'
import { FINDING_ACTIONS, type FindingAction } from '../../domain/findings.ts'
import type { Done } from '../operations.ts'
import { headlines } from '../shared/figures.ts'
import type { Text } from '../shared/lang.ts'
import { selectedFindings, selectedStep } from './aim.ts'
import { actionsFor, whyNotApprove } from './permission.ts'
import { flash } from './reducer.ts'
import type { Session } from './session.ts'
import { currentView, type Overlay, type Pending } from './state.ts'

/** Opens the dialog of a decision, or says why there is none. */
export async function askDecision(session: Session, command: 'approve' | 'reject' | 'resolve'): Promise<void> {
  refreshViewer(session)
  return command === 'resolve' ? askFindings(session) : askStep(session, command)
}

/** Roles may have changed and keys been revoked since the screen was opened. */
function refreshViewer(session: Session): void {
  const { viewer } = session.get()
  if (viewer) session.dispatch({ type: 'viewer', viewer: session.deps.viewer(viewer.name) })
}

async function askStep(session: Session, kind: 'approve' | 'reject'): Promise<void> {
  const state = session.get()
  const aim = selectedStep(state)
  if (!aim || !state.data.board) return refuse(session, { zh: '这里没有可审批的步骤', en: 'there is no step here' })
  const { district, step } = aim
  const why = whyNotApprove(kind, state.viewer, state.readonly, session.deps.config().approvals, district, step, state.data.board.details)
  if (why) return refuse(session, why)
  const place = { screen: 'step', district: district.code, step: step.step } as const
  const data = await session.deps.reader.place({ year: state.year, rehearsal: state.rehearsal }, place)
  const evidence = data.evidence?.get(`${district.code}/${step.step}`)
  // What is signed is what is shown now: the digest and the figures of one reading.
  if (!evidence?.evidenceDigest) return refuse(session, { zh: '还没有可审批的证据', en: 'there is no evidence to approve yet' })
  session.dispatch({ type: 'loaded', data, at: session.deps.now() })
  if (kind === 'approve') {
    const operations = await session.deps.operations()
    const can = await operations.canDecideStep({ kind, year: state.year, district: district.code, step: step.step, actor: state.viewer!.name, comment: '' })
    if (!can.ok) return refuse(session, can)
  }
  const pending: Pending = { kind, district: district.code, step: step.step, comment: '', evidenceDigest: evidence.evidenceDigest, figures: headlines(step.step, evidence.figures) }
  session.dispatch({ type: 'overlay', overlay: kind === 'reject' ? { kind: 'comment', text: '', required: true, pending } : confirmation(session, pending) })
}

function askFindings(session: Session): void {
  const state = session.get()
  const { place } = currentView(state)
  const findings = selectedFindings(state)
  if (findings.length === 0 || !('step' in place)) return refuse(session, { zh: '没有选中问题', en: 'no finding is selected' })
  const { approvals, documents, districts } = session.deps.config()
  const each = findings.map((finding) => actionsFor(state.viewer, state.readonly, approvals, documents, districts.league, finding))
  const items = FINDING_ACTIONS.filter((action) => each.every((one) => one.actions.includes(action)))
  if (items.length === 0) return refuse(session, each.find((one) => one.why)?.why ?? { zh: '所选问题没有共同的处理方式', en: 'the selected findings allow no common action' })
  const amounts = findings.flatMap((finding) => (finding.amount === null ? [] : [parseYuan(finding.amount)]))
  session.dispatch({
    type: 'overlay', overlay: {
      kind: 'actions', items, index: 0, pending: {
        kind: 'findings', district: place.district, step: place.step, action: items[0]!, comment: '',
        rows: findings.map((finding) => ({ id: finding.id, contentDigest: finding.contentDigest })),
        amount: amounts.length > 0 ? formatYuan(amounts.reduce((sum, amount) => sum + amount, 0n)) : null,
      },
    },
  })
}

/** Asks whether it is meant; the final sign-off and a cancellation are typed. */
export function confirmation(session: Session, pending: Pending): Overlay {
  const { year } = session.get()
  const phrase = pending.kind === 'approve' && pending.step === 'sign-off' ? `${pending.district}-${year}` : pending.kind === 'cancel' ? String(year) : null
  return { kind: 'confirm', text: '', phrase, pending }
}

/** A key in a dialog of a decision. True when it was used up. */
export function confirmKey(session: Session, overlay: Extract<Overlay, { kind: 'actions' | 'comment' | 'confirm' }>, name: string): boolean {
  switch (overlay.kind) {
    case 'actions': return chooseKey(session, overlay, name)
    case 'comment': return name === 'enter' && commentDone(session, overlay)
    case 'confirm': {
      const meant = overlay.phrase === null ? name === 'y' || name === 'Y' : name === 'enter' && overlay.text.trim() === overlay.phrase
      if (meant) session.confirm()
      return meant || overlay.phrase === null || name === 'enter'
    }
    default: return overlay satisfies never
  }
}

function chooseKey(session: Session, overlay: Extract<Overlay, { kind: 'actions' }>, name: string): true {
  if (name === 'down' || name === 'j') session.dispatch({ type: 'choiceMoved', by: 1 })
  if (name === 'up' || name === 'k') session.dispatch({ type: 'choiceMoved', by: -1 })
  const action = name === 'enter' ? overlay.items[overlay.index] : overlay.items[Number(name) - 1]
  if (action) {
    session.dispatch({ type: 'overlay', overlay: { kind: 'comment', text: '', required: needsReason(action), pending: { ...overlay.pending, action } } })
  }
  return true
}

const needsReason = (action: FindingAction) => action === 'explain' || action === 'waive'

function commentDone(session: Session, overlay: Extract<Overlay, { kind: 'comment' }>): true {
  const comment = overlay.text.trim()
  if (comment || !overlay.required) {
    session.dispatch({ type: 'overlay', overlay: confirmation(session, { ...overlay.pending, comment } as Pending) })
  }
  return true
}

/** Signs and sends; the answer is shown in the message line. */
export async function carryOut(session: Session, pending: Pending): Promise<void> {
  const { viewer, year } = session.get()
  session.dispatch({ type: 'busy', busy: true })
  const operations = await session.deps.operations()
  const by = viewer?.name ?? ''
  const answer = await send()
  session.dispatch({ type: 'busy', busy: false })
  session.dispatch(answer.ok ? flash('good', DONE[pending.kind]) : flash('bad', { zh: `被拒：${answer.zh}`, en: `refused: ${answer.en}` }))
  await session.load()

  function send(): Promise<Done> {
    switch (pending.kind) {
      case 'approve': case 'reject': {
        const { kind, district, step, comment, evidenceDigest } = pending
        return operations.decideStep({ kind, year, district, step, actor: by, comment, evidenceDigest })
      }
      case 'findings':
        return operations.decideFindings({ actor: by, rows: pending.rows.map((row) => ({ ...row, action: pending.action, comment: pending.comment })) })
      case 'recheck': return operations.recheck({ year, district: pending.district, step: pending.step, by })
      case 'pause': case 'resume': case 'cancel': return operations[pending.kind]({ year, districts: pending.districts, by })
      default: return pending satisfies never
    }
  }
}

const DONE: Record<Pending['kind'], Text> = {
  approve: { zh: '已审批', en: 'approved' }, reject: { zh: '已退回', en: 'rejected' }, findings: { zh: '已处理', en: 'decided' },
  pause: { zh: '已暂停', en: 'paused' }, resume: { zh: '已继续', en: 'resumed' }, cancel: { zh: '已取消', en: 'cancelled' }, recheck: { zh: '已开始重新检查', en: 'checking again' },
}

export const refuse = (session: Session, why: Text): void => session.dispatch(flash('bad', why))
