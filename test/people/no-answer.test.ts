// What a person is told when nobody answers, or when there is nothing to do.
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ActivityFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Unreachable, noAnswer } from '../../cli/operations/no-answer.ts'
import { describeError } from '../../cli/shared/exit.ts'
import { type World, YEAR, approve, createWorld, impatient, person, until } from '../workflows/world.ts'

const HAN = /\p{Script=Han}/u

describe('without an answer', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    person(world, 'fin', ['finance'])
  })
  afterAll(() => world.close())

  it('a decision is kept, the message says so in one language, and a worker that is back judges it', async () => {
    const district = '152501'
    const worker = await world.startWorker()
    await world.import(district)
    await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })
    await until(world, district, 'in-transit', 'awaiting-approval')
    await worker.stop()
    const error: unknown = await impatient(world).decideStep({ year: YEAR, district, step: 'in-transit', kind: 'approve', actor: 'fin', comment: '' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Unreachable)
    const { decision_id: id } = await world.database.db.selectFrom('decisions').select('decision_id').where('accepted', 'is', null).executeTakeFirstOrThrow()
    const { code, text } = describeError(error)
    expect(code).toBe(4)
    for (const words of [text.zh, text.en]) expect(words).toContain(id)
    expect(text.en).toContain('will be judged when a worker is back')
    expect(text.en).not.toMatch(HAN)
    expect(text.zh).toMatch(HAN)
    const back = await world.startWorker()
    await until(world, district, 'in-transit', 'approved')
    await back.stop()
  })

  it('nothing is started, the message says so, and the districts can be started when a worker is there', async () => {
    const district = '152522'
    await world.import(district)
    const begin = { year: YEAR, districts: [district], kind: 'rehearsal', by: 'test' } as const
    const { code, text } = describeError(await impatient(world).start(begin).catch((reason: unknown) => reason))
    expect(code).toBe(4)
    expect(text.en).toContain('nothing was started')
    await world.startWorker()
    expect(await world.operations.start(begin)).toEqual({ ok: true, started: [district] })
    await until(world, district, 'in-transit', 'awaiting-approval', 'approved')
  })

  it('of a worker that broke off, the reason is told, and that the decision is recorded', () => {
    const silence = new TimeoutFailure('activity Heartbeat timeout', undefined, TimeoutType.HEARTBEAT)
    const failure = new ActivityFailure('Activity task failed', 'judge', '7', RetryState.TIMEOUT, 'worker', silence)
    const { code, text } = describeError(noAnswer(new WorkflowUpdateFailedError('Workflow Update failed', failure), { what: 'decision', decisionId: 'd-1' }, 60_000))
    expect(code).toBe(4)
    expect(text.en).toMatch(/d-1.*recorded.*activity Heartbeat timeout/)
    expect(text.zh).toMatch(/d-1.*已记录.*activity Heartbeat timeout/)
  })

  it('of Temporal, the decision counts as not delivered; another fault stays what it was', () => {
    const gone = Object.assign(new Error('UNAVAILABLE'), { code: 14 })
    expect(noAnswer(gone, { what: 'decision', decisionId: 'd-1' }, 60_000)!.text.en).toContain('was not delivered')
    expect(noAnswer(new TypeError('x is undefined'), { what: 'decision', decisionId: 'd-1' }, 60_000)).toBeNull()
  })
})

describe('a recheck that would change nothing', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    person(world, 'fin', ['finance'])
    await world.startWorker()
  })
  afterAll(() => world.close())

  it('is refused with the reason: the step has not begun, is at work, or is approved', async () => {
    const district = '152502'
    let open = () => {}
    const gate = new Promise<void>((resolve) => { open = resolve })
    world.gate.wait = ({ step }) => step === 'reconcile' ? gate : Promise.resolve()
    await world.import(district)
    await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })
    const recheck = (step: 'in-transit' | 'reconcile' | 'initialise') => world.operations.recheck({ year: YEAR, district, step, by: 'test' })
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'running')
    expect(await recheck('reconcile')).toMatchObject({ ok: false, code: 'wrong-state', en: expect.stringContaining('is running') })
    expect(await recheck('initialise')).toMatchObject({ ok: false, code: 'wrong-state', en: expect.stringContaining('has not begun') })
    expect(await recheck('in-transit')).toMatchObject({ ok: false, code: 'wrong-state', en: expect.stringContaining('is approved') })
    open()
    await until(world, district, 'reconcile', 'awaiting-approval')
    expect(await recheck('reconcile')).toEqual({ ok: true })
  })
})
