/** The sample's accountant and the officer of the treasury confirm the treasury deposit before the reconciliation is approved. */
import type { Operations } from '../operations.ts'
import type { Cast } from './actors.ts'

/** R1 国库存款: two sides, two people. */
const RECONCILIATION = 'R1'

/** Each confirms what stands now, where it is theirs to confirm and not confirmed yet; an office's own rules may ask nobody. */
export async function confirmTreasury(
  operations: Pick<Operations, 'canConfirm' | 'confirmReconciliation'>, cast: Cast, of: { year: number; district: string },
): Promise<void> {
  for (const actor of [cast.financeOf(of.district), cast.treasuryOf(of.district)]) {
    const request = { ...of, reconciliation: RECONCILIATION, actor, comment: '余额相符' }
    const can = await operations.canConfirm(request)
    if (can.ok) await operations.confirmReconciliation({ ...request, digest: can.confirmed.digest })
  }
}
