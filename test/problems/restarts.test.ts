/** The worker and the Temporal server killed between two alarms: each alarm comes once, none comes late, none after the end. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { parse, stringify } from 'yaml'
import { afterEach, describe, expect, it } from 'vitest'
import { locate } from '../../config/load.ts'
import { killAll, killableServer, killableWorker } from '../support/killable.ts'
import { type World, address, createWorld, person } from '../workflows/world.ts'
import { report, say } from './desk.ts'

let world: World | undefined
afterEach(async () => {
  killAll()
  await world?.close()
  world = undefined
})

/** The ladder of two hours in 16 seconds; every day is in the window. */
async function begin(at = address()): Promise<World> {
  world = await createWorld({ address: at })
  const { overlay } = world.folders
  const read = (file: string) => parse(readFileSync(locate(file, undefined), 'utf8')) as Record<string, never>
  mkdirSync(overlay, { recursive: true })
  const service = read('service.yaml') as unknown as { resolution: object; response: object }
  writeFileSync(join(overlay, 'service.yaml'), stringify({ ...service, window: { from: '01-01', to: '12-31' }, resolution: { ...service.resolution, in_window: '16s' }, response: { ...service.response, within: '16s' } }))
  const ladder = [{ after: '4s', to: ['engineer'] }, { after: '8s', to: ['lead'] }, { after: '12s', to: ['coordinator'] }, { breach: true, to: ['service-manager'] }]
  const escalation = read('escalation.yaml') as unknown as { problems: { ladders: object } }
  writeFileSync(join(overlay, 'escalation.yaml'), stringify({ ...escalation, problems: { ...escalation.problems, ladders: { ...escalation.problems.ladders, response: ladder, resolution: ladder } } }))
  person(world, 'eng', ['engineer'])
  return world
}

/** Alarms so far: rung, seconds from the beginning of the clock to when it was due. */
async function alarms(): Promise<string[]> {
  const { rows } = await sql<{ level: number; due: number }>`
    select level, extract(epoch from due_at - clock_from)::float8 as due from notifications n join problems p using (problem_id) order by n.sequence`.execute(world!.database.db)
  return rows.map(({ level, due }) => `${level} @${Math.round(due)}`)
}

/** To the breach: each rung once and in order, at its own time; one that another has overtaken while nothing ran is left out. */
async function untilBreach(): Promise<string[]> {
  await expect.poll(alarms).toContain('4 @16')
  const raised = await alarms()
  expect(raised[0]).toBe('1 @4')
  expect(raised).toEqual(['1 @4', '2 @8', '3 @12', '4 @16'].filter((one) => raised.includes(one)))
  expect(await world!.database.db.selectFrom('problem_breaches').select(['district', 'user_name']).execute()).toEqual([{ district: '152501', user_name: '张会计' }])
  return raised
}

describe('a problem outlasts', () => {
  it('a worker that is killed between two alarms', async () => {
    await begin()
    const first = killableWorker(world!)
    const id = await report(world!)
    await expect.poll(alarms).toEqual(['1 @4'])
    first.kill('SIGKILL')
    await world!.startWorker()
    await untilBreach()
    await say(world!, id, { action: 'resolve', confirmedBy: '张会计', comment: '' })
  })

  it('a Temporal server that is killed: what was passed meanwhile is not called, the next alarm is', { timeout: 120_000 }, async () => {
    const server = await killableServer()
    await begin(server.address)
    await world!.startWorker()
    const id = await report(world!)
    await expect.poll(alarms).toEqual(['1 @4'])
    await server.kill()
    // The rung of 8 s goes by while nothing answers.
    await sleep(5_000)
    await server.begin()
    const raised = await untilBreach()
    await say(world!, id, { action: 'resolve', confirmedBy: '张会计', comment: '' })
    await sleep(1_000)
    expect(await alarms()).toEqual(raised)
  })
})
