/** The new year's setup: what each treatment does with a table, what a person is told, and that running again changes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StepContext } from '../../activities/step.ts'
import { NoCarryForward } from '../../books/steps/initialise/index.ts'
import { loadConfig } from '../../config/load.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Item, MAPPINGS, type Mapping, SETUP, makeDistrict, runStep } from './district.ts'

const config = loadConfig()
let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })
const district = (setup: readonly Item[], mappings: readonly Mapping[] = [], carry = true) => makeDistrict(test, setup, mappings, carry)
const run = (context: StepContext) => runStep(test, context)

describe('initialisation of the new year', () => {
  let context: StepContext
  beforeEach(async () => { context = await district(SETUP, MAPPINGS) })

  it('finds nothing on sensible tables', async () => {
    expect((await run(context)).found).toEqual([])
  })

  it('takes active codes over, drops inactive ones and follows the mappings', async () => {
    const { row } = await run(context)
    expect(row('unit', '001')).toMatchObject({ change: 'same', live: true })
    expect(row('unit', '002')).toMatchObject({ change: 'dropped', live: false })
    expect(row('unit', '004')).toMatchObject({ change: 'renamed', live: true, source_code: '003' })
    expect(row('function', '2050299')).toMatchObject({ change: 'renamed', source_code: '2050298' })
    expect(row('economic', '3020102')).toMatchObject({ change: 'added', source_code: '30201' })
  })

  it('drops roles of leavers and closed units and follows merged ones', async () => {
    const { row } = await run(context)
    expect(row('role', 'r1')).toMatchObject({ live: true, value: '001' })
    expect(row('role', 'r2')).toMatchObject({ live: false })
    expect(row('role', 'r3')).toMatchObject({ live: false, change: 'dropped' })
    expect(row('role', 'r4')).toMatchObject({ live: true, change: 'changed', value: '004' })
    expect(row('role', 'r5')).toMatchObject({ live: true, change: 'same' })
  })

  it('makes twelve periods, and the adjustment period where the old year has one', async () => {
    const { rows } = await run(context)
    const live = rows.filter((row) => row.table_name === 'period' && row.live).map(({ code }) => code)
    expect(live).toHaveLength(13)
    expect(live).toContain('2026-13')
    const plain = await run(await district(SETUP.filter(([, code]) => code !== '2025-13')))
    expect(plain.rows.filter((row) => row.table_name === 'period' && row.live)).toHaveLength(12)
    const { rows: february } = await test.pool.query('select starts_on, ends_on from new_periods where run_id = $1 and period = $2', [context.runId, '2026-02'])
    expect(february).toEqual([{ starts_on: '2026-02-01', ends_on: '2026-02-28' }])
  })

  it('links salary items to carried indicators and leaves the others open', async () => {
    const { row } = await run(context)
    expect(row('salary-item', 'w1')).toMatchObject({ value: 'IND-1-2026', change: 'changed' })
    expect(row('salary-item', 'w2')).toMatchObject({ value: null, change: 'changed', live: true })
  })

  it('replaces switched-off codes in formulas', async () => {
    expect((await run(context)).row('report-parameter', 'p1')).toMatchObject({ value: '=SUM(2050299,2010101)*2', change: 'changed' })
  })

  it('counts each table and the openings of the live carry-forward', async () => {
    const { figures } = await run(context)
    expect(figures.openings).toEqual({ state: 'provisional', planDigest: 'p', count: 2, books: 1, debit: '123.45', credit: '123.45', carriedIndicators: 1, carriedAmount: '1.00' })
    expect(figures.tables.role).toEqual({ treatment: 're-authorise', live: 3, same: 2, added: 0, dropped: 2, renamed: 0, changed: 1 })
    expect(figures.notGiven).toContain('interface')
    expect([...Object.keys(figures.tables), ...figures.notGiven].toSorted()).toEqual(Object.keys(config.initialise.tables).toSorted())
    expect(figures.items.indicator).toEqual({ treatment: 'create', live: 1, dropped: 1, amount: '1.00' })
    expect(figures.items['spending-plan']).toEqual({ treatment: 'reset', live: 0, dropped: 0 })
    expect(figures.items.cache).toEqual({ treatment: 'reset' })
  })

  it('gives the same rows and figures when it runs again', async () => {
    const first = await run(context)
    const second = await run(context)
    expect(second.rows).toEqual(first.rows)
    expect(second.figures).toEqual(first.figures)
  })

  it('keeps districts apart', async () => {
    const other = await district([['unit', '002', '另一单位', null, null]])
    await run(context)
    const { rows } = await run(other)
    expect(rows.filter(({ table_name }) => table_name === 'unit')).toMatchObject([{ code: '002', name: '另一单位', live: true }])
  })
})

describe('what a person is told of the new year', () => {
  const rules = async (item: Item, extra: readonly Item[] = []) => (await run(await district([...extra, item]))).found.map(({ rule, key, severity }) => [rule, key, severity])

  it.each<[string, Item, string[][]]>([
    ['a seal that ended in the old year', ['seal', 's', '章', null, '2025-12-31'], [['I5', 'seal/s', 'warning']]],
    ['a certificate that ends in the new year', ['certificate', 'c', '证', null, '2026-12-30'], [['I6', 'certificate/c', 'info']]],
    ['a certificate valid through the new year', ['certificate', 'c', '证', null, '2026-12-31'], []],
    ['a day that can not be read', ['seal', 's', '章', null, '明年'], [['I7', 'seal/s', 'warning']]],
    ['a seal without a day', ['seal', 's', '章', null, null], []],
    ['an expired seal that is out of use', ['seal', 's', '章', null, '2020-01-01', false], []],
    ['a number rule without the year', ['number-rule', 'n', '号', null, 'ZF{SEQ:8}'], [['I8', 'number-rule/n', 'warning']]],
    ['a number rule without a pattern', ['number-rule', 'n', '号', null, null], []],
    ['a salary item of no indicator', ['salary-item', 'w', '工资', null, 'IND-9'], [['I9', 'salary-item/w', 'warning']]],
    ['a salary item without an indicator', ['salary-item', 'w', '工资', null, null], []],
  ])('%s', async (_, item, expected) => {
    expect(await rules(item)).toEqual(expected)
  })

  it('a formula with a code that is switched off and has no successor', async () => {
    const off: Item = ['economic', '30201', '办公费', null, null, false]
    expect(await rules(['report-parameter', 'p', '表', null, '30201+30202'], [off])).toEqual([['I10', 'report-parameter/p', 'warning']])
  })

  it('the problems that block the carry-forward, again', async () => {
    const { found } = await run(await district([['unit', '9', 'x', '8', null], ['fund', 'a', 'x', null, null], ['fund', 'a', 'y', null, null]], [['function', '1', '2', '0.5']]))
    expect(found.map(({ rule, key }) => `${rule} ${key}`)).toEqual(['I1 unit/9', 'I2 fund/a', 'I3 function/1>2', 'I4 function/1'])
  })

  it('that there is no carry-forward to start from', async () => {
    await expect(run(await district(SETUP, [], false))).rejects.toThrow(NoCarryForward)
  })

  it('nothing of that in a rehearsal, which may have no plan', async () => {
    const context = await district(SETUP, [], false)
    expect((await run({ ...context, kind: 'rehearsal' })).figures.openings.state).toBe('missing')
  })
})
