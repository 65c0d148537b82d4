/**
 * Findings: engines put what they see into the temporary table `found`; `mergeFound` brings the findings of the run to
 * that state. A finding seen again unchanged keeps its decision; a changed one is open again; one not seen any more is
 * resolved. All set-based: a hundred thousand findings are one statement.
 */
import { type Transaction, sql } from 'kysely'
import type { FindingCounts } from '../domain/findings.ts'
import type { Step } from '../domain/steps.ts'
import type { Database } from './tables.ts'

/**
 * Makes the temporary table `found` (dropped at commit), empty:
 * `(step text, rule text, key text, severity text, amount bigint, message_zh text, message_en text, facts jsonb)`.
 * One row for each (rule, key); a second one is an error of the engine. `step` is the step that owns the finding
 * (the carry-forward's plan finds I1–I4 of `initialise`).
 */
export async function createFound(trx: Transaction<Database>): Promise<void> {
  await sql`create temporary table if not exists found (
    step text not null, rule text not null, key text not null, severity text not null, amount bigint,
    message_zh text not null, message_en text not null, facts jsonb not null default '{}', primary key (rule, key)) on commit drop`.execute(trx)
  await sql`truncate found`.execute(trx)
}

export interface MergeScope {
  runId: number
  district: string
  year: number
  generation: number
  /** Findings of these steps and rules that were not found again are resolved. */
  step: Step
  /** Restricts to the rules that were checked now, as an anchored regular expression; all rules of the step without it. */
  rules?: string
}

/**
 * Merges `found` into the run's findings.
 * Ids are stable for district, year, rule and key, whatever the run. A finding whose facts changed is open again and its
 * decision stays in the record.
 */
export async function mergeFound(trx: Transaction<Database>, scope: MergeScope): Promise<void> {
  const rules = scope.rules ?? '.*'
  await sql`
    insert into findings as f (run_id, finding_id, step, rule, key, severity, amount, status, message_zh, message_en, facts,
      content_digest, opened_generation, seen_generation)
    select ${scope.runId}::int,
      'F' || substr(encode(sha256(convert_to(concat_ws(e'\x1f', ${scope.district}::text, ${scope.year}::text, rule, key), 'UTF8')), 'hex'), 1, 15),
      step, rule, key, severity, amount, 'open', message_zh, message_en, facts,
      encode(sha256(convert_to(concat_ws(e'\x1f', rule, key, severity, coalesce(amount::text, ''), message_zh, message_en, facts::text), 'UTF8')), 'hex'),
      ${scope.generation}::int, ${scope.generation}::int
    from found
    on conflict (run_id, finding_id) do update set
      seen_generation = excluded.seen_generation, severity = excluded.severity, amount = excluded.amount, step = excluded.step,
      message_zh = excluded.message_zh, message_en = excluded.message_en, facts = excluded.facts,
      content_digest = excluded.content_digest,
      status = case when f.content_digest = excluded.content_digest and f.closed_by is distinct from 'recheck' then f.status else 'open' end,
      decision_id = case when f.content_digest = excluded.content_digest then f.decision_id end,
      closed_at = case when f.content_digest = excluded.content_digest and f.closed_by is distinct from 'recheck' then f.closed_at end,
      closed_by = case when f.content_digest = excluded.content_digest and f.closed_by is distinct from 'recheck' then f.closed_by end,
      opened_generation = case when f.content_digest = excluded.content_digest then f.opened_generation else excluded.opened_generation end`
    .execute(trx)
  await sql`
    update findings f set status = 'resolved', closed_at = now(), closed_by = 'recheck'
    where run_id = ${scope.runId} and step = ${scope.step} and rule ~ ${`^(${rules})$`}
      and (status <> 'resolved' or closed_by is distinct from 'recheck')
      and not exists (select from found where found.rule = f.rule and found.key = f.key)`.execute(trx)
}

/** Counts of a step's findings by severity (whatever their status), and how many are open. */
export async function countFindings(trx: Transaction<Database>, runId: number, step: Step): Promise<FindingCounts> {
  const { rows } = await sql<FindingCounts>`
    select count(*) filter (where severity = 'error')::int as error, count(*) filter (where severity = 'warning')::int as warning,
      count(*) filter (where severity = 'info')::int as info, count(*) filter (where status = 'open')::int as open
    from findings where run_id = ${runId} and step = ${step} and closed_by is distinct from 'recheck'`.execute(trx)
  return rows[0]!
}
