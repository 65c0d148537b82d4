/** From a key to a signed word on a problem: which one, what it needs, field by field, then signed and sent. */
import { refusedIn } from '../../activities/problem-judge.ts'
import type { ListedProblem } from '../../books/problems/read.ts'
import { CHANNELS, type Channel, PROBLEM_KINDS, type ProblemAction, type ProblemKind } from '../../domain/problems.ts'
import type { Done } from '../operations.ts'
import type { OpenProblemRequest, SaidOfProblem } from '../operations/problem-requests.ts'
import type { Text } from '../shared/lang.ts'
import { selectedFindings, selectedStep } from './aim.ts'
import { refuse } from './decide.ts'
import { whyNotAct } from './permission.ts'
import { currentIndex, flash } from './reducer.ts'
import { rowsOf } from './rows.ts'
import type { Session } from './session.ts'
import { currentView, type FormField, type Overlay, type ProblemForm, type State } from './state.ts'

const PARTIES = ['finance-office', 'unit', 'bank', 'pboc', 'system', 'user']

type Form = Extract<Overlay, { kind: 'form' }>

/** The problem under the cursor, or the one that is shown. */
function selectedProblem(state: State): ListedProblem | null {
  const { place } = currentView(state)
  const row = rowsOf(state)[currentIndex(state)]
  if (row?.kind === 'problem') return row.problem
  return place.screen === 'problem' ? state.data.problems?.find(({ id }) => id === place.problem) ?? null : null
}

/** Opens the form of a word on the problem under the cursor; a word that needs nothing more is asked for once. */
export function askWord(session: Session, action: Exclude<ProblemAction, 'open'>): void {
  const state = session.get()
  const problem = selectedProblem(state)
  if (!problem) return refuse(session, { zh: '没有选中问题', en: 'no problem is selected' })
  const why = whyNotAct(state.viewer, state.readonly, problem.district) ?? refusedIn(action, problem.state)
  if (why) return refuse(session, why)
  show(session, { action, problemId: problem.id }, FIELDS[action](problem))
}

/** Opens the form of a report; at a finding or a step it is made from that. */
export function askReport(session: Session, fromHere: boolean): void {
  const state = session.get()
  const cause = fromHere ? causeHere(state) : null
  if (fromHere && !cause) return refuse(session, { zh: '先把光标移到一个问题或步骤上', en: 'move the cursor to a finding or a step first' })
  const district = cause?.district ?? selectedStep(state)?.district.code ?? ''
  const why = whyNotAct(state.viewer, state.readonly, district || (state.viewer?.districts[0] ?? ''))
  if (why) return refuse(session, why)
  show(session, { action: 'open', ...(cause ? { from: cause.from } : {}) }, [
    ...(cause ? [] : [field('district', { zh: '区划', en: 'District' }, district)]),
    field('user', { zh: '用户', en: 'User' }, cause ? state.viewer?.name ?? '' : ''),
    field('channel', { zh: '渠道', en: 'Channel' }, cause ? 'on-site' : 'hotline', CHANNELS),
    field('kind', { zh: '类别', en: 'Kind' }, 'fault', PROBLEM_KINDS),
    field('text', { zh: '内容', en: 'What' }, cause?.text ?? ''),
  ], cause?.district)
}

function causeHere(state: State): { from: NonNullable<OpenProblemRequest['from']>; district: string; text: string } | null {
  const { place } = currentView(state)
  const finding = selectedFindings(state)[0]
  if (finding && 'district' in place) {
    return { from: { findingId: finding.id }, district: place.district, text: finding.message.zh }
  }
  const aim = selectedStep(state)
  return aim && { from: { year: state.year, step: aim.step.step }, district: aim.district.code, text: aim.step.failure?.zh ?? '' }
}

function field(name: string, label: Text, value = '', choices?: readonly string[], required = true): FormField {
  return { name, label, value, required, ...(choices ? { choices } : {}) }
}

