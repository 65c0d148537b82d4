/** The alarms of cases: one message for all that reach the same rung of their ladder at the same time. */
import { type Transaction, sql } from 'kysely'
import { idFrom } from '../notifications.ts'
import type { Run } from '../runs.ts'
import type { Database } from '../tables.ts'
import { yuanText } from '../yuan.ts'
import { type caseTimes, rungRows } from './open.ts'

interface DueGroup { level: number; due_at: Date; cut_off: Date; roles: string[]; cases: number; amount: string; types: string }

/**
 * Raises what is due by `at` and moves each case on to its next rung. Of several rungs that went by while nothing ran only the
 * last one is raised: a flood of late alarms helps nobody.
 * @returns ids of the notifications to deliver
 */
export async function raiseDue(
  trx: Transaction<Database>, run: Run, generation: number, times: ReturnType<typeof caseTimes>, at: Date,
): Promise<string[]> {
  const { rows } = await sql<DueGroup>`
    with rungs as (${rungRows(times)}),
      due as (
        select c.run_id, c.finding_id, c.type, c.cut_off, r.level, r.at as due_at, r.roles,
          (select min(n.at) from rungs n where n.type = c.type and n.at > ${at}) as next_at
        from document_cases c cross join lateral (
          select * from rungs r where r.type = c.type and r.at <= ${at} order by r.at desc limit 1) r
        where c.run_id = ${run.runId} and c.settled_at is null and c.next_at <= ${at}),
      moved as (
        update document_cases c set level = due.level, next_at = due.next_at from due
        where c.run_id = due.run_id and c.finding_id = due.finding_id)
    select level, due_at, min(cut_off) as cut_off, sum(cases)::int as cases, ${yuanText(sql`sum(amount)::bigint`)} as amount,
      string_agg(type || ' ' || cases, ', ' order by type collate "C") as types,
      array(select distinct role from due d cross join unnest(d.roles) role where d.level = one.level and d.due_at = one.due_at order by 1) as roles
    from (select due.type, due.level, due.due_at, due.cut_off, count(*) as cases, coalesce(sum(f.amount), 0)::bigint as amount
      from due join findings f using (run_id, finding_id) where due.roles <> '{}' group by 1, 2, 3, 4) one
    group by level, due_at order by due_at, level`.execute(trx)
  const ids: string[] = []
  for (const group of rows) ids.push(await store(trx, run, generation, group))
  return ids
}

async function store(
  trx: Transaction<Database>, run: Run, generation: number,
  { level, due_at: dueAt, cut_off: cutOff, roles, cases, amount, types }: DueGroup,
): Promise<string> {
  const kind = cutOff > dueAt ? 'reminder' : 'escalation'
  const hours = Math.round((cutOff.getTime() - dueAt.getTime()) / 3_600_000)
  const id = idFrom(['cases', run.runId, generation, kind, level, dueAt.toISOString()])
  const zh = kind === 'reminder'
    ? `${run.year} 年 ${run.district}：${cases} 份在途单据 ${hours} 小时后到截止时刻（${types}），金额 ${amount} 元。`
    : `${run.year} 年 ${run.district}：${cases} 份在途单据已到截止时刻仍未处理（${types}），金额 ${amount} 元。`
  const en = kind === 'reminder'
    ? `${run.year} ${run.district}: ${cases} documents in transit reach their cut-off in ${hours} h (${types}), ${amount} yuan.`
    : `${run.year} ${run.district}: ${cases} documents in transit have reached their cut-off undecided (${types}), ${amount} yuan.`
  await trx.insertInto('notifications').values({
    notification_id: id, run_id: run.runId, step: 'in-transit', generation, kind, level, to_roles: roles, due_at: dueAt,
    message_zh: zh, message_en: en, about_cases: true,
  }).onConflict((conflict) => conflict.doNothing()).execute()
  return id
}
