/** A request for an undo is called for like any other wait on a person: exact times, none late, none doubled, also after the sign-off. */
import { Worker } from '@temporalio/worker'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { workflowBundle } from '../../worker/bundle.ts'
import { closeYear, importUnit, realBooks } from './small-books.ts'
import { type TimedWorld, createTimedWorld, startDistrict } from './timed-world.ts'
import { PEOPLE, YEAR, addPeople, approve, createWorld, person, until } from './world.ts'

const MINUTE = 60_000
const DISTRICT = '152501'
let timed: TimedWorld
let env: TimedWorld['env']
let world: TimedWorld['world']
beforeAll(async () => {
  ({ env, world } = timed = await createTimedWorld())
  addPeople(world)
})
afterAll(() => timed.close())

const say = async (actor: string, word: 'ask' | 'approve' | 'reject') =>
  expect(await world.operations.decideUndo({ year: YEAR, district: DISTRICT, actor, comment: '更正', word })).toMatchObject({ ok: true })

/** Alarms of the latest request: kind, level, minutes from the beginning of its wait, roles. */
async function alarms(): Promise<[string, number, number, string][]> {
  const { rows } = await sql<{ kind: string; level: number; minutes: number; roles: string }>`
    select n.kind, n.level, (extract(epoch from n.due_at - u.waiting_since) / 60)::float8 as minutes, array_to_string(n.to_roles, ',') as roles
    from notifications n join undo_requests u on u.request_id = n.undo_request
    where u.request_id = (select request_id from undo_requests order by waiting_since desc limit 1) order by n.due_at, n.level`.execute(world.database.db)
  return rows.map(({ kind, level, minutes, roles }) => [kind, level, minutes, roles])
}
const request = () => world.database.db.selectFrom('undo_requests').selectAll().orderBy('waiting_since', 'desc').executeTakeFirstOrThrow()
const sent = async () => (await sql<{ sent: number }>`select count(*)::int as sent from deliveries d join notifications n using (notification_id)
  where n.undo_request is not null and d.channel = 'log' and d.state = 'sent'`.execute(world.database.db)).rows[0]!.sent
const all = async () => (await sql<{ n: number }>`select count(*)::int as n from notifications where undo_request is not null`.execute(world.database.db)).rows[0]!.n

it('reminds, escalates up the ladder, also after the sign-off, and is silent once decided', async () => {
  await world.startWorker({ engines: realBooks(world) })
  await importUnit(world, DISTRICT, '1000.00')
  const { handle } = await startDistrict(world, DISTRICT)
  await closeYear(world, DISTRICT, PEOPLE)
  await until(world, DISTRICT, 'initialise', 'awaiting-approval')

  await say('fin', 'ask')
  await env.sleep(89 * MINUTE)
  expect(await alarms()).toEqual([])
  await env.sleep(2 * MINUTE)
  await expect.poll(alarms).toEqual([['reminder', 0, 90, 'finance,coordinator']])
  await env.sleep(30 * MINUTE)
  await expect.poll(alarms).toHaveLength(2)
  expect((await alarms())[1]).toEqual(['escalation', 1, 120, 'coordinator'])
  expect(await request()).toMatchObject({ state: 'open', escalation_level: 1 })
  expect((await request()).deadline.getTime() - (await request()).waiting_since.getTime()).toBe(240 * MINUTE)
  await expect.poll(sent).toBe(2)

  // Rejected: nothing more, however long. Asked for again: a wait of its own from then on.
  await say('coo', 'reject')
  await env.sleep(24 * 60 * MINUTE)
  expect(await all()).toBe(2)
  await approve(world, DISTRICT, 'initialise', 'fin')
  await approve(world, DISTRICT, 'sign-off', 'coo')
  await handle.result()

  // After the sign-off it is the same: the workflow stays for it.
  await say('coo', 'ask')
  await env.sleep(130 * MINUTE)
  await expect.poll(async () => (await alarms()).map(([kind, level, minutes]) => [kind, level, minutes])).toEqual([['reminder', 0, 90], ['escalation', 1, 120]])
  await say('fin', 'approve')
  expect(await request()).toMatchObject({ state: 'approved' })
  await until(world, DISTRICT, 'carry-forward', 'awaiting-approval')
  await env.sleep(6 * 60 * MINUTE)
  expect(await all()).toBe(4)
  const latest = env.client.workflow.getHandle(handle.workflowId)
  await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, await latest.fetchHistory(), handle.workflowId)
})

it('is neither lost nor doubled when the worker goes away', async () => {
  const here = await createWorld()
  try {
    for (const name of PEOPLE) person(here, name, ['finance', 'coordinator'])
    const first = await here.startWorker({ engines: realBooks(here) })
    await importUnit(here, DISTRICT, '1000.00')
    expect(await here.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test', escalateAfterMs: 4_000 })).toMatchObject({ ok: true })
    await closeYear(here, DISTRICT, PEOPLE)
    await until(here, DISTRICT, 'initialise', 'awaiting-approval')
    expect(await here.operations.decideUndo({ year: YEAR, district: DISTRICT, actor: 'fin', comment: '更正', word: 'ask' })).toMatchObject({ ok: true })
    await first.stop()
    const due = () => sql<{ kind: string; ms: number }>`select n.kind, (extract(epoch from n.due_at - u.waiting_since) * 1000)::float8 as ms
      from notifications n join undo_requests u on u.request_id = n.undo_request where level < 2 order by n.due_at`.execute(here.database.db).then(({ rows }) => rows)
    expect(await due()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    await here.startWorker({ engines: realBooks(here) })
    await expect.poll(due).toEqual([{ kind: 'reminder', ms: 3_000 }, { kind: 'escalation', ms: 4_000 }])
  } finally {
    await here.close()
  }
})
