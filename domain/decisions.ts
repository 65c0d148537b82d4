/** What a person signs (CONTRACT §5). The signature is over the canonical JSON of exactly this. */
import type { FindingAction } from './findings.ts'
import type { RunKind, Step } from './steps.ts'

interface DecisionBase {
  decisionId: string
  runId: number
  runKind: RunKind
  district: string
  year: number
  actor: string
  /** ISO 8601 UTC. */
  signedAt: string
}

/** A word on a step: holds for the evidence of that digest only. */
export interface StepDecision extends DecisionBase {
  kind: 'approve' | 'reject'
  step: Step
  evidenceDigest: string
  comment: string
}

/** A word on findings, one or many: each with the digest of the finding as it was shown. */
export interface FindingsDecision extends DecisionBase {
  kind: 'findings'
  findings: readonly { id: string; action: FindingAction; comment: string; contentDigest: string }[]
}

export type Decision = StepDecision | FindingsDecision
