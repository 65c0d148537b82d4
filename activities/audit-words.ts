/** What the audit chain holds of decisions. */
import type { Plain } from '../domain/canonical.ts'
import type { Decision, WordOnFinding } from '../domain/decisions.ts'

/** A word in short; its full text is the signed payload. */
export function wordOf(decision: Decision): Plain {
  switch (decision.kind) {
    case 'findings': return {
      kind: decision.kind, findings: decision.findings.map(wordOnFinding),
      ...(decision.standing && { standing: decision.standing }),
    }
    case 'confirm': {
      const { kind, reconciliation, party, confirmer, evidenceDigest, comment } = decision
      return { kind, reconciliation, party, confirmer, evidence: evidenceDigest, comment }
    }
    case 'control': return { kind: decision.kind, action: decision.action, comment: decision.comment }
    default: return { kind: decision.kind, step: decision.step, evidence: decision.evidenceDigest, comment: decision.comment }
  }
}

const wordOnFinding = ({ id, action, comment, contentDigest, about, receipt }: WordOnFinding): Plain =>
  ({ id, action, comment, contentDigest, ...(about && { about: about as Plain }), ...(receipt && { receipt: { ...receipt } }) })
