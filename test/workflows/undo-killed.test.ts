/** The worker is killed in the middle of an undo: it is done once all the same, and the year-end goes on. */
import { Worker } from '@temporalio/worker'
import { sql } from 'kysely'
import pg from 'pg'
import { afterEach, expect, it } from 'vitest'
import { workflowBundle } from '../../worker/bundle.ts'
import { districtWorkflowId } from '../../workflows/ids.ts'
import { killAll, killableWorker } from '../support/killable.ts'
import { booksOf, closeYear, importUnit, realBooks } from './small-books.ts'
import { type World, YEAR, createWorld, person, stepsOf, until } from './world.ts'

const DISTRICT = '152501'
let world: World | undefined
afterEach(async () => {
  killAll()
  await world?.close()
})

it('an undo survives a worker that is killed in its middle', { timeout: 180_000 }, async () => {
  world = await createWorld()
  for (const name of ['fin', 'coo']) person(world, name, ['finance', 'coordinator'])
  const first = await world.startWorker({ engines: realBooks(world) })
  await importUnit(world, DISTRICT, '1000.00')
  expect(await world.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
  await closeYear(world, DISTRICT, ['fin', 'coo'])
  await until(world, DISTRICT, 'initialise', 'awaiting-approval')
  const before = await booksOf(world, DISTRICT)
  await first.stop()

  const child = killableWorker(world, { slowSeconds: 20 })
  const undo = (actor: string, approve: boolean) => world!.operations.decideUndo({ year: YEAR, district: DISTRICT, actor, comment: '', word: approve ? 'approve' : 'ask' })
  expect(await undo('fin', false)).toMatchObject({ ok: true })
  expect(await undo('coo', true)).toMatchObject({ ok: true })
  await until(world, DISTRICT, 'carry-forward', 'running')
  const owner = new pg.Client({ connectionString: world.database.url })
  await owner.connect()
  await expect.poll(async () => (await owner.query(`select from pg_stat_activity
    where datname = current_database() and query like 'select pg_sleep%' and state = 'active'`)).rowCount).toBe(1)
  await owner.end()
  child.kill('SIGKILL')
  expect(await booksOf(world, DISTRICT)).toEqual(before)

  await world.startWorker({ engines: realBooks(world) })
  await expect.poll(async () => (await stepsOf(world!, DISTRICT)).get('carry-forward')!.state).toBe('awaiting-approval')
  const { rows: [written] } = await sql<{ entries: number; reversals: number }>`
    select count(*) filter (where not reversal)::int as entries, count(*) filter (where reversal)::int as reversals
    from closing_entries join carry_forwards using (carry_id) where state = 'reversed'`.execute(world.database.db)
  expect(written).toEqual({ entries: before.closing.length, reversals: before.closing.length })
  expect(await booksOf(world, DISTRICT)).toMatchObject({ live: 0, reversed: 1, unbalanced: 0 })
  const history = await world.client.workflow.getHandle(districtWorkflowId(YEAR, DISTRICT)).fetchHistory()
  await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)
})
