/**
 * Why somebody may not do something, told before they try. The worker judges again by the signed decision: this only
 * spares people a refusal, and never grants anything.
 */
import { findingSteps } from '../../books/evidence.ts'
import type { StepDetail } from '../../books/read-model/board.ts'
import type { UndoWait } from '../../books/read-model/undo-wait.ts'
import type { ListedFinding } from '../../books/read-model/findings.ts'
import type { DistrictStatus, StepStatus } from '../../books/read-model/status.ts'
import type { ApprovalsConfig } from '../../config/schemas/people.ts'
import { allowedActions, type DocumentTypes } from '../../domain/documents.ts'
import { DIFFERENCE_ACTIONS, type WordAction, isReconciliation } from '../../domain/differences.ts'
import type { FindingAction } from '../../domain/findings.ts'
import { STEP_NAMES, stepsBefore } from '../../domain/steps.ts'
import type { Text } from '../shared/lang.ts'
import { ROLE_WORDS } from '../../domain/role-words.ts'
import { STATE_LOOKS } from '../shared/terms.ts'
import type { Viewer } from './state.ts'

const inDistrict = (viewer: Viewer, ...codes: readonly string[]) =>
  viewer.districts.includes('*') || codes.some((code) => viewer.districts.includes(code))

/** True for a step that waits on a person whom the viewer could be; without a viewer for every step that waits. */
export function whatWaitsFor(viewer: Viewer | null, code: string, step: StepStatus, detail: StepDetail | undefined): boolean {
  if (step.state !== 'awaiting-approval' && step.state !== 'blocked') return false
  if (!viewer) return true
  if (viewer.revoked || !inDistrict(viewer, code) || viewer.roles.every((role) => role === 'auditor')) return false
  if (step.state === 'blocked') return viewer.roles.some((role) => role === 'engineer' || role === 'coordinator')
  const mine = detail?.approvedBy.includes(viewer.name) || detail?.decidedBy.includes(viewer.name)
    || detail?.preparedBy === viewer.name
  return viewer.roles.some((role) => role !== 'engineer') && !mine
}

/**
 * True for a request for an undo that the viewer could approve; without a viewer for every one. Who asked or agreed has said a
 * word already.
 */
export function undoWaitsFor(viewer: Viewer | null, code: string, { askedBy, approvedBy, waitingOn }: UndoWait): boolean {
  if (!viewer) return true
  if (viewer.revoked || !inDistrict(viewer, code) || viewer.name === askedBy || approvedBy.includes(viewer.name)) return false
  return waitingOn.split(',').some((role) => (viewer.roles as readonly string[]).includes(role))
}

/** Common grounds of refusal; null where there are none. */
export function whyNotAct(viewer: Viewer | null, readonly: boolean, code: string, orCode = code): Text | null {
  if (readonly) return { zh: '只读模式：重新打开时不要加 --readonly', en: 'read-only: open again without --readonly' }
  if (!viewer) return { zh: '没有身份：用 --as 姓名 打开，或输入 :as 姓名', en: 'nobody is named: open with --as NAME, or type :as NAME' }
  if (viewer.revoked) return { zh: `${viewer.name} 的授权已撤销`, en: `${viewer.name} was revoked` }
  if (!viewer.hasKey) {
    return {
      zh: `密钥文件夹（NIANJIE_KEYS）中没有 ${viewer.name} 的私钥`, en: `no private key of ${viewer.name} in the key folder (NIANJIE_KEYS)`,
    }
  }
  if (!inDistrict(viewer, code, orCode)) {
    return {
      zh: `${viewer.name} 不负责区划 ${code}（负责：${viewer.districts.join('、')}）`,
      en: `${viewer.name} does not act for district ${code} (acts for ${viewer.districts.join(', ')})`,
    }
  }
  return null
}

