/** The plan equals an independent computation to the fen, whatever the books, and what goes live is proved. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { filesOf, importDistrict } from './csv.ts'
import { inRollback, loadDistrict, openFindings, plan, readWritten } from './load.ts'
import { randomDistrict } from './random.ts'
import { reference } from './reference.ts'

let database: TestDatabase
/** Districts of the built-in list, which an import asks for. */
let next = 152_521
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

  it('does not depend on over how many imports the input came, nor on what stood there before', async () => {
    await fc.assert(fc.asyncProperty(randomDistrict.filter(({ entries }) => entries.length > 2), fc.nat(), async (input, cut) => {
      const district = String(next += 1)
      const at = { district, year: input.year }
      const planned = async (rows: typeof input, of = at) => {
        const context = await importDistrict(database, { ...of, files: filesOf(rows) })
        const digest = await inRollback(database, async (trx) => (await plan(trx, context)).figures.planDigest)
        await sql`update runs set state = 'cancelled' where run_id = ${context.runId}`.execute(database.db)
        return digest
      }
      // A part of the year first, unbalanced as it is, then all of it, then the same with lines that say nothing between them.
      await planned({ ...input, entries: input.entries.slice(0, cut % input.entries.length) })
      const grown = await planned(input)
      const padded = input.entries.flatMap((entry) => [{ ...entry, debit: '0.00', credit: '' }, entry])
      expect(await planned({ ...input, entries: padded })).toBe(grown)
      expect(await planned(input, { ...at, district: String(next += 1) })).toBe(grown)
    }), { numRuns: 3 })
  }, 300_000)
})
