/** What counts as a person's word: signed, entitled, not about one's own work, and about what was seen. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { storeDecision } from '../../books/decisions.ts'
import { liveRuns } from '../../books/runs.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import { revokeActor, signAs } from '../../cli/operations/keys.ts'
import { decideUpdate } from '../../workflows/messages.ts'
import { type World, YEAR, approve, createWorld, person, stepsOf, until } from '../workflows/world.ts'

describe('a decision', () => {
  let world: World
  let district = ''
  let next = 152501
  beforeAll(async () => {
    world = await createWorld()
    person(world, 'fin', ['finance'])
    person(world, 'fin2', ['finance'])
    person(world, 'eng', ['engineer'])
    person(world, 'both', ['engineer', 'finance', 'coordinator'])
    person(world, 'elsewhere', ['finance', 'engineer'], ['152522'])
    person(world, 'league', ['engineer'], ['152500'])
    await world.startWorker()
  })
  afterAll(() => world.close())
  beforeEach(() => {
    district = String((next += 1))
    if (district === '152503') district = String((next = 152523))
  })

  const begin = async (findings: { [step: string]: Parameters<World['findings']['set']>[1] } = {}) => {
    for (const [step, list] of Object.entries(findings)) world.findings.set(`${district}/${step}`, list)
    await world.import(district)
    const started = await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })
    expect(started).toMatchObject({ ok: true })
  }
  const decide = (actor: string, kind: 'approve' | 'reject', step: 'in-transit' | 'reconcile' | 'carry-forward' = 'in-transit', more = {}) =>
    world.operations.decideStep({ year: YEAR, district, step, kind, actor, comment: '', ...more })
  const findingId = async (key: string) => (await sql<{ id: string }>`
    select finding_id as id from findings where key = ${key} and run_id = (select max(run_id) from runs join scopes using (scope_id) where district = ${district})`
    .execute(world.database.db)).rows[0]!.id
  const resolve = async (actor: string, action: 'explain' | 'waive' | 'void', key: string, comment = 'because') =>
    world.operations.decideFindings({ actor, rows: [{ id: await findingId(key), action, comment }] })
  const runOf = async () => (await liveRuns(world.database.db, 'real', YEAR)).find((run) => run.district === district)!

  it('is refused without the right role, district, key or standing, and each refusal is on the audit chain', async () => {
    await begin()
    await until(world, district, 'in-transit', 'awaiting-approval')
    expect(await decide('eng', 'approve')).toMatchObject({ ok: false, code: 'wrong-role' })
    expect(await decide('elsewhere', 'approve')).toMatchObject({ ok: false, code: 'wrong-district' })
    expect(await decide('nobody', 'approve')).toMatchObject({ ok: false, code: 'unknown-actor' })
    expect(await decide('fin', 'approve', 'reconcile')).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await decide('fin', 'reject')).toMatchObject({ ok: false, code: 'comment-required' })
    expect(await decide('fin', 'approve', 'in-transit', { evidenceDigest: 'what I saw yesterday' })).toMatchObject({ ok: false, code: 'evidence-changed' })
    person(world, `leaver-${district}`, ['finance'])
    revokeActor(world.folders, `leaver-${district}`)
    expect(await decide(`leaver-${district}`, 'approve')).toMatchObject({ ok: false, code: 'revoked' })
    expect((await stepsOf(world, district)).get('in-transit')!.state).toBe('awaiting-approval')
    const { rows } = await sql<{ code: string }>`select detail::jsonb->>'code' as code from audit.events where district = ${district} and kind = 'decision.refused' order by sequence`.execute(world.database.db)
    expect(rows.map(({ code }) => code)).toEqual(['wrong-role', 'wrong-district', 'wrong-state', 'comment-required', 'evidence-changed', 'revoked'])
  })

  it('changes nothing as a bare update of someone without a key, nor with a forged or borrowed signature', async () => {
    await begin()
    const { evidence_digest: evidenceDigest } = await until(world, district, 'in-transit', 'awaiting-approval')
    const run = await runOf()
    const handle = world.client.workflow.getHandle(run.workflowId)
    expect(await handle.executeUpdate(decideUpdate, { args: [{ decisionId: randomUUID() }] })).toMatchObject({ accepted: false, refusal: { code: 'malformed' } })
    expect(await handle.executeUpdate(decideUpdate, { args: [{ decisionId: "x'; drop table runs" }] })).toMatchObject({ accepted: false })

    const word = (actor: string, more: object = {}) => ({
      kind: 'approve' as const, step: 'in-transit' as const, evidenceDigest: evidenceDigest!, comment: '', decisionId: randomUUID(), runId: run.runId, runKind: 'real' as const,
      district, year: YEAR, actor, signedAt: new Date().toISOString(), ...more,
    })
    const submit = async (decision: ReturnType<typeof word>, signature: (payload: string) => string, row: { actor?: string; payload?: string } = {}) => {
      const payload = row.payload ?? canonicalJson(decision)
      await storeDecision(world.database.db, { decisionId: decision.decisionId, runId: run.runId, kind: 'approve', step: 'in-transit', actor: row.actor ?? decision.actor, payload, signature: signature(payload), evidenceDigest: evidenceDigest! })
      const { refusal, accepted } = await handle.executeUpdate(decideUpdate, { args: [{ decisionId: decision.decisionId }] })
      return accepted ? 'accepted' : refusal!.code
    }
    const stranger = generateKeyPairSync('ed25519').privateKey
    const asFin = (payload: string) => signAs(world.folders.keysFolder, 'fin', payload)!
    expect(await submit(word('fin'), (payload) => sign(null, Buffer.from(payload), stranger).toString('base64'))).toBe('bad-signature')
    expect(await submit(word('fin'), () => 'not a signature')).toBe('bad-signature')
    expect(await submit(word('fin2'), asFin)).toBe('bad-signature')
    expect(await submit(word('fin'), asFin, { actor: 'fin2' })).toBe('malformed')
    expect(await submit(word('fin', { district: '152599' }), asFin)).toBe('malformed')
    expect(await submit(word('fin', { runKind: 'rehearsal' }), asFin)).toBe('malformed')
    expect(await submit(word('fin'), asFin, { payload: '{"kind":"approve"}' })).toBe('malformed')
    expect((await stepsOf(world, district)).get('in-transit')!.state).toBe('awaiting-approval')
    expect(await submit(word('fin'), asFin)).toBe('accepted')
  })

  it('on one\'s own work is refused: who resolved a finding approves neither that step nor a later one', async () => {
    await begin({ reconcile: [{ rule: 'R8', key: 'a/1', severity: 'error', amount: -100n }] })
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'blocked')
    expect(await resolve('both', 'explain', 'a/1')).toEqual({ ok: true, decided: 1 })
    await until(world, district, 'reconcile', 'awaiting-approval')
    expect(await decide('both', 'approve', 'reconcile')).toMatchObject({ code: 'separation-of-duties' })
    await approve(world, district, 'reconcile', 'fin')
    await until(world, district, 'carry-forward', 'awaiting-approval')
    expect(await decide('both', 'approve', 'carry-forward')).toMatchObject({ code: 'separation-of-duties' })
  })

  it('needs two people where two approvals are asked for', async () => {
    await begin()
    await approve(world, district, 'in-transit', 'fin')
    await approve(world, district, 'reconcile', 'fin')
    await approve(world, district, 'carry-forward', 'fin')
    expect(await decide('fin', 'approve', 'carry-forward')).toMatchObject({ code: 'separation-of-duties' })
    expect((await stepsOf(world, district)).get('carry-forward')!.state).toBe('awaiting-approval')
    await approve(world, district, 'carry-forward', 'fin2')
    await until(world, district, 'carry-forward', 'approved')
  })

  it('of the importer of the input is refused as an approval', async () => {
    await world.import(district, [], 'fin')
    await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })
    await until(world, district, 'in-transit', 'awaiting-approval')
    expect(await decide('fin', 'approve')).toMatchObject({ code: 'separation-of-duties' })
    await approve(world, district, 'in-transit', 'fin2')
  })

  it('on findings: open errors block, open warnings keep from approving, comments are needed, and what may not be decided is not', async () => {
    await begin({ 'in-transit': [
      { rule: 'PAY_CERT', key: 'PAY_CERT/1', severity: 'error' }, { rule: 'GP_CONTRACT', key: 'GP_CONTRACT/1', severity: 'warning' },
    ] })
    await until(world, district, 'in-transit', 'blocked')
    expect(await decide('fin', 'approve')).toMatchObject({ code: 'wrong-state' })
    expect(await resolve('eng', 'waive', 'PAY_CERT/1')).toMatchObject({ code: 'not-allowed', en: expect.stringContaining('can only be cleared by correcting the input') })
    expect(await resolve('eng', 'waive', 'GP_CONTRACT/1', '  ')).toMatchObject({ code: 'comment-required' })
    expect(await resolve('fin', 'waive', 'GP_CONTRACT/1')).toMatchObject({ code: 'wrong-role' })
    expect(await resolve('elsewhere', 'waive', 'GP_CONTRACT/1')).toMatchObject({ code: 'wrong-district' })
    expect(await world.operations.decideFindings({ actor: 'eng', rows: [{ id: 'F0', action: 'waive', comment: 'x' }] })).toMatchObject({ code: 'unknown-finding' })
    expect((await stepsOf(world, district)).get('in-transit')!.state).toBe('blocked')
  })

  it('on many findings is all or nothing', async () => {
    await begin({ reconcile: [1, 2, 3].map((number) => ({ rule: 'R8', key: `b/${number}`, severity: 'error' as const })) })
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'blocked')
    const rows = await Promise.all([1, 2, 3].map(async (number) => ({ id: await findingId(`b/${number}`), action: 'explain' as const, comment: `reason ${number}` })))
    expect(await world.operations.decideFindings({ actor: 'eng', rows: [...rows.slice(0, 2), { ...rows[2]!, comment: '' }] })).toMatchObject({ code: 'comment-required' })
    const open = () => sql<{ count: number }>`select count(*)::int as count from findings where key like 'b/%' and status = 'open'`.execute(world.database.db)
    expect((await open()).rows[0]!.count).toBe(3)
    expect(await world.operations.decideFindings({ actor: 'eng', rows })).toEqual({ ok: true, decided: 3 })
    await until(world, district, 'reconcile', 'awaiting-approval')
    expect((await open()).rows[0]!.count).toBe(0)
  })

  it('on a finding of R17 may come from the league', async () => {
    await begin({ reconcile: [{ rule: 'R17', key: `${district}/general`, severity: 'error' }, { rule: 'R8', key: 'c/1', severity: 'error' }] })
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'blocked')
    expect(await resolve('league', 'explain', 'c/1')).toMatchObject({ code: 'wrong-district' })
    expect(await resolve('league', 'explain', `${district}/general`)).toEqual({ ok: true, decided: 1 })
  })

  it('to reject sends the step back with the reason; it goes on after a recheck, and the first approval fell with it', async () => {
    await begin()
    await approve(world, district, 'in-transit', 'fin')
    await approve(world, district, 'reconcile', 'fin')
    await approve(world, district, 'carry-forward', 'fin')
    expect(await decide('fin2', 'reject', 'carry-forward', { comment: 'look at 8001 again' })).toEqual({ ok: true })
    const row = await until(world, district, 'carry-forward', 'blocked')
    expect(row.failure).toMatchObject({ code: 'rejected' })
    expect(await world.operations.recheck({ year: YEAR, district, step: 'carry-forward', by: 'test' })).toEqual({ ok: true })
    await until(world, district, 'carry-forward', 'awaiting-approval')
    await approve(world, district, 'carry-forward', 'fin2')
    expect((await stepsOf(world, district)).get('carry-forward')!.state).toBe('awaiting-approval')
    await approve(world, district, 'carry-forward', 'fin')
    await until(world, district, 'carry-forward', 'approved')
  })

  it('that fell does not count when it is sent again', async () => {
    await begin()
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'awaiting-approval')
    const run = await runOf()
    const { decision_id: decisionId } = await world.database.db.selectFrom('decisions').select('decision_id').where('run_id', '=', run.runId).executeTakeFirstOrThrow()
    await world.operations.announceInput({ year: YEAR, district, version: await world.import(district, ['documents']) })
    await expect.poll(async () => (await stepsOf(world, district)).get('in-transit')!.generation).toBe(2)
    await until(world, district, 'in-transit', 'awaiting-approval')
    expect(await world.client.workflow.getHandle(run.workflowId).executeUpdate(decideUpdate, { args: [{ decisionId }] })).toMatchObject({ accepted: false, refusal: { code: 'evidence-changed' } })
    expect((await stepsOf(world, district)).get('in-transit')!.state).toBe('awaiting-approval')
  })
})
