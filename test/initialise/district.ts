/** Districts with setup tables of a test's own, and the step run on them. */
import { sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import { createFound } from '../../books/findings.ts'
import { initialise } from '../../books/steps/initialise/index.ts'
import { loadConfig } from '../../config/load.ts'
import type { TestDatabase } from '../support/database.ts'

const config = loadConfig()

export type Item = [table: string, code: string, name: string, parent: string | null, value: string | null, active?: boolean]
export type Mapping = [table: string, old: string, code: string, share?: string]

export const SETUP: readonly Item[] = [
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
export const MAPPINGS: readonly Mapping[] = [
  ['unit', '003', '004'], ['function', '2050298', '2050299'], ['economic', '30201', '3020101', '0.4'], ['economic', '30201', '3020102', '0.6'],
]

let next = 0
/** A district of its own for each test, so that the rows of one never stand in another's way. */
export async function makeDistrict(test: TestDatabase, setup: readonly Item[], mappings: readonly Mapping[] = [], carry = true) {
  next += 1
  const code = `9${String(next).padStart(5, '0')}`
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

export interface Row { table_name: string; code: string; name: string | null; parent: string | null; value: string | null; change: string; live: boolean; source_code: string | null }
/** One run of the step: figures, findings, and the rows of the new year. */
export async function runStep(test: TestDatabase, context: StepContext) {
  return test.db.transaction().execute(async (trx) => {
    await createFound(trx)
    const { figures } = await initialise(trx, context)
    const found = await sql<{ rule: string; key: string; severity: string; message_zh: string }>`select rule, key, severity, message_zh from found order by rule, key`.execute(trx)
    const { rows } = await sql<Row>`select table_name, code, name, parent, value, change, live, source_code from new_setup_items
      where run_id = ${context.runId} and generation = ${context.generation} order by 1, 2`.execute(trx)
    return { figures: figures as Record<string, any>, found: found.rows, rows, row: (table: string, code: string) => rows.find((row) => row.table_name === table && row.code === code) }
  })
}
