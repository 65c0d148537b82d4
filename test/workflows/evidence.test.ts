/** What falls when evidence changes, what stays, and how districts go on without each other. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Step } from '../../domain/steps.ts'
import { yearEndWorkflowId } from '../../workflows/ids.ts'
import { yearEndViewQuery } from '../../workflows/messages.ts'
import { LEAGUE, PEOPLE, YEAR, type World, addPeople, approve, createWorld, finishDistrict, stepsOf, until } from './world.ts'

describe('a year-end of several districts', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    addPeople(world)
    await world.startWorker()
  })
  afterAll(() => world.close())

  const begin = async (...districts: string[]) => {
    for (const district of districts) await world.import(district)
    expect(await world.operations.start({ year: YEAR, districts, kind: 'real', by: 'test' })).toEqual({ ok: true, started: districts })
  }
  const generations = async (district: string) => Object.fromEntries([...await stepsOf(world, district)].map(([step, { generation }]) => [step, generation]))
  const changed = async (district: string, ...files: Parameters<World['import']>[1] & string[]) =>
    world.operations.announceInput({ year: YEAR, district, version: await world.import(district, files) })
  const voided = async (district: string) => (await sql<{ step: Step; actor: string }>`
    select step, actor from decisions join runs using (run_id) join scopes using (scope_id) where district = ${district} and void_at is not null order by step, actor`.execute(world.database.db)).rows.map(({ step, actor }) => `${step}/${actor}`)

  it('lets a change of statements void reconcile and what used it, and nothing before it', async () => {
    const district = '152501'
    await begin(district)
    await approve(world, district, 'asset-health', 'fin')
    for (const step of ['in-transit', 'reconcile'] as const) await approve(world, district, step, 'fin')
    await approve(world, district, 'carry-forward', 'fin', 'coo')
    await until(world, district, 'initialise', 'awaiting-approval')
    await changed(district, 'statements')
    await expect.poll(() => generations(district)).toMatchObject({ 'in-transit': 1, 'asset-health': 1, reconcile: 2, 'carry-forward': 1, initialise: 1 })
    const states = await stepsOf(world, district)
    expect(states.get('in-transit')!.state).toBe('approved')
    expect(states.get('asset-health')!.state).toBe('approved')
    expect(states.get('carry-forward')!.state).toBe('pending')
    await expect.poll(() => voided(district)).toEqual(['carry-forward/coo', 'carry-forward/fin', 'reconcile/fin'])
    await approve(world, district, 'reconcile', 'fin')
    await approve(world, district, 'carry-forward', 'fin', 'coo')
    await approve(world, district, 'initialise', 'fin')
    await approve(world, district, 'sign-off', 'coo')
    await until(world, district, 'sign-off', 'approved')
    expect(world.ran.filter((one) => one === `${district}/apply`)).toHaveLength(2)
  })

  it('leaves approvals alone when a file that no step of theirs reads changes, or nothing does', async () => {
    const district = '152522'
    await begin(district)
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'awaiting-approval')
    await changed(district, 'asset_report')
    await expect.poll(() => generations(district)).toMatchObject({ 'asset-health': 2 })
    await changed(district)
    await until(world, district, 'asset-health', 'awaiting-approval')
    expect(await generations(district)).toMatchObject({ 'in-transit': 1, reconcile: 1, 'asset-health': 2 })
  })

  it('keeps one district\'s failure its own, says why, and goes on after a recheck', async () => {
    world.failures.set('152523/in-transit', Object.assign(new Error('relation "x" does not exist'), { code: '42P01' }))
    await begin('152523', '152524')
    const row = await until(world, '152523', 'in-transit', 'failed')
    expect(row).toMatchObject({ waiting_on: 'engineer', failure: { code: '42P01' } })
    await approve(world, '152524', 'in-transit', 'fin')
    await until(world, '152524', 'reconcile', 'awaiting-approval')
    world.failures.delete('152523/in-transit')
    expect(await world.operations.recheck({ year: YEAR, district: '152523', step: 'in-transit', by: 'test' })).toEqual({ ok: true })
    await until(world, '152523', 'in-transit', 'awaiting-approval')
  })

  it('tries again by itself when the database was away for a moment', async () => {
    const district = '152525'
    world.failures.set(`${district}/in-transit`, Object.assign(new Error('the server is shutting down'), { code: '57P01' }))
    await begin(district)
    await expect.poll(() => world.ran.filter((one) => one === `${district}/in-transit`).length).toBeGreaterThan(1)
    expect((await stepsOf(world, district)).get('in-transit')!.state).toBe('running')
    world.failures.delete(`${district}/in-transit`)
    expect((await until(world, district, 'in-transit', 'awaiting-approval')).generation).toBe(1)
  })

  it('makes the districts wait for the league at reconcile, visibly, and lets them go on when it arrives', async () => {
    await begin(LEAGUE, '152526', '152527')
    await approve(world, '152526', 'in-transit', 'fin')
    await expect.poll(async () => (await stepsOf(world, '152526')).get('reconcile')).toMatchObject({ state: 'running', waiting_on: LEAGUE })
    expect(await world.operations.decideStep({ year: YEAR, district: '152526', step: 'reconcile', kind: 'approve', actor: 'fin', comment: '' })).toMatchObject({ code: 'wrong-state' })
    await approve(world, LEAGUE, 'in-transit', 'fin')
    await until(world, '152526', 'reconcile', 'awaiting-approval')
    await approve(world, '152527', 'in-transit', 'fin')
    await until(world, '152527', 'reconcile', 'awaiting-approval')
    await approve(world, '152526', 'reconcile', 'fin')
    await until(world, '152526', 'carry-forward', 'awaiting-approval')
    // Another change in the league's books says nothing of this district; a transfer to it does.
    await changed(LEAGUE, 'entries')
    await bookTransfer(world, '152527', 900)
    await changed(LEAGUE, 'entries')
    await expect.poll(() => generations('152527')).toMatchObject({ reconcile: 2 })
    expect(await generations('152526')).toMatchObject({ 'in-transit': 1, reconcile: 1 })
    await bookTransfer(world, '152526', 500)
    await changed(LEAGUE, 'entries')
    await expect.poll(() => generations('152526')).toMatchObject({ 'in-transit': 1, reconcile: 2 })
    await until(world, '152526', 'reconcile', 'awaiting-approval')
  })

  it('refuses a second start of a live year-end and of a completed one, and starts a cancelled one anew', async () => {
    const district = '152528'
    await begin(district)
    await until(world, district, 'in-transit', 'awaiting-approval')
    expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })).toMatchObject({ ok: false, code: 'already-live' })
    expect(await world.operations.cancel({ year: YEAR, districts: [district], by: 'test' })).toEqual({ ok: true, districts: [district] })
    await until(world, district, 'in-transit', 'cancelled')
    await expect.poll(async () => (await world.client.workflow.getHandle(yearEndWorkflowId(YEAR)).query(yearEndViewQuery)).open).not.toContain(district)
    expect(await world.operations.pause({ year: YEAR, districts: [district], by: 'test' })).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })).toEqual({ ok: true, started: [district] })
    await finishDistrict(world, district, PEOPLE)
    await expect.poll(async () => (await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' }) as { code?: string }).code).toBe('already-completed')
    expect(await world.operations.start({ year: YEAR, districts: ['000000'], kind: 'real', by: 'test' })).toMatchObject({ code: 'unknown-district' })
    expect(await world.operations.start({ year: YEAR, districts: ['152531'], kind: 'real', by: 'test' })).toMatchObject({ code: 'no-input' })
  })

  it('pauses and resumes one district, and takes no decision in between', async () => {
    const district = '152529'
    await begin(district)
    await until(world, district, 'in-transit', 'awaiting-approval')
    expect(await world.operations.resume({ year: YEAR, districts: [district], by: 'test' })).toMatchObject({ code: 'wrong-state' })
    expect(await world.operations.pause({ year: YEAR, districts: [district], by: 'test' })).toEqual({ ok: true, districts: [district] })
    await until(world, district, 'in-transit', 'paused')
    expect(await world.operations.decideStep({ year: YEAR, district, step: 'in-transit', kind: 'approve', actor: 'fin', comment: '' })).toMatchObject({ code: 'wrong-state' })
    expect(await world.operations.recheck({ year: YEAR, district, step: 'in-transit', by: 'test' })).toMatchObject({ code: 'wrong-state' })
    expect(await world.operations.resume({ year: YEAR, districts: [district], by: 'test' })).toEqual({ ok: true, districts: [district] })
    await approve(world, district, 'in-transit', 'fin')
  })

  it('rehearses past what blocks, waits for nobody, and ends', async () => {
    const district = '152530'
    world.findings.set(`${district}/in-transit`, [{ rule: 'PAY_CERT', key: 'PAY_CERT/9', severity: 'error' }])
    await world.import(district)
    expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'rehearsal', by: 'test' })).toMatchObject({ ok: true })
    await expect.poll(async () => (await world.database.db.selectFrom('runs').select('state').where('kind', '=', 'rehearsal').execute())[0]?.state).toBe('completed')
    const steps = await stepsOf(world, district)
    expect(steps.get('in-transit')!.state).toBe('blocked')
    expect(steps.get('initialise')!.state).toBe('awaiting-approval')
    expect(world.ran).toContain(`${district}/apply`)
    expect(await world.database.db.selectFrom('notifications').innerJoin('runs', 'runs.run_id', 'notifications.run_id').where('kind', '=', 'rehearsal' as never).selectAll().execute().catch(() => [])).toEqual([])
    await expect.poll(() => world.operations.start({ year: YEAR, districts: [district], kind: 'rehearsal', by: 'test' })).toEqual({ ok: true, started: [district] })
  })
})

/** The league's treasury book transfers an amount (fen) to the district: what R17 reads there. */
async function bookTransfer(world: World, district: string, amount: number): Promise<void> {
  const { rows } = await sql<{ scope: number }>`select scope_id as scope from scopes where district = ${LEAGUE} and year = ${YEAR}`.execute(world.database.db)
  const scope = rows[0]!.scope
  for (const table of ['books', 'accounts', 'cells', 'cell_totals']) {
    await sql.raw(`create table if not exists ${table}_${scope} partition of ${table} for values in (${scope})`).execute(world.database.db)
  }
  await sql`insert into books values (${scope}, 1, 'T', 'treasury', 'treasury-2022', null, 2) on conflict do nothing`.execute(world.database.db)
  await sql`insert into accounts values (${scope}, 1, 1, '7011', 'transfers', 'budget_expenditure', 'debit', '{fund,counterparty}', true) on conflict do nothing`.execute(world.database.db)
  const cell = Number(district)
  await sql`insert into cells (scope_id, cell_id, book_id, account_id, fund, counterparty) values (${scope}, ${cell}, 1, 1, 'general', ${district})`.execute(world.database.db)
  await sql`insert into cell_totals values (${scope}, ${cell}, 0, ${amount}, 0, 1, 0)`.execute(world.database.db)
}
