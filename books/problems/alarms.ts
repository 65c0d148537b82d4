/** Alarms of problems as notifications: stored once, answered by whoever acts. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { Clock } from '../../domain/clocks.ts'
import type { ProblemAction } from '../../domain/problems.ts'
import { idFrom } from '../notifications.ts'
import type { Database } from '../tables.ts'

export interface StoredAlarm {
  problemId: string
  clock: Clock
  /** Beginning of the clock: a problem that was reopened has another one. */
  from: number
  rung: number
  pass: number
  kind: 'reminder' | 'escalation' | 'breach'
  roles: readonly string[]
  people: readonly { name: string; email?: string; phone?: string }[]
  dueAt: number
  sequence: number
  zh: string
  en: string
}

/** Stores alarms and gives their ids; the same alarm has the same id and is stored once. */
export async function storeAlarms(trx: Transaction<Database>, alarms: readonly StoredAlarm[]): Promise<string[]> {
  if (alarms.length === 0) return []
  const rows = alarms.map((alarm) => ({ alarm, id: idFrom([alarm.problemId, alarm.clock, alarm.from, alarm.rung, alarm.pass]) }))
  await trx.insertInto('notifications').values(rows.map(({ alarm, id }) => ({
    notification_id: id, problem_id: alarm.problemId, clock: alarm.clock, sequence: alarm.sequence, kind: alarm.kind,
    level: alarm.rung + 1, to_roles: [...alarm.roles],
    to_people: JSON.stringify(alarm.people), due_at: new Date(alarm.dueAt), message_zh: alarm.zh, message_en: alarm.en,
  }))).onConflict((conflict) => conflict.doNothing()).execute()
  return rows.map(({ id }) => id)
}

/** Districts with alarms that were due at that moment, the longest waiting first. */
export async function districtsDue(db: Kysely<Database>, at: number): Promise<string[]> {
  const { rows } = await sql<{ district: string }>`
    select district from problems where next_alarm <= ${new Date(at)}
    group by district order by min(next_alarm), district`.execute(db)
  return rows.map(({ district }) => district)
}

/** Alarms that no channel outside has been tried for yet. */
export async function undelivered(trx: Transaction<Database>, problemId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select n.notification_id as id from notifications n where n.problem_id = ${problemId}
      and not exists (select from deliveries d where d.notification_id = n.notification_id and d.channel not in ('log', 'tui')) order by n.sequence`.execute(trx)
  return rows.map(({ id }) => id)
}

/** Whoever acts on a problem has heard its alarms; what is resolved or answered needs no seeing any more, a breach does. */
export async function answerAlarms(
  trx: Transaction<Database>, problemId: string, action: ProblemAction, actor: string, at: number,
): Promise<void> {
  if (action === 'resume' || action === 'reopen') return
  const when = new Date(at)
  await sql`update notifications set answered_by = ${actor}, answered_at = ${when},
      seen_by = case when kind = 'breach' then seen_by else coalesce(seen_by, ${actor}) end,
      seen_at = case when kind = 'breach' then seen_at else coalesce(seen_at, ${when}) end
    where problem_id = ${problemId} and answered_at is null`.execute(trx)
}
