/** The cases of a district outlast a Temporal server that is killed before the cut-off, and a history that has grown long; a word that nobody answered outlasts it too. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { operationsOf } from '../../cli/operations/index.ts'
import type { Config } from '../../config/load.ts'
import { casesChangedSignal } from '../../workflows/case-messages.ts'
import { casesWorkflowId } from '../../workflows/ids.ts'
import { killAll, killableServer } from '../support/killable.ts'
import { type World, YEAR, createWorld, impatient, person, until } from '../workflows/world.ts'
import { type Doc, findingsOf, importDocuments, realScan } from './office.ts'

const DISTRICT = '152501'
const DOCUMENTS: Doc[] = ['b1', 'b2'].map((number) => ({ type: 'BGT_ADJ', number, status: 'draft', amount: '3' }))
let world: World
afterEach(async () => {
  await world.close()
  killAll()
})

/** A year-end with two blocking documents whose cut-off is at `at`, and the approved default of both. @returns the run's id */
async function beginWithDefault(at: Date): Promise<number> {
  person(world, 'coo', ['coordinator', 'finance'])
  const [day, time] = at.toISOString().split('T') as [string, string]
  const { documents } = world.config
  const config: Config = { ...world.config, documents: { ...documents, cut_off_time: time.slice(0, 8), utc_offset: '+00:00', cut_offs_of_year: { [YEAR]: { '*': { BGT_ADJ: day } } } } }
  await importDocuments(world, DISTRICT, DOCUMENTS)
  world.operations = operationsOf({ books: world.database, client: world.client, config, ...world.folders })
  expect(await world.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
  await until(world, DISTRICT, 'in-transit', 'blocked')
  expect(await world.operations.approveDefault({ year: YEAR, district: DISTRICT, type: 'BGT_ADJ', comment: '', number: '', actor: 'coo' })).toMatchObject({ ok: true })
  const { run_id: runId } = await world.database.db.selectFrom('runs').select('run_id').executeTakeFirstOrThrow()
  return runId
}

const OPEN = ['BGT_ADJ/b1 open', 'BGT_ADJ/b2 open']
const DONE = ['BGT_ADJ/b1 resolved void coo', 'BGT_ADJ/b2 resolved void coo']

describe('the cases of a district', () => {
  it('get their default once, although the Temporal server and the worker were killed before the cut-off and came back after it', { timeout: 180_000 }, async () => {
    const server = await killableServer()
    world = await createWorld({ address: server.address })
    const engines = realScan(world)
    const worker = await world.startWorker({ engines })
    const at = new Date(Date.now() + 25_000)
    const runId = await beginWithDefault(at)
    await worker.stop()
    await server.kill()
    await sleep(Math.max(0, at.getTime() - Date.now()) + 1_000)
    expect(await findingsOf(world, runId)).toEqual(OPEN)
    await server.begin()
    await world.startWorker({ engines })
    await until(world, DISTRICT, 'in-transit', 'awaiting-approval')
    expect(await findingsOf(world, runId)).toEqual(DONE)
    expect(await world.database.db.selectFrom('case_firings').select('findings').execute()).toEqual([{ findings: 2 }])
  })

  it('go on in a new history when theirs has grown long, and get their default all the same', { timeout: 180_000 }, async () => {
    world = await createWorld()
    const engines = realScan(world)
    const worker = await world.startWorker({ engines })
    const at = new Date(Date.now() + 40_000)
    const runId = await beginWithDefault(at)
    const cases = world.client.workflow.getHandle(casesWorkflowId(YEAR, DISTRICT))
    const before = (await cases.describe()).runId
    await worker.stop()
    for (let batch = 0; batch < 22; batch += 1) await Promise.all(Array.from({ length: 100 }, () => cases.signal(casesChangedSignal)))
    await world.startWorker({ engines })
    await expect.poll(async () => { const now = await cases.describe(); return now.runId !== before && now.status.name }).toBe('RUNNING')
    expect((await cases.describe()).historyLength).toBeLessThan(200)
    await until(world, DISTRICT, 'in-transit', 'awaiting-approval')
    expect(await findingsOf(world, runId)).toEqual(DONE)
    expect(await world.database.db.selectFrom('case_firings').select('findings').execute()).toEqual([{ findings: 2 }])
  })
})

describe('a word that nobody answered', () => {
  it('is judged by the next worker, although the Temporal server was killed in between', { timeout: 180_000 }, async () => {
    const server = await killableServer()
    world = await createWorld({ address: server.address })
    person(world, 'fin', ['finance', 'engineer'])
    const worker = await world.startWorker()
    await world.import(DISTRICT)
    await world.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test' })
    await until(world, DISTRICT, 'in-transit', 'awaiting-approval')
    await worker.stop()
    const silent = (word: Promise<unknown>) => expect(word).rejects.toThrow('no worker answered')
    await silent(impatient(world).decideStep({ year: YEAR, district: DISTRICT, step: 'in-transit', kind: 'approve', actor: 'fin', comment: '' }))
    await silent(impatient(world).openProblem({ district: DISTRICT, user: '张会计', channel: 'hotline', kind: 'fault', text: '打不开', actor: 'fin' }))
    await server.kill()
    await server.begin()
    await world.startWorker()
    await until(world, DISTRICT, 'in-transit', 'approved')
    await expect.poll(() => world.database.db.selectFrom('problems').select(['district', 'state']).execute()).toEqual([{ district: DISTRICT, state: 'open' }])
  })
})
