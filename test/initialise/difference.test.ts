/** The difference that is approved: what it says of each row, that its digest is of these very rows, and when openings are final. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StepContext } from '../../activities/step.ts'
import { signOff } from '../../activities/sign-off.ts'
import { planDigest } from '../../books/steps/carry-forward/digest.ts'
import { readNewYearDetails } from '../../books/read-model/new-year-details.ts'
import { readImportedOpenings, readNewYear } from '../../books/read-model/new-year.ts'
import { differenceDigest, readDifferences } from '../../books/steps/initialise/differences.ts'
import { alteredPart, finalOpenings } from '../../books/steps/initialise/verify.ts'
import { differenceWorkbook } from '../../report/differences.ts'
import { STEPS } from '../../domain/steps.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Item, MAPPINGS, SETUP, makeDistrict, runStep } from './district.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })
const query = (text: string, ...values: unknown[]) => test.pool.query(text, values)
const read = (context: StepContext, more = {}) => readDifferences(test.db, { ...context, ...more })

describe('the difference of two years', () => {
  it('shows each row that is not the same, old and new beside each other', async () => {
    const context = await makeDistrict(test, SETUP, MAPPINGS)
    await runStep(test, context)
    const rows = await read(context, { tables: ['unit', 'economic', 'report-parameter', 'function'] })
    expect(rows.map(({ table, code, change, sources }) => [table, code, change, sources.join(';')])).toEqual([
      ['economic', '30201', 'dropped', ''], ['economic', '3020101', 'added', '30201'], ['economic', '3020102', 'added', '30201'],
      ['function', '2050298', 'dropped', ''], ['function', '2050299', 'renamed', '2050298'],
      ['report-parameter', 'p1', 'changed', ''], ['unit', '002', 'dropped', ''], ['unit', '003', 'dropped', ''], ['unit', '004', 'renamed', '003']])
    expect(rows.find(({ code }) => code === 'p1')).toMatchObject({ old: { value: '=SUM(2050298,2010101)*2' }, now: { value: '=SUM(2050299,2010101)*2' } })
    expect(rows.find(({ code }) => code === '3020101')).toMatchObject({ old: null })
    expect(rows.find(({ code }) => code === '002')).toMatchObject({ now: null })
    expect((await read(context, { tables: ['unit'], all: true })).map(({ code }) => code)).toEqual(['001', '002', '003', '004'])
  })

  it('calls a code that the old year used changed, not new, when another one goes into it', async () => {
    const context = await makeDistrict(test, SETUP, MAPPINGS)
    await query(`update indicators set function = '2050299' where scope_id = $1`, context.scopeId)
    await runStep(test, context)
    expect((await read(context, { tables: ['function'] })).find(({ code }) => code === '2050299')).toMatchObject({ change: 'changed', sources: ['2050298'] })
  })

  it('has one digest for the same rows in any district and run, and another for any other row', async () => {
    const one = await makeDistrict(test, SETUP, MAPPINGS)
    const same = await makeDistrict(test, SETUP.toReversed(), MAPPINGS)
    const other = await makeDistrict(test, SETUP.map((item): Item => (item[1] === 'cutoff' ? [...item.slice(0, 4), '12-27'] as unknown as Item : item)), MAPPINGS)
    const digests = []
    for (const context of [one, same, other]) {
      const { figures } = await runStep(test, context)
      digests.push(figures.differences.digest as string)
      expect(figures.differences.digest).toBe(await differenceDigest(test.db, context.runId, 1))
    }
    expect(digests[0]).toBe(digests[1])
    expect(digests[0]).not.toBe(digests[2])
  })

  it('is written as the same workbook for the same rows', async () => {
    const context = await makeDistrict(test, SETUP, MAPPINGS)
    await runStep(test, context)
    const rows = await read(context)
    const name = (table: string) => ({ zh: table, en: table })
    expect((await differenceWorkbook(rows, name)).equals(await differenceWorkbook(rows, name))).toBe(true)
  })
})

/** A district whose steps all have a result, `initialise` the one that it really has. */
async function closed() {
  const context = await makeDistrict(test, SETUP, MAPPINGS)
  const carry = (await query('select carry_id from carry_forwards where run_id = $1', context.runId)).rows[0].carry_id as number
  await test.db.transaction().execute(async (trx) => {
    await trx.updateTable('carry_forwards').set({ plan_digest: await planDigest(trx, carry) }).where('carry_id', '=', carry).execute()
  })
  const { figures } = await runStep(test, context)
  for (const step of STEPS.filter((one) => one !== 'sign-off')) {
    await query(`insert into step_results (run_id, step, generation, input_digest, evidence_digest, result) values ($1, $2, 1, 'i', 'e', $3)`,
      context.runId, step, JSON.stringify({ figures: step === 'initialise' ? figures : {} }))
  }
  return { context, carry, figures, sign: () => test.db.transaction().execute((trx) => signOff(trx, { ...context, step: 'sign-off' })) }
}

