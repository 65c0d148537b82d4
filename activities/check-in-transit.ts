/** The monthly check as an effect. */
import { checkInTransit } from '../books/cases/check.ts'
import type { CheckRequest, CheckResult } from './case-contract.ts'
import { temporalNow } from './cases.ts'
import type { ActivityDeps } from './deps.ts'
import { inTransaction } from './heavy.ts'

/** Checks a district once for the time at which it was due; null while it has no input. */
export function checkDistrict(deps: ActivityDeps, { district, checkedFor }: CheckRequest): Promise<CheckResult | null> {
  return inTransaction(deps, async (trx) => {
    const done = await checkInTransit(trx, deps.loadDocuments(), {
      district, checkedFor: new Date(checkedFor), at: temporalNow(), by: 'schedule',
    })
    return done && { documents: done.figures.documents, blocking: done.figures.blocking, amount: done.figures.amount }
  })
}
