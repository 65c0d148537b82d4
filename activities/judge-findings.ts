/** Judges a word on findings, one or many: all or nothing. */
import { type DecidableFinding, findFindings } from '../books/decisions.ts'
import { keptEvidence } from '../books/differences/evidence.ts'
import type { ApprovalsConfig } from '../config/schemas/people.ts'
import type { Actor } from '../config/schemas/people.ts'
import type { FindingsDecision } from '../domain/decisions.ts'
import { DIFFERENCE_ACTIONS } from '../domain/differences.ts'
import { DISPOSITIONS, allowedActions, dispositionRefusal } from '../domain/documents.ts'
import type { FindingAction } from '../domain/findings.ts'
import type { Step } from '../domain/steps.ts'
import { type Bench, type Refusal, actsFor, refusal, wrongDistrict } from './judge.ts'
import { judgeAbout } from './judge-differences.ts'

type Row = FindingsDecision['findings'][number]

/**
 * Null: every row counts. Otherwise none does: the refusal is that of the first row, and names the next ones that do not count
 * either.
 */
export async function judgeFindings(
  bench: Bench, actor: Actor, { findings: rows }: Pick<FindingsDecision, 'findings'>,
): Promise<Refusal | null> {
  const found = await findFindings(bench.db, bench.run, rows.map((row) => row.id))
  const evidence = await keptEvidence(bench.db, rows.flatMap(({ about }) => about?.evidence?.sha256 ?? []))
  const refusals = rows.flatMap((row): Refusal[] => {
    const finding = found.get(row.id)
    const no = finding
      ? judgeFinding(bench, actor, row, finding) ?? judgeAbout(bench.config.differences, row, finding, evidence)
      : refusal('unknown-finding', '没有这个问题。', 'there is no such finding')
    return no ? [{ ...no, zh: `${row.id}：${no.zh}`, en: `${row.id}: ${no.en}` }] : []
  })
  return refusals.length === 0 ? null : together(refusals)
}

const NAMED_MAX = 20

/** One refusal for all: whoever corrects a file of thousands must not learn of its rows one at a time. */
function together([first, ...rest]: readonly Refusal[]): Refusal {
  const more = rest.length - (NAMED_MAX - 1)
  const lines = (lang: 'zh' | 'en') => [first!, ...rest.slice(0, NAMED_MAX - 1)].map((one) => one[lang]).join('\n')
  return {
    ...first!, zh: lines('zh') + (more > 0 ? `\n……另有 ${more} 个` : ''), en: lines('en') + (more > 0 ? `\n… and ${more} more` : ''),
  }
}

function judgeFinding(bench: Bench, actor: Actor, row: Row, finding: DecidableFinding): Refusal | null {
  const { run, config } = bench
  // What does not mirror between two levels may be settled by either of them (CONTRACT §6).
  if (!actsFor(actor, run.district, ...(finding.rule === 'R17' ? [run.league] : []))) {
    return wrongDistrict(actor.name, run.district)
  }
  const rule = ruleFor(config.approvals, finding)
  if (!rule) {
    return refusal('not-allowed', '该问题不能以决定处理：请更正数据后重新检查。', 'this finding can not be decided: correct the input and check again')
  }
  if (!rule.roles.some((role) => actor.roles.includes(role))) {
    return refusal(
      'wrong-role', `处理该问题需要角色 ${rule.roles.join('、')}。`, `this finding is decided by the roles ${rule.roles.join(', ')}`,
    )
  }
  return judgeState(bench, row, finding) ?? judgeAction(bench, row, finding, rule)
}

/** The first rule of config/approvals.yaml that fits. */
export function ruleFor(
  approvals: ApprovalsConfig, { step, rule, severity }: Pick<DecidableFinding, 'step' | 'rule' | 'severity'>,
): ApprovalsConfig['decisions'][number] | undefined {
  return approvals.decisions.find((one) => (one.step === undefined || one.step === step)
    && (one.severity === undefined || one.severity === severity)
    && (one.rule === undefined || new RegExp(`^(?:${one.rule})$`).test(rule)))
}

function judgeState({ steps }: Bench, row: Row, finding: DecidableFinding): Refusal | null {
  if (finding.gone) return refusal('wrong-state', '该问题在重新检查后已不存在。', 'this finding was gone at the last check')
  const standing = steps.find((one) => one.step === stepAtWork(finding, steps))
  if (standing?.state !== 'blocked' && standing?.state !== 'awaiting-approval') {
    return refusal(
      'wrong-state', `步骤状态为 ${standing?.state ?? '未知'}，此时不能处理其问题。`,
      `its step is ${standing?.state ?? 'unknown'}: its findings can not be decided now`,
    )
  }
  if (row.contentDigest !== finding.contentDigest) {
    return refusal('evidence-changed', '该问题已有变化：请重新查看后再决定。', 'the finding is no longer what you saw: look again, then decide')
  }
  return null
}

/** I1–I4 stand under `initialise` but are found, and settled, while the carry-forward is planned. */
export function stepAtWork({ step }: Pick<DecidableFinding, 'step'>, steps: Bench['steps']): Step {
  const state = steps.find((one) => one.step === step)?.state
  return step === 'initialise' && state === 'pending' ? 'carry-forward' : step
}

function judgeAction(
  { config }: Bench, row: Row, finding: DecidableFinding, rule: ApprovalsConfig['decisions'][number],
): Refusal | null {
  const isDisposition = DISPOSITIONS.some((one) => one === row.action)
  if (isDisposition && finding.documentStatus !== null && rule.actions.includes('document')) {
    const no = dispositionRefusal(
      config.documents, finding.rule, finding.documentStatus, row.action, { indicator: finding.documentIndicator },
    )
    if (no) return refusal('not-allowed', no.zh, no.en)
  } else if (!rule.actions.includes(permissionFor(row.action))) {
    return onlyBy(allowedOf(config, finding, rule))
  }
  if ((row.action === 'explain' || row.action === 'waive') && !row.comment.trim()) {
    return refusal('comment-required', '说明或豁免必须写明理由。', 'an explanation or a waiver needs its reason in writing')
  }
  return null
}

/** Whoever may explain a difference may also say who sees to it, and that it is to be corrected. */
const permissionFor = (action: Row['action']) =>
  (DIFFERENCE_ACTIONS.some((one) => one === action) ? 'explain' : action as FindingAction)

/** What may be decided on a finding, the dispositions of its document one by one. */
function allowedOf(
  config: Bench['config'], { rule: type, documentStatus }: DecidableFinding, rule: ApprovalsConfig['decisions'][number],
): string[] {
  return rule.actions.flatMap((action): readonly string[] => {
    if (action !== 'document') return [action]
    return documentStatus === null ? [] : allowedActions(config.documents, type, documentStatus)
  })
}

const onlyBy = (actions: readonly string[]): Refusal => (actions.length > 0
  ? refusal('not-allowed', `该问题只能：${actions.join('、')}。`, `this finding can only be decided by: ${actions.join(', ')}`)
  : refusal('not-allowed', '该问题只能通过更正数据并重新检查消除。', 'this finding can only be cleared by correcting the input and checking again'))