describe('what people look after', () => {
  it('is how long seals and certificates are valid, and which numbers rules give, also when two give the same', async () => {
    const context = await makeDistrict(test, [
      ['seal', 'a', '旧章', null, '2025-12-31'], ['seal', 'b', '章', null, '2026-06-30'], ['certificate', 'c', '证书', null, '20271231'], ['certificate', 'd', '证书', null, '长期'], ['seal', 'off', '停用', null, '2030-01-01', false],
      ['number-rule', 'X', '甲', null, 'ZF{YYYY}{SEQ:4}'], ['number-rule', 'Y', '乙', null, 'ZF{YYYY}{SEQ:4}'], ['number-rule', 'Z', '丙', null, 'ZF{YYYY}'],
    ])
    await runStep(test, context)
    const { validity, numbers } = await readNewYearDetails(test.db, { ...context, newYear: 2026 }, context.config.initialise.tables)
    expect(validity.map(({ code, state }) => `${code} ${state}`)).toEqual(['c valid', 'd unknown', 'a expired', 'b ends'])
    expect(numbers.map(({ code, first, shared }) => [code, first, shared])).toEqual([['X', 'ZF20260001', true], ['Y', 'ZF20260001', true], ['Z', null, false]])
  })
})

describe('the sign-off', () => {
  it('takes the new year that was approved', async () => {
    await expect((await closed()).sign()).resolves.toBeDefined()
  })

  it('refuses setup tables that are no longer those', async () => {
    const { context, figures, sign } = await closed()
    await query(`update new_setup_items set value = '12-31' where run_id = $1 and code = 'cutoff'`, context.runId)
    await expect(sign()).rejects.toThrow(/setup tables of the new year are not what was approved|参数表/)
    expect(await test.db.transaction().execute((trx) => alteredPart(trx, { ...context, figures }))).toBe('setup')
  })

  it('refuses openings that are no longer those', async () => {
    const { context, carry, figures, sign } = await closed()
    await query('update opening_balances set balance = balance + 1 where carry_id = $1 and balance > 0', carry)
    await expect(sign()).rejects.toThrow(/openings|期初/)
    expect(await test.db.transaction().execute((trx) => alteredPart(trx, { ...context, figures }))).toBe('openings')
  })
})

