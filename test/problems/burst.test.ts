/** Many alarms due at one moment: whoever comes first raises those of its neighbours too, and each goes out once. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { ActivityDeps } from '../../activities/deps.ts'
import { ENGINES } from '../../activities/engines.ts'
import { raiseProblemAlarms } from '../../activities/problem-alarm.ts'
import type { ProblemAlarmResult } from '../../activities/problem-contract.ts'
import { verifyAudit } from '../../books/audit.ts'
import { holdProblem } from '../../books/problems/store.ts'
import { tryKey } from '../../books/problems/words.ts'
import { loadConfigFile, locate } from '../../config/load.ts'
import { loadService } from '../../config/service.ts'
import { BOARD_NOW } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { createWorld, person } from '../workflows/world.ts'
import { MINUTE, report, say } from './desk.ts'
import { writeProblem } from './rows.ts'

const service = loadService()
let database: TestDatabase
let deps: ActivityDeps
const warnings: string[] = []
beforeAll(async () => {
  database = await createTestDatabase()
  deps = {
    books: database, env: {}, log: { info: () => {}, warn: (_fields, message) => { warnings.push(message) } }, engines: ENGINES, loadActors: () => ({ actors: [] }),
    loadDocuments: () => loadConfigFile('documents'), loadService: () => service,
    loadDelivery: () => ({ attempts: 3, webhooks: [{ url: 'http://127.0.0.1:1/hook' }], smtp: null }),
  }
})
afterAll(() => database?.drop())
beforeEach(() => { warnings.length = 0 })

const raise = (problemId: string) => new MockActivityEnvironment().run(() => raiseProblemAlarms(deps, { problemId, now: BOARD_NOW.toISOString() })) as Promise<ProblemAlarmResult>
const count = async (rows: string) => (await sql<{ n: number }>`select count(*)::int as n from ${sql.raw(rows)}`.execute(database.db)).rows[0]!.n
/** Alarms of each problem of a test that had any. */
const alarmed = async (test: string) => (await sql<{ id: string; n: number }>`
  select problem_id as id, count(*)::int as n from problem_events where action <> 'open' and problem_id like ${`${test}-%`} group by 1 order by 1`.execute(database.db)).rows.map(({ id, n }) => `${id} ${n}`)

/** So many problems, reported 35 minutes ago, over four districts in turn; and one that is due later. */
async function fill(test: string, problems: number): Promise<string[]> {
  const ids = Array.from({ length: problems }, (_, index) => `${test}-${String(index).padStart(3, '0')}`)
  for (const [index, id] of ids.entries()) await writeProblem(database.db, id, 35, { district: `${test}${index % 4}` })
  await writeProblem(database.db, `${test}-LATER`, 10)
  return ids
}

it('one call raises its own and those of its neighbours, of every district, and nothing that is not due', async () => {
  const ids = await fill('A', 12)
  expect((await raise(ids[5]!)).notifications).toHaveLength(1)
  expect(await alarmed('A')).toEqual(ids.map((id) => `${id} 1`))
  // Whoever comes later finds its own raised, and brings it out of the house.
  expect(await raise(ids[0]!)).toMatchObject({ notifications: [expect.any(String)], watch: { sequence: 2 } })
  expect(await alarmed('A')).toEqual(ids.map((id) => `${id} 1`))
})

it('calls of all of them at once raise each alarm once, deliver it once, and name it to its own problem only', async () => {
  const before = [await count('notifications'), await count('deliveries')]
  const ids = await fill('B', 48)
  const results = await Promise.all(ids.map((id) => raise(id)))
  expect(await alarmed('B')).toEqual(ids.map((id) => `${id} 1`))
  expect([await count('notifications'), await count('deliveries')]).toEqual([before[0]! + 48, before[1]! + 96])
  const own = await sql<{ id: string }>`select notification_id as id from notifications where problem_id like 'B-%' order by problem_id`.execute(database.db)
  expect(results.map(({ notifications }) => notifications)).toEqual(own.rows.map(({ id }) => [id]))
  expect(results.every(({ watch }) => watch.sequence === 2 && watch.next! > BOARD_NOW.getTime())).toBe(true)
  expect((await verifyAudit(database.db)).bad).toBeNull()
  expect(warnings.filter((one) => one.includes('left to themselves'))).toEqual([])
})

it('a problem that somebody is at, or a district, is not waited for, and raised by its own call afterwards', async () => {
  const ids = await fill('C', 8)
  await database.db.transaction().execute(async (trx) => {
    await holdProblem(trx, ids[4]!)
    await tryKey(trx, 'alarms of C1')
    await raise(ids[2]!)
    expect(await alarmed('C')).toEqual([0, 2, 3, 6, 7].map((index) => `${ids[index]} 1`))
  })
  await raise(ids[4]!)
  expect(await alarmed('C')).toEqual(ids.map((id) => `${id} 1`))
})

it('a neighbour that goes wrong keeps nobody else from its alarm', async () => {
  const ids = await fill('D', 8)
  await sql`update problems set rules = '{}' where problem_id = ${ids[0]!}`.execute(database.db)
  await expect(raise(ids[0]!)).rejects.toThrow()
  for (const id of ids.slice(1)) await raise(id)
  expect(await alarmed('D')).toEqual(ids.slice(1).map((id) => `${id} 1`))
  expect(warnings).toContainEqual(expect.stringContaining('left to themselves'))
})

it('a word that comes before its own call brings out what a neighbour raised', async () => {
  const world = await createWorld()
  try {
    const service = parse(readFileSync(locate('service.yaml', undefined), 'utf8')) as { window: object }
    const escalation = parse(readFileSync(locate('escalation.yaml', undefined), 'utf8')) as { delivery: object }
    mkdirSync(world.folders.overlay, { recursive: true })
    writeFileSync(join(world.folders.overlay, 'service.yaml'), stringify({ ...service, window: { from: '01-01', to: '12-31' } }))
    // Nobody listens there: that it was tried is on record.
    const delivery = { ...escalation.delivery, webhooks: [{ url: 'http://127.0.0.1:1/hook' }] }
    writeFileSync(join(world.folders.overlay, 'escalation.yaml'), stringify({ ...escalation, delivery }))
    person(world, 'eng', ['engineer'])
    await world.startWorker()
    const [own, neighbour] = [await report(world), await report(world, { user: '李会计', text: '无法登录' })]
    const later = new Date(Date.now() + 31 * MINUTE).toISOString()
    await new MockActivityEnvironment().run(() => raiseProblemAlarms({ ...deps, books: world.database }, { problemId: neighbour, now: later }))
    const tried = () => sql<{ channel: string }>`
      select distinct channel from deliveries join notifications using (notification_id) where problem_id = ${own}`.execute(world.database.db)
    expect((await tried()).rows.map(({ channel }) => channel).toSorted()).toEqual(['log', 'tui'])
    await say(world, own, { action: 'acknowledge', comment: '' })
    await expect.poll(async () => (await tried()).rows.map(({ channel }) => channel).toSorted(), { timeout: 20_000 }).toEqual(['log', 'tui', 'webhook'])
  } finally {
    await world.close()
  }
})
