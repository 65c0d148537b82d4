/** Applying exactly the plan, undoing it, late changes, and what is refused. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCarryForward, previewUndo, proveCarryForward, undoCarryForward } from '../../books/steps/carry-forward/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Trx, inRollback, loadDistrict, plan, readWritten } from './load.ts'
import type { District } from './model.ts'
import { districtOf } from './random.ts'

let database: TestDatabase
let input: District
beforeAll(async () => {
  database = await createTestDatabase()
  input = { ...fc.sample(districtOf({ postings: 60, indicators: 8 }), { seed: 20251231, numRuns: 1 })[0]!, mappings: [], setup: [] }
})
afterAll(async () => { await database.drop() })

const net = async (trx: Trx) => (await sql<{ book: string }>`
  select book from closing_entries e join carry_forwards c using (carry_id) where c.state = 'reversed'
  group by carry_id, book, account, unit, function, revenue, economic, project, fund, counterparty having sum(debit) <> sum(credit)`.execute(trx)).rows

describe('a carry-forward in force', () => {
  it('is undone and done again ten times with the same books, both kept', async () => {
    await inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      const digests = new Set<unknown>()
      for (let generation = 1; generation <= 10; generation += 1) {
        digests.add((await plan(trx, { ...context, generation })).figures.planDigest)
        await applyCarryForward(trx, { ...context, generation })
        if (generation < 10) await undoCarryForward(trx, context, '测试')
      }
      expect(digests.size).toBe(1)
      expect(await net(trx)).toEqual([])
      const { rows } = await sql<{ state: string; n: number }>`select state, count(*)::int as n from carry_forwards group by state order by state`.execute(trx)
      expect(rows).toEqual([{ state: 'live', n: 1 }, { state: 'reversed', n: 9 }])
    })
  })

  it('shows what an undo would touch, and refuses a second undo', async () => {
    await inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      await plan(trx, context)
      await applyCarryForward(trx, context)
      const written = await readWritten(trx, context, 'live')
      const preview = await previewUndo(trx, context.runId)
      expect(preview).toMatchObject({
        closingEntries: { entries: written.closing.length }, openings: { balances: written.openings.size }, newIndicators: { indicators: written.newIndicators.length },
      })
      expect((await undoCarryForward(trx, context, '测试')).entries).toBe(written.closing.length)
      await expect(undoCarryForward(trx, context, '测试')).rejects.toMatchObject({ code: 'nothing-live' })
    })
  })

  it('is replaced by the plan of a late change, which says how much differs', async () => {
    await inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      await plan(trx, context)
      await applyCarryForward(trx, context)
      const late = { ...input, entries: [...input.entries,
        { book: 'U1', voucher: 'LATE', account: '1002', unit: '001', debit: '12.34', credit: '' }, { book: 'U1', voucher: 'LATE', account: '4001', unit: '001', debit: '', credit: '12.34' }] }
      const next = { ...await loadDistrict(trx, late), generation: 2 }
      expect((await plan(trx, next)).figures.change).toEqual({ openings: 2, amount: '24.68' })
      expect((await applyCarryForward(trx, next)).figures).toMatchObject({ applied: true, replaced: true })
      expect(await net(trx)).toEqual([])
    })
  })

  it('is not applied when input, digest or rows are no longer those of the plan', async () => {
    const refused = (change: (trx: Trx, context: Awaited<ReturnType<typeof loadDistrict>>) => Promise<object>) => inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      await plan(trx, context)
      const changes = await change(trx, context)
      return applyCarryForward(trx, { ...context, ...changes }, changes).then(() => 'applied', (error: { code?: string }) => error.code)
    })
    const other = { ...input, entries: input.entries.slice(2) }
    expect(await refused(async (trx) => { await loadDistrict(trx, other); return {} })).toBe('input-changed')
    expect(await refused(async (trx) => ({ inputVersion: (await loadDistrict(trx, other)).inputVersion }))).toBe('plan-changed')
    expect(await refused(async (trx) => ({ inputVersion: (await loadDistrict(trx, input)).inputVersion }))).toBe('applied')
    expect(await refused(() => Promise.resolve({ planDigest: 'other' }))).toBe('plan-changed')
    expect(await refused(() => Promise.resolve({ generation: 7 }))).toBe('no-plan')
    expect(await refused(async (trx) => { await sql`update opening_balances set balance = balance + 1`.execute(trx); return {} })).toBe('plan-changed')
  })
})

describe('the proof', () => {
  it('sees each kind of wrong result', async () => {
    const failed = (damage: (trx: Trx) => Promise<unknown>) => inRollback(database, async (trx) => {
      const context = await loadDistrict(trx, input)
      await plan(trx, context)
      await damage(trx)
      const { rows } = await sql<{ carry_id: number }>`select carry_id from carry_forwards`.execute(trx)
      return (await proveCarryForward(trx, context, rows[0]!.carry_id)).checks.filter((check) => !check.ok).map((check) => check.name)
    })
    const one = (table: string) => sql.raw(`ctid = (select ctid from ${table} limit 1)`)
    expect(await failed(() => Promise.resolve())).toEqual([])
    expect(await failed((trx) => sql`delete from opening_balances where ${one('opening_balances')}`.execute(trx))).toContain('openings-equal-closing')
    expect(await failed((trx) => sql`insert into opening_balances select * from opening_balances where ${one('opening_balances')}`.execute(trx))).toContain('openings-equal-closing')
    expect(await failed((trx) => sql`delete from closing_entries where rule in ('F1', 'B1', 'B4', 'A1', 'A13a', 'F2')`.execute(trx))).toEqual(expect.arrayContaining(['closed-to-zero', 'openings-equal-closing']))
    expect(await failed((trx) => sql`update closing_entries set debit = debit * 2, credit = credit * 2 where ${one('closing_entries')}`.execute(trx))).toContain('vouchers-balanced')
    expect(await failed((trx) => sql`update closing_entries set counterparty = 'X' where ${one('closing_entries')}`.execute(trx))).toContain('declared-dimensions')
    expect(await failed((trx) => sql`delete from indicator_dispositions where ${one('indicator_dispositions')}`.execute(trx))).toContain('indicator-identity')
    expect(await failed((trx) => sql`delete from new_indicators`.execute(trx))).toContain('indicators-carried')
    // The kept totals of the import are not what the proof rests on.
    expect(await failed((trx) => sql`update entries set debit = debit + 100 where debit > 0 and ${one('entries')}`.execute(trx).then(() =>
      sql`update entries set credit = credit + 100 where credit > 0 and ${one('entries')}`.execute(trx)))).toContain('openings-equal-closing')
  })
})
