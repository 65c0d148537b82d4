/** Checking a carry-forward again when nothing is new. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergeFound } from '../../books/findings.ts'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Trx, inRollback, loadDistrict, plan } from './load.ts'
import type { District } from './model.ts'
import { districtOf } from './random.ts'

let database: TestDatabase
let input: District
beforeAll(async () => {
  database = await createTestDatabase()
  const drawn = fc.sample(districtOf({ postings: 40, indicators: 4 }), { seed: 7, numRuns: 1 })[0]!
  // 待处理财产损溢 with a balance: a warning (C5) that the plan goes past.
  input = { ...drawn, mappings: [], setup: [], entries: [...drawn.entries,
    { book: 'U1', voucher: 'W', account: '1902', unit: '001', debit: '5.00', credit: '' }, { book: 'U1', voucher: 'W', account: '1002', unit: '001', debit: '', credit: '5.00' }] }
})
afterAll(async () => { await database.drop() })

const planned = async (trx: Trx) => (await sql<{ carry_id: number; generation: number; state: string }>`
  select carry_id, generation, state from carry_forwards order by carry_id`.execute(trx)).rows
const found = async (trx: Trx) => (await sql<{ rule: string; facts: object }>`select rule, key, severity, amount, message_zh, facts from found order by rule, key`.execute(trx)).rows

describe('a plan that is checked again', () => {
  it('is handed on as it is, with its findings, when nothing changed', async () => {
    await inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      const first = await plan(trx, context)
      const seen = await found(trx)
      expect(seen.map(({ rule }) => rule)).toContain('C5')
      await mergeFound(trx, { runId: context.runId, district: context.district, year: context.year, generation: 1, step: 'carry-forward' })
      const again = await plan(trx, { ...context, generation: 2 })
      expect(again.figures).toEqual(first.figures)
      expect(await found(trx)).toEqual(seen)
      expect(await planned(trx)).toMatchObject([{ generation: 2, state: 'planned' }])
      expect((await applyCarryForward(trx, { ...context, generation: 2 })).figures).toMatchObject({ applied: true })
    })
  })

  it('is made anew for another input, and when an error it was planned past is open again', async () => {
    await inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      await plan(trx, context)
      const second = { ...await loadDistrict(trx, input), generation: 2 }
      await plan(trx, second)
      expect(await planned(trx)).toMatchObject([{ state: 'discarded' }, { generation: 2, state: 'planned' }])
      await sql`insert into findings (run_id, finding_id, step, rule, key, severity, status, message_zh, message_en, facts, content_digest, opened_generation, seen_generation)
        values (${context.runId}, 'F', 'carry-forward', 'C6', 'k', 'error', 'open', '', '', '{}', '', 1, 1)`.execute(trx)
      await plan(trx, { ...second, generation: 3 })
      expect(await planned(trx)).toHaveLength(3)
    })
  })
})
