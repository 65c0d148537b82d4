/** The check on its own: what it gives, and that nothing stays in the books. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { COMPUTER, YEAR, config, putCards } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

it('gives findings as a year-end would, and leaves nothing behind', async () => {
  const scopeId = await putCards(test, '152501', [{ ...COMPUTER, keeper: null, net_value: 0n }, { ...COMPUTER, asset_no: 'A-0000', keeper: null }])
  await test.pool.query(`insert into input_versions (scope_id, version, digest) values ($1, 1, 'x')`, [scopeId])
  const check = await checkAssetsAlone(test.db, config, '152501', YEAR)
  expect(check!.findings.filter(({ rule }) => !rule.startsWith('R')).map(({ rule, key, severity, step, status, amount }) => [rule, key, severity, step, status, amount])).toEqual([
    ['F02', 'A-0001', 'error', 'asset-health', 'open', null],
    ['S02', 'A-0000', 'warning', 'asset-health', 'open', null], ['S02', 'A-0001', 'warning', 'asset-health', 'open', null],
  ])
  expect(check!.findings[0]!.id).toMatch(/^F[0-9a-f]{15}$/)
  const { rows } = await test.pool.query('select (select count(*) from findings)::int as findings, (select count(*) from runs)::int as runs')
  expect(rows).toEqual([{ findings: 0, runs: 0 }])
})

it('says that there is no input', async () => {
  expect(await checkAssetsAlone(test.db, config, '152502', YEAR)).toBeNull()
})