/** Why the viewer may not approve or reject the step; null when nothing speaks against it. */
export function whyNotApprove(
  kind: 'approve' | 'reject', viewer: Viewer | null, readonly: boolean, approvals: ApprovalsConfig, district: DistrictStatus,
  step: StepStatus,
  details: ReadonlyMap<string, StepDetail>,
): Text | null {
  if (district.kind === 'rehearsal') return { zh: '演练不需要审批', en: 'a rehearsal needs no approvals' }
  if (step.state !== 'awaiting-approval') {
    const { full } = STATE_LOOKS[step.state]
    return {
      zh: `${STEP_NAMES[step.step].zh}现在是“${full.zh}”，不在待审批`,
      en: `${STEP_NAMES[step.step].en} is ${full.en}, not awaiting approval`,
    }
  }
  const general = whyNotAct(viewer, readonly, district.code)
  if (general) return general
  const { roles } = approvals.steps[step.step]
  if (!roles.some((role) => viewer!.roles.includes(role))) {
    return {
      zh: `${STEP_NAMES[step.step].zh}由${roles.map((role) => ROLE_WORDS[role].zh).join('、')}审批；${viewer!.name} 是${viewer!.roles.map((role) => ROLE_WORDS[role].zh).join('、')}`,
      en: `${STEP_NAMES[step.step].en} is approved by ${roles.map((role) => ROLE_WORDS[role].en).join(' or ')}; ${viewer!.name} is ${viewer!.roles.map((role) => ROLE_WORDS[role].en).join(', ')}`,
    }
  }
  return kind === 'approve' ? whyNotBoth(viewer!, district, step, details) : null
}

/** Separation of duties: not what oneself prepared or settled, and not twice. */
function whyNotBoth(
  viewer: Viewer, district: DistrictStatus, step: StepStatus, details: ReadonlyMap<string, StepDetail>,
): Text | null {
  const of = (name: StepStatus['step']) => details.get(`${district.code}/${name}`)
  const settled = [...stepsBefore(step.step), step.step].flatMap(findingSteps)
    .find((name) => of(name)?.decidedBy.includes(viewer.name))
  if (settled) {
    return {
      zh: `职责分离：${viewer.name} 处理过${STEP_NAMES[settled].zh}的问题，不能审批以此为依据的步骤`,
      en: `separation of duties: ${viewer.name} decided findings of ${STEP_NAMES[settled].en}, so can not approve what rests on them`,
    }
  }
  if (of(step.step)?.preparedBy === viewer.name) {
    return {
      zh: `职责分离：${viewer.name} 导入了该区划的数据，须由他人审批`,
      en: `separation of duties: ${viewer.name} imported the district's input; another person must approve`,
    }
  }
  if (of(step.step)?.approvedBy.includes(viewer.name)) {
    return { zh: `${viewer.name} 已审批过这一步，还需要另一个人`, en: `${viewer.name} approved this step already; another person must` }
  }
  return null
}

/** What the viewer may decide on a finding, in the order of the configuration; or why nothing. */
export function actionsFor(
  viewer: Viewer | null, readonly: boolean, approvals: ApprovalsConfig, documents: DocumentTypes, league: string,
  finding: ListedFinding,
): { actions: readonly WordAction[]; why: Text | null } {
  const none = (why: Text) => ({ actions: [], why })
  if (finding.status !== 'open') return none({ zh: `问题 ${finding.key} 已经处理`, en: `finding ${finding.key} is settled already` })
  // What does not mirror between two levels may be settled by either of them.
  const general = whyNotAct(viewer, readonly, finding.district, finding.rule === 'R17' ? league : finding.district)
  if (general) return none(general)
  const rule = approvals.decisions.find((one) => (!one.step || one.step === finding.step) && (!one.severity || one.severity === finding.severity) &&
    (!one.rule || new RegExp(`^(?:${one.rule})$`).test(finding.rule)))
  if (!rule) {
    return none({
      zh: '这类问题不能用意见了结：请更正数据后重新检查（:recheck）',
      en: 'this kind of finding can not be decided away: correct the input, then check again (:recheck)',
    })
  }
  if (!rule.roles.some((role) => viewer!.roles.includes(role))) {
    return none({
      zh: `由${rule.roles.map((role) => ROLE_WORDS[role].zh).join('、')}处理；${viewer!.name} 是${viewer!.roles.map((role) => ROLE_WORDS[role].zh).join('、')}`,
      en: `decided by ${rule.roles.map((role) => ROLE_WORDS[role].en).join(' or ')}; ${viewer!.name} is ${viewer!.roles.map((role) => ROLE_WORDS[role].en).join(', ')}`,
    })
  }
  const status = typeof finding.facts.status === 'string' ? finding.facts.status : 'submitted'
  const actions = rule.actions.flatMap((action): readonly FindingAction[] => (action === 'document' ? allowedActions(
    documents, finding.rule, status,
  ) : [action]))
  const isDifference = finding.step === 'reconcile' && isReconciliation(finding.rule) && finding.severity !== 'info'
  if (isDifference && actions.includes('explain')) return { actions: [...actions, ...DIFFERENCE_ACTIONS], why: null }
  return actions.length > 0 ? { actions, why: null } : none({ zh: '现在没有可用的处理方式', en: 'nothing can be decided on it now' })
}
