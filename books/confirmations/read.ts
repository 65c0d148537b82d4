/** The confirmations of all districts of a year, as lists and the report show them. */
import { type Kysely, sql } from 'kysely'
import { loadConfigFile } from '../../config/load.ts'
import { type ReconciliationsConfig, reconciliationsSchema } from '../../config/schemas/reconciliations.ts'
import { type Look, currentRuns } from '../read-model/current.ts'
import { loadRulePack } from '../runs.ts'
import type { Database } from '../tables.ts'
import { type Confirmation, lacking, readConfirmations } from './standing.ts'

export interface DistrictConfirmations { district: string; confirmations: readonly Confirmation[] }

/**
 * For each district whose year-end has compared something (a rehearsal asks for none): what its reconciliations ask for, by the
 * configuration that the run is pinned to.
 */
export async function readDistrictConfirmations(db: Kysely<Database>, look: Look): Promise<DistrictConfirmations[]> {
  const { rows } = await sql<{ district: string; run_id: number; rules_digest: string }>`
    with current as (${currentRuns(look)})
    select c.district, r.run_id, r.rules_digest from current c join runs r on r.run_id = c.run_id where c.kind = 'real'
      and exists (select from reconciliation_balances b where b.run_id = c.run_id) order by c.district collate "C"`.execute(db)
  const packs = new Map<string, ReconciliationsConfig>()
  const all: DistrictConfirmations[] = []
  for (const { district, run_id: runId, rules_digest: digest } of rows) {
    const pack = packs.get(digest) ?? await declaredBy(db, digest)
    packs.set(digest, pack)
    all.push({ district, confirmations: await readConfirmations(db, runId, pack) })
  }
  return all
}

/** What a run is pinned to; only this file of it is looked at, so that another one can not blind it. */
async function declaredBy(db: Kysely<Database>, digest: string): Promise<ReconciliationsConfig> {
  const { reconciliations } = await loadRulePack(db, digest)
  return reconciliations === undefined ? loadConfigFile('reconciliations') : reconciliationsSchema.parse(reconciliations)
}

/** How many confirmations are asked for and how they stand; `lacking` those without which the step can not be approved. */
export interface ConfirmationCounts { asked: number; confirmed: number; fallen: number; missing: number; lacking: number }

/** The counts of each district whose year-end has compared something. */
export async function countConfirmations(db: Kysely<Database>, look: Look): Promise<Map<string, ConfirmationCounts>> {
  const all = await readDistrictConfirmations(db, look)
  return new Map(all.map(({ district, confirmations }) => {
    const of = (state: Confirmation['state']) => confirmations.filter((one) => one.state === state).length
    return [
      district,
      {
        asked: confirmations.length, confirmed: of('confirmed'), fallen: of('fallen'), missing: of('missing'),
        lacking: lacking(confirmations).length,
      },
    ]
  }))
}
