/** A service desk in small: what tests of problems report, do and look at. */
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { OpenProblemRequest, SaidOfProblem } from '../../cli/operations/problem-requests.ts'
import type { World } from '../workflows/world.ts'

export const DISTRICT = '152501'
export const MINUTE = 60_000

/** A fault by telephone unless `changed` says otherwise; gives its id. */
export async function report(world: World, changed: Partial<OpenProblemRequest> = {}): Promise<string> {
  const answer = await world.operations.openProblem({ actor: 'eng', district: DISTRICT, user: '张会计', channel: 'hotline', kind: 'fault', text: '支付凭证无法签章', ...changed })
  if (!answer.ok) throw new Error(`${answer.code} ${answer.en}`)
  return answer.problemId
}

/** A word on a problem; refused ones throw `code message`. */
export async function say(world: World, problemId: string, word: SaidOfProblem, actor = 'eng'): Promise<void> {
  const answer = await world.operations.actOnProblem({ actor, problemId, word })
  if (!answer.ok) throw new Error(`${answer.code} ${answer.en}`)
}

/** Events after the report: `action clock rung.pass @minutes` from the clock's beginning to when it was due, `late` if it went out later; or `action`. */
export async function eventsOf(world: World, problemId: string): Promise<string[]> {
  const { rows } = await sql<{ action: string; clock: string | null; rung: number | null; pass: number | null; minutes: number; late: boolean }>`
    select e.action, e.detail->>'clock' as clock, (e.detail->>'rung')::int as rung, (e.detail->>'pass')::int as pass,
      (extract(epoch from coalesce((e.detail->>'dueAt')::timestamptz, e.at) - p.clock_from) / 60)::float8 as minutes,
      e.at - coalesce((e.detail->>'dueAt')::timestamptz, e.at) > interval '5 s' as late
    from problem_events e join problems p using (problem_id) where e.problem_id = ${problemId} and e.action <> 'open' order by e.sequence`.execute(world.database.db)
  return rows.map(({ action, clock, rung, pass, minutes, late }) => (clock ? `${action} ${clock} ${rung ?? '-'}.${pass ?? '-'} @${Math.round(minutes * 1_000) / 1_000}${late ? ' late' : ''}` : action))
}

/** Every alarm so far has been delivered to the log and the terminal UI. */
export const quiet = (world: World) => expect.poll(async () => (await sql<{ open: number }>`
  select count(*)::int as open from notifications n where problem_id is not null
    and (select count(*) from deliveries d where d.notification_id = n.notification_id) < 2`.execute(world.database.db)).rows[0]!.open).toBe(0)
