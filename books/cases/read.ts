/** The cases as screens and commands list them: the one with the least time left first. */
import { type Kysely, sql } from 'kysely'
import { type Disposition, type DocumentTypes, defaultRefusal } from '../../domain/documents.ts'
import { formatYuan } from '../../domain/money.ts'
import { currentRuns } from '../read-model/current.ts'
import type { Database } from '../tables.ts'

export interface CaseFilter {
  year: number
  districts?: readonly string[]
  type?: string
  /** Only those whose cut-off is not later than this. */
  before?: Date
  /** Settled ones too. */
  all?: boolean
  limit?: number
  /** Rules by which a default that was approved can really happen to a document; without them nothing is said of defaults. */
  documents?: DocumentTypes
}

export interface ListedCase {
  id: string
  district: string
  type: string
  number: string
  unit: string | null
  amount: string | null
  /** Of the document. */
  status: string
  owner: { zh: string; en: string }
  /** ISO 8601 UTC, as the other times. */
  cutOff: string
  openedAt: string
  nextAlarm: string | null
  level: number
  inDoubt: boolean
  /** What happens at the cut-off, and who approved that; null: nothing does. */
  default: { id: string; action: Disposition; actor: string } | null
  settledAt: string | null
  outcome: string | null
  contentDigest: string
}

interface CaseRow {
  id: string; district: string; type: string; number: string; amount: bigint | null; facts: Record<string, unknown>
  cut_off: Date; opened_at: Date
  next_at: Date | null; level: number; settled_at: Date | null; outcome: string | null; default_id: string | null
  action: Disposition | null; actor: string | null; content_digest: string
}

/** Cases of the present real runs of a year. Open ones first by cut-off, then the doubtful, then the largest amount. */
export async function listCases(db: Kysely<Database>, filter: CaseFilter): Promise<ListedCase[]> {
  const { year, districts, type, before, all, limit } = filter
  const { rows } = await sql<CaseRow>`
    with current as (${currentRuns({ year, ...(districts && { districts }) })})
    select c.finding_id as id, r.district, c.type, c.number, f.amount, f.facts, c.cut_off, c.opened_at, c.next_at, c.level, c.settled_at, c.outcome,
      d.default_id, d.action, d.actor, f.content_digest
    from current r join document_cases c on c.run_id = r.run_id join findings f on f.run_id = c.run_id and f.finding_id = c.finding_id
    left join lateral (
      select default_id, action, actor from document_defaults d
      where d.scope_id = r.scope_id and d.kind = 'approve' and d.accepted and d.withdrawn_at is null and d.type = c.type and d.number in ('', c.number)
      order by d.number desc limit 1) d on c.settled_at is null
    where r.kind = 'real' and (${all ?? false} or c.settled_at is null) and (${type ?? null}::text is null or c.type = ${type ?? null})
      and (${before ?? null}::timestamptz is null or c.cut_off <= ${before ?? null})
    order by c.settled_at is not null, c.cut_off, (f.facts->>'inDoubt')::boolean desc nulls last, f.amount desc nulls last, r.district collate "C", f.key collate "C"
    limit ${limit ?? null}`.execute(db)
  return rows.map((row) => caseOf(row, filter.documents))
}

function caseOf(row: CaseRow, documents: DocumentTypes | undefined): ListedCase {
  const text = (name: string) => (typeof row.facts[name] === 'string' ? row.facts[name] : null)
  const no = row.action === null || !documents
    ? null
    : defaultRefusal(documents, row.type, text('status') ?? '', row.action, { indicator: text('indicator') })
  const owner = row.facts.owner as { zh?: string; en?: string } | undefined
  return {
    id: row.id, district: row.district, type: row.type, number: row.number, unit: text('unit'),
    amount: row.amount === null ? null : formatYuan(row.amount),
    status: text('status') ?? '', owner: { zh: owner?.zh ?? '', en: owner?.en ?? '' }, cutOff: row.cut_off.toISOString(),
    openedAt: row.opened_at.toISOString(),
    nextAlarm: row.next_at?.toISOString() ?? null, level: row.level, inDoubt: row.facts.inDoubt === true,
    default: row.action === null || !documents || no !== null ? null : {
      id: row.default_id!, action: row.action, actor: row.actor!,
    },
    settledAt: row.settled_at?.toISOString() ?? null, outcome: row.outcome, contentDigest: row.content_digest,
  }
}
