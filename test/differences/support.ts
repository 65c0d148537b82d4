/** A reconciliation of a district as the step does it, without a workflow: engine, balances, merge, figures; and people's words on it. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { recordBalances } from '../../books/confirmations/balances.ts'
import { applyFindingDecisions } from '../../books/decisions.ts'
import { adjustFigures, refreshAdjusted } from '../../books/differences/balances.ts'
import { trackDifferences } from '../../books/differences/track.ts'
import { createFound, mergeFound } from '../../books/findings.ts'
import { findRun, storeRulePack } from '../../books/runs.ts'
import { reconcile } from '../../books/steps/reconcile/index.ts'
import type { WordOnFinding } from '../../domain/decisions.ts'
import type { TestDatabase } from '../support/database.ts'
import { CONFIG, type District, contextOf, loadDistrict } from '../reconcile/fixture.ts'

export interface Checked { runId: number; scopeId: number; district: string; year: number }

/** A district in a run of its own; checked once. */
export async function checkDistrict(database: TestDatabase, district: string, year: number, data: District, league?: number): Promise<Checked> {
  const { db } = database
  const scopeId = await loadDistrict(database, district, year, data)
  const { run_id: runId } = await db.insertInto('runs').values({
    scope_id: scopeId, kind: 'real', workflow_id: `w-${scopeId}`, state: 'running', rules_digest: await storeRulePack(db, CONFIG), with_league: league !== undefined, league: '152500', started_by: 'test',
  }).returning('run_id').executeTakeFirstOrThrow()
  const checked = { runId, scopeId, district, year }
  await check(database, checked, 1, league)
  return checked
}

/** Checks again, as the next generation. */
export async function check({ db }: TestDatabase, { runId, scopeId, district, year }: Checked, generation: number, league?: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const context = contextOf(scopeId, district, year, { runId, generation, league: { district: '152500', scopeId: league ?? null } })
    await createFound(trx)
    const { figures } = await reconcile(trx, context)
    await recordBalances(trx, context, figures)
    await mergeFound(trx, { runId, district, year, generation, step: 'reconcile' })
    await trackDifferences(trx, { runId, scopeId, kind: 'real' }, generation)
    const result = JSON.stringify({ figures: await adjustFigures(trx, context, figures) })
    await trx.insertInto('step_results').values({ run_id: runId, step: 'reconcile', generation, input_digest: 'i', evidence_digest: 'e', result }).execute()
  })
}

/** A word of a person that was judged and accepted. */
export async function say({ db }: TestDatabase, { runId }: Checked, words: readonly (Pick<WordOnFinding, 'id' | 'action' | 'about'>)[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const decision = { decisionId: randomUUID(), runId, kind: 'findings' as const, step: null, actor: 'eng', payload: '{}', signature: '', evidenceDigest: null }
    await sql`insert into decisions (decision_id, run_id, kind, actor, payload, signature, judged_at, accepted)
      values (${decision.decisionId}, ${runId}, 'findings', 'eng', '{}', '', now(), true)`.execute(trx)
    const row = { ...decision, accepted: true, refusalCode: null, refusalZh: null, refusalEn: null, voidAt: null }
    await applyFindingDecisions(trx, await findRun(trx, runId), row, words.map((word) => ({ comment: 'because', contentDigest: '', ...word })))
    await refreshAdjusted(trx, runId, CONFIG)
  })
}
