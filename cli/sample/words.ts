/** What the sample's people write when they decide. */
import type { ListedFinding } from '../../books/read-model/findings.ts'
import { FINDING_ACTIONS, type FindingAction } from '../../domain/findings.ts'

/** What is wrong here can be said away, but the books could not be closed on it: only corrected input helps. */
const ONLY_INPUT = new Set(['R15'])

export interface Word { id: string; action: FindingAction; comment: string; contentDigest: string }

const COMMENTS: Record<FindingAction, string> = {
  complete: '已与经办单位核对，业务已办结', void: '已与单位确认，按年终规定作废', return: '已退回单位，下年重新申报', carry: '事项跨年，随指标结转下年办理',
  explain: '已与对方核对，属时间性差异，已登记备查', waive: '经财政局同意豁免',
}

/**
 * The word on a finding: the first disposition that its document allows, else an explanation; null when only corrected
 * input can help.
 */
export function wordOn(finding: ListedFinding): Word | null {
  if (ONLY_INPUT.has(finding.rule)) return null
  const allowed = dispositionsOf(finding)
  const action = allowed[0] ?? 'explain'
  const comment = finding.rule === 'PAY_CERT' && finding.facts.status === 'sent'
    ? '代理银行已回复：款项已付，回单已登记' : COMMENTS[action]
  return { id: finding.id, action, comment, contentDigest: finding.contentDigest }
}

function dispositionsOf(finding: ListedFinding): FindingAction[] {
  const { actions } = finding.facts
  return Array.isArray(actions) ? FINDING_ACTIONS.filter((action) => actions.includes(action)) : []
}
