/**
 * The evidence of a step (CONTRACT §5): what it rests on (input digest) and what was found and computed (evidence digest).
 * An approval is for one evidence digest; when anything below it changes, the digest does.
 */
import { type Kysely, sql } from 'kysely'
import type { OpenCounts } from '../activities/contract.ts'
import type { Plain } from '../domain/canonical.ts'
import { type InputFile, STEPS, STEP_INPUTS, type Step, stepsBefore } from '../domain/steps.ts'
import { digestOf } from './digest.ts'
import type { Run } from './runs.ts'
import { findScope, inputVersionOf } from './runs.ts'
import type { Database } from './tables.ts'

/** Steps whose findings stand between a step and its approval: the carry-forward's plan also finds I1–I4 of `initialise`. */
export function findingSteps(step: Step): Step[] {
  return step === 'carry-forward' ? ['carry-forward', 'initialise'] : [step]
}

async function fileDigests(db: Kysely<Database>, scopeId: number, files: readonly InputFile[]): Promise<Record<string, string>> {
  if (files.length === 0) return {}
  const version = await inputVersionOf(db, scopeId)
  const rows = await db.selectFrom('input_files').select(['file', 'content_digest'])
    .where('scope_id', '=', scopeId).where('version', '=', version).where('file', 'in', [...files]).execute()
  return Object.fromEntries(rows.map((row) => [row.file, row.content_digest]))
}

/**
 * Digest over what the league's ledger says of one district: the cells with the district as counterparty, which is all
 * that R17 reads there. Another change in the league's books leaves the districts' approvals alone.
 */
async function leagueDigest(db: Kysely<Database>, leagueScope: number, district: string): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    select encode(sha256(convert_to(coalesce(string_agg(said, e'\x1e' order by said collate "C"), ''), 'UTF8')), 'hex') as digest
    from (
      select concat_ws(e'\x1f', b.system, b.book, a.account, c.function, c.revenue, c.economic, c.project, c.fund, t.opening, t.debit, t.credit) as said
      from cells c join cell_totals t using (scope_id, cell_id) join accounts a using (scope_id, account_id)
        join books b on b.scope_id = c.scope_id and b.book_id = c.book_id
      where c.scope_id = ${leagueScope}::int and c.counterparty = ${district}) cells`.execute(db)
  return rows[0]!.digest
}

/**
 * Digest over the sums of the asset cards by unit and class, which is all that R18 reads of them: a corrected name or
 * date of a card is a matter of the asset check alone.
 */
async function cardsDigest(db: Kysely<Database>, scopeId: number): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    select encode(sha256(convert_to(coalesce(string_agg(said, e'\x1e' order by said collate "C"), ''), 'UTF8')), 'hex') as digest
    from (
      select concat_ws(e'\x1f', coalesce(unit, ''), coalesce(class_code, ''), coalesce(sum(cost), 0), coalesce(sum(accumulated_depreciation), 0),
        coalesce(sum(net_value), 0)) as said
      from assets where scope_id = ${scopeId}::int and booked and use_status is distinct from 'disposed' group by unit, class_code) sums`.execute(db)
  return rows[0]!.digest
}

/**
 * What the asset check reads besides its files, where there is any: figures that units were given (of setup.csv only the
 * parameters named `NAME/UNIT`), last year's cards and report, and for a summary of all districts their reports.
 */
async function assetsBeside(
  db: Kysely<Database>, { scopeId, district, year, rulesDigest }: Run,
): Promise<Record<string, string>> {
  const { rows: [given] } = await sql<{ digest: string | null }>`
    select encode(sha256(convert_to(string_agg(concat_ws(e'\x1f', code, value), e'\x1e' order by code collate "C", value collate "C"), 'UTF8')), 'hex') as digest
    from setup_items where scope_id = ${scopeId}::int and table_name = 'parameter' and code like '%/_%'`.execute(db)
  const before = await findScope(db, district, year - 1)
  const last = before === null ? {} : await fileDigests(db, before, ['assets', 'asset_report'])
  const { rows: [others] } = await sql<{ digest: string | null }>`
    select encode(sha256(convert_to(string_agg(concat_ws(e'\x1f', s.district, f.content_digest), e'\x1e' order by s.district), 'UTF8')), 'hex') as digest
    from scopes s join lateral (select content_digest from input_files f where f.scope_id = s.scope_id and f.file = 'asset_report' order by version desc limit 1) f on true
    where s.year = ${year}::int and s.scope_id <> ${scopeId}::int and exists (select from asset_report r where r.scope_id = ${scopeId}::int and r.unit in (
      select jsonb_array_elements_text(content::jsonb #> '{asset-report,summary,league}') from rule_packs where digest = ${rulesDigest}))`.execute(db)
  return {
    ...(given!.digest ? { given: given!.digest } : {}),
    ...(last.assets ? { lastYear: `${last.assets} ${last.asset_report ?? ''}` } : {}),
    ...(others!.digest ? { summary: others!.digest } : {}),
  }
}

