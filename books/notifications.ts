/** Reminders and escalations as rows, and the record of every attempt to deliver them. */
import { createHash } from 'node:crypto'
import { type Kysely, type Transaction, sql } from 'kysely'
import type { AlarmRequest } from '../activities/contract.ts'
import type { Step } from '../domain/steps.ts'
import type { Database } from './tables.ts'

export interface Notification {
  notificationId: string
  runId: number
  district: string
  year: number
  step: Step
  kind: 'reminder' | 'escalation' | 'done' | 'failure'
  level: number
  roles: string[]
  dueAt: Date
  zh: string
  en: string
}

/** Always the same id for the same alarm: raised twice, it is one row, and a receiver can tell a repeated delivery. */
export function notificationIdOf({ runId, step, generation, kind, level, dueAt }: Pick<AlarmRequest, 'runId' | 'step' | 'generation' | 'kind' | 'level' | 'dueAt'>): string {
  const hex = createHash('sha256').update([runId, step, generation, kind, level, dueAt].join('\u001f')).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

/** Stores the alarm; false when it was there already. */
export async function storeNotification(trx: Transaction<Database>, id: string, alarm: AlarmRequest, message: { zh: string; en: string }): Promise<boolean> {
  const rows = await trx.insertInto('notifications').values({
    notification_id: id, run_id: alarm.runId, step: alarm.step, generation: alarm.generation, kind: alarm.kind, level: alarm.level,
    to_roles: [...alarm.roles], due_at: alarm.dueAt, message_zh: message.zh, message_en: message.en,
  }).onConflict((conflict) => conflict.doNothing()).returning('notification_id').execute()
  return rows.length > 0
}

/** @throws NoResultError */
export async function findNotification(db: Kysely<Database>, id: string): Promise<Notification> {
  return db.selectFrom('notifications as n').innerJoin('runs', 'runs.run_id', 'n.run_id').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
    .select(['notification_id as notificationId', 'n.run_id as runId', 'district', 'year', 'step', 'n.kind', 'level', 'to_roles as roles', 'due_at as dueAt', 'message_zh as zh', 'message_en as en'])
    .where('notification_id', '=', id).executeTakeFirstOrThrow()
}

/** Whether the wait that an alarm is about is still going on: a late alarm is worse than none. */
export async function waitGoesOn(db: Kysely<Database>, id: string): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (select from notifications n join step_states s on s.run_id = n.run_id and s.step = n.step and s.generation = n.generation
        join runs r on r.run_id = n.run_id
      where n.notification_id = ${id}::uuid and s.waiting_since is not null and s.waiting_since <= n.due_at
        and s.state in ('blocked', 'awaiting-approval', 'failed') and r.state = 'running') as open`.execute(db)
  return rows[0]!.open
}

export interface Attempt { channel: string; target: string; attempt: number; state: 'sent' | 'failed' | 'void'; error?: string }

/** Attempts so far, by channel and target. */
export async function attemptsOf(db: Kysely<Database>, id: string): Promise<{ channel: string; target: string; attempts: number; settled: boolean }[]> {
  const { rows } = await sql<{ channel: string; target: string; attempts: number; settled: boolean }>`
    select channel, target, count(*)::int as attempts, bool_or(state in ('sent', 'void')) as settled
    from deliveries where notification_id = ${id}::uuid group by channel, target`.execute(db)
  return rows
}

/** Adds to the delivery record. */
export async function recordAttempt(db: Kysely<Database>, id: string, { channel, target, attempt, state, error }: Attempt): Promise<void> {
  await db.insertInto('deliveries').values({ notification_id: id, channel, target, attempt, state, error: error ?? null }).execute()
}
