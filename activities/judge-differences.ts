/** Judges what a word says of a difference besides its comment: kind, owner, evidence. */
import type { DecidableFinding } from '../books/decisions.ts'
import type { DifferencesConfig } from '../config/schemas/differences.ts'
import type { WordOnFinding } from '../domain/decisions.ts'
import { DIFFERENCE_ACTIONS, isReconciliation } from '../domain/differences.ts'
import type { Step } from '../domain/steps.ts'
import type { OpenCounts } from './contract.ts'
import { type Refusal, refusal } from './judge.ts'

/**
 * Null: it may be said. Kinds are those of config/differences.yaml; evidence counts when its file is kept, whole.
 * @param evidence sizes of the files that are kept, by SHA-256
 */
export function judgeAbout(
  { kinds }: DifferencesConfig, { action, about = {}, comment }: WordOnFinding, finding: DecidableFinding,
  evidence: ReadonlyMap<string, number>,
): Refusal | null {
  const isWord = DIFFERENCE_ACTIONS.some((one) => one === action)
  if (!isWord && Object.keys(about).length === 0) return null
  if (finding.step !== 'reconcile' || !isReconciliation(finding.rule) || finding.severity === 'info') {
    return refusal(
      'not-allowed', '只有对账差异才有差异原因、负责人和佐证材料。', 'only a difference of a reconciliation has a kind, an owner and evidence',
    )
  }
  if (action === 'assign' && about.owner === undefined) return refusal('malformed', '没有写明负责人。', 'it does not name the owner')
  if (action === 'correct' && finding.status !== 'open') {
    return refusal('wrong-state', '该差异已有说明或豁免，不在待更正。', 'it is explained or waived already, there is nothing to be corrected')
  }
  if (action === 'correct' && !comment.trim()) {
    return refusal('comment-required', '须写明将如何更正。', 'it needs to say in writing what will be corrected')
  }
  if (about.kind !== undefined && !kinds.some(({ kind }) => kind === about.kind)) {
    const known = kinds.map(({ kind }) => kind).join(', ')
    return refusal('malformed', `没有这种差异原因：${about.kind}（可用：${known}）。`, `there is no kind ${about.kind}: there are ${known}`)
  }
  const size = about.evidence && evidence.get(about.evidence.sha256)
  return about.evidence && size !== about.evidence.size
    ? refusal('malformed', `没有收到佐证材料 ${about.evidence.name}。`, `the evidence ${about.evidence.name} did not arrive`) : null
}

/**
 * Why a step with open findings can not be approved, with their number and the command that lists them. At the
 * reconciliation every difference has to be explained, waived or gone.
 */
export function stillOpen(step: Step, district: string, { errors, warnings }: OpenCounts): Refusal {
  if (step === 'reconcile') {
    const command = `nianjie difference list --district ${district} --state open to-correct`
    const count = errors + warnings
    return refusal('wrong-state', `还有 ${count} 项差异未说明、未豁免也未消除：${command}`,
      `${count} difference${count === 1 ? ' is' : 's are'} neither explained nor waived nor gone: ${command}`)
  }
  return refusal(
    'wrong-state', `还有 ${errors} 个错误、${warnings} 个警告未处理。`, `${errors} errors and ${warnings} warnings are still open`,
  )
}
