/** Differences of the runs that are shown: both sides, kind, owner, age, state; and everything that happened to one. */
import { type Kysely, sql } from 'kysely'
import type { DifferenceState, EvidenceRef } from '../../domain/differences.ts'
import { formatYuan } from '../../domain/money.ts'
import { type Look, STEP_REACHED, currentRuns } from '../read-model/current.ts'
import type { Database } from '../tables.ts'
import { IS_DIFFERENCE } from './track.ts'

/** Amounts are yuan text. */
export interface Difference {
  id: string
  district: string
  rule: string
  key: string
  /** A − B; null where the finding has none. */
  difference: string | null
  a: DifferenceSide
  b: DifferenceSide
  /** As the explanation in force says, else as the data suggest; null when neither does. */
  kind: string | null
  /** What the data suggest. */
  suggested: string | null
  owner: string | null
  explanation: { actor: string; comment: string; at: string; evidence: EvidenceRef | null } | null
  state: DifferenceState
  /** Day of the oldest row behind it; null when its sides have no dated rows. */
  since: string | null
  /** When a check first saw it, in whatever run. */
  firstSeenAt: string
  /** Whole days since the oldest row, or since it was first seen. */
  ageDays: number
  contentDigest: string
  message: { zh: string; en: string }
  facts: { readonly [name: string]: unknown }
}

export interface DifferenceSide { name: { zh: string; en: string } | null; amount: string | null; rows: number | null }

export interface DifferenceFilter extends Look {
  id?: string
  rule?: string
  /** Those of this bank, unit or other party. */
  party?: string
  owner?: string
  kind?: string
  states?: readonly DifferenceState[]
  /** The day from which ages are counted. */
  now: Date
}

interface Row {
  id: string; district: string; rule: string; key: string; amount: bigint | null; facts: Record<string, unknown>
  kind: string | null
  suggested: string | null; owner: string | null; actor: string | null; comment: string | null; at: Date | null
  evidence_name: string | null
  evidence_sha256: string | null; evidence_size: number | null; state: DifferenceState; first_seen_at: Date
  content_digest: string
  message_zh: string; message_en: string
}

/** The word in force on finding `f`, as `word`: a joined row or nulls. */
const WORD = sql`left join finding_decisions word on word.decision_id = f.decision_id and word.finding_id = f.finding_id
  left join decisions d on d.decision_id = word.decision_id
  left join evidence_files e on e.sha256 = word.evidence_sha256`

/**
 * What the engine saw, where that is a kind of difference: a statement that never came and a voucher that does not balance are
 * none.
 */
export const SUGGESTED = sql<string | null>`case when f.facts->>'kind' not in ('missing', 'unbalanced') then f.facts->>'kind' end`

const STATE = sql<DifferenceState>`case
  when f.closed_by is not distinct from 'recheck' then 'cleared' when f.status <> 'open' then f.status
  when word.action = 'correct' then 'to-correct' else 'open' end`

/** The differences that fit, by district, number of the reconciliation and key. */
export async function listDifferences(db: Kysely<Database>, filter: DifferenceFilter): Promise<Difference[]> {
  const { id = null, rule = null, party = null, owner = null, kind = null, states = null } = filter
  const { rows } = await sql<Row>`
    with current as (${currentRuns(filter)}),
    listed as (
      select f.finding_id as id, c.district, f.rule, f.key, f.amount, f.facts, coalesce(word.difference_kind, ${SUGGESTED}) as kind,
        ${SUGGESTED} as suggested, x.owner, d.actor, word.comment, d.judged_at as at, word.evidence_name, word.evidence_sha256, e.size as evidence_size,
        ${STATE} as state, coalesce(x.first_seen_at, f.opened_at) as first_seen_at, f.content_digest, f.message_zh, f.message_en
      from current c join findings f on f.run_id = c.run_id
        left join differences x on x.scope_id = c.scope_id and x.finding_id = f.finding_id ${WORD}
      where ${IS_DIFFERENCE} and ${STEP_REACHED} and f.finding_id = coalesce(${id}::text, f.finding_id) and f.rule = coalesce(${rule}::text, f.rule))
    select * from listed
    where (${party}::text is null or ${party} in (facts->>'party', facts->'parts'->>'counterparty', facts->'parts'->>'party', facts->'parts'->>'unit'))
      and (${owner}::text is null or owner = ${owner}) and (${kind}::text is null or kind = ${kind})
      and (${states === null} or state = any(${[...(states ?? [])]}::text[]))
    order by district collate "C", substring(rule from 2)::int, key collate "C"`.execute(db)
  return rows.map((row) => differenceOf(row, filter.now))
}

function differenceOf(row: Row, now: Date): Difference {
  const { facts } = row
  const since = typeof facts.since === 'string' ? facts.since : null
  const firstSeenAt = row.first_seen_at.toISOString()
  const evidence = row.evidence_sha256 === null
    ? null
    : { name: row.evidence_name ?? '', sha256: row.evidence_sha256, size: row.evidence_size ?? 0 }
  return {
    id: row.id, district: row.district, rule: row.rule, key: row.key,
    difference: row.amount === null ? null : formatYuan(row.amount),
    a: sideOf(facts.a, facts.aName), b: sideOf(facts.b, facts.bName), kind: row.kind, suggested: row.suggested, owner: row.owner,
    explanation: row.actor === null ? null : {
      actor: row.actor, comment: row.comment ?? '', at: row.at!.toISOString(), evidence,
    },
    state: row.state, since, firstSeenAt, ageDays: daysBetween(since ?? firstSeenAt, now), contentDigest: row.content_digest,
    message: { zh: row.message_zh, en: row.message_en }, facts,
  }
}

function sideOf(side: unknown, name: unknown): DifferenceSide {
  const { amount, rows } = (side ?? {}) as { amount?: unknown; rows?: unknown }
  return {
    name: (name ?? null) as DifferenceSide['name'], amount: typeof amount === 'string' ? amount : null,
    rows: typeof rows === 'number' ? rows : null,
  }
}

/** Whole days, never negative: a row of the next year is as old as today. */
export const daysBetween = (from: string, to: Date): number =>
  Math.max(0, Math.floor((to.getTime() - Date.parse(from)) / 86_400_000))
