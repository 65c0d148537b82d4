// A check has its limits: a condition that takes too long is stopped and named, and the thresholds of a district are its own.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AssetCheckTooSlow } from '../../books/steps/asset-health/index.ts'
import { type Config, parseStoredConfig } from '../../config/load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { COMPUTER, cardFindings, check, config } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(() => test?.drop())

/** The configuration with this in place of parts of the asset rules, validated as a stored one is. */
function configWith(change: (rules: Config['asset-health']) => object): Config {
  const stored = structuredClone(config) as unknown as Record<string, unknown>
  return parseStoredConfig({ ...stored, 'asset-health': { ...config['asset-health'], ...change(config['asset-health']) } })
}

it('stops a condition that takes longer than the limit, and says which part it was', async () => {
  const slow = Array.from({ length: 40 }, (_, index) => `name ~ 'b[ac]*d[ac]*e${index}$'`).join(' or ')
  const own = configWith(({ rules }) => ({
    time_limit_seconds: 1,
    rules: [...rules, { id: 'D90', severity: 'info', condition: slow, message: { zh: '慢', en: 'slow' }, suggestion: { zh: '无', en: 'none' }, source: 'office', parameters: {}, enabled: true, report: 'each-card' }],
  }))
  const cards = Array.from({ length: 60 }, (_, index) => ({ ...COMPUTER, asset_no: `A${index}`, name: 'a'.repeat(200_000) }))
  const started = Date.now()
  const error = await check(test, '152501', cards, { config: own }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AssetCheckTooSlow)
  expect(String(error)).toMatch(/conditions took longer than 1 s/)
  expect(Date.now() - started).toBeLessThan(30_000)
  // The connection is none the worse for it.
  expect(cardFindings((await check(test, '152501', [COMPUTER])).found)).toEqual([])
})

it('takes the thresholds of the district that is checked, and of no other', async () => {
  const late = { ...COMPUTER, booked: false, booked_on: null, voucher_no: null, acquired_on: '2025-08-01', in_use_on: '2025-08-01', accumulated_depreciation: 50_000n, net_value: 670_000n, created_on: '2025-08-01' }
  const own = configWith(() => ({ districts: { 152501: { off: [], on: [], parameters: { D05: { max_days: 160 } } } } }))
  expect(cardFindings((await check(test, '152501', [late], { config: own })).found)).toEqual([])
  expect(cardFindings((await check(test, '152502', [late], { config: own })).found)).toEqual(['D05 A-0001'])
})
