/**
 * Judges a default disposition when it fires: the decision was made by the cases of the district, in the name and with the
 * signature of the person who approved the default beforehand. That word is looked at again, and whether it covers this.
 */
import { findDefault, type StoredDefault } from '../books/cases/defaults.ts'
import { type StoredDecision, findFindings } from '../books/decisions.ts'
import type { Actor } from '../config/schemas/people.ts'
import type { Plain } from '../domain/canonical.ts'
import { canonicalJson } from '../domain/canonical.ts'
import type { FindingsDecision } from '../domain/decisions.ts'
import { defaultRefusal } from '../domain/documents.ts'
import { type Bench, type Refusal, judgeIdentity, refusal } from './judge.ts'

/** What the person signs when approving or withdrawing a default. */
export function defaultPayload(
  word: Pick<StoredDefault, 'defaultId' | 'kind' | 'target' | 'type' | 'number' | 'action' | 'comment' | 'actor'> & {
    district: string; year: number; signedAt: string
  },
): string {
  const { defaultId, kind, target, type, number, action, comment, actor, district, year, signedAt } = word
  return canonicalJson({
    defaultId, kind: `${kind}-default`, target, type, number, action, comment, actor, district, year, signedAt,
  } satisfies Plain)
}

/** Whether a stored word on a default says what its row says. */
export function saysWhatItIs(row: StoredDefault, { district, year }: { district: string; year: number }): boolean {
  try {
    const { signedAt } = JSON.parse(row.payload) as { signedAt?: unknown }
    return typeof signedAt === 'string' && defaultPayload({ ...row, district, year, signedAt }) === row.payload
  } catch {
    return false
  }
}

/** The approver of the default behind a decision, or why the decision does not count. */
export async function judgeStanding(
  bench: Bench, row: StoredDecision, decision: FindingsDecision, at: Date,
): Promise<{ actor: Actor; refusal?: undefined } | { refusal: Refusal }> {
  const { db, run, actors } = bench
  const no = (zh: string, en: string) => ({ refusal: refusal('not-allowed', zh, en) })
  const standing = UUID.test(decision.standing!) ? await findDefault(db, decision.standing!) : undefined
  if (!standing || standing.kind !== 'approve' || !standing.accepted || standing.withdrawnAt
    || standing.scopeId !== run.scopeId) {
    return no('没有这项有效的默认处置。', 'no such default disposition stands')
  }
  if (standing.actor !== row.actor || standing.signature !== row.signature || !saysWhatItIs(standing, run)) {
    return no('默认处置与其签名不符。', 'the default disposition is not what was signed')
  }
  const identity = judgeIdentity({ ...row, payload: standing.payload, signature: standing.signature }, actors)
  if (identity.refusal) return identity
  const uncovered = await firstUncovered(bench, standing, decision, at)
  return uncovered ? { refusal: uncovered } : identity
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

async function firstUncovered(
  { db, run, config }: Bench, standing: StoredDefault, { findings }: FindingsDecision, at: Date,
): Promise<Refusal | null> {
  const found = await findFindings(db, run, findings.map(({ id }) => id))
  const due = new Set((await db.selectFrom('document_cases').select('finding_id').where('run_id', '=', run.runId).where('cut_off', '<=', at)
    .where('settled_at', 'is', null).execute()).map((one) => one.finding_id))
  for (const { id, action } of findings) {
    const finding = found.get(id)
    const covered = finding && finding.step === 'in-transit' && finding.rule === standing.type && action === standing.action
      && (standing.number === '' || finding.key === `${standing.type}/${standing.number}`)
    if (!covered) return refusal('not-allowed', `${id}：不在该默认处置范围内。`, `${id}: the default does not cover it`)
    if (!due.has(id)) return refusal('not-allowed', `${id}：未到截止时刻。`, `${id}: its cut-off has not come`)
    const no = finding.documentStatus === null ? null
      : defaultRefusal(config.documents, finding.rule, finding.documentStatus, action, { indicator: finding.documentIndicator })
    if (no) return refusal('not-allowed', `${id}：${no.zh}`, `${id}: ${no.en}`)
  }
  return null
}
