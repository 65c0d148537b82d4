/** A world on the server that skips time: days go by in a moment. */
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import type { StartRequest } from '../../cli/operations.ts'
import { createRuns } from '../../cli/operations/start.ts'
import type { Config } from '../../config/load.ts'
import { districtYearEnd } from '../../workflows/district.ts'
import { TASK_QUEUE, districtWorkflowId } from '../../workflows/ids.ts'
import { type World, YEAR, createWorld } from './world.ts'

export interface TimedWorld {
  env: TestWorkflowEnvironment
  world: World
  /** Lets time pass until then, epoch milliseconds. */
  sleepUntil(time: number): Promise<void>
  close(): Promise<void>
}

/** Time belongs to the whole server, so each test file has a server of its own. */
export async function createTimedWorld(): Promise<TimedWorld> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: process.env.NIANJIE_TEST_TIME_SKIPPING_SERVER! } },
  })
  const world = await createWorld({ address: env.address, client: env.client, namespace: 'default' })
  return {
    env, world,
    sleepUntil: async (time) => { await env.sleep(Math.max(1, time - await env.currentTimeMs())) },
    close: async () => {
      await world.close()
      await env.teardown()
    },
  }
}

export interface StartedDistrict {
  district: string
  runId: number
  scopeId: number
  handle: WorkflowHandleWithFirstExecutionRunId<typeof districtYearEnd>
}

/** Starts a district's year-end alone, without the year's workflow over it. */
export async function startDistrict(world: World, district: string, options: Partial<StartRequest> & { config?: Config } = {}): Promise<StartedDistrict> {
  const { config = world.config, ...changed } = options
  const { scope_id: scopeId } = await world.database.db.selectFrom('scopes').select('scope_id')
    .where('district', '=', district).executeTakeFirstOrThrow()
  const request: StartRequest = { year: YEAR, districts: [district], kind: 'real', by: 'test', ...changed }
  const [input] = await createRuns({ books: world.database, config }, request, [{ scopeId, district }])
  const workflowId = districtWorkflowId(YEAR, district)
  const handle = await world.client.workflow.start(districtYearEnd, { args: [input!], taskQueue: TASK_QUEUE, workflowId })
  return { district, runId: input!.runId, scopeId, handle }
}
