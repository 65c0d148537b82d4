/** Judges the receipts in a word on findings: each document has one, and the disposition is what the receipt says. */
import { receiptsOf } from '../books/cases/receipts.ts'
import { findFindings } from '../books/decisions.ts'
import type { FindingsDecision } from '../domain/decisions.ts'
import { type Bench, type Refusal, refusal } from './judge.ts'

/** Null: nothing speaks against them. A second receipt for a document is never taken, whatever it says. */
export async function judgeReceipts(
  { db, run }: Bench, { findings }: Pick<FindingsDecision, 'findings'>,
): Promise<Refusal | null> {
  const words = findings.filter(({ receipt }) => receipt !== undefined)
  if (words.length === 0) return null
  const found = await findFindings(db, run, words.map(({ id }) => id))
  const before = await receiptsOf(db, run.scopeId, [...found.values()].map(({ key }) => key))
  for (const { id, action, receipt } of words) {
    const finding = found.get(id)
    if (!finding || finding.step !== 'in-transit') {
      return refusal('not-allowed', `${id}：不是在途单据。`, `${id}: it is no document in transit`)
    }
    if (action !== (receipt!.outcome === 'completed' ? 'complete' : 'return')) {
      return refusal('not-allowed', `${id}：处置与回单不符。`, `${id}: the disposition is not what the receipt says`)
    }
    const one = before.get(finding.key)
    if (one) {
      return refusal('wrong-state', `${finding.key}：已有回单 ${one.reference}（${one.outcome}，${one.actor} 登记），不能重复登记。`,
        `${finding.key}: it has a receipt already, ${one.reference} (${one.outcome}, registered by ${one.actor}); it can not be registered twice`)
    }
  }
  return null
}