const comment = field('comment', { zh: '说明（可空）', en: 'Comment (optional)' }, '', undefined, false)
const reason = field('reason', { zh: '原因', en: 'Reason' })

const FIELDS: Record<Exclude<ProblemAction, 'open'>, (problem: ListedProblem) => FormField[]> = {
  acknowledge: () => [comment], take: () => [comment], resume: () => [comment],
  assign: ({ assignee }) => [field('to', { zh: '处理人', en: 'To' }, assignee ?? ''), comment],
  wait: () => [field('on', { zh: '等谁', en: 'On' }, '', PARTIES), reason],
  resolve: ({ user }) => [field('confirmedBy', { zh: '确认的用户', en: 'Confirmed by' }, user), comment],
  reopen: () => [reason],
}

function show(session: Session, form: ProblemForm, fields: readonly FormField[], district?: string): void {
  session.dispatch({
    type: 'overlay', overlay: { kind: 'form', form, fields, index: 0, text: fields[0]!.value, ...(district ? { district } : {}) },
  })
}

/** Enter in a form: the next field, or, after the last, it is signed and sent. True when the key was used up. */
export function formKey(session: Session, overlay: Form, name: string): boolean {
  if (name !== 'enter') return false
  const value = overlay.text.trim()
  const here = overlay.fields[overlay.index]!
  // A choice that is typed in part is the one that begins so.
  const chosen = here.choices
    ? here.choices.find((one) => one === value) ?? here.choices.find((one) => value !== '' && one.startsWith(value))
    : value
  if ((here.required && !chosen) || chosen === undefined) {
    session.dispatch(flash(
      'bad',
      here.choices ? { zh: `可选：${here.choices.join(' ')}`, en: `one of: ${here.choices.join(' ')}` } : {
        zh: `${here.label.zh}不能为空`, en: `${here.label.en} is needed`,
      },
    ))
    return true
  }
  const fields = overlay.fields.map((one, index) => (index === overlay.index ? { ...one, value: chosen } : one))
  const next = fields[overlay.index + 1]
  if (next) session.dispatch({ type: 'overlay', overlay: { ...overlay, fields, index: overlay.index + 1, text: next.value } })
  else {
    session.dispatch({ type: 'overlay', overlay: null })
    void session.attempt(() => send(session, { ...overlay, fields }))
  }
  return true
}

async function send(session: Session, { form, fields, district }: Form): Promise<void> {
  const actor = session.get().viewer?.name ?? ''
  const of = (name: string) => fields.find((one) => one.name === name)?.value ?? ''
  session.dispatch({ type: 'busy', busy: true })
  const operations = await session.deps.operations()
  const answer: Done<{ problemId?: string }> = form.action === 'open'
    ? await operations.openProblem({
      actor, district: district ?? of('district'), user: of('user'), channel: of('channel') as Channel,
      kind: of('kind') as ProblemKind, text: of('text'), ...(form.from ? { from: form.from } : {}),
    })
    : await operations.actOnProblem({ actor, problemId: form.problemId, word: wordOf(form.action, of) })
  session.dispatch({ type: 'busy', busy: false })
  const about = answer.ok && answer.problemId ? ` ${answer.problemId}` : ''
  session.dispatch(answer.ok ? flash('good', { zh: `已记录${about}`, en: `recorded${about}` }) : flash('bad', {
    zh: `被拒：${answer.zh}`, en: `refused: ${answer.en}`,
  }))
  await session.load()
}

function wordOf(action: Exclude<ProblemAction, 'open'>, of: (name: string) => string): SaidOfProblem {
  switch (action) {
    case 'assign': return { action, to: of('to'), comment: of('comment') }
    case 'wait': return { action, on: of('on'), reason: of('reason') }
    case 'resolve': return { action, confirmedBy: of('confirmedBy'), comment: of('comment') }
    case 'reopen': return { action, reason: of('reason') }
    default: return { action, comment: of('comment') }
  }
}
