/** One carry-forward of a district at a time, and none while its input is replaced. */
import { sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { CarryForwardError } from './errors.ts'
import type { Trx } from './sql.ts'

/**
 * Locks the district's carry-forward for the transaction and holds its input: an import waits until this ends.
 * Also gives the transaction the memory that its sorts and hashes need.
 * @throws CarryForwardError input-changed when the input is not of `context.inputVersion`
 */
export async function lockInput(trx: Trx, context: Pick<StepContext, 'scopeId' | 'inputVersion'>): Promise<void> {
  await lockCarryForward(trx, context.scopeId)
  const { rows } = await sql<{ version: number | null }>`
    select max(version) as version from input_versions where scope_id = ${context.scopeId}`.execute(trx)
  const version = rows[0]?.version ?? 0
  if (version === context.inputVersion) return
  throw new CarryForwardError('input-changed', {
    zh: `输入数据已是第 ${version} 版，不再是第 ${context.inputVersion} 版：请重新检查本步骤`,
    en: `the input is now version ${version}, no longer ${context.inputVersion}: check the step again`,
  })
}

/** The same without looking at the input: undo reads only what was written. */
export async function lockCarryForward(trx: Trx, scopeId: number): Promise<void> {
  await sql`select from scopes where scope_id = ${scopeId} for share`.execute(trx)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`carry-forward:${scopeId}`}, 0))`.execute(trx)
  await sql`select set_config('work_mem', '128MB', true)`.execute(trx)
}
