/** The generation that counts as the books of a district's year. */
import { sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Trx } from './sql.ts'

/** Its carry_id, or null; a rehearsal's own when the context is one. */
export async function findLive(trx: Trx, context: StepContext): Promise<number | null> {
  const { rows } = await sql<{ carry_id: number }>`
    select carry_id from carry_forwards where state = 'live' and scope_id = ${context.scopeId}
      and case when ${context.kind === 'rehearsal'} then run_id = ${context.runId} else not rehearsal end`.execute(trx)
  return rows[0]?.carry_id ?? null
}
