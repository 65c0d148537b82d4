/** What is applied are the very rows that were planned, and the proof rests on no word of their writer. */
import fc from 'fast-check'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StepContext } from '../../activities/step.ts'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { proveCarryForward } from '../../books/steps/carry-forward/prove.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Trx, inRollback, loadDistrict, plan } from './load.ts'
import type { District } from './model.ts'
import { districtOf } from './random.ts'

let database: TestDatabase
let context: StepContext
const drawn = fc.sample(districtOf({ postings: 40, indicators: 4 }), { seed: 11, numRuns: 1 })[0]!
const input: District = { ...drawn, mappings: [], setup: [] }
beforeAll(async () => {
  database = await createTestDatabase()
  context = await database.db.transaction().execute((trx) => loadDistrict(trx, input))
  await database.db.transaction().execute((trx) => plan(trx, context))
})
afterAll(async () => { await database.drop() })

const carry = async (trx: Trx) => (await trx.selectFrom('carry_forwards').select('carry_id').where('state', '=', 'planned').executeTakeFirstOrThrow()).carry_id
/** What another transaction says of the plan after a change to it, which is taken back. */
const after = (...changes: RawBuilder<unknown>[]) => inRollback(database, async (trx) => {
  for (const change of changes) await change.execute(trx)
  return applyCarryForward(trx, context).then(() => 'applied', (error: { code?: string }) => error.code)
})
const one = (table: string) => sql.raw(`ctid = (select ctid from ${table} limit 1)`)

describe('a plan that was written by a transaction of its own', () => {
  it('is applied as it stands', async () => {
    expect(await after()).toBe('applied')
  })

  it.each([
    ['changed', sql`update opening_balances set balance = balance + 1 where ${one('opening_balances')}`],
    ['taken away', sql`delete from closing_entries where ${one('closing_entries')}`],
    ['added', sql`insert into opening_balances select * from opening_balances where ${one('opening_balances')}`],
    ['taken away in place of another', sql`with gone as (delete from opening_balances where ${one('opening_balances')} returning *)
      insert into opening_balances select carry_id, 'other', account, unit, function, revenue, economic, project, fund, counterparty, balance from gone`],
    ['other than the digest says', sql`update carry_forwards set plan_digest = 'other'`],
    ['changed among the indicators', sql`update indicator_dispositions set amount = amount + 1 where ${one('indicator_dispositions')}`],
  ])('is refused when a row was %s', async (_, change) => {
    expect(await after(change)).toBe('plan-changed')
  })

  it('is read again when nobody knows any more who wrote its rows', async () => {
    for (const unknown of [sql`null`, sql`'3'::xid8`, sql`pg_current_xact_id()`, sql`'4000000000000'::xid8`]) {
      expect(await after(sql`update carry_forwards set written_in = ${unknown}`)).toBe('applied')
      expect(await after(sql`update carry_forwards set written_in = ${unknown}`, sql`update opening_balances set balance = balance + 1`)).toBe('plan-changed')
    }
    // Rows that were written anew, as they were: another transaction's, but the same plan.
    expect(await after(sql`update closing_entries set debit = debit`)).toBe('applied')
  })
})

describe('the proof', () => {
  const failed = (...changes: RawBuilder<unknown>[]) => inRollback(database, async (trx) => {
    for (const change of changes) await change.execute(trx)
    return (await proveCarryForward(trx, context, await carry(trx))).checks.filter((check) => !check.ok).map((check) => check.name)
  })

  it('takes the cells that rows name for nothing but a word', async () => {
    const { rows: [named] } = await sql<{ closing: number; opening: number }>`select (select count(cell_id)::int from closing_entries) as closing,
      (select count(cell_id)::int from opening_balances) as opening`.execute(database.db)
    expect(named!.closing).toBeGreaterThan(0)
    expect(named!.opening).toBeGreaterThan(0)
    for (const word of [sql`null`, sql`(select min(cell_id) from cells)`, sql`cell_id + 1`, sql`-5`, sql`1000000`]) {
      expect(await failed(sql`update closing_entries set cell_id = ${word}`)).toEqual([])
      expect(await failed(sql`update opening_balances set cell_id = ${word}`)).toEqual([])
      // Under a wrong word a wrong amount is seen all the same.
      expect(await failed(sql`update opening_balances set cell_id = ${word}`, sql`update opening_balances set balance = balance + 1 where ${one('opening_balances')}`))
        .toEqual(expect.arrayContaining(['openings-equal-closing', 'openings-balanced']))
    }
  })

  it('sees codes that differ from those of the cell in any place', async () => {
    for (const column of ['book', 'account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']) {
      expect(await failed(sql`update opening_balances set ${sql.ref(column)} = ${sql.ref(column)} || 'x' where ${one('opening_balances')}`)).toContain('openings-equal-closing')
    }
  })

  it('sees two cells that are one', async () => {
    expect(await failed(sql`insert into cells select scope_id, cell_id + 1000000, book_id, account_id, unit, function, revenue, economic, project, fund, counterparty
      from cells where cell_id = (select min(cell_id) from cells)`)).toContain('cells-apart')
  })
})
