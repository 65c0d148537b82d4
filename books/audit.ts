/** The audit chain: append-only, hash-chained for each district (migration 005). */
import { type Kysely, sql } from 'kysely'
import { canonicalJson, type Plain } from '../domain/canonical.ts'
import type { Database } from './tables.ts'

export interface AuditEntry {
  /** '' for what concerns no single district. */
  district: string
  /** What happened: `decision.accepted`, `decision.refused`, `step.result`, `escalation`, `delivery`, `import` … */
  kind: string
  /** Who did it; `system` for the year-end itself. */
  actor: string
  /** What it was done to: run, step, finding, decision. */
  subject: string
  detail: Plain
}

/** Adds a link to the district's chain; it counts when the transaction commits. */
export async function appendAudit(db: Kysely<Database>, entry: AuditEntry): Promise<void> {
  await sql`select audit.append(${entry.district}, ${entry.kind}, ${entry.actor}, ${entry.subject}, ${canonicalJson(entry.detail)})`.execute(db)
}

/** The same for several, in their order; of one district each follows the one before. */
export async function appendAudits(db: Kysely<Database>, entries: readonly AuditEntry[]): Promise<void> {
  const of = (part: (entry: AuditEntry) => string) => sql`${entries.map(part)}::text[]`
  await sql`select audit.append(district, kind, actor, subject, detail)
    from unnest(
      ${of((one) => one.district)}, ${of((one) => one.kind)}, ${of((one) => one.actor)}, ${of((one) => one.subject)},
      ${of((one) => canonicalJson(one.detail))}) with ordinality as entry (district, kind, actor, subject, detail, place) order by place`.execute(db)
}

export interface BadLink { district: string; sequence: string; reason: 'hash' | 'previous' | 'gap' }
export interface AuditVerdict { links: string; districts: number; bad: BadLink | null }

/**
 * Recomputes the whole chain inside PostgreSQL.
 * `bad` is the first link, by district and sequence, that was changed (`hash`), does not continue the one before
 * (`previous`), or follows a missing one (`gap`).
 */
export async function verifyAudit(db: Kysely<Database>): Promise<AuditVerdict> {
  const { rows } = await sql<BadLink>`
    with links as (
      select e.*, lag(hash, 1, repeat('0', 64)) over chain as expected_previous, lag(sequence, 1, 0::bigint) over chain as before
      from audit.events e window chain as (partition by district order by sequence)),
    judged as (
      select district, sequence, case
        when sequence <> before + 1 then 'gap'
        when previous_hash <> expected_previous then 'previous'
        when hash <> audit.link_hash(district, sequence, at, kind, actor, subject, detail, previous_hash) then 'hash' end as reason
      from links)
    select district, sequence::text as sequence, reason from judged where reason is not null order by district collate "C", judged.sequence limit 1`.execute(db)
  const total = await sql<{ links: string; districts: number }>`
    select count(*)::text as links, count(distinct district)::int as districts from audit.events`.execute(db)
  return { ...total.rows[0]!, bad: rows[0] ?? null }
}

/** The last link of a district's chain: what a report prints, and what a later chain must still contain. */
export interface ChainHead { district: string; sequence: string; hash: string }
/** `cut`: the chain ends before that link; `rewritten`: the link of that number has another hash. */
export interface LostHead { district: string; sequence: string; reason: 'cut' | 'rewritten' }

/** The head of every chain, by district. */
export async function auditHeads(db: Kysely<Database>): Promise<ChainHead[]> {
  const { rows } = await sql<ChainHead>`
    select distinct on (district collate "C") district, sequence::text as sequence, hash from audit.events link
    order by district collate "C", link.sequence desc`.execute(db)
  return rows
}

/** Those of earlier heads that the chains do not contain any more: no chain can show by itself that its end was cut off. */
export async function lostHeads(db: Kysely<Database>, heads: readonly ChainHead[]): Promise<LostHead[]> {
  const { rows } = await sql<LostHead>`
    select h.district, h.sequence::text as sequence, case when e.hash is null then 'cut' else 'rewritten' end as reason
    from json_to_recordset(${JSON.stringify(heads)}::json) as h(district text, sequence bigint, hash text)
    left join audit.events e on e.district = h.district and e.sequence = h.sequence
    where e.hash is distinct from h.hash order by h.district collate "C"`.execute(db)
  return rows
}
