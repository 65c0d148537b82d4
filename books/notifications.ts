/** Reminders and escalations as rows, and the record of every attempt to deliver them. */
import { createHash } from 'node:crypto'
import { type Kysely, type Transaction, sql } from 'kysely'
import type { AlarmRequest } from '../activities/contract.ts'
import type { Clock } from '../domain/clocks.ts'
import type { Step } from '../domain/steps.ts'
import type { Database } from './tables.ts'

/** An alarm of a run's step or of a problem's clock: what belongs to the other is null. */
export interface Notification {
  notificationId: string
  runId: number | null
  district: string
  year: number | null
  step: Step | null
  problemId: string | null
  clock: Clock | null
  kind: 'reminder' | 'escalation' | 'done' | 'failure' | 'breach'
  level: number
  roles: string[]
  /** Who is called by name, where the roster names somebody. */
  people: readonly { name: string; email?: string; phone?: string }[]
  dueAt: Date
  zh: string
  en: string
}

/** Always the same id for the same alarm: raised twice, it is one row, and a receiver can tell a repeated delivery. */
export function notificationIdOf(
  { runId, step, generation, kind, level, dueAt, undoRequest }: Pick<AlarmRequest, 'runId' | 'step' | 'generation' | 'kind' | 'level' | 'dueAt' | 'undoRequest'>,
): string {
  return idFrom([runId, step, generation, kind, level, dueAt, ...(undoRequest ? [undoRequest] : [])])
}

/** A UUID made of the parts: the same parts give the same id. */
export function idFrom(parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('\u001f')).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

/** Stores the alarm; false when it was there already. */
export async function storeNotification(
  trx: Transaction<Database>, id: string, alarm: AlarmRequest, message: { zh: string; en: string },
): Promise<boolean> {
  const rows = await trx.insertInto('notifications').values({
    notification_id: id, run_id: alarm.runId, step: alarm.step, generation: alarm.generation, kind: alarm.kind,
    level: alarm.level,
    to_roles: [...alarm.roles], due_at: alarm.dueAt, message_zh: message.zh, message_en: message.en,
    undo_request: alarm.undoRequest ?? null,
  }).onConflict((conflict) => conflict.doNothing()).returning('notification_id').execute()
  return rows.length > 0
}

/** @throws NoResultError */
export async function findNotification(db: Kysely<Database>, id: string): Promise<Notification> {
  return notifications(db).where('notification_id', '=', id).executeTakeFirstOrThrow()
}

/** Several at once, in no order. */
export async function findNotifications(db: Kysely<Database>, ids: readonly string[]): Promise<Notification[]> {
  return ids.length === 0 ? [] : notifications(db).where('notification_id', 'in', ids).execute()
}

function notifications(db: Kysely<Database>) {
  return db.selectFrom('notifications as n').leftJoin('runs', 'runs.run_id', 'n.run_id')
    .leftJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
    .leftJoin('problems as p', 'p.problem_id', 'n.problem_id')
    .select(['notification_id as notificationId', 'n.run_id as runId', 'year', 'step', 'n.problem_id as problemId', 'n.clock', 'n.kind', 'level',
      'to_roles as roles', 'to_people as people', 'due_at as dueAt', 'message_zh as zh', 'message_en as en'])
    .select(sql<string>`coalesce(p.district, scopes.district)`.as('district'))
}

/**
 * Whether what an alarm is about is still so: a late alarm is worse than none. Of a step, its wait goes on, and so of a request
 * for an undo; of cases, some are open. Of a problem, its
 * clock runs, nobody has answered and no later alarm of that clock has gone out; a breach stands unless it was withdrawn.
 */
export async function waitGoesOn(db: Kysely<Database>, id: string): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select case when n.about_cases then exists (
        select from document_cases c join runs r using (run_id) where c.run_id = n.run_id and c.settled_at is null and r.state = 'running')
      when n.undo_request is not null then exists (
        select from undo_requests u where u.request_id = n.undo_request and u.closed_at is null and u.waiting_since <= n.due_at)
      when n.problem_id is null then exists (
        select from step_states s join runs r using (run_id)
        where s.run_id = n.run_id and s.step = n.step and s.generation = n.generation
          and s.waiting_since is not null and s.waiting_since <= n.due_at
          and s.state in ('blocked', 'awaiting-approval', 'failed') and r.state = 'running')
      when n.kind = 'breach' then exists (
        select from problem_breaches b where b.problem_id = n.problem_id and b.clock = n.clock and b.due_at < n.due_at and b.withdrawn_at is null)
      else n.answered_at is null and exists (
        select from problems p where p.problem_id = n.problem_id and p.state <> 'resolved' and (n.clock = 'resolution' or p.responded_at is null))
        and not exists (select from notifications later where later.problem_id = n.problem_id and later.clock = n.clock and later.sequence > n.sequence)
      end as open
    from notifications n where n.notification_id = ${id}::uuid`.execute(db)
  return rows[0]?.open ?? false
}

export interface Attempt { channel: string; target: string; attempt: number; state: 'sent' | 'failed' | 'void'; error?: string }

/** Attempts so far, by channel and target. */
export async function attemptsOf(
  db: Kysely<Database>, id: string,
): Promise<{ channel: string; target: string; attempts: number; settled: boolean }[]> {
  const { rows } = await sql<{ channel: string; target: string; attempts: number; settled: boolean }>`
    select channel, target, count(*)::int as attempts, bool_or(state in ('sent', 'void')) as settled
    from deliveries where notification_id = ${id}::uuid group by channel, target`.execute(db)
  return rows
}

/** Adds to the delivery record. */
export async function recordAttempt(db: Kysely<Database>, id: string, attempt: Attempt): Promise<void> {
  await recordAttempts(db, [{ id, ...attempt }])
}

/** The same for several notifications. */
export async function recordAttempts(db: Kysely<Database>, attempts: readonly (Attempt & { id: string })[]): Promise<void> {
  if (attempts.length === 0) return
  await db.insertInto('deliveries')
    .values(attempts.map(({ id, error, ...rest }) => ({ notification_id: id, ...rest, error: error ?? null }))).execute()
}
