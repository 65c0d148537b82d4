import { MockActivityEnvironment } from '@temporalio/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { beginRun } from '../../activities/project.ts'
import { fillBoard } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

describe('beginRun', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
    await fillBoard(database.db)
  })
  afterAll(() => database.drop())

  const runOf = async (state: string) => {
    const run = await database.db.selectFrom('runs').select('run_id').orderBy('run_id').executeTakeFirstOrThrow()
    await sql`update runs set state = ${state}, ended_at = now() where run_id = ${run.run_id}`.execute(database.db)
    return run.run_id
  }
  const begin = (runId: number) => new MockActivityEnvironment().run(() => beginRun({ books: database, log: console } as unknown as ActivityDeps, { runId }))

  it('ends a workflow whose run was given up while it started, and says why', async () => {
    await expect(begin(await runOf('cancelled'))).rejects.toMatchObject({ nonRetryable: true, details: [{ code: 'given-up' }] })
  })

  it('lets a signed-off run be taken up again', async () => {
    expect(await begin(await runOf('completed'))).toHaveProperty('leagueReached')
  })
})