describe('openings', () => {
  const state = async ({ district }: StepContext) => (await readNewYear(test.db, { year: 2025 }, district))?.openings

  it('are provisional until the run is signed off, then final, and provisional again when it is taken up for an undo', async () => {
    const { context } = await closed()
    expect(await state(context)).toBe('provisional')
    await query(`update runs set state = 'completed', ended_at = now() where run_id = $1`, context.runId)
    expect(await state(context)).toBe('final')
    await query(`update runs set state = 'running', ended_at = null where run_id = $1`, context.runId)
    expect(await state(context)).toBe('provisional')
    await query(`update carry_forwards set state = 'reversed' where run_id = $1`, context.runId)
    expect(await state(context)).toBe('missing')
  })

  it('come from the generation in force: not from one taken back, not from a rehearsal, not from another district or year', async () => {
    const { context } = await closed()
    const add = async (runId: number, scopeId: number, state: string, rehearsal: boolean) => {
      const { rows: [{ carry_id: id }] } = await query(`insert into carry_forwards (run_id, scope_id, generation, rehearsal, state, input_version, plan_digest, totals)
        values ($1, $2, 2, $4, $3, 1, 'other', '{}') returning carry_id`, runId, scopeId, state, rehearsal)
      await query(`insert into opening_balances (carry_id, book, account, balance) values ($1, 'B1', '1001', 777)`, id)
    }
    const run = async (scopeId: number, kind: string) => (await query(`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
      values ($1, $2, 'w', 'running', 'd', false, '152500') returning run_id`, scopeId, kind)).rows[0].run_id as number
    const scope = async (district: string, year: number) => (await query('insert into scopes (district, year) values ($1, $2) returning scope_id', district, year)).rows[0].scope_id as number
    await add(context.runId, context.scopeId, 'reversed', false)
    await add(await run(context.scopeId, 'rehearsal'), context.scopeId, 'live', true)
    for (const other of [await scope(`${context.district}x`, 2025), await scope(context.district, 2027)]) await add(await run(other, 'real'), other, 'live', false)
    const { figures } = await runStep(test, { ...context, generation: 2 })
    expect(figures.openings).toMatchObject({ count: 2, debit: '123.45', credit: '123.45', state: 'provisional' })
    expect(figures.openings.planDigest).not.toBe('other')
  })

  it('of a rehearsal never are final', async () => {
    const { context } = await closed()
    await query(`update runs set kind = 'rehearsal', state = 'completed', ended_at = now() where run_id = $1`, context.runId)
    expect(await state(context)).toBe('provisional')
    expect(await test.db.transaction().execute((trx) => finalOpenings(trx, context.runId))).toBeNull()
  })

  it('are named with their sums when they become final', async () => {
    const { context, carry } = await closed()
    expect(await test.db.transaction().execute((trx) => finalOpenings(trx, context.runId))).toMatchObject({ newYear: 2026, carryId: carry, balances: 2, debit: '123.45', credit: '123.45' })
  })

  it('that were imported for the new year are compared with those carried forward', async () => {
    const { context, carry } = await closed()
    const of = { district: context.district, year: 2025, carryId: carry }
    expect(await readImportedOpenings(test.db, of)).toBeNull()
    const { scope_id: scope } = (await query(`insert into scopes (district, year) values ($1, 2026) returning scope_id`, context.district)).rows[0]
    await query(`insert into input_versions (scope_id, version, digest) values ($1, 1, 'd')`, scope)
    for (const table of ['books', 'accounts', 'cells', 'cell_totals']) await query(`create table ${table}_o${scope} partition of ${table} for values in (${scope})`)
    await query(`insert into books values ($1, 1, 'B1', '账', 'treasury-2022', null, 2)`, scope)
    for (const [id, account, balance] of [[1, '1001', 12345], [2, '3001', -12345]] as const) {
      await query(`insert into accounts values ($1, $2, 1, $3, $3, 'asset', 'debit', '{}', true, true, null)`, scope, id, account)
      await query('insert into cells values ($1, $2, 1, $2)', scope, id)
      await query('insert into cell_totals values ($1, $2, $3, 0, 0, 0, 0)', scope, id, balance)
    }
    expect(await readImportedOpenings(test.db, of)).toEqual({ balances: 2, differing: 0 })
    await query('update cell_totals set opening = 12346 where scope_id = $1 and cell_id = 1', scope)
    expect(await readImportedOpenings(test.db, of)).toEqual({ balances: 2, differing: 1 })
    await query('delete from cell_totals where scope_id = $1 and cell_id = 2', scope)
    expect(await readImportedOpenings(test.db, of)).toEqual({ balances: 1, differing: 2 })
  })
})
