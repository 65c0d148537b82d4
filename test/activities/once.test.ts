import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IdempotencyConflict, runOnce } from '../../activities/once.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

describe('runOnce', () => {
  let database: TestDatabase
  beforeAll(async () => { database = await createTestDatabase() })
  afterAll(() => database.drop())

  const once = (key: string, request: string, work: () => Promise<{ n: number }>) =>
    database.db.transaction().execute((trx) => runOnce(trx, key, { request }, work))

  it('does the work once and gives the stored result after that', async () => {
    let calls = 0
    const work = () => Promise.resolve({ n: (calls += 1) })
    expect(await once('a', 'x', work)).toEqual({ n: 1 })
    expect(await once('a', 'x', work)).toEqual({ n: 1 })
    expect(calls).toBe(1)
  })

  it('refuses the same key with another request', async () => {
    await once('b', 'x', () => Promise.resolve({ n: 1 }))
    await expect(once('b', 'y', () => Promise.resolve({ n: 2 }))).rejects.toBeInstanceOf(IdempotencyConflict)
  })

  it('stores nothing when the work fails, so that it can be tried again', async () => {
    await expect(once('c', 'x', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await once('c', 'x', () => Promise.resolve({ n: 3 }))).toEqual({ n: 3 })
  })

  it('lets a second attempt at the same time wait for the first and take its result', async () => {
    let calls = 0
    const slow = async () => {
      calls += 1
      await new Promise((resolve) => setTimeout(resolve, 300))
      return { n: calls }
    }
    expect(await Promise.all([once('d', 'x', slow), once('d', 'x', slow)])).toEqual([{ n: 1 }, { n: 1 }])
    expect(calls).toBe(1)
  })
})
