/** From a key to a signed decision: may I, what about, why, are you sure, send. */
import { formatYuan, parseYuan } from '../../domain/money.ts'
import { DIFFERENCE_ACTIONS, type WordAction } from '../../domain/differences.ts'
import { FINDING_ACTIONS } from '../../domain/findings.ts'
import type { Done } from '../operations.ts'
import { headlines } from '../shared/figures.ts'
import type { Text } from '../shared/lang.ts'
import { selectedFindings, selectedStep } from './aim.ts'
import { askUndo } from './closing.ts'
import { actionsFor, whyNotApprove } from './permission.ts'
import { flash } from './reducer.ts'
import type { Session } from './session.ts'
import { currentView, type Overlay, type Pending } from './state.ts'

/** Opens the dialog of a decision, or says why there is none. */
export async function askDecision(session: Session, command: 'approve' | 'reject' | 'resolve'): Promise<void> {
  if (command !== 'resolve' && currentView(session.get()).place.screen === 'undo') return askUndo(session, command)
  refreshViewer(session)
  return command === 'resolve' ? askFindings(session) : askStep(session, command)
}

/** Roles may have changed and keys been revoked since the screen was opened. */
export function refreshViewer(session: Session): void {
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

const ALL_ACTIONS: readonly WordAction[] = [...FINDING_ACTIONS, ...DIFFERENCE_ACTIONS]

function askFindings(session: Session): void {
  const state = session.get()
  const { place } = currentView(state)
  const findings = selectedFindings(state)
  if (findings.length === 0 || !('step' in place)) return refuse(session, { zh: '没有选中问题', en: 'no finding is selected' })
  const { approvals, documents, districts } = session.deps.config()
  const each = findings.map((finding) => actionsFor(state.viewer, state.readonly, approvals, documents, districts.league, finding))
  const items = ALL_ACTIONS.filter((action) => each.every((one) => one.actions.includes(action)))
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

/** Asks whether it is meant; the final sign-off, an undo, a lock and a cancellation are typed. */
export function confirmation(session: Session, pending: Pending): Overlay {
  const { year } = session.get()
  const forGood = (pending.kind === 'approve' && pending.step === 'sign-off') || pending.kind === 'lock' || (pending.kind === 'undo' && pending.word !== 'reject')
  const phrase = forGood ? `${pending.district}-${year}` : pending.kind === 'cancel' ? String(year) : null
  return { kind: 'confirm', text: '', phrase, pending }
}

/** A key in a dialog of a decision. True when it was used up. */
export function confirmKey(session: Session, overlay: Extract<Overlay, { kind: 'actions' | 'kinds' | 'comment' | 'confirm' }>, name: string): boolean {
  switch (overlay.kind) {
    case 'actions': return chooseAction(session, overlay, name)
    case 'kinds': return chooseKind(session, overlay, name)
    case 'comment': return name === 'enter' && commentDone(session, overlay)
    case 'confirm': {
      const meant = overlay.phrase === null ? name === 'y' || name === 'Y' : name === 'enter' && overlay.text.trim() === overlay.phrase
      if (meant) session.confirm()
      return meant || overlay.phrase === null || name === 'enter'
    }
    default: return overlay satisfies never
  }
}

/** Moves the cursor of a choice; gives what was chosen by Enter or by its number. */
function choose<T>(session: Session, { items, index }: { items: readonly T[]; index: number }, name: string): T | undefined {
  if (name === 'down' || name === 'j') session.dispatch({ type: 'choiceMoved', by: 1 })
  if (name === 'up' || name === 'k') session.dispatch({ type: 'choiceMoved', by: -1 })
  return name === 'enter' ? items[index] : items[Number(name) - 1]
}

function chooseAction(session: Session, overlay: Extract<Overlay, { kind: 'actions' }>, name: string): true {
  const action = choose(session, overlay, name)
  if (!action) return true
  const pending = { ...overlay.pending, action }
  session.dispatch({ type: 'overlay', overlay: kindsFor(session, pending) ?? commentOn(pending) })
  return true
}

function chooseKind(session: Session, overlay: Extract<Overlay, { kind: 'kinds' }>, name: string): true {
  const chosen = choose(session, overlay, name)
  if (!chosen) return true
  const { about: _before, ...pending } = overlay.pending
  session.dispatch({ type: 'overlay', overlay: commentOn({ ...pending, ...(chosen.kind !== null && { about: { kind: chosen.kind } }) }) })
  return true
}

/** An explained difference has a kind: the suggested one of a single difference is offered first. */
function kindsFor(session: Session, pending: Extract<Pending, { kind: 'findings' }>): Overlay | null {
  if (pending.step !== 'reconcile' || pending.action !== 'explain') return null
  const kinds = session.deps.config().differences.kinds.map(({ kind, name }) => ({ kind, name }))
  const suggested = pending.rows.length === 1 ? session.get().data.differences.get(pending.rows[0]!.id)?.one.suggested : null
  const items = [...kinds, { kind: null, name: { zh: '按数据提示', en: 'as the data suggest' } }]
  const index = items.findIndex(({ kind }) => kind === (suggested ?? null))
  return { kind: 'kinds', items, index: Math.max(0, index), pending }
}

const commentOn = (pending: Extract<Pending, { kind: 'findings' }>): Overlay => ({ kind: 'comment', text: '', required: needsReason(pending.action), pending })

/** Who is assigned is named where others write their reason. */
const needsReason = (action: WordAction) => ['explain', 'waive', ...DIFFERENCE_ACTIONS].includes(action)

function commentDone(session: Session, overlay: Extract<Overlay, { kind: 'comment' }>): true {
  const comment = overlay.text.trim()
  if (comment || !overlay.required) {
    const { pending } = overlay
    const said = pending.kind === 'findings' && pending.action === 'assign' ? { ...pending, about: { owner: comment } } : { ...pending, comment } as Pending
    session.dispatch({ type: 'overlay', overlay: confirmation(session, said) })
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
        return operations.decideFindings({ actor: by, rows: pending.rows.map((row) => ({ ...row, action: pending.action, comment: pending.comment, ...(pending.about && { about: pending.about }) })) })
      case 'default': return operations.approveDefault({ year, district: pending.district, type: pending.type, number: pending.number, action: pending.action ?? undefined, comment: pending.comment, actor: by })
      case 'receipt': {
        const { district, type, number, outcome, reference } = pending
        return operations.registerReceipts({ year, district, actor: by, rows: [{ type, number, outcome, reference, comment: '' }] })
      }
      case 'undo': return operations.decideUndo({ year, district: pending.district, actor: by, comment: pending.comment, word: pending.word, evidenceDigest: pending.evidenceDigest })
      case 'lock': return operations.lock({ year, district: pending.district, actor: by, comment: pending.comment })
      case 'balance': {
        const { district, reconciliation, party, confirmer, digest, comment } = pending
        return operations.confirmReconciliation({ year, district, reconciliation, party, confirmer, digest, comment, actor: by })
      }
      case 'recheck': return operations.recheck({ year, district: pending.district, step: pending.step, by })
      case 'pause': case 'resume': case 'cancel': return operations[pending.kind]({ year, districts: pending.districts, by })
      default: return pending satisfies never
    }
  }
}

const DONE: Record<Pending['kind'], Text> = {
  approve: { zh: '已审批', en: 'approved' }, reject: { zh: '已退回', en: 'rejected' }, findings: { zh: '已处理', en: 'decided' },
  pause: { zh: '已暂停', en: 'paused' }, resume: { zh: '已继续', en: 'resumed' }, cancel: { zh: '已取消', en: 'cancelled' }, recheck: { zh: '已开始重新检查', en: 'checking again' },
  undo: { zh: '撤销意见已提交', en: 'the word on the undo is given' }, lock: { zh: '已锁定', en: 'locked' },
  default: { zh: '已批准默认处置', en: 'the default is approved' }, receipt: { zh: '已登记回单', en: 'the receipt is registered' }, balance: { zh: '已确认', en: 'confirmed' },
}

export const refuse = (session: Session, why: Text): void => session.dispatch(flash('bad', why))
