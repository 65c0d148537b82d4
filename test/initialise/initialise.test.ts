/** The new year's setup: what each treatment does with a table, what a person is told, and that running again changes nothing. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StepContext } from '../../activities/step.ts'
import { createFound } from '../../books/findings.ts'
import { NoCarryForward, initialise } from '../../books/steps/initialise/index.ts'
import { loadConfig } from '../../config/load.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const config = loadConfig()
let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

type Item = [table: string, code: string, name: string, parent: string | null, value: string | null, active?: boolean]
type Mapping = [table: string, old: string, code: string, share?: string]

const SETUP: readonly Item[] = [
  ['unit', '001', '办公室', null, null], ['unit', '002', '撤销单位', null, null, false], ['unit', '003', '并入单位', null, null, false], ['unit', '004', '新单位', '001', null],
  ['function', '2010101', '行政运行', null, null], ['function', '2050298', '旧项', null, null, false], ['function', '2050299', '其他教育支出', null, null],
  ['economic', '30201', '办公费', null, null, false], ['economic', '3020101', '办公费甲', null, null], ['economic', '3020102', '办公费乙', null, null],
  ['period', '2025-01', '一月', null, null], ['period', '2025-13', '调整期', null, null],
  ['number-rule', 'PAY', '支付凭证', null, 'ZF{YYYY}{SEQ:8}'],
  ['role', 'r1', '会计', null, '001'], ['role', 'r2', '离岗', null, '001', false], ['role', 'r3', '撤销单位会计', null, '002'], ['role', 'r4', '并入单位会计', null, '003'],
  ['role', 'r5', '总会计', null, '152501'],
  ['seal', 's1', '专用章', null, '2027-06-30'], ['certificate', 'c1', '证书', null, '20261231'],
  ['salary-item', 'w1', '基本工资', null, 'IND-1'], ['salary-item', 'w2', '津贴', null, 'IND-2'],
  ['report-parameter', 'p1', '三公', null, '=SUM(2050298,2010101)*2'], ['parameter', 'cutoff', '截止日', null, '12-28'],
]
const MAPPINGS: readonly Mapping[] = [
  ['unit', '003', '004'], ['function', '2050298', '2050299'], ['economic', '30201', '3020101', '0.4'], ['economic', '30201', '3020102', '0.6'],
]

let next = 0
/** A district of its own for each test, so that the rows of one never stand in another's way. */
async function district(setup: readonly Item[], mappings: readonly Mapping[] = [], carry = true) {
  next += 1
  const code = `1525${next}`
  const one = async <T>(query: string, values: unknown[] = []) => (await test.pool.query(query, values)).rows[0] as T
  const { scope_id: scopeId } = await one<{ scope_id: number }>('insert into scopes (district, year) values ($1, 2025) returning scope_id', [code])
  for (const table of ['units', 'books', 'accounts', 'setup_items', 'mappings', 'indicators']) {
    await test.pool.query(`create table ${table}_i${scopeId} partition of ${table} for values in (${scopeId})`)
  }
  for (const [index, [table, item, name, parent, value, active]] of setup.entries()) {
    await test.pool.query('insert into setup_items values ($1, $2, $3, $4, $5, $6, $7, $8, $2)', [scopeId, index + 2, table, item, name, parent, value, active ?? true])
  }
  for (const [index, [table, old, code, share]] of mappings.entries()) {
    await test.pool.query('insert into mappings values ($1, $2, $3, $4, $5, $6, $2)', [scopeId, index + 2, table, old, code, share ?? '1'])
  }
  for (const indicator of ['IND-1', 'IND-2']) {
    await test.pool.query(`insert into indicators values ($1, $2, '001', null, null, null, 'general', 2025, 'basic', 100, 0, 0, 0, 2)`, [scopeId, indicator])
  }
  await test.pool.query(`insert into rule_packs (digest, content) values ('d', '{}') on conflict do nothing`)
  const { run_id: runId } = await one<{ run_id: number }>(`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    values ($1, 'real', 'w', 'running', 'd', false, '152500') returning run_id`, [scopeId])
  if (carry) {
    const { carry_id: carryId } = await one<{ carry_id: number }>(`insert into carry_forwards (run_id, scope_id, generation, rehearsal, state, input_version, plan_digest, totals)
      values ($1, $2, 1, false, 'live', 1, 'p', '{}') returning carry_id`, [runId, scopeId])
    await test.pool.query(`insert into opening_balances (carry_id, book, account, balance) values ($1, 'B1', '1001', 12345), ($1, 'B1', '3001', -12345)`, [carryId])
    await test.pool.query(`insert into new_indicators (carry_id, indicator, origin_year, category, amount, source) values ($1, 'IND-1-2026', 2025, 'basic', 100, 'IND-1')`, [carryId])
  }
  const context: StepContext = {
    runId, scopeId, district: code, year: 2025, step: 'initialise', generation: 1, kind: 'real', inputVersion: 1,
    league: { district: '152500', scopeId: null }, config, heartbeat: () => {},
  }
  return context
}

interface Row { table_name: string; code: string; name: string | null; parent: string | null; value: string | null; change: string; live: boolean; source_code: string | null }
async function run(context: StepContext) {
  return test.db.transaction().execute(async (trx) => {
    await createFound(trx)
    const { figures } = await initialise(trx, context)
    const found = await sql<{ rule: string; key: string; severity: string; message_zh: string }>`select rule, key, severity, message_zh from found order by rule, key`.execute(trx)
    const { rows } = await sql<Row>`select table_name, code, name, parent, value, change, live, source_code from new_setup_items
      where run_id = ${context.runId} and generation = ${context.generation} order by 1, 2`.execute(trx)
    return { figures: figures as Record<string, any>, found: found.rows, rows, row: (table: string, code: string) => rows.find((row) => row.table_name === table && row.code === code) }
  })
}

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
    expect(row('economic', '3020102')).toMatchObject({ change: 'same', source_code: '30201' })
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
    expect(figures.openings).toEqual({ state: 'provisional', count: 2, books: 1, debit: '123.45', credit: '123.45', carriedIndicators: 1, carriedAmount: '1.00' })
    expect(figures.tables.role).toEqual({ treatment: 're-authorise', live: 3, same: 2, added: 0, dropped: 2, renamed: 0, changed: 1 })
    expect(figures.tables.interface).toMatchObject({ live: 0 })
    expect(Object.keys(figures.tables)).toEqual(Object.keys(config.initialise.tables))
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
