/** An upgrade while a year-end is open: what began on the old workflow code ends on it, what begins later runs on the new. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DeterminismViolationError } from '@temporalio/workflow'
import { Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Logger } from '../../activities/deps.ts'
import { type WorkflowBundle, buildIdOf, workflowBundle } from '../../worker/bundle.ts'
import { bundleWorkflows } from '../../worker/bundle-workflows.ts'
import { districtWorkflowId, yearEndWorkflowId } from '../../workflows/ids.ts'
import { LEAGUE, PEOPLE, YEAR, type World, addPeople, createWorld, finishDistrict, until } from './world.ts'

const [DISTRICT, LATE, OTHER] = ['152501', '152502', '152522'] as const
const folder = mkdtempSync(join(tmpdir(), 'nianjie-upgrade-'))
const builds = join(folder, 'builds')
const before = workflowBundle()
let after: WorkflowBundle
let world: World
const worlds: World[] = []

beforeAll(async () => {
  const codePath = join(folder, 'changed.js')
  writeFileSync(codePath, await bundleWorkflows(fileURLToPath(new URL('changed/index.ts', import.meta.url))))
  after = { codePath, buildId: buildIdOf(readFileSync(codePath)) }
})
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close()
  rmSync(builds, { recursive: true, force: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function begin(): Promise<void> {
  worlds.push(world = await createWorld())
  addPeople(world)
  for (const district of [DISTRICT, LATE, OTHER, LEAGUE]) await world.import(district)
}

/** A worker as production runs it. `served` gives the builds that it serves now, as its log says. */
async function serve(bundle: WorkflowBundle, becomeCurrent = true) {
  const served = new Set([bundle.buildId])
  const info = (fields: object, text: string) => {
    const { build } = fields as { build: string }
    if (text.startsWith('serving an older build')) served.add(build)
    if (text.endsWith('no longer served')) served.delete(build)
  }
  const log: Logger = { info, warn: () => {} }
  const worker = await world.startWorker({ bundle, versioned: true, becomeCurrent, buildsFolder: builds, lookEveryMs: 200, log })
  return { ...worker, served: () => [...served] }
}

const start = (kind: 'real' | 'rehearsal', district: string) => world.operations.start({ year: YEAR, districts: [district], kind, by: 'test' })

/** The builds whose workers took the workflow's tasks, and the tasks that failed. */
async function tasksOf(workflowId: string) {
  const history = await world.client.workflow.getHandle(workflowId).fetchHistory()
  const events = history.events ?? []
  return {
    history,
    builds: [...new Set(events.flatMap(({ workflowTaskCompletedEventAttributes: done }) => (done ? [done.deploymentVersion?.buildId] : [])))],
    failed: events.flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed ? [failed.failure?.message] : [])),
  }
}

describe('an upgrade with a year-end open', () => {
  it('lets it go on to its end on its own workflow code, and begins new ones on the new', { timeout: 120_000 }, async () => {
    expect(after.buildId).not.toBe(before.buildId)
    await begin()
    const old = await serve(before)
    expect(await start('real', DISTRICT)).toMatchObject({ ok: true })
    await until(world, DISTRICT, 'in-transit', 'awaiting-approval')
    await old.stop()

    const worker = await serve(after)
    expect(worker.served()).toEqual([after.buildId, before.buildId])
    expect(await start('rehearsal', OTHER)).toMatchObject({ ok: true })
    // A district that joins a year that is open runs on the year's code.
    expect(await start('real', LATE)).toMatchObject({ ok: true })
    await world.client.workflow.getHandle(districtWorkflowId(YEAR, OTHER, 'rehearsal')).result()
    await Promise.all([DISTRICT, LATE].map((district) => finishDistrict(world, district, PEOPLE)))
    await world.client.workflow.getHandle(yearEndWorkflowId(YEAR)).result()

    const onOld = await tasksOf(districtWorkflowId(YEAR, DISTRICT))
    expect(onOld).toMatchObject({ builds: [before.buildId], failed: [] })
    await expect(Worker.runReplayHistory({ workflowBundle: after }, onOld.history)).rejects.toThrow(DeterminismViolationError)
    for (const id of [districtWorkflowId(YEAR, LATE), yearEndWorkflowId(YEAR)]) expect(await tasksOf(id)).toMatchObject({ builds: [before.buildId], failed: [] })
    for (const id of [districtWorkflowId(YEAR, OTHER, 'rehearsal'), yearEndWorkflowId(YEAR, 'rehearsal')]) {
      expect(await tasksOf(id)).toMatchObject({ builds: [after.buildId], failed: [] })
    }

    // The old build is let go by the worker that runs, and no worker takes it up again.
    await expect.poll(worker.served).toEqual([after.buildId])
    await worker.stop()
    expect((await serve(after)).served()).toEqual([after.buildId])
  })

  it('serves the older build also for runs that begin on it until the new build is the current one', async () => {
    await begin()
    await (await serve(before)).stop()
    const worker = await serve(after, false)
    expect(await start('rehearsal', OTHER)).toMatchObject({ ok: true })
    await world.client.workflow.getHandle(districtWorkflowId(YEAR, OTHER, 'rehearsal')).result()
    expect(await tasksOf(districtWorkflowId(YEAR, OTHER, 'rehearsal'))).toMatchObject({ builds: [before.buildId], failed: [] })
    await worker.stop()
    const current = await serve(after)
    await expect.poll(current.served).toEqual([after.buildId])
  })
})
