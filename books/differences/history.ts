/** Everything that happened to one difference, in whatever run of its year: what the checks saw, and what people said. */
import { type Kysely, sql } from 'kysely'
import type { EvidenceRef, WordAction } from '../../domain/differences.ts'
import { formatYuan } from '../../domain/money.ts'
import type { Database } from '../tables.ts'

export interface DifferenceEvent {
  at: string
  runId: number
  kind: 'real' | 'rehearsal'
  /** A check saw it: for the first time, with other amounts or rows, not any more, again. Otherwise a word of a person. */
  what: 'seen' | 'changed' | 'gone' | 'back' | WordAction
  /** Yuan text, of a check. */
  amount: string | null
  actor: string | null
  comment: string | null
  differenceKind: string | null
  owner: string | null
  evidence: EvidenceRef | null
}

interface Row {
  at: Date; run_id: number; kind: 'real' | 'rehearsal'; what: DifferenceEvent['what']; amount: bigint | null
  actor: string | null; comment: string | null
  difference_kind: string | null; owner: string | null; name: string | null; sha256: string | null; size: number | null
}

/** Oldest first. An explanation that stands before a `changed` was for other amounts: it fell with them. */
export async function differenceHistory(
  db: Kysely<Database>, of: { district: string; year: number; id: string },
): Promise<DifferenceEvent[]> {
  const { rows } = await sql<Row>`
    with scope as (select scope_id from scopes where district = ${of.district} and year = ${of.year})
    select * from (
      select e.at, e.run_id, r.kind, e.what, e.amount, null::text as actor, null::text as comment, null::text as difference_kind, null::text as owner,
        null::text as name, null::text as sha256, null::int as size, e.event_id as position
      from scope join difference_events e using (scope_id) join runs r using (run_id) where e.finding_id = ${of.id}
      union all
      select coalesce(d.judged_at, d.submitted_at), d.run_id, r.kind, w.action, null, d.actor, w.comment, w.difference_kind, w.owner,
        w.evidence_name, w.evidence_sha256, f.size, null
      from scope join runs r using (scope_id) join decisions d using (run_id)
        join finding_decisions w on w.decision_id = d.decision_id left join evidence_files f on f.sha256 = w.evidence_sha256
      where d.accepted and w.finding_id = ${of.id}) events
    order by at, position`.execute(db)
  return rows.map((row) => ({
    at: row.at.toISOString(), runId: row.run_id, kind: row.kind, what: row.what,
    amount: row.amount === null ? null : formatYuan(row.amount),
    actor: row.actor, comment: row.comment, differenceKind: row.difference_kind, owner: row.owner,
    evidence: row.sha256 === null ? null : { name: row.name ?? '', sha256: row.sha256, size: row.size ?? 0 },
  }))
}
