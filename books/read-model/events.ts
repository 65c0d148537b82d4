/** What happened in a district: the audit chain and the states of the steps, newest first. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'
import { currentRuns, type Look } from './current.ts'
import { isoTime } from './status.ts'

export interface BoardEvent {
  at: string
  /** `state` for a step's transition, else the kind of the audit event. */
  kind: string
  actor: string
  subject: string
  detail: string
}

const EVENTS_MAX = 500

/** The newest events of a district, at most `limit`. */
export async function readEvents(db: Kysely<Database>, look: Look, district: string, limit = EVENTS_MAX): Promise<BoardEvent[]> {
  const { rows } = await sql<Omit<BoardEvent, 'at'> & { at: Date }>`
    with current as (${currentRuns({ ...look, districts: [district] })})
    select at, kind, actor, subject, detail from (
      (select e.at, e.kind, e.actor, e.subject, e.detail, 0 as source, e.sequence as place
        from audit.events e where e.district = ${district} order by e.sequence desc limit ${limit})
      union all
      (select h.at, 'state', coalesce(h.waiting_on, ''), h.step, h.state, 1, h.history_id
        from step_history h join current c using (run_id) order by h.history_id desc limit ${limit})
    ) events order by at desc, source, place desc limit ${limit}`.execute(db)
  return rows.map((row) => ({ ...row, at: isoTime(row.at)! }))
}
