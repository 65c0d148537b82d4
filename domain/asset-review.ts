/** The states of a finding in the joint review 会审 (DOMAIN §8.7), from what the year-end knows of it. Pure. */
import type { FindingStatus } from './findings.ts'

export const REVIEW_STATES = ['to-verify', 'corrected', 'explained', 'sent-back', 'passed'] as const
export type ReviewState = (typeof REVIEW_STATES)[number]

export const REVIEW_WORDS: Record<ReviewState, { zh: string; en: string }> = {
  'to-verify': { zh: '待核实', en: 'to verify' },
  corrected: { zh: '已修正', en: 'corrected' },
  explained: { zh: '说明保留', en: 'explained and kept' },
  'sent-back': { zh: '驳回', en: 'sent back' },
  passed: { zh: '复核通过', en: 'passed the review' },
}

export interface Reviewed {
  status: FindingStatus
  /** The unit answered it in an earlier round, by a correction or an explanation. */
  answered: boolean
  /** The step of the finding is approved, on this very evidence. */
  approved: boolean
}

/**
 * What is open is to be verified; what is still open after the unit has answered was sent back. What is gone at the last
 * check was corrected, what was explained or waived stays with its explanation; both have passed once the step is approved.
 */
export function reviewState({ status, answered, approved }: Reviewed): ReviewState {
  if (status === 'open') return answered ? 'sent-back' : 'to-verify'
  if (approved) return 'passed'
  return status === 'resolved' ? 'corrected' : 'explained'
}
