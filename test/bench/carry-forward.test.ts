/** The benchmark of the carry-forward runs, on few rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { benchCarryForward } from '../../bench/carry-forward.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

describe('the benchmark carry-forward', () => {
  it('measures both sizes against plain SQL, the undo, a check with nothing to do, and thirteen districts at once', async () => {
    const result = await benchCarryForward({ rows: 6_000, database })
    expect(result).toMatchObject({ name: 'carry-forward', rows: 6_000 })
    expect(result.also!.map(({ baseline }) => baseline)).toEqual(['text keys, numeric', '1,200 carried, integer keys', '1,200 carried, text keys, numeric'])
    for (const { ratio } of [result, ...result.also!]) expect(ratio).toBeGreaterThan(0)
    expect(Object.keys(result.measured!)).toEqual(['undoAfterInterruptedUndoSeconds', 'nothingToDoSeconds', 'districts', 'entriesOfEach', 'inARowSeconds',
      'atOnceSeconds', 'atOnceCoresBusy', 'nodeMiBAfterFewBalances', 'nodeMiBAfterAll'])
    // Every district is closed, once.
    const live = await database.db.selectFrom('carry_forwards').select('scope_id').where('state', '=', 'live').execute()
    expect(live.length).toBe(13)
  }, 300_000)
})
