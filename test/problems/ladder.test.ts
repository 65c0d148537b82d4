/** The ladder of a problem at its exact times, on the server that skips time. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operationsOf } from '../../cli/operations/index.ts'
import { type TimedWorld, createTimedWorld } from '../workflows/timed-world.ts'
import { person } from '../workflows/world.ts'
import { DISTRICT, MINUTE, eventsOf, quiet, report, say } from './desk.ts'

/** Every day is in the window, so that a fault has two hours whenever the test runs. */
const SERVICE = `
time_zone: '+08:00'
clock_start: called
response: { within: 2h, channels: [mini-program, wechat], kinds: [fault, request, consultation] }
resolution: { kinds: [fault], in_window: 2h, working_days: 3 }
reopened: continue
window: { from: '01-01', to: '12-31' }
windows: []
live_year_end_counts: false
same_report_within: 30m
parties: { engineer: { name: { zh: 工程师, en: engineer }, pauses: false }, bank: { name: { zh: 银行, en: bank }, pauses: true } }
may: { open: [engineer], acknowledge: [engineer], take: [engineer], assign: [engineer], wait: [engineer], resume: [engineer], resolve: [engineer], reopen: [engineer] }
`
const ROSTER = `
people: [{ name: 甲 }, { name: 乙 }, { name: 丙, email: c@example.org }]
shifts:
  - { level: engineer, from: '2020-01-01 00:00', to: '2090-01-01 00:00', people: [甲, 乙] }
  - { level: lead, from: '2020-01-01 00:00', to: '2090-01-01 00:00', people: [丙] }
`

