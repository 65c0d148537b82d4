/** The evidence of a step: what an approval is for, and what people said so far. */
import { type Kysely, sql } from 'kysely'
import type { Step } from '../../domain/steps.ts'
import { signedComment } from '../../domain/decisions.ts'
import type { DecisionKind, Database } from '../tables.ts'
import { currentRuns, type Look } from './current.ts'
import { isoTime } from './status.ts'

export interface StepWord {
  kind: DecisionKind
  actor: string
  comment: string
  at: string
  accepted: boolean | null
  refusal: { zh: string; en: string } | null
  /** Still holds: for the present evidence and not made void. */
  holds: boolean
  voidReason: string | null
}
export interface StepEvidence {
  evidenceDigest: string | null
  inputDigest: string | null
  generation: number
  /** Figures of the step as its engine gave them: counts as numbers, money as yuan text. */
  figures: { readonly [name: string]: unknown }
  words: readonly StepWord[]
}

interface EvidenceRow {
  evidence_digest: string | null; generation: number; input_digest: string | null; result: Record<string, unknown> | null
  words: {
    kind: DecisionKind; actor: string; payload: string; at: string; accepted: boolean | null; refusal_zh: string | null
    refusal_en: string | null
    evidence_digest: string | null; void_at: string | null; void_reason: string | null
  }[] | null
}

/** Null when the district has no run of that year. */
export async function readEvidence(db: Kysely<Database>, look: Look, district: string, step: Step): Promise<StepEvidence | null> {
  const { rows } = await sql<EvidenceRow>`
    with current as (${currentRuns({ ...look, districts: [district] })})
    select t.evidence_digest, t.generation, r.input_digest, r.result, (
      select json_agg(w) from (
        select kind, actor, payload, coalesce(judged_at, submitted_at) as at, accepted, refusal_zh, refusal_en, evidence_digest, void_at, void_reason
        from decisions d where d.run_id = c.run_id and d.step = t.step order by submitted_at, decision_id) w) as words
    from current c join step_states t on t.run_id = c.run_id and t.step = ${step}
    left join step_results r on r.run_id = t.run_id and r.step = t.step and r.generation = t.generation`.execute(db)
  const row = rows[0]
  if (!row) return null
  return {
    evidenceDigest: row.evidence_digest,
    inputDigest: row.input_digest,
    generation: row.generation,
    figures: (row.result?.figures ?? {}) as StepEvidence['figures'],
    words: (row.words ?? []).map((word) => ({
      kind: word.kind, actor: word.actor, comment: signedComment(word.payload), at: isoTime(word.at)!, accepted: word.accepted,
      refusal: word.refusal_zh === null ? null : { zh: word.refusal_zh, en: word.refusal_en ?? word.refusal_zh },
      holds: word.accepted === true && word.void_at === null && word.evidence_digest === row.evidence_digest,
      voidReason: word.void_reason,
    })),
  }
}