/**
 * Digest over the files that a step reads, the evidence of the steps before it, the rules, for R17 the league's ledger, for R18
 * the cards' sums.
 */
export async function inputDigestOf(db: Kysely<Database>, run: Run, step: Step): Promise<string> {
  const upstream = await liveResults(db, run.runId)
  const leagueScope = step === 'reconcile' && run.withLeague && run.district !== run.league
    ? await findScope(db, run.league, run.year)
    : null
  return digestOf({
    files: await fileDigests(db, run.scopeId, STEP_INPUTS[step]),
    league: leagueScope === null ? null : await leagueDigest(db, leagueScope, run.district),
    cards: step === 'reconcile' ? await cardsDigest(db, run.scopeId) : null,
    ...(step === 'asset-health' ? await assetsBeside(db, run) : {}),
    upstream: Object.fromEntries(stepsBefore(step).map((before) => [before, upstream.get(before)?.evidenceDigest ?? null])),
    rules: run.rulesDigest,
  })
}

export interface LiveResult {
  step: Step; generation: number; inputDigest: string; evidenceDigest: string; result: { figures?: Plain }
}

/** The latest result of each step that is not void. */
export async function liveResults(db: Kysely<Database>, runId: number): Promise<Map<Step, LiveResult>> {
  const rows = await db.selectFrom('step_results').distinctOn('step')
    .select(['step', 'generation', 'input_digest as inputDigest', 'evidence_digest as evidenceDigest', 'result'])
    .where('run_id', '=', runId).where('void_at', 'is', null).orderBy('step').orderBy('generation', 'desc').execute()
  return new Map(rows.map((row) => [row.step, row as LiveResult]))
}

/** Digest over a step's findings with their statuses and decisions; one statement, however many there are. */
async function findingsDigest(db: Kysely<Database>, runId: number, step: Step): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    select encode(sha256(convert_to(coalesce(string_agg(concat_ws(e'\x1f', finding_id, content_digest, status, coalesce(decision_id::text, '')),
      e'\x1e' order by finding_id collate "C"), ''), 'UTF8')), 'hex') as digest
    from findings where run_id = ${runId} and step = any(${findingSteps(step)}::text[]) and closed_by is distinct from 'recheck'`.execute(db)
  return rows[0]!.digest
}

/** The evidence of a step as the books hold it now. */
export async function evidenceDigestOf(
  db: Kysely<Database>, runId: number, step: Step, inputDigest: string, figures: Plain,
): Promise<string> {
  return digestOf({ input: inputDigest, findings: await findingsDigest(db, runId, step), figures })
}

/** Open errors and warnings that stand between a step and its approval. */
export async function openFindings(db: Kysely<Database>, runId: number, step: Step): Promise<OpenCounts> {
  const { rows } = await sql<OpenCounts>`
    select count(*) filter (where severity = 'error')::int as errors, count(*) filter (where severity = 'warning')::int as warnings
    from findings where run_id = ${runId} and step = any(${findingSteps(step)}::text[]) and status = 'open'`.execute(db)
  return rows[0]!
}

/** After a decision on findings: the step's evidence is another one. Returns the new digest. */
export async function refreshEvidence(db: Kysely<Database>, runId: number, step: Step): Promise<string> {
  const live = (await liveResults(db, runId)).get(step)
  if (!live) throw new Error(`step ${step} of run ${runId} has no result`)
  const evidenceDigest = await evidenceDigestOf(db, runId, step, live.inputDigest, live.result.figures ?? null)
  await db.updateTable('step_results').set({ evidence_digest: evidenceDigest })
    .where('run_id', '=', runId).where('step', '=', step).where('generation', '=', live.generation).execute()
  return evidenceDigest
}

/** Steps whose result rests on something that is no longer so; later steps that used them are not listed. */
export async function staleSteps(db: Kysely<Database>, run: Run): Promise<Step[]> {
  const live = await liveResults(db, run.runId)
  const stale: Step[] = []
  for (const step of STEPS) {
    const result = live.get(step)
    if (result && result.inputDigest !== await inputDigestOf(db, run, step)) stale.push(step)
  }
  return stale
}
