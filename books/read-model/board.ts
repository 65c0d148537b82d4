/** All that the terminal UI's overview needs, in one statement: a consistent snapshot in one round trip. */
import { type Kysely, sql } from 'kysely'
import type { Step } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'
import { currentRuns, type Look } from './current.ts'
import {
  type DistrictNames, failureOf, isoTime, type Status, STATUS_ROWS, type StatusRow, type StepFailure, statusOf,
} from './status.ts'

/** What the status leaves out and a person who decides must know. */
export interface StepDetail {
  runId: number
  generation: number
  evidenceDigest: string | null
  waitingSince: string | null
  failure: StepFailure | null
  /** Approvals that hold for the present evidence. */
  approvedBy: readonly string[]
  /** Who decided findings of this step: they can not approve what rests on it. */
  decidedBy: readonly string[]
  /** Who imported the district's present input: likewise. */
  preparedBy: string | null
}
export interface Notice {
  id: string; district: string
  /** Of a problem's alarm it is the problem, and no step. */
  step: Step | null; problemId: string | null; kind: 'reminder' | 'escalation' | 'done' | 'failure' | 'breach'; level: number; toRoles: readonly string[]
  at: string; message: { zh: string; en: string }
}
export interface Board {
  status: Status
  /** By `district/step`; nothing for districts that were not started. */
  details: ReadonlyMap<string, StepDetail>
  /** Unseen, newest first, at most {@link NOTICES_MAX}. */
  notices: readonly Notice[]
  /** The database's clock: ages and time left are measured by it. */
  at: string
}

const NOTICES_MAX = 200

interface BoardRow {
  steps: StatusRow[] | null
  people: {
    district: string; step: Step | null; kind: 'approve' | 'findings' | 'input'; actor: string; evidence_digest: string | null
  }[] | null
  notices: {
    id: string; district: string; step: Step | null; problemId: string | null; kind: Notice['kind']; level: number
    to_roles: string[]; at: string; zh: string; en: string
  }[] | null
  at: Date
}

/** Reads the overview of a year. */
export async function readBoard(db: Kysely<Database>, look: Look, names: DistrictNames): Promise<Board> {
  const { rows } = await sql<BoardRow>`
    with current as (${currentRuns(look)}), people as (
      select c.district, d.step, d.kind, d.actor, d.evidence_digest from current c join decisions d on d.run_id = c.run_id
      where d.kind = 'approve' and d.accepted and d.void_at is null
      union
      select c.district, f.step, 'findings', d.actor, null from current c
      join decisions d on d.run_id = c.run_id and d.kind = 'findings' and d.accepted
      join finding_decisions w on w.decision_id = d.decision_id and w.action not in ('assign', 'correct')
      join findings f on f.run_id = c.run_id and f.finding_id = w.finding_id
      union
      select c.district, null, 'input', i.actor, null from current c join current_importers i using (scope_id)
    ), notices as (
      select n.notification_id as id, c.district, n.step, null as "problemId", n.kind, n.level, n.to_roles, n.created_at as at, n.message_zh as zh, n.message_en as en
      from current c join notifications n on n.run_id = c.run_id where n.seen_at is null
      union all
      select n.notification_id, p.district, null, n.problem_id, n.kind, n.level, n.to_roles, n.created_at, n.message_zh, n.message_en
      from notifications n join problems p using (problem_id)
      where n.seen_at is null and (n.kind = 'breach' or (n.answered_at is null and p.state <> 'resolved'))
      order by 8 desc, 2, 3, 6 limit ${NOTICES_MAX}
    )
    select (select json_agg(s) from (${STATUS_ROWS}) s) as steps, (select json_agg(p) from people p) as people,
      (select json_agg(n) from notices n) as notices, clock_timestamp() as at`.execute(db)
  const { steps, people, notices, at } = rows[0]!
  return {
    status: statusOf(look.year, steps ?? [], names),
    details: detailsOf(steps ?? [], people ?? []),
    notices: (notices ?? [])
      .map(({ zh, en, to_roles, ...notice }) => ({ ...notice, toRoles: to_roles, at: isoTime(notice.at)!, message: { zh, en } })),
    at: isoTime(at)!,
  }
}

function detailsOf(steps: readonly StatusRow[], people: NonNullable<BoardRow['people']>): Map<string, StepDetail> {
  const peopleOf = Map.groupBy(people, (one) => `${one.district}/${one.step ?? one.kind}`)
  return new Map(steps.filter((row) => row.step !== null).map((row) => {
    const key = `${row.district}/${row.step}`
    const own = peopleOf.get(key) ?? []
    return [key, {
      runId: row.run_id!,
      generation: row.generation ?? 0,
      evidenceDigest: row.evidence_digest,
      waitingSince: isoTime(row.waiting_since),
      failure: failureOf(row.failure),
      approvedBy: own.filter((one) => one.kind === 'approve' && one.evidence_digest === row.evidence_digest)
        .map((one) => one.actor),
      decidedBy: own.filter((one) => one.kind === 'findings').map((one) => one.actor),
      preparedBy: peopleOf.get(`${row.district}/input`)?.[0]?.actor ?? null,
    }]
  }))
}
