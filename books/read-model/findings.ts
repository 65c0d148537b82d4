/** Findings of the runs that are shown, as `findings --json` lists them (CONTRACT §2), and one of them with its record. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { WordAction } from '../../domain/differences.ts'
import type { Finding, FindingStatus, Severity } from '../../domain/findings.ts'
import { formatYuan } from '../../domain/money.ts'
import { STEPS, type Step } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'
import { currentRuns, type Look, STEP_REACHED } from './current.ts'
import { isoTime } from './status.ts'

export interface FindingFilter extends Look {
  step?: Step
  rule?: string
  status?: FindingStatus
  severity?: Severity
  /** Unit of the document, card or key that the finding is about. */
  unit?: string
  /** Who is to act on a document: a key of `owners` in config/documents.yaml, or its name in either language. */
  owner?: string
  /** Days in transit, at least. */
  minAge?: number
  /** Absolute amount in fen, at least and at most. */
  minAmount?: bigint
  maxAmount?: bigint
  /** Anything but the order of the contract, which comes second then. */
  sort?: FindingSort
  /** At most so many; all without it. */
  limit?: number
  offset?: number
}

export const FINDING_SORTS = ['rule', 'severity', 'amount', 'age', 'unit', 'owner', 'status', 'cut-off'] as const
export type FindingSort = (typeof FINDING_SORTS)[number]

/** A finding with what its evidence screen needs besides. */
export interface ListedFinding extends Finding {
  facts: { readonly [name: string]: unknown }
  contentDigest: string
  /** Who closed it: a decision's actor, or `recheck` when it was not seen any more. */
  closedBy: string | null
  openedAt: string
  closedAt: string | null
}

interface FindingRow {
  id: string; district: string; step: Step; rule: string; key: string; severity: Severity; amount: bigint | null
  status: FindingStatus
  message_zh: string; message_en: string; facts: Record<string, unknown>; content_digest: string; closed_by: string | null
  opened_at: Date; closed_at: Date | null
}

const COLUMNS = sql.raw(`f.finding_id as id, c.district, f.step, f.rule, f.key, f.severity, f.amount, f.status, f.message_zh,
  f.message_en, f.facts, f.content_digest, f.closed_by, f.opened_at, f.closed_at`)

/**
 * Order of findings (CONTRACT §6): district, step, rule by letters then number (domain/findings.ts `ruleOrder`), key by code
 * point.
 */
const ORDER = sql`c.district collate "C", array_position(${[...STEPS]}::text[], f.step),
  coalesce(substring(f.rule from '^([A-Z]+)[0-9]+$'), f.rule) collate "C",
  coalesce(substring(f.rule from '^[A-Z]+([0-9]+)$')::numeric, 0), f.key collate "C"`

/** The findings that fit, in the order of the contract. */
export async function listFindings(db: Kysely<Database>, filter: FindingFilter): Promise<ListedFinding[]> {
  const { rows } = await sql<FindingRow>`
    with current as (${currentRuns(filter)})
    select ${COLUMNS} from current c join findings f on f.run_id = c.run_id
    where ${conditionsOf(filter)}
    order by ${filter.sort ? SORTED[filter.sort] : sql``} ${ORDER} limit ${filter.limit ?? null} offset ${filter.offset ?? 0}`.execute(db)
  return rows.map(findingOf)
}

function conditionsOf(filter: FindingFilter): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = [STEP_REACHED]
  if (filter.step) conditions.push(sql`f.step = ${filter.step}`)
  if (filter.rule) conditions.push(sql`f.rule = ${filter.rule}`)
  if (filter.status) conditions.push(sql`f.status = ${filter.status}`)
  if (filter.severity) conditions.push(sql`f.severity = ${filter.severity}`)
  if (filter.unit) conditions.push(sql`f.facts->>'unit' = ${filter.unit}`)
  if (filter.owner) {
    conditions.push(sql`${filter.owner} in (f.facts#>>'{owner,key}', f.facts#>>'{owner,zh}', f.facts#>>'{owner,en}')`)
  }
  if (filter.minAge !== undefined) conditions.push(sql`(f.facts->>'ageDays')::int >= ${filter.minAge}`)
  if (filter.minAmount !== undefined) conditions.push(sql`abs(f.amount) >= ${filter.minAmount}`)
  if (filter.maxAmount !== undefined) conditions.push(sql`abs(f.amount) <= ${filter.maxAmount}`)
  return sql.join(conditions, sql` and `)
}

/** What comes before the order of the contract: the worst, largest and oldest first. */
const SORTED: Record<FindingSort, RawBuilder<unknown>> = {
  rule: sql``,
  severity: sql`array_position(array['error', 'warning', 'info'], f.severity),`,
  amount: sql`abs(f.amount) desc nulls last,`,
  age: sql`(f.facts->>'ageDays')::int desc nulls last,`,
  unit: sql`f.facts->>'unit' collate "C" nulls last,`,
  owner: sql`f.facts#>>'{owner,key}' collate "C" nulls last,`,
  status: sql`array_position(array['open', 'explained', 'waived', 'resolved'], f.status),`,
  'cut-off': sql`f.facts->>'cutOff' collate "C" nulls last,`,
}

function findingOf(row: FindingRow): ListedFinding {
  return {
    id: row.id, district: row.district, step: row.step, rule: row.rule, key: row.key, severity: row.severity,
    amount: row.amount === null ? null : formatYuan(row.amount),
    status: row.status,
    message: { zh: row.message_zh, en: row.message_en },
    facts: row.facts, contentDigest: row.content_digest, closedBy: row.closed_by,
    openedAt: isoTime(row.opened_at)!, closedAt: isoTime(row.closed_at),
  }
}

/** A word of a person on a finding, accepted or refused. */
export interface FindingDecision {
  actor: string
  action: WordAction
  comment: string
  submittedAt: string
  /** Null while it is not yet judged. */
  accepted: boolean | null
  refusal: { zh: string; en: string } | null
  /** It was for the finding as it stands now. */
  current: boolean
}

/** Every word on a finding of a run, oldest first. */
export async function listFindingDecisions(db: Kysely<Database>, look: Look, findingId: string): Promise<FindingDecision[]> {
  const { rows } = await sql<{
    actor: string; action: WordAction; comment: string; submitted_at: Date; accepted: boolean | null
    refusal_zh: string | null; refusal_en: string | null; current: boolean
  }>`
    with current as (${currentRuns(look)})
    select d.actor, w.action, w.comment, d.submitted_at, d.accepted, d.refusal_zh, d.refusal_en,
      (d.void_at is null and w.content_digest = f.content_digest) as current
    from current c join decisions d on d.run_id = c.run_id
    join finding_decisions w on w.decision_id = d.decision_id and w.finding_id = ${findingId}
    join findings f on f.run_id = c.run_id and f.finding_id = w.finding_id
    order by d.submitted_at, d.decision_id`.execute(db)
  return rows.map((row) => ({
    actor: row.actor, action: row.action, comment: row.comment, submittedAt: isoTime(row.submitted_at)!, accepted: row.accepted,
    refusal: row.refusal_zh === null ? null : { zh: row.refusal_zh, en: row.refusal_en ?? row.refusal_zh },
    current: row.current,
  }))
}
