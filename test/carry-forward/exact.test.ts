/** The plan equals an independent computation to the fen, whatever the books, and what goes live is proved. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { inRollback, loadDistrict, openFindings, plan, readWritten } from './load.ts'
import { randomDistrict } from './random.ts'
import { reference } from './reference.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

describe('the carry-forward of random districts', () => {
  it('equals an independent computation to the fen and is proved from the database', async () => {
    await fc.assert(fc.asyncProperty(randomDistrict, async (input) => {
      await inRollback(database, async (trx) => {
        const context = await loadDistrict(trx, input)
        await plan(trx, context)
        expect((await openFindings(trx, context)).filter((text) => !text.startsWith('C5'))).toEqual([])
        await applyCarryForward(trx, context)
        const written = await readWritten(trx, context, 'live')
        const expected = reference(input)
        expect(written.closing).toEqual(expected.closing)
        expect([...written.openings].sort()).toEqual([...expected.openings].sort())
        expect(written.dispositions).toEqual(expected.dispositions)
        expect(written.newIndicators).toEqual(expected.newIndicators)
      })
    }), { numRuns: 40 })
  }, 300_000)

  it('does not depend on the order of rows', async () => {
    await fc.assert(fc.asyncProperty(randomDistrict, async (input) => {
      const digest = (rows: typeof input) => inRollback(database, async (trx) => (await plan(trx, await loadDistrict(trx, rows))).figures.planDigest)
      const turned = {
        ...input, books: input.books.toReversed(), opening: input.opening.toReversed(), entries: input.entries.toReversed(),
        indicators: input.indicators.toReversed(), mappings: input.mappings.toReversed(),
      }
      expect(await digest(turned)).toBe(await digest(input))
    }), { numRuns: 8 })
  }, 300_000)
})
