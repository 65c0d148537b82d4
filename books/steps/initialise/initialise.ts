/** The step `initialise`: the new year's setup tables, periods and opening balances, with what a person should know of them. */
import { sql } from 'kysely'
import type { StepContext, StepEngine, StepOutcome } from '../../../activities/step.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { findInitialiseProblems } from '../carry-forward/setup-findings.ts'
import { followFormulas, followHolders, followMappings, linkCodes, relinkIndicators, takeOldRows, writeItems } from './copy.ts'
import { readOpenings } from './openings.ts'
import { createPeriods } from './periods.ts'
import { findSetupProblems } from './problems.ts'

type Trx = Parameters<StepEngine>[0]

/**
 * Makes year Y+1 from the setup tables of year Y by the treatments of config/initialise.yaml, under (run, generation).
 * The same input gives the same rows, however often it runs.
 * @throws NoCarryForward in a real year-end without a live carry-forward
 */
export const initialise: StepEngine = async (trx, context): Promise<StepOutcome> => {
  const openings = await readOpenings(trx, context)
  await takeOldRows(trx, context)
  await linkCodes(trx, context)
  await followMappings(trx, context)
  await followHolders(trx, context)
  await relinkIndicators(trx, openings.carryId)
  await followFormulas(trx)
  await createPeriods(trx, context)
  context.heartbeat('initialise')
  await findInitialiseProblems(trx, context)
  await findSetupProblems(trx, context)
  await writeItems(trx, context)
  return { figures: { newYear: context.year + 1, openings: openings.figures, tables: await countTables(trx, context) } }
}

/** For each setup table: rows in force in the new year, and how they came about. Read back from what was written. */
async function countTables(trx: Trx, context: StepContext): Promise<Record<string, Plain>> {
  const { rows } = await sql<{ table_name: string } & Record<'live' | 'same' | 'added' | 'dropped' | 'renamed' | 'changed', number>>`
    select table_name, count(*) filter (where live)::int as live, count(*) filter (where change = 'same')::int as same,
      count(*) filter (where change = 'added')::int as added, count(*) filter (where change = 'dropped')::int as dropped,
      count(*) filter (where change = 'renamed')::int as renamed, count(*) filter (where change = 'changed')::int as changed
    from new_setup_items where run_id = ${context.runId} and generation = ${context.generation} group by table_name`.execute(trx)
  const counts = new Map(rows.map(({ table_name, ...figures }) => [table_name, figures]))
  const tables = context.config.initialise.tables
  return Object.fromEntries(Object.keys(tables).map((name) => [name, {
    treatment: tables[name]!.treatment, ...(counts.get(name) ?? { live: 0, same: 0, added: 0, dropped: 0, renamed: 0, changed: 0 }),
  }]))
}
