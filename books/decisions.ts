/** Signed decisions of people, as rows: submitted, judged once, never changed after but for being void. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { WordOnFinding } from '../domain/decisions.ts'
import { DIFFERENCE_ACTIONS } from '../domain/differences.ts'
import type { FindingStatus, Severity } from '../domain/findings.ts'
import { type Step, stepsBefore } from '../domain/steps.ts'
import { findingSteps } from './evidence.ts'
import type { Run } from './runs.ts'
import type { Database, DecisionKind } from './tables.ts'

export interface StoredDecision {
  decisionId: string
  runId: number
  kind: DecisionKind
  step: Step | null
  actor: string
  payload: string
  signature: string
  evidenceDigest: string | null
  accepted: boolean | null
  refusalCode: string | null
  refusalZh: string | null
  refusalEn: string | null
  voidAt: Date | null
}

/** Stores a decision before it is submitted; it counts for nothing until it was judged. */
export async function storeDecision(
  db: Kysely<Database>,
  decision: Pick<StoredDecision, 'decisionId' | 'runId' | 'kind' | 'step' | 'actor' | 'payload' | 'signature' | 'evidenceDigest'>,
): Promise<void> {
  await db.insertInto('decisions').values({
    decision_id: decision.decisionId, run_id: decision.runId, kind: decision.kind, step: decision.step, actor: decision.actor,
    payload: decision.payload, signature: decision.signature, evidence_digest: decision.evidenceDigest,
  }).execute()
}

/** The decision, locked until the transaction ends; undefined when there is none of that id. */
export async function lockDecision(trx: Transaction<Database>, decisionId: string): Promise<StoredDecision | undefined> {
  return trx.selectFrom('decisions').select([
    'decision_id as decisionId', 'run_id as runId', 'kind', 'step', 'actor', 'payload', 'signature',
    'evidence_digest as evidenceDigest',
    'accepted', 'refusal_code as refusalCode', 'refusal_zh as refusalZh', 'refusal_en as refusalEn', 'void_at as voidAt',
  ]).where('decision_id', '=', decisionId).forUpdate().executeTakeFirst()
}

/** A finding as a decision needs it. */
export interface DecidableFinding {
  findingId: string
  step: Step
  rule: string
  key: string
  severity: Severity
  status: FindingStatus
  contentDigest: string
  gone: boolean
  /** Status and indicator of the document, for in-transit findings. */
  documentStatus: string | null
  documentIndicator: string | null
}

