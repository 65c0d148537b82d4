/** The ladder of a case and its cut-off, on the server that skips time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesWorkflowId } from '../../workflows/ids.ts'
import { revokeActor } from '../../cli/operations/keys.ts'
import { cancelUpdate, pauseUpdate, resumeUpdate } from '../../workflows/messages.ts'
import { type TimedWorld, createTimedWorld } from '../workflows/timed-world.ts'
import { YEAR, person, until } from '../workflows/world.ts'
import { HOUR, alarmsOf, begin, findingsOf, realScan } from './office.ts'

describe('a case', () => {
  let timed: TimedWorld
  let env: TimedWorld['env']
  let world: TimedWorld['world']
  let sleepUntil: TimedWorld['sleepUntil']
  beforeAll(async () => {
    ({ env, world, sleepUntil } = timed = await createTimedWorld())
    person(world, 'eng', ['engineer', 'finance'])
    person(world, 'coo', ['coordinator'])
    person(world, 'fin', ['finance'])
    person(world, 'left', ['engineer'])
    person(world, 'other', ['engineer'], ['152502'])
    await world.startWorker({ engines: realScan(world) })
  })
  afterAll(() => timed.close())

  it('calls people on its ladder, and at its cut-off does what somebody approved beforehand, once', async () => {
    const district = '152501'
    const { runId, handle, cutOff } = await begin(timed, district, 8, [
      { type: 'PAY_APPLY', number: 'a1', status: 'draft', amount: '100' }, { type: 'PAY_APPLY', number: 'a2', status: 'submitted', amount: '23.45' },
      { type: 'PAY_CERT', number: 'c1', status: 'sent', amount: '7' }, { type: 'BGT_FREEZE', number: 'f1', status: 'draft', amount: '1' },
      { type: 'BGT_ADJ', number: 'b1', status: 'draft', amount: '5' },
    ])
    expect(await world.operations.approveDefault({ year: YEAR, district, type: 'PAY_APPLY', number: '', comment: '截止作废', actor: 'eng', action: 'void' })).toMatchObject({ ok: true })
    await sleepUntil(cutOff - 72 * HOUR - 60_000)
    expect(await alarmsOf(world, runId, cutOff)).toEqual([])
    await sleepUntil(cutOff - 23 * HOUR)
    await expect.poll(() => alarmsOf(world, runId, cutOff)).toEqual(['reminder 1 72h engineer', 'reminder 2 24h coordinator,engineer'])
    await sleepUntil(cutOff - 60_000)
    expect((await findingsOf(world, runId)).filter((text) => !text.endsWith(' open'))).toEqual([])
    await sleepUntil(cutOff + 120_000)
    await expect.poll(() => findingsOf(world, runId)).toEqual([
      'BGT_ADJ/b1 open', 'BGT_FREEZE/f1 open', 'PAY_APPLY/a1 resolved void eng', 'PAY_APPLY/a2 resolved void eng', 'PAY_CERT/c1 open',
    ])
    expect(await alarmsOf(world, runId, cutOff)).toEqual([
      'reminder 1 72h engineer', 'reminder 2 24h coordinator,engineer', 'reminder 3 2h coordinator', 'escalation 4 0h coordinator'])
    await env.sleep('3 days')
    expect(await world.database.db.selectFrom('case_firings').select(['attempt', 'findings']).execute()).toEqual([{ attempt: 1, findings: 2 }])
    expect((await until(world, district, 'in-transit', 'blocked')).generation).toBe(1)
    // The default is the decision of whoever approved it: that person can not approve what rests on it.
    const rest = (await world.database.db.selectFrom('findings').select(['finding_id as id', 'rule']).where('run_id', '=', runId).where('status', '=', 'open').execute())
    const action = { BGT_ADJ: 'void', BGT_FREEZE: 'explain', PAY_CERT: 'complete' } as const
    expect(await world.operations.decideFindings({ actor: 'coo', rows: rest.map(({ id, rule }) => ({ id, action: action[rule as keyof typeof action], comment: '已核实' })) })).toMatchObject({ ok: true })
    await until(world, district, 'in-transit', 'awaiting-approval')
    const approve = (actor: string) => world.operations.decideStep({ year: YEAR, district, step: 'in-transit', kind: 'approve', actor, comment: '' })
    expect(await approve('eng')).toMatchObject({ ok: false, code: 'separation-of-duties' })
    expect(await approve('fin')).toMatchObject({ ok: true })
    await expect.poll(async () => (await env.client.workflow.getHandle(casesWorkflowId(YEAR, district)).describe()).status.name).toBe('COMPLETED')
    await handle.executeUpdate(cancelUpdate, { args: [{ by: 'test' }] })
  })

  it('gets its default when a district that was paused at the cut-off goes on, once', async () => {
    const district = '152522'
    const { runId, handle, cutOff } = await begin(timed, district, 6, [{ type: 'PAY_APPLY', number: 'a1', status: 'draft', amount: '100' }, { type: 'NONTAX_PAY', number: 'n1', status: 'submitted', amount: '1' }])
    expect(await world.operations.approveDefault({ year: YEAR, district, type: 'PAY_APPLY', number: 'a1', comment: '', actor: 'eng' })).toMatchObject({ ok: true, action: 'return' })
    expect(await world.operations.approveDefault({ year: YEAR, district, type: 'NONTAX_PAY', number: '', comment: '', actor: 'coo' })).toMatchObject({ ok: true, action: 'void' })
    await handle.executeUpdate(pauseUpdate, { args: [{ by: 'test' }] })
    await sleepUntil(cutOff + 60_000)
    await expect.poll(() => alarmsOf(world, runId, cutOff)).toEqual([
      'reminder 1 72h engineer', 'reminder 2 24h coordinator,engineer', 'reminder 3 2h coordinator', 'escalation 4 0h coordinator'])
    expect(await findingsOf(world, runId)).toEqual(['NONTAX_PAY/n1 open', 'PAY_APPLY/a1 open'])
    await handle.executeUpdate(resumeUpdate, { args: [{ by: 'test' }] })
    await env.sleep('6 minutes')
    await expect.poll(() => findingsOf(world, runId)).toEqual(['NONTAX_PAY/n1 resolved void coo', 'PAY_APPLY/a1 resolved return eng'])
    const firings = await world.database.db.selectFrom('case_firings').innerJoin('decisions', 'decisions.decision_id', 'case_firings.decision_id')
      .select(['attempt', 'accepted']).where('case_firings.run_id', '=', runId).execute()
    expect(firings).toEqual([{ attempt: 1, accepted: true }, { attempt: 1, accepted: true }])
    await handle.executeUpdate(cancelUpdate, { args: [{ by: 'test' }] })
  })

  it('has nothing done to it that nobody approved, that was withdrawn, whose approver has left, or that may have been paid', async () => {
    const district = '152523'
    const { runId, handle, cutOff } = await begin(timed, district, 5, [
      { type: 'PAY_APPLY', number: 'a1', status: 'draft', amount: '1' }, { type: 'BGT_ADJ', number: 'b1', status: 'draft', amount: '1' },
      { type: 'PAY_CERT', number: 'c1', status: 'sent', amount: '1' }, { type: 'PAY_CERT', number: 'c2', status: 'approved', amount: '1' },
      { type: 'PAY_ALLOC', number: 'p1', status: 'draft', amount: '1' },
    ])
    const approve = (type: string, action: 'void' | 'return' | 'carry', actor = 'eng', number = '') => world.operations.approveDefault({ year: YEAR, district, type, number, action, comment: '', actor })
    expect(await approve('PAY_CERT', 'void', 'eng', 'c1')).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(await approve('PAY_APPLY', 'carry')).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(await approve('PAY_APPLY', 'void', 'fin')).toMatchObject({ ok: false, code: 'wrong-role' })
    expect(await approve('PAY_APPLY', 'void', 'other')).toMatchObject({ ok: false, code: 'wrong-district' })
    expect(await approve('PAY_APPLY', 'void', 'eng', 'none')).toMatchObject({ ok: false, code: 'unknown-finding' })
    expect(await approve('PAY_CERT', 'void')).toMatchObject({ ok: true })
    expect(await approve('PAY_CERT', 'void', 'coo')).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await approve('BGT_ADJ', 'void')).toMatchObject({ ok: true })
    expect(await world.operations.withdrawDefault({ year: YEAR, district, type: 'BGT_ADJ', number: '', comment: '', actor: 'coo' })).toMatchObject({ ok: true })
    expect(await approve('PAY_ALLOC', 'void', 'left')).toMatchObject({ ok: true })
    revokeActor(world.folders, 'left')
    await sleepUntil(cutOff + 2 * HOUR)
    await expect.poll(() => findingsOf(world, runId)).toEqual([
      'BGT_ADJ/b1 open', 'PAY_ALLOC/p1 open', 'PAY_APPLY/a1 open', 'PAY_CERT/c1 open', 'PAY_CERT/c2 resolved void eng'])
    const refused = await world.database.db.selectFrom('decisions').select('refusal_code').where('run_id', '=', runId).where('accepted', '=', false).execute()
    expect(new Set(refused.map((one) => one.refusal_code))).toEqual(new Set(['revoked']))
    // Tried again ever more seldom, not each minute.
    expect(refused.length).toBeLessThan(8)
    const kinds = await world.database.db.selectFrom('audit.events').select('kind').where('district', '=', district).where('kind', 'like', 'default.%').execute()
    expect(Map.groupBy(kinds, (one) => one.kind).get('default.refused')).toHaveLength(6)
    await handle.executeUpdate(cancelUpdate, { args: [{ by: 'test' }] })
    await expect.poll(async () => (await env.client.workflow.getHandle(casesWorkflowId(YEAR, district)).describe()).status.name).toBe('COMPLETED')
  })
})
