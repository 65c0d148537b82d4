/** What a person signs (CONTRACT §5). The signature is over the canonical JSON of exactly this. */
import { type AboutDifference, DIFFERENCE_ACTIONS, type WordAction, aboutProblem } from './differences.ts'
import { FINDING_ACTIONS } from './findings.ts'
import { STEPS, type RunKind, type Step } from './steps.ts'

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
  findings: readonly WordOnFinding[]
  /** Id of the default disposition that made this decision at the cut-off; the signature is that of the default. */
  standing?: string
}

/** `about` only where it says something, and only on a difference of a reconciliation. */
export interface WordOnFinding {
  id: string; action: WordAction; comment: string; contentDigest: string; about?: AboutDifference; receipt?: Receipt
}

/** What the bank or the treasury answered about a document that was sent: its own number is the proof. */
export interface Receipt { outcome: 'completed' | 'returned'; reference: string }

/**
 * Asks for the undo of the carry-forward in force, agrees with it or rejects it; the digest says which carry-forward was seen.
 */
export interface UndoDecision extends DecisionBase {
  kind: 'undo' | 'approve-undo' | 'reject-undo'
  step: 'carry-forward'
  evidenceDigest: string
  comment: string
}

/** Locks the year of the district for good: the watch on late changes ends, and nothing can be undone any more. */
export interface LockDecision extends DecisionBase { kind: 'control'; action: 'lock'; comment: string }

/** Confirms a reconciliation, or one party's part of it: holds for the balance and the differences of that digest only. */
export interface ConfirmDecision extends DecisionBase {
  kind: 'confirm'
  /** Its number, such as R7. */
  reconciliation: string
  /** '' for the whole. */
  party: string
  /** As what the actor confirms: `as` of config/reconciliations.yaml. */
  confirmer: string
  evidenceDigest: string
  comment: string
}

export type Decision = StepDecision | FindingsDecision | UndoDecision | LockDecision | ConfirmDecision

const CONFIRM_TEXTS = ['reconciliation', 'party', 'confirmer', 'evidenceDigest', 'comment'] as const
const TEXTS = ['decisionId', 'runKind', 'district', 'actor', 'signedAt', 'kind'] as const

/** What is wrong with the form of a decision that came from outside, or null. */
export function decisionProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'not an object'
  const decision = value as Record<string, unknown>
  for (const name of TEXTS) if (typeof decision[name] !== 'string') return `${name} is not a text`
  for (const name of ['runId', 'year']) if (!Number.isInteger(decision[name])) return `${name} is not a whole number`
  switch (decision.kind) {
    case 'approve': case 'reject': return stepDecisionProblem(decision)
    case 'findings': return findingsDecisionProblem(decision)
    case 'undo': case 'approve-undo': case 'reject-undo': return decision.step === 'carry-forward'
      ? stepDecisionProblem(decision)
      : 'only the carry-forward can be undone'
    case 'control': return decision.action === 'lock' && typeof decision.comment === 'string'
      ? null
      : 'unknown action, or comment is not a text'
    case 'confirm': return CONFIRM_TEXTS.find((name) => typeof decision[name] !== 'string')?.concat(' is not a text') ?? null
    default: return `unknown kind ${String(decision.kind)}`
  }
}

function stepDecisionProblem({ step, evidenceDigest, comment }: Record<string, unknown>): string | null {
  if (!STEPS.some((one) => one === step)) return 'unknown step'
  return typeof evidenceDigest === 'string' && typeof comment === 'string' ? null : 'evidenceDigest or comment is not a text'
}

function findingsDecisionProblem({ findings }: Record<string, unknown>): string | null {
  if (!Array.isArray(findings) || findings.length === 0) return 'no findings'
  const ids = new Set<unknown>()
  for (const row of findings as Record<string, unknown>[]) {
    if (typeof row !== 'object' || row === null) return 'a finding is not an object'
    for (const name of ['id', 'comment', 'contentDigest']) {
      if (typeof row[name] !== 'string') return `${name} of a finding is not a text`
    }
    if (![...FINDING_ACTIONS, ...DIFFERENCE_ACTIONS].some((one) => one === row.action)) {
      return `unknown action ${String(row.action)}`
    }
    const about = aboutProblem(row.about)
    if (about) return about
    if (row.receipt !== undefined && !isReceipt(row.receipt)) return 'receipt is not an outcome with its reference'
    if (ids.has(row.id)) return `finding ${String(row.id)} stands twice`
    ids.add(row.id)
  }
  return null
}

function isReceipt(value: unknown): boolean {
  const { outcome, reference } = (value ?? {}) as Record<string, unknown>
  return (outcome === 'completed' || outcome === 'returned') && typeof reference === 'string' && reference.trim() !== ''
}

/** The comment in a signed payload. The payload is kept as it came: one that is not JSON has no comment to show. */
export function signedComment(payload: string): string {
  try {
    const { comment } = JSON.parse(payload) as { comment?: unknown }
    return typeof comment === 'string' ? comment : ''
  } catch {
    return ''
  }
}
