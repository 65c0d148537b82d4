/** Worker and server stopped, killed and started again in the middle: nothing is lost, nothing is done twice. */
import { Worker } from '@temporalio/worker'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { workflowBundle } from '../../worker/bundle.ts'
import { districtWorkflowId } from '../../workflows/ids.ts'
import { killAll, killableServer, killableWorker } from '../support/killable.ts'
import { PEOPLE, YEAR, type World, addPeople, address, approve, createWorld, finishDistrict, stepsOf, until } from './world.ts'

const DISTRICT = '152501'
let world: World | undefined
afterEach(async () => {
  killAll()
  await world?.close()
  world = undefined
})

async function begin(at = address()): Promise<World> {
  world = await createWorld({ address: at })
  addPeople(world)
  await world.import(DISTRICT)
  return world
}
const start = (escalateAfterMs?: number) => world!.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test', escalateAfterMs })

describe('the year-end', () => {
  it('survives a worker that is killed in the middle of a step: the step is done once', { timeout: 150_000 }, async () => {
    const { database, client, startWorker } = await begin()
    const child = killableWorker(world!, { slowSeconds: 8 })
    expect(await start()).toMatchObject({ ok: true })
    await until(world!, DISTRICT, 'in-transit', 'running')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect((await stepsOf(world!, DISTRICT)).get('in-transit')!.state).toBe('running')
    child.kill('SIGKILL')
    await startWorker()
    // The dead worker is noticed by its missing heartbeats.
    await expect.poll(async () => (await stepsOf(world!, DISTRICT)).get('in-transit')!.state).toBe('awaiting-approval')
    expect((await stepsOf(world!, DISTRICT)).get('in-transit')!.generation).toBe(1)
    await finishDistrict(world!, DISTRICT, PEOPLE)
    const results = await database.db.selectFrom('step_results').select(['step', 'generation']).orderBy('step').execute()
    expect(results.map(({ step, generation }) => `${step}/${generation}`)).toEqual(['asset-health/1', 'carry-forward/1', 'in-transit/1', 'initialise/1', 'reconcile/1', 'sign-off/1'])
    const history = await client.workflow.getHandle(districtWorkflowId(YEAR, DISTRICT)).fetchHistory()
    await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)
  })

  it('neither loses nor repeats an alarm when worker and server are restarted in between', { timeout: 150_000 }, async () => {
    const server = await killableServer()
    const { database, startWorker } = await begin(server.address)
    const before = await startWorker()
    expect(await start(20_000)).toMatchObject({ ok: true })
    await until(world!, DISTRICT, 'in-transit', 'awaiting-approval')
    await until(world!, DISTRICT, 'asset-health', 'awaiting-approval')
    await approve(world!, DISTRICT, 'asset-health', 'fin')
    const alarms = async () => (await sql<{ kind: string; level: number; after: number }>`
      select n.kind, n.level, (extract(epoch from n.due_at - s.waiting_since))::float8 as after from notifications n join step_states s using (run_id, step)
      where n.step = 'in-transit' order by n.due_at`.execute(database.db)).rows.map(({ kind, level, after }) => `${kind} ${level} ${after}`)
    await before.stop()
    await server.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 18_000))
    await server.begin()
    await startWorker()
    await expect.poll(alarms).toEqual(expect.arrayContaining(['reminder 0 15', 'escalation 1 20']))
    await approve(world!, DISTRICT, 'in-transit', 'fin')
    const raised = await alarms()
    expect(new Set(raised).size).toBe(raised.length)
  })
})
