/**
 * Records the histories that test/workflows/replay.test.ts replays: whole year-ends, with everything that people and inputs do
 * to them. To be run (`npm run record-histories`) when a workflow's commands change on purpose: open runs stay on the build
 * that they began on, so what was recorded before needs no replay on the new one.
 */
import { writeFileSync } from 'node:fs'
import { temporal } from '@temporalio/proto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { districtWorkflowId, yearEndWorkflowId } from '../../workflows/ids.ts'
import { closeYear, importUnit, realBooks } from '../workflows/small-books.ts'
import { LEAGUE, PEOPLE, YEAR, type World, addPeople, approve, createWorld, finishDistrict, person, until } from '../workflows/world.ts'

const [FINDINGS, REIMPORT, UNDO, REOPENED] = ['152501', '152502', '152522', '152523'] as const
let world: World
beforeAll(async () => {
  world = await createWorld()
  addPeople(world)
  person(world, 'eng', ['engineer'])
})
afterAll(() => world.close())

async function record(name: string, workflowId: string): Promise<void> {
  const { History } = temporal.api.history.v1
  const history = History.toObject(History.fromObject(await world.client.workflow.getHandle(workflowId).fetchHistory()), { longs: String, bytes: String })
  writeFileSync(new URL(`${name}.json`, import.meta.url), JSON.stringify(history))
}
const start = async (...districts: string[]) => expect(await world.operations.start({ year: YEAR, districts, kind: 'real', by: 'test' })).toMatchObject({ ok: true })
const ended = (district: string) => world.client.workflow.getHandle(districtWorkflowId(YEAR, district)).result()
const undo = async (district: string, actor: string, word: 'ask' | 'approve' | 'reject') =>
  expect(await world.operations.decideUndo({ year: YEAR, district, actor, comment: '更正', word })).toEqual(expect.objectContaining({ ok: true }))

it('a year-end with its league, findings, a rejection, a pause, a recheck and a corrected input', async () => {
  const worker = await world.startWorker()
  for (const district of [LEAGUE, FINDINGS, REIMPORT]) await world.import(district)
  world.findings.set(`${FINDINGS}/reconcile`, [{ rule: 'R10', key: 'Z1', severity: 'error', amount: 100n }])
  await start(FINDINGS, REIMPORT, LEAGUE)
  await approve(world, FINDINGS, 'in-transit', 'fin')
  await until(world, FINDINGS, 'reconcile', 'running')
  await finishDistrict(world, LEAGUE, PEOPLE)
  await until(world, FINDINGS, 'reconcile', 'blocked')
  const { finding_id: id } = await world.database.db.selectFrom('findings').select('finding_id').where('rule', '=', 'R10').executeTakeFirstOrThrow()
  expect(await world.operations.decideFindings({ actor: 'eng', rows: [{ id, action: 'explain', comment: '时间差' }] })).toMatchObject({ ok: true })
  await until(world, FINDINGS, 'reconcile', 'awaiting-approval')
  expect(await world.operations.decideStep({ year: YEAR, district: FINDINGS, step: 'reconcile', kind: 'reject', actor: 'fin', comment: '请再核对' })).toMatchObject({ ok: true })
  expect(await world.operations.pause({ year: YEAR, districts: [FINDINGS], by: 'test' })).toMatchObject({ ok: true })
  expect(await world.operations.resume({ year: YEAR, districts: [FINDINGS], by: 'test' })).toMatchObject({ ok: true })
  expect(await world.operations.recheck({ year: YEAR, district: FINDINGS, step: 'reconcile', by: 'test' })).toMatchObject({ ok: true })
  await approve(world, FINDINGS, 'asset-health', 'fin')
  await approve(world, FINDINGS, 'reconcile', 'fin')
  await approve(world, FINDINGS, 'carry-forward', ...PEOPLE)
  await approve(world, FINDINGS, 'initialise', 'fin')
  await approve(world, FINDINGS, 'sign-off', 'coo')
  for (const step of ['in-transit', 'reconcile'] as const) await approve(world, REIMPORT, step, 'fin')
  await until(world, REIMPORT, 'carry-forward', 'awaiting-approval')
  await world.operations.announceInput({ year: YEAR, district: REIMPORT, version: await world.import(REIMPORT, ['statements']) })
  await until(world, REIMPORT, 'carry-forward', 'pending')
  await approve(world, REIMPORT, 'reconcile', 'fin')
  await approve(world, REIMPORT, 'asset-health', 'fin')
  await approve(world, REIMPORT, 'carry-forward', ...PEOPLE)
  await approve(world, REIMPORT, 'initialise', 'fin')
  await approve(world, REIMPORT, 'sign-off', 'coo')
  for (const district of [LEAGUE, FINDINGS, REIMPORT]) await ended(district)
  await record('league', districtWorkflowId(YEAR, LEAGUE))
  await record('district-findings', districtWorkflowId(YEAR, FINDINGS))
  await record('district-reimport', districtWorkflowId(YEAR, REIMPORT))
  await world.client.workflow.getHandle(yearEndWorkflowId(YEAR)).result()
  await record('year-end', yearEndWorkflowId(YEAR))
  await worker.stop()
})

it('an undo before the sign-off, rejected once and then carried out; and one after it, with a late change before', async () => {
  await world.startWorker({ engines: realBooks(world) })
  for (const district of [UNDO, REOPENED]) await importUnit(world, district, '1000.00')
  await start(UNDO, REOPENED)
  await closeYear(world, UNDO, PEOPLE)
  await until(world, UNDO, 'initialise', 'awaiting-approval')
  await undo(UNDO, 'fin', 'ask')
  await undo(UNDO, 'coo', 'reject')
  await undo(UNDO, 'fin', 'ask')
  await undo(UNDO, 'coo', 'approve')
  await approve(world, UNDO, 'carry-forward', ...PEOPLE)
  await approve(world, UNDO, 'initialise', 'fin')
  await approve(world, UNDO, 'sign-off', 'coo')
  await ended(UNDO)
  await record('district-undo', districtWorkflowId(YEAR, UNDO))

  await finishDistrict(world, REOPENED, PEOPLE)
  await ended(REOPENED)
  await undo(REOPENED, 'fin', 'ask')
  await world.operations.announceInput({ year: YEAR, district: REOPENED, version: await importUnit(world, REOPENED, '1500.00') })
  await expect.poll(async () => (await world.database.db.selectFrom('findings').select('key').where('rule', '=', 'LATE').execute()).length).toBe(1)
  await undo(REOPENED, 'coo', 'approve')
  for (const step of ['in-transit', 'asset-health', 'reconcile'] as const) await approve(world, REOPENED, step, 'fin')
  await approve(world, REOPENED, 'carry-forward', ...PEOPLE)
  await approve(world, REOPENED, 'initialise', 'fin')
  await approve(world, REOPENED, 'sign-off', 'coo')
  await ended(REOPENED)
  await record('district-reopened', districtWorkflowId(YEAR, REOPENED))
})
