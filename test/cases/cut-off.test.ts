/** The ladder of a case and its cut-off, on the server that skips time. */
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesWorkflowId } from '../../workflows/ids.ts'
import { type World, YEAR, createWorld, person, until } from '../workflows/world.ts'
import { HOUR, alarmsOf, begin, findingsOf, importDocuments, realScan, withCutOff } from './office.ts'

describe('a case', () => {
  let env: TestWorkflowEnvironment
  let world: World
  beforeAll(async () => {
    env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: process.env.NIANJIE_TEST_TIME_SKIPPING_SERVER! } },
    })
    world = await createWorld({ address: env.address, client: env.client, namespace: 'default' })
    person(world, 'eng', ['engineer'])
    person(world, 'coo', ['coordinator'])
    await world.startWorker({ engines: realScan(world) })
  })
  afterAll(async () => {
    await world.close()
    await env.teardown()
  })
  const sleepUntil = async (time: number) => env.sleep(Math.max(1, time - await env.currentTimeMs()))

  it('calls people on its ladder, and at its cut-off does what somebody approved beforehand, once', async () => {
    const district = '152501'
    await importDocuments(world, district, [
      { type: 'PAY_APPLY', number: 'a1', status: 'draft', amount: '100' }, { type: 'PAY_APPLY', number: 'a2', status: 'submitted', amount: '23.45' },
      { type: 'PAY_CERT', number: 'c1', status: 'sent', amount: '7' }, { type: 'BGT_FREEZE', number: 'f1', status: 'draft', amount: '1' },
      { type: 'BGT_ADJ', number: 'b1', status: 'draft', amount: '5' },
    ])
    const { config, cutOff } = withCutOff(world.config, await env.currentTimeMs(), 8)
    const { runId, handle } = await begin(env, world, config, district)
    expect(await world.operations.approveDefault({ year: YEAR, district, type: 'PAY_APPLY', number: '', comment: '截止作废', actor: 'eng', action: 'void' })).toMatchObject({ ok: true })
    await sleepUntil(cutOff - 72 * HOUR - 60_000)
    expect(await alarmsOf(world, runId, cutOff)).toEqual([])
    await sleepUntil(cutOff - 23 * HOUR)
    await expect.poll(() => alarmsOf(world, runId, cutOff), { timeout: 10_000 }).toEqual(['reminder 1 72h engineer', 'reminder 2 24h coordinator,engineer'])
    await sleepUntil(cutOff - 60_000)
    expect((await findingsOf(world, runId)).filter((text) => !text.endsWith(' open'))).toEqual([])
    await sleepUntil(cutOff + 120_000)
    await expect.poll(() => findingsOf(world, runId), { timeout: 15_000 }).toEqual([
      'BGT_ADJ/b1 open', 'BGT_FREEZE/f1 open', 'PAY_APPLY/a1 resolved void eng', 'PAY_APPLY/a2 resolved void eng', 'PAY_CERT/c1 open',
    ])
    expect(await alarmsOf(world, runId, cutOff)).toEqual([
      'reminder 1 72h engineer', 'reminder 2 24h coordinator,engineer', 'reminder 3 2h coordinator', 'escalation 4 0h coordinator'])
    await env.sleep('3 days')
    expect(await world.database.db.selectFrom('case_firings').select(['attempt', 'findings']).execute()).toEqual([{ attempt: 1, findings: 2 }])
    expect((await until(world, district, 'in-transit', 'blocked')).generation).toBe(1)
    void handle; void casesWorkflowId
  })
})
