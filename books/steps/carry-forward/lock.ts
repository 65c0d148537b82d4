/** One carry-forward of a district at a time, and none while its input is replaced. */
import { sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { STEP_INPUTS } from '../../../domain/steps.ts'
import { CarryForwardError } from './errors.ts'
import type { Trx } from './sql.ts'

/**
 * Locks the district's carry-forward for the transaction and holds its input: an import waits until this ends.
 * Also sets the transaction up for work on whole sets.
 * @throws CarryForwardError input-changed when the input is no longer what it was at `context.inputVersion`
 */
export async function lockInput(trx: Trx, context: Pick<StepContext, 'scopeId' | 'inputVersion'>): Promise<void> {
  await lockCarryForward(trx, context.scopeId)
  if (await isSameInput(trx, context.scopeId, context.inputVersion)) return
  throw new CarryForwardError('input-changed', {
    zh: `输入数据已不再是第 ${context.inputVersion} 版：请重新检查本步骤`,
    en: `the input is no longer version ${context.inputVersion}: check the step again`,
  })
}

/** Whether the current input is that version, or a later one in which every file that the step reads says the same. */
export async function isSameInput(trx: Trx, scopeId: number, version: number): Promise<boolean> {
  const { rows: [current] } = await sql<{ version: number }>`
    select coalesce(max(version), 0) as version from input_versions where scope_id = ${scopeId}`.execute(trx)
  if (current!.version === version) return true
  const { rows } = await sql`
    select file from input_files where scope_id = ${scopeId} and version in (${version}, ${current!.version})
      and file = any(${[...STEP_INPUTS['carry-forward']]}::text[])
    group by file having count(*) <> 2 or count(distinct content_digest) <> 1`.execute(trx)
  return current!.version > version && version > 0 && rows.length === 0
}

/**
 * Everything here is sets against sets, over rows that were written a moment ago and have no statistics: a nested loop is
 * never the right plan, nor is sorting where hashing does, and what can be read by two cores should be.
 */
const FOR_SETS = {
  work_mem: '128MB', enable_nestloop: 'off', enable_sort: 'off', max_parallel_workers_per_gather: '2',
  parallel_tuple_cost: '0.01', parallel_setup_cost: '200',
} as const

/** The same without looking at the input: undo reads only what was written. */
export async function lockCarryForward(trx: Trx, scopeId: number): Promise<void> {
  await sql`select from scopes where scope_id = ${scopeId} for share`.execute(trx)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`carry-forward:${scopeId}`}, 0))`.execute(trx)
  await sql`select set_config(name, value, true) from jsonb_each_text(${JSON.stringify(FOR_SETS)}::jsonb) as given(name, value)`.execute(trx)
}
