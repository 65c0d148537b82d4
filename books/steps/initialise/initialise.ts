/** The step `initialise`: the new year's setup tables, periods and opening balances, with what a person should know of them. */
import { sql } from 'kysely'
import type { StepContext, StepEngine, StepOutcome } from '../../../activities/step.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { findInitialiseProblems } from '../carry-forward/setup-findings.ts'
import { followFormulas, followHolders, followMappings, linkCodes, relinkIndicators, takeOldRows, writeItems } from './copy.ts'
import { differenceDigest } from './differences.ts'
import { countItems } from './items.ts'
import { readOpenings } from './openings.ts'
import { createPeriods } from './periods.ts'
import { findSetupProblems } from './problems.ts'
import { findTrialProblems, runTrialDay, storeTrialDay, trialFigures } from './trial/index.ts'

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
  context.heartbeat('trial day')
  const trial = await tryNewYear(trx, context, openings.carryId)
  const { tables, notGiven, differences } = await countTables(trx, context)
  return {
    figures: {
      newYear: context.year + 1, openings: openings.figures,
      differences: { ...differences, digest: await differenceDigest(trx, context.runId, context.generation) },
      tables, items: await countItems(trx, context, openings.carryId), trialDay: trial, notGiven,
    },
  }
}

/** The trial day with what the generation made; its protocol is kept, the test documents are not. */
async function tryNewYear(
  trx: Trx, { runId, scopeId, generation, district, year, config }: StepContext, carryId: number | null,
): Promise<Plain> {
  const scope = { runId, scopeId, generation, district, carryId, day: `${year + 1}-${config['trial-day'].day}`, config }
  const documents = await runTrialDay(trx, scope)
  await storeTrialDay(trx, scope, documents)
  await findTrialProblems(trx, config['trial-day'], documents)
  return trialFigures(documents)
}

const COUNTED = ['live', 'same', 'added', 'dropped', 'renamed', 'changed'] as const
type Counted = Record<(typeof COUNTED)[number], number>
interface TableCounts {
  tables: Record<string, Plain>; notGiven: string[]; differences: Record<Exclude<keyof Counted, 'live' | 'same'>, number>
}

/** For each setup table: rows in force in the new year, and how they came about. Read back from what was written. */
async function countTables(trx: Trx, context: StepContext): Promise<TableCounts> {
  const { rows } = await sql<{ table_name: string } & Counted>`
    select table_name, count(*) filter (where live)::int as live, count(*) filter (where change = 'same')::int as same,
      count(*) filter (where change = 'added')::int as added, count(*) filter (where change = 'dropped')::int as dropped,
      count(*) filter (where change = 'renamed')::int as renamed, count(*) filter (where change = 'changed')::int as changed
    from new_setup_items where run_id = ${context.runId} and generation = ${context.generation} group by table_name`.execute(trx)
  const counts = new Map(rows.map(({ table_name, ...figures }) => [table_name, figures]))
  const named = Object.entries(context.config.initialise.tables)
  const sum = (change: keyof Counted) => rows.reduce((total, row) => total + row[change], 0)
  return {
    tables: Object.fromEntries(named.flatMap(([name, { treatment }]) => (counts.has(name) ? [[
      name, { treatment, ...counts.get(name)! },
    ]] : []))),
    notGiven: named.flatMap(([name]) => (counts.has(name) ? [] : [name])),
    differences: { added: sum('added'), dropped: sum('dropped'), renamed: sum('renamed'), changed: sum('changed') },
  }
}