/** The findings of a run by id, with the document behind them. */
export async function findFindings(
  db: Kysely<Database>, run: Run, ids: readonly string[],
): Promise<Map<string, DecidableFinding>> {
  const { rows } = await sql<DecidableFinding>`
    select f.finding_id as "findingId", f.step, f.rule, f.key, f.severity, f.status, f.content_digest as "contentDigest",
      coalesce(f.closed_by = 'recheck', false) as gone, d.status as "documentStatus", d.indicator as "documentIndicator"
    from findings f left join documents d
      on f.step = 'in-transit' and d.scope_id = ${run.scopeId} and d.type = f.rule and f.key = d.type || '/' || d.number
    where f.run_id = ${run.runId} and f.finding_id = any(${[...ids]}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.findingId, row]))
}

/** The steps that read the cards: the check, and R18 of the reconciliations. */
const READS_CARDS: readonly Step[] = ['reconcile', 'asset-health']

/**
 * Everyone who prepared, resolved or waived anything that the step rests on: decided a finding of it or of a step before
 * it in this run, corrected asset cards, or imported the input that is current. Computed from history, not from roles (CONTRACT
 * §5). Who names
 * the owner of a difference, or says that it is to be corrected, has settled nothing.
 */
export async function involvedActors(db: Kysely<Database>, run: Run, step: Step): Promise<Set<string>> {
  const steps = [...new Set([...stepsBefore(step), step].flatMap(findingSteps))]
  const { rows } = await sql<{ actor: string }>`
    select distinct d.actor from decisions d join finding_decisions fd using (decision_id)
      join findings f on f.run_id = d.run_id and f.finding_id = fd.finding_id
    where d.run_id = ${run.runId} and d.accepted and f.step = any(${steps}::text[]) and fd.action <> all(${[...DIFFERENCE_ACTIONS]}::text[])
    union
    select actor from current_importers where scope_id = ${run.scopeId}
    union
    select b.actor from asset_batches b join asset_corrections k using (batch_id)
    where b.scope_id = ${run.scopeId} and k.ended_because is null and ${steps.some((one) => READS_CARDS.includes(one))}::boolean`.execute(db)
  return new Set(rows.map((row) => row.actor))
}

/** Who approved this very evidence so far. */
export async function approversOf(db: Kysely<Database>, runId: number, step: Step, evidenceDigest: string): Promise<string[]> {
  const rows = await db.selectFrom('decisions').select('actor').distinct().where('run_id', '=', runId).where('step', '=', step)
    .where('kind', '=', 'approve').where('accepted', '=', true).where('void_at', 'is', null)
    .where('evidence_digest', '=', evidenceDigest).execute()
  return rows.map((row) => row.actor)
}

/** Approvals of a step that were given for other evidence than this no longer hold. Returns how many fell. */
export async function voidOtherApprovals(
  trx: Transaction<Database>, runId: number, step: Step, evidenceDigest: string | null, reason: string,
): Promise<number> {
  const { rows } = await sql`
    update decisions set void_at = now(), void_reason = ${reason} where run_id = ${runId} and step = ${step} and kind = 'approve'
      and accepted and void_at is null and evidence_digest is distinct from ${evidenceDigest} returning decision_id`.execute(trx)
  return rows.length
}

/** Applies the word on findings; a later word on the same finding takes the place of the earlier one, the record keeps both. */
export async function applyFindingDecisions(
  trx: Transaction<Database>, run: Run, decision: StoredDecision, rows: readonly WordOnFinding[],
): Promise<void> {
  const words = JSON.stringify(rows)
  await sql`
    insert into finding_decisions (decision_id, finding_id, action, comment, content_digest, difference_kind, owner, evidence_sha256, evidence_name)
    select ${decision.decisionId}::uuid, w.id, w.action, w.comment, w."contentDigest", w.about->>'kind', w.about->>'owner',
      w.about->'evidence'->>'sha256', w.about->'evidence'->>'name'
    from jsonb_to_recordset(${words}::jsonb) as w(id text, action text, comment text, "contentDigest" text, about jsonb)`.execute(trx)
  await sql`
    update findings f set decision_id = fd.decision_id, closed_at = now(), closed_by = ${decision.actor},
      status = case fd.action when 'explain' then 'explained' when 'waive' then 'waived' else 'resolved' end
    from finding_decisions fd
    where fd.decision_id = ${decision.decisionId}::uuid and f.run_id = ${run.runId} and f.finding_id = fd.finding_id
      and fd.action <> all(${[...DIFFERENCE_ACTIONS]}::text[])`.execute(trx)
  await applyToDifferences(trx, run, decision)
}

/** Who is to see to a difference, and that it will be corrected: it stays open, and so does its step. */
async function applyToDifferences(trx: Transaction<Database>, run: Run, { decisionId }: StoredDecision): Promise<void> {
  await sql`
    update findings f set decision_id = fd.decision_id from finding_decisions fd
    where fd.decision_id = ${decisionId}::uuid and fd.action = 'correct' and f.run_id = ${run.runId} and f.finding_id = fd.finding_id`.execute(trx)
  await sql`
    insert into differences (scope_id, finding_id, rule, key, owner)
    select ${run.scopeId}::int, f.finding_id, f.rule, f.key, fd.owner
    from finding_decisions fd join findings f on f.run_id = ${run.runId} and f.finding_id = fd.finding_id
    where fd.decision_id = ${decisionId}::uuid and fd.owner is not null
    on conflict (scope_id, finding_id) do update set owner = excluded.owner`.execute(trx)
}
