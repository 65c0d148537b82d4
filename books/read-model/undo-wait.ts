/** An undo that somebody asked for and that waits for the word of others, as status, queue and report show it. */
import { type RawBuilder, sql } from 'kysely'
import { signedComment } from '../../domain/decisions.ts'

/** Times are ISO 8601 UTC. */
export interface UndoWait {
  askedBy: string
  comment: string
  /** Who agreed so far; more must. */
  approvedBy: readonly string[]
  /** Roles, joined by commas. */
  waitingOn: string
  waitingSince: string
  deadline: string
  escalationLevel: number
}

/** The same as JSON in a row; its comment stands in the signed payload. */
export interface UndoWaitRow {
  asked_by: string; payload: string; approved_by: string[] | null; waiting_on: string; waiting_since: string; deadline: string
  escalation_level: number
}

/** One JSON value for the run of `alias`, null when nobody asked. */
export const undoWaitOf = (alias: string): RawBuilder<UndoWaitRow | null> => sql<UndoWaitRow | null>`(
  select json_build_object('asked_by', d.actor, 'payload', d.payload, 'waiting_on', u.waiting_on, 'waiting_since', u.waiting_since, 'deadline', u.deadline,
    'escalation_level', u.escalation_level, 'approved_by', (select json_agg(distinct w.actor) from decisions w where w.run_id = u.run_id
      and w.kind = 'approve-undo' and w.accepted and w.void_at is null and w.evidence_digest = d.evidence_digest))
  from undo_requests u join decisions d on d.decision_id = u.request_id where u.run_id = ${sql.raw(alias)}.run_id and u.closed_at is null)`

/** The wait that a row holds. */
export function undoWaitFrom(row: UndoWaitRow | null | undefined): UndoWait | null {
  if (!row) return null
  return {
    askedBy: row.asked_by, comment: signedComment(row.payload), approvedBy: row.approved_by ?? [], waitingOn: row.waiting_on,
    waitingSince: new Date(row.waiting_since).toISOString(), deadline: new Date(row.deadline).toISOString(),
    escalationLevel: row.escalation_level,
  }
}
