/** Runs every step's engine of a district over its input, like a rehearsal that goes on past every block. */
import { type Kysely, sql } from 'kysely'
import { ENGINES } from '../../activities/engines.ts'
import type { StepContext } from '../../activities/step.ts'
import { listFindings } from '../../books/read-model/findings.ts'
import { createFound, mergeFound } from '../../books/findings.ts'
import { storeRulePack } from '../../books/runs.ts'
import type { Database } from '../../books/tables.ts'
import type { Config } from '../../config/load.ts'
import { CHAIN, type Step } from '../../domain/steps.ts'

export interface FoundBrief { step: string; rule: string; key: string; severity: string; amount: string | null }

/** Findings of each imported district of the year, in the order of the contract. */
export async function findEverything(db: Kysely<Database>, config: Config, year: number): Promise<Record<string, FoundBrief[]>> {
  const digest = await storeRulePack(db, config)
  const { rows: scopes } = await sql<{ scope_id: number; district: string; version: number }>`
    select s.scope_id, s.district, max(v.version)::int as version from scopes s join input_versions v using (scope_id)
    where s.year = ${year} group by 1, 2 order by 2`.execute(db)
  const league = scopes.find((scope) => scope.district === config.districts.league)?.scope_id ?? null
  const found: Record<string, FoundBrief[]> = {}
  for (const scope of scopes) {
    const { rows } = await sql<{ run_id: number }>`
      insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
      values (${scope.scope_id}, 'rehearsal', 'oracle', 'running', ${digest}, ${league !== null}, ${config.districts.league}) returning run_id`.execute(db)
    const runId = rows[0]!.run_id
    const context = {
      runId, scopeId: scope.scope_id, district: scope.district, year, generation: 1, kind: 'rehearsal' as const, inputVersion: scope.version,
      league: { district: config.districts.league, scopeId: league }, config, heartbeat: () => {},
    }
    for (const step of [...CHAIN, 'asset-health'] as const) await runEngine(db, { ...context, step })
    const listed = await listFindings(db, { year, rehearsal: true, districts: [scope.district] })
    found[scope.district] = listed.map((one) => ({ step: one.step, rule: one.rule, key: one.key, severity: one.severity, amount: one.amount }))
  }
  return found
}

async function runEngine(db: Kysely<Database>, context: StepContext): Promise<void> {
  const { runId, district, year, step } = context
  const engine = await ENGINES.check(step)
  await db.transaction().execute(async (trx) => {
    await createFound(trx)
    await engine(trx, context)
    const merge = (of: Step, rules?: string) => mergeFound(trx, { runId, district, year, generation: 1, step: of, ...(rules ? { rules } : {}) })
    await merge(step)
    if (step === 'carry-forward') await merge('initialise', 'I[0-9]+')
  })
}
