import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../books/audit.ts'
import { districtWorkflowId } from '../../workflows/ids.ts'
import { PEOPLE, YEAR, type World, addPeople, createWorld, finishDistrict, person, stepsOf } from './world.ts'

describe('the year-end of a district', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    addPeople(world)
    person(world, 'eng', ['engineer'])
    await world.startWorker()
  })
  afterAll(() => world.close())

  it('goes from step to step with signed approvals and ends signed off', async () => {
    await world.import('152501')
    expect(await world.operations.start({ year: YEAR, districts: ['152501'], kind: 'real', by: 'test' })).toEqual({ ok: true, started: ['152501'] })
    await finishDistrict(world, '152501', PEOPLE)
    const handle = world.client.workflow.getHandle(districtWorkflowId(YEAR, '152501'))
    expect(await handle.result()).toEqual({ district: '152501', outcome: 'completed' })
    const states = [...(await stepsOf(world, '152501')).values()].map(({ state }) => state)
    expect(states).toEqual(Array.from({ length: 6 }, () => 'approved'))
    const { historyLength } = await handle.describe()
    expect(historyLength).toBeLessThan(400)
    expect(await verifyAudit(world.database.db)).toMatchObject({ bad: null })
  })
})
