/** The exact times of reminders and escalations, on the server that skips time. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelUpdate, pauseUpdate, resumeUpdate } from '../../workflows/messages.ts'
import { type StartedDistrict, type TimedWorld, createTimedWorld, startDistrict } from './timed-world.ts'
import { approve, person, until } from './world.ts'

const MINUTE = 60_000

describe('a wait on a person', () => {
  let timed: TimedWorld
  let env: TimedWorld['env']
  let world: TimedWorld['world']
  let next = 0
  beforeAll(async () => {
    ({ env, world } = timed = await createTimedWorld())
    person(world, 'fin', ['finance'])
    person(world, 'fin2', ['finance'])
    await world.startWorker()
  })
  afterAll(() => timed.close())

  /** A district whose assets block, so that exactly one other step waits: in-transit. */
  async function begin(): Promise<StartedDistrict> {
    const district = `d${(next += 1)}`
    await world.import(district)
    world.failures.set(`${district}/asset-health`, new Error('not now'))
    const started = await startDistrict(world, district)
    await until(world, district, 'in-transit', 'awaiting-approval')
    await until(world, district, 'asset-health', 'failed')
    return started
  }

  /** Alarms of in-transit: kind, level, minutes from the beginning of the wait to when it was due, in that order. */
  async function alarms({ runId }: StartedDistrict, step = 'in-transit'): Promise<[string, number, number][]> {
    const { rows } = await sql<{ kind: string; level: number; minutes: number }>`
      select n.kind, n.level, (extract(epoch from n.due_at - h.at) / 60)::float8 as minutes
      from notifications n join lateral (select at from step_history h where h.run_id = n.run_id and h.step = n.step
        and h.state in ('awaiting-approval', 'failed', 'blocked') and h.at <= n.due_at order by history_id desc limit 1) h on true
      where n.run_id = ${runId} and n.step = ${step} order by n.due_at, n.level`.execute(world.database.db)
    return rows.map(({ kind, level, minutes }) => [kind, level, minutes])
  }

  /** Every alarm so far was delivered to the log and the terminal UI: nothing is on its way. */
  const quiet = ({ runId }: StartedDistrict) => expect.poll(async () => (await sql<{ open: number }>`
    select count(*)::int as open from notifications n where run_id = ${runId}
      and (select count(*) from deliveries d where d.notification_id = n.notification_id) < 2`.execute(world.database.db)).rows[0]!.open).toBe(0)

  const end = async (district: StartedDistrict) => {
    await quiet(district)
    const { handle } = district
    await handle.executeUpdate(cancelUpdate, { args: [{ by: 'test' }] })
    await handle.result().catch(() => {})
  }

  it('reminds at 90 minutes, escalates at 2 hours and again each 2 hours, up the ladder and then on its last rung', async () => {
    const district = await begin()
    await env.sleep(90 * MINUTE - 5_000)
    expect(await alarms(district)).toEqual([])
    await env.sleep(10_000)
    await expect.poll(() => alarms(district)).toEqual([['reminder', 0, 90]])
    await env.sleep(29 * MINUTE)
    expect(await alarms(district)).toHaveLength(1)
    await env.sleep(2 * MINUTE)
    await expect.poll(() => alarms(district)).toEqual([['reminder', 0, 90], ['escalation', 1, 120]])
    expect((await until(world, district.district, 'in-transit', 'awaiting-approval')).escalation_level).toBe(1)
    await env.sleep(6 * 60 * MINUTE)
    await expect.poll(() => alarms(district)).toEqual([
      ['reminder', 0, 90], ['escalation', 1, 120], ['escalation', 2, 240], ['escalation', 3, 360], ['escalation', 3, 480],
    ])
    await end(district)
  })

  it('raises no alarm after the decision, however much time goes by', async () => {
    const district = await begin()
    await env.sleep(119 * MINUTE)
    await quiet(district)
    await approve(world, district.district, 'in-transit', 'fin')
    await until(world, district.district, 'reconcile', 'awaiting-approval')
    await env.sleep(24 * 60 * MINUTE)
    expect((await alarms(district)).map(([kind]) => kind)).toEqual(['reminder'])
    await end(district)
  })

  it('keeps the deadlines of a paused run where they were, and calls nobody while it is paused', async () => {
    const district = await begin()
    await env.sleep(60 * MINUTE)
    await district.handle.executeUpdate(pauseUpdate, { args: [{ by: 'test' }] })
    await env.sleep(100 * MINUTE)
    expect(await alarms(district)).toEqual([])
    await district.handle.executeUpdate(resumeUpdate, { args: [{ by: 'test' }] })
    await env.sleep(1_000)
    await expect.poll(async () => (await alarms(district)).map(([kind, level]) => [kind, level])).toEqual([['reminder', 0], ['escalation', 1]])
    const { rows } = await sql<{ minutes: number }>`
      select (extract(epoch from max(due_at) - min(due_at)) / 60)::float8 as minutes from notifications where run_id = ${district.runId} and step = 'in-transit'`.execute(world.database.db)
    expect(rows[0]!.minutes).toBe(30)
    await end(district)
  })

  it('gives each person of a double approval a wait of their own', async () => {
    const district = await begin()
    await approve(world, district.district, 'in-transit', 'fin')
    await approve(world, district.district, 'reconcile', 'fin')
    await until(world, district.district, 'carry-forward', 'awaiting-approval')
    await env.sleep(80 * MINUTE)
    await approve(world, district.district, 'carry-forward', 'fin')
    await env.sleep(80 * MINUTE)
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from notifications where run_id = ${district.runId} and step = 'carry-forward'`.execute(world.database.db)
    expect(rows[0]!.count).toBe(0)
    await approve(world, district.district, 'carry-forward', 'fin2')
    await until(world, district.district, 'carry-forward', 'approved')
    await end(district)
  })
})
