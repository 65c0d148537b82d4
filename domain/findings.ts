/** A finding: something that a person must look at (CONTRACT §2). */
import type { Step } from './steps.ts'

export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

export const FINDING_STATUSES = ['open', 'explained', 'waived', 'resolved'] as const
export type FindingStatus = (typeof FINDING_STATUSES)[number]

/** What a person can decide on a finding. The first four are dispositions of documents (DOMAIN §5). */
export const FINDING_ACTIONS = ['complete', 'void', 'return', 'carry', 'explain', 'waive'] as const
export type FindingAction = (typeof FINDING_ACTIONS)[number]

export interface Finding {
  id: string
  district: string
  step: Step
  rule: string
  key: string
  severity: Severity
  /** Signed yuan with two decimals as text, or null. */
  amount: string | null
  status: FindingStatus
  message: { zh: string; en: string }
}

export interface FindingCounts {
  error: number
  warning: number
  info: number
  /** How many of all these are still open. */
  open: number
}

export const NO_FINDINGS: FindingCounts = { error: 0, warning: 0, info: 0, open: 0 }

/** Sort key of a rule: its letters, then its number (R2 before R10; document types by name). */
export function ruleOrder(rule: string): [string, number] {
  const match = /^([A-Z]+)(\d+)$/.exec(rule)
  return match ? [match[1]!, Number(match[2])] : [rule, 0]
}
