// Rules that need more than the cards of the year: figures that units were given, and last year's cards. Without them they find nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inputDigestOf } from '../../books/evidence.ts'
import { findRun, storeRulePack } from '../../books/runs.ts'
import { checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { loadConfig } from '../../config/load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { loadInput } from '../support/input.ts'
import { type CsvCard, YEAR, card, files } from './loop-support.ts'

const config = loadConfig()
let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(() => test?.drop())

const CAR = card({ name: '轿车', class_code: 'A02030501', unit_price: '', cost: '144000.00', accumulated_depreciation: '54000.00', net_value: '90000.00', life_months: '96' })
const found = async (district: string, year = YEAR) => (await checkAssetsAlone(test.db, config, district, year))!.findings
  .filter(({ rule }) => ['V08', 'V14', 'L18', 'F12'].includes(rule)).map(({ rule, key, severity }) => `${rule} ${key} ${severity}`)
const load = (district: string, cards: readonly CsvCard[], options: { year?: number; setup?: string } = {}) => loadInput(test, {
  district, year: options.year ?? YEAR, files: { ...files(cards), ...(options.setup ? { setup: `table,code,name,parent,value,active\n${options.setup}` } : {}) },
})

describe('what a unit was given', () => {
  const cars = ['C1', 'C2', 'C3'].map((asset_no) => ({ ...CAR, asset_no, quota_status: '在编' }))
  const withQuota = (text: string) => text.replace('plate_no', 'plate_no,quota_status')
  const inFile = (cards: readonly CsvCard[]) => {
    const made = files(cards)
    const [head, ...lines] = made.assets!.trim().split('\n')
    return { ...made, assets: [withQuota(head!), ...lines.map((line, index) => `${line},${cards[index]!.quota_status ?? ''}`)].join('\n') }
  }
  it('is compared only where it is given: vehicles of the quota, vehicles of the budget', async () => {
    await loadInput(test, { district: '152501', year: YEAR, files: inFile([...cars, { ...CAR, asset_no: 'C4', unit: '002', quota_status: '非在编' }]) })
    expect(await found('152501')).toEqual([])
    const setup = ['parameter,vehicle-quota/001,车辆编制数,,2,1', 'parameter,vehicle-quota/002,,,0,1', 'parameter,vehicle-count/001,,,3,1', 'parameter,vehicle-count/002,,,2,1', 'parameter,staff/001,,,三人,1']
    await loadInput(test, { district: '152501', year: YEAR, files: {
      ...inFile([...cars, { ...CAR, asset_no: 'C4', unit: '002', quota_status: '非在编' }]), setup: `table,code,name,parent,value,active\n${setup.join('\n')}\n`,
    } })
    expect(await found('152501')).toEqual(['V08 unit:001 error', 'V14 unit:002 warning'])
    const { figures, findings } = (await checkAssetsAlone(test.db, config, '152501', YEAR))!
    expect(figures.given).toEqual({ given: 5, unreadable: ['staff/001'] })
    expect(findings.find(({ rule }) => rule === 'V08')!.message.zh).toMatch(/单位 001（财政局）：在编车辆 3 辆，超过核定编制 2 辆/)
  })

  it('is compared with the floor area of offices a head', async () => {
    const office = card({ name: '办公用房', class_code: 'A01010100', unit_price: '' })
    const made = files([office])
    const area = (text: string) => ({ ...made, assets: made.assets!.trim().split('\n').map((line, index) => `${line},${index === 0 ? 'floor_area' : text}`).join('\n'), setup: 'table,code,name,parent,value,active\nparameter,staff/001,,,10,1\n' })
    await loadInput(test, { district: '152502', year: YEAR, files: area('240') })
    expect(await found('152502')).toEqual([])
    await loadInput(test, { district: '152502', year: YEAR, files: area('240.01') })
    expect(await found('152502')).toEqual(['L18 unit:001 warning'])
  })
})

describe("last year's cards", () => {
  it('show what has gone, appeared or changed its cost without a document', async () => {
    await load('152522', [card({}), card({ asset_no: 'A2' }), card({ asset_no: 'A3', use_status: '已处置' }), card({ asset_no: 'A4' }), card({ asset_no: 'A5' }), card({ asset_no: 'A6', name: '甲' }), card({ asset_no: 'A6', name: '乙' })], { year: YEAR - 1 })
    const now = [
      card({}), card({ asset_no: 'A4', cost: '7300.00' }), card({ asset_no: 'A5', cost: '7300.00', voucher_no: '记-99' }), card({ asset_no: 'A6', cost: '1.00' }),
      card({ asset_no: 'B1' }), card({ asset_no: 'B2', acquired_on: '2025-03-01', booked_on: '2025-03-02' }), card({ asset_no: 'B3', acquire_mode: '无偿调入' }),
    ]
    await load('152522', now)
    expect(await found('152522')).toEqual(['F12 A2 error', 'F12 A4 error', 'F12 B1 error'])
    expect(await found('152522', YEAR - 1)).toEqual([])
    await load('152523', now)
    expect(await found('152523')).toEqual([])
  })

  it('are part of what an approval rests on, and so is what units were given', async () => {
    const { scopeId } = await load('152524', [card({})])
    const digest = await storeRulePack(test.db, config)
    const { rows } = await test.pool.query<{ run_id: number }>(`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
      values (${scopeId}, 'real', 'x', 'running', '${digest}', false, '152500') returning run_id`)
    const now = async () => inputDigestOf(test.db, await findRun(test.db, rows[0]!.run_id), 'asset-health')
    const first = await now()
    await load('152524', [card({})], { setup: 'unit,009,别的单位,,,1\n' })
    expect(await now()).toBe(first)
    await load('152524', [card({})], { setup: 'parameter,staff/001,,,10,1\n' })
    const given = await now()
    await load('152524', [card({})], { year: YEAR - 1 })
    expect(new Set([first, given, await now()]).size).toBe(3)
  })
})