describe('a problem', () => {
  let timed: TimedWorld
  let env: TimedWorld['env']
  let world: TimedWorld['world']
  beforeAll(async () => {
    ({ env, world } = timed = await createTimedWorld())
    mkdirSync(world.folders.overlay, { recursive: true })
    writeFileSync(join(world.folders.overlay, 'service.yaml'), SERVICE)
    writeFileSync(join(world.folders.overlay, 'roster.yaml'), ROSTER)
    world.operations = operationsOf({ books: world.database, client: world.client, config: world.config, ...world.folders, now: async () => new Date(await env.currentTimeMs()) })
    person(world, 'eng', ['engineer'])
    person(world, 'other', ['engineer'], ['152502'])
    await world.startWorker()
  })
  afterAll(() => timed.close())

  const breaches = async (id: string) => (await sql<{ district: string; user_name: string; clock: string; party: string; withdrawn: boolean }>`
    select district, user_name, clock, party, withdrawn_at is not null as withdrawn from problem_breaches where problem_id = ${id}`.execute(world.database.db)).rows
  const settled = (id: string, expected: readonly string[]) => expect.poll(() => eventsOf(world, id)).toEqual(expected)

  it('climbs the ladder at 30, 60 and 90 minutes, is passed on while nobody answers, and is a breach right after 120', async () => {
    const id = await report(world)
    await env.sleep(30 * MINUTE - 5_000)
    expect(await eventsOf(world, id)).toEqual([])
    await env.sleep(10_000)
    await settled(id, ['alarm resolution 0.0 @30'])
    await env.sleep(91 * MINUTE)
    await settled(id, [
      'alarm resolution 0.0 @30', 'passed-on resolution 0.1 @40', 'passed-on resolution 0.2 @50', 'alarm resolution 1.0 @60', 'passed-on resolution 1.1 @70',
      'alarm resolution 2.0 @90', 'breach resolution 3.0 @120',
    ])
    const { rows } = await sql<{ called: string }>`select string_agg(p->>'name', ' ') as called from notifications n left join lateral jsonb_array_elements(to_people) p on true
      where problem_id = ${id} group by n.notification_id, n.sequence order by n.sequence`.execute(world.database.db)
    expect(rows.map(({ called }) => called)).toEqual(['甲', '乙', '丙', '丙', null, null, null])
    expect(await breaches(id)).toEqual([{ district: DISTRICT, user_name: '张会计', clock: 'resolution', party: 'engineer', withdrawn: false }])
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: '张会计', comment: '' })
    await env.sleep(24 * 60 * MINUTE)
    expect(await eventsOf(world, id)).toHaveLength(8)
  })

  it('is in time at exactly 120 minutes, and a breach one millisecond later', async () => {
    const calledAt = new Date(await env.currentTimeMs())
    const [exact, late] = [await report(world, { calledAt, user: 'exact' }), await report(world, { calledAt, user: 'late' })]
    await env.sleep(calledAt.getTime() + 119 * MINUTE - await env.currentTimeMs())
    const at = (ms: number) => operationsOf({ books: world.database, client: world.client, config: world.config, ...world.folders, now: () => Promise.resolve(new Date(calledAt.getTime() + ms)) })
    const resolved = { action: 'resolve', confirmedBy: 'x', comment: '' } as const
    expect(await at(120 * MINUTE).actOnProblem({ actor: 'eng', problemId: exact, word: resolved })).toEqual({ ok: true })
    expect(await at(120 * MINUTE + 1).actOnProblem({ actor: 'eng', problemId: late, word: resolved })).toEqual({ ok: true })
    expect(await breaches(exact)).toEqual([])
    expect((await breaches(late)).map(({ user_name, withdrawn }) => [user_name, withdrawn])).toEqual([['late', false]])
  })

  it('calls nobody further once an alarm was taken, until the next rung, and none after the resolution', async () => {
    const id = await report(world, { user: 'taken' })
    await env.sleep(31 * MINUTE)
    await settled(id, ['alarm resolution 0.0 @30'])
    await say(world, id, { action: 'take', comment: '' })
    await env.sleep(28 * MINUTE)
    expect(await eventsOf(world, id)).toEqual(['alarm resolution 0.0 @30', 'take'])
    await env.sleep(2 * MINUTE)
    await settled(id, ['alarm resolution 0.0 @30', 'take', 'alarm resolution 1.0 @60'])
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
    await env.sleep(10 * 60 * MINUTE)
    expect(await eventsOf(world, id)).toEqual(['alarm resolution 0.0 @30', 'take', 'alarm resolution 1.0 @60', 'resolve'])
  })

  it('keeps the two clocks apart: an answer stops the response, not the resolution', async () => {
    const id = await report(world, { user: 'both', channel: 'wechat' })
    await env.sleep(31 * MINUTE)
    await settled(id, ['alarm response 0.0 @30', 'alarm resolution 0.0 @30'])
    await say(world, id, { action: 'acknowledge', comment: '' })
    await env.sleep(90 * MINUTE)
    await settled(id, ['alarm response 0.0 @30', 'alarm resolution 0.0 @30', 'acknowledge', 'alarm resolution 1.0 @60', 'passed-on resolution 1.1 @70', 'alarm resolution 2.0 @90', 'breach resolution 3.0 @120'])
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
    const asked = await report(world, { user: 'asked', channel: 'mini-program', kind: 'request' })
    await env.sleep(125 * MINUTE)
    await expect.poll(() => breaches(asked)).toEqual([{ district: DISTRICT, user_name: 'asked', clock: 'response', party: 'engineer', withdrawn: false }])
    await quiet(world)
    await say(world, asked, { action: 'resolve', confirmedBy: 'u', comment: '' })
  })

  it('has what was left of its time when it is opened again', async () => {
    const id = await report(world, { user: 'again' })
    await env.sleep(100 * MINUTE)
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
    await env.sleep(300 * MINUTE)
    await say(world, id, { action: 'reopen', reason: '又出现' })
    await env.sleep(25 * MINUTE)
    await expect.poll(() => breaches(id)).toHaveLength(1)
    expect((await eventsOf(world, id)).at(-1)).toMatch(/^breach resolution 3\.0 @420(\.\d+)?$/)
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
  })

  it('that is written down late calls the rung that it has reached, not those that are past', async () => {
    const id = await report(world, { user: 'belated', calledAt: new Date(await env.currentTimeMs() - 95 * MINUTE) })
    await env.sleep(1_000)
    await expect.poll(async () => (await eventsOf(world, id)).map((one) => one.split('@')[0])).toEqual(['alarm resolution 2.0 '])
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
  })

  it('shows the pause of a wait, and keeps the contractual clock', async () => {
    const id = await report(world, { user: 'waits' })
    await env.sleep(10 * MINUTE)
    await say(world, id, { action: 'wait', on: 'bank', reason: '等回单' })
    await env.sleep(45 * MINUTE)
    await say(world, id, { action: 'resume', comment: '' })
    const row = await world.database.db.selectFrom('problems').select(['paused_ms', 'resolution_due', 'clock_from', 'state']).where('problem_id', '=', id).executeTakeFirstOrThrow()
    expect(Math.round(Number(row.paused_ms) / MINUTE)).toBe(45)
    expect(row.resolution_due!.getTime() - row.clock_from.getTime()).toBe(120 * MINUTE)
    expect(row.state).toBe('open')
    const parties = await world.database.db.selectFrom('problem_events').select(['action', 'party']).where('problem_id', '=', id).where('action', 'in', ['open', 'wait', 'alarm', 'resume']).orderBy('sequence').execute()
    expect(parties.map(({ action, party }) => `${action} ${party}`)).toEqual(['open engineer', 'wait bank', 'alarm bank', 'resume engineer'])
    await quiet(world)
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
  })

  it('is refused to whom it does not belong and in the wrong state, and nothing is written', async () => {
    const id = await report(world, { user: 'refused' })
    await expect(say(world, id, { action: 'acknowledge', comment: '' }, 'other')).rejects.toThrow('wrong-district')
    await expect(say(world, id, { action: 'resume', comment: '' })).rejects.toThrow('wrong-state')
    await expect(say(world, id, { action: 'wait', on: 'nobody', reason: 'x' })).rejects.toThrow('malformed')
    await expect(say(world, id, { action: 'assign', to: 'other', comment: '' })).rejects.toThrow('wrong-district')
    await say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })
    await expect(say(world, id, { action: 'resolve', confirmedBy: 'u', comment: '' })).rejects.toThrow('wrong-state')
    expect(await eventsOf(world, id)).toEqual(['resolve'])
  })
})
