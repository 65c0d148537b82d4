/** Rules on several cards, cards without a number, thresholds by district, and what the figures count. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { BUILDING, CLEAN, COMPUTER, type Card, VEHICLE, cardFindings, check, config } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

const D = '152501'
const rulesOf = async (cards: readonly Card[], district = D) => cardFindings((await check(test, district, cards)).found)
const car = (no: string, change: Card = {}): Card => ({ ...VEHICLE, asset_no: no, plate_no: `蒙H${no}`, vin: `LSVAA4182E21${no}`, engine_no: `E${no}`, ...change })

describe('rules on several cards', () => {
  it('reports one finding for a number that stands twice in a unit', async () => {
    const { found } = await check(test, D, [COMPUTER, COMPUTER, COMPUTER, { ...COMPUTER, asset_no: 'B' }])
    expect(cardFindings(found)).toEqual(['N02 A-0001'])
    expect(found[0]!.message_zh).toContain('第 2、3、4 行')
    expect(found[0]!.facts).toMatchObject({ unit: '001', line: 2, cards: 3, lines: [2, 3, 4] })
  })

  it('reports one finding for a number that is active in two units', async () => {
    expect(await rulesOf([COMPUTER, { ...COMPUTER, unit: '002' }])).toEqual(['N03 A-0001'])
  })

  it('lets a transferred asset keep its number', async () => {
    const given: Card = { ...COMPUTER, use_status: 'disposed', dispose_approval_no: '批1' }
    expect(await rulesOf([given, { ...COMPUTER, unit: '002', acquire_mode: 'transfer-in' }])).toEqual([])
    expect(await rulesOf([given, { ...COMPUTER, unit: '002' }])).toEqual(['N12 A-0001'])
  })

  it('reports each card that shares a plate, a VIN or an engine', async () => {
    expect(await rulesOf([car('10001'), car('10002', { plate_no: '蒙H10001' })])).toEqual(['V03 10001', 'V03 10002'])
    expect(await rulesOf([car('10001'), car('10002', { engine_no: 'E10001' }), car('10003')])).toEqual(['V05 10001', 'V05 10002'])
    expect(await rulesOf([car('10001'), car('10002', { vin: 'LSVAA4182E2110001' })])).toEqual(['N14 10001', 'N14 10002', 'V05 10001', 'V05 10002'])
    expect(await rulesOf([car('10001', { engine_no: ' ' }), car('10002', { engine_no: ' ' })])).toEqual([])
  })

  it('reports each card of a certificate on two addresses', async () => {
    const second: Card = { ...BUILDING, asset_no: 'A-9', address: '团结路2号' }
    expect(await rulesOf([BUILDING, second])).toEqual(['L07 A-0002', 'L07 A-9', 'N14 A-0002', 'N14 A-9'])
    expect(await rulesOf([BUILDING, { ...second, address: BUILDING.address! }])).toEqual(['N14 A-0002', 'N14 A-9'])
  })

  it('reports the disposed vehicle whose plate is still active in its unit', async () => {
    const gone = car('10001', { use_status: 'disposed', dispose_approval_no: '批1', dispose_booked_on: null })
    expect(await rulesOf([gone, car('10002', { plate_no: '蒙H10001' })])).toEqual(['V03 10001', 'V03 10002', 'V15 10001'])
    expect(await rulesOf([gone, car('10002', { plate_no: '蒙H10001', unit: '002' })])).toEqual(['V03 10001', 'V03 10002'])
  })

  it('reports a cost above ten times the median of its class, exactly', async () => {
    const priced = (no: string, yuan: bigint): Card => ({ ...COMPUTER, asset_no: no, cost: yuan * 100n, unit_price: yuan * 100n, fiscal_amount: yuan * 100n, other_amount: null,
      accumulated_depreciation: yuan * 50n, net_value: yuan * 50n })
    const base = [priced('1', 3000n), priced('2', 5000n), priced('3', 7000n)]
    expect(await rulesOf([...base, priced('4', 60_000n)])).toEqual([])
    expect(await rulesOf([...base, priced('4', 60_001n)])).toEqual(['F14 4'])
    expect(await rulesOf([...base, priced('4', 70_001n), priced('5', 70_000n)])).toEqual(['F14 4'])
    expect(await rulesOf([priced('1', 3000n), priced('2', 90_000n)])).toEqual([])
  })

  it('keys a card without a number by its line and gathers cards whose keys meet', async () => {
    const nameless: Card = { ...COMPUTER, asset_no: ' ' }
    const { found } = await check(test, D, [COMPUTER, nameless, { ...COMPUTER, asset_no: 'line:3' }, { ...nameless, keeper: null }])
    expect(cardFindings(found)).toEqual(['N01 line:3', 'N01 line:5', 'N04 line:3', 'S02 line:5'])
  })

  it('gathers the same fault of two cards of one number into one finding', async () => {
    const { found } = await check(test, D, [{ ...COMPUTER, keeper: null }, { ...COMPUTER, keeper: null, unit: '002' }])
    expect(cardFindings(found)).toEqual(['N03 A-0001', 'S02 A-0001'])
    expect(found.find(({ rule }) => rule === 'S02')!.message_en).toContain('(2 cards, lines 2, 3)')
  })
})

describe('the check as a whole', () => {
  it('looks at its own district and year alone', async () => {
    await check(test, '152502', [COMPUTER, { ...COMPUTER, plate_no: '蒙H99999' }])
    expect(await rulesOf([...CLEAN, { ...COMPUTER, asset_no: 'B', plate_no: '蒙H99999' }])).toEqual([])
    expect(cardFindings((await check(test, D, CLEAN, { year: 2026 })).found)).toContain('F06 A-0001')
  })

  it('takes thresholds and switches of the district', async () => {
    const own = structuredClone(config)
    own['asset-health'].districts = { 152501: { off: ['S02'], on: ['L11'], parameters: { D05: { max_days: 1200 } } } }
    const cards: Card[] = [{ ...COMPUTER, booked: false, booked_on: null, voucher_no: null, keeper: null },
      { ...BUILDING, value_type: 'nominal', cost: 100n, unit_price: 100n, fiscal_amount: 100n, accumulated_depreciation: 0n, net_value: 100n }]
    expect(cardFindings((await check(test, '152501', cards, { config: own })).found)).toEqual(['L11 A-0002'])
    expect(cardFindings((await check(test, '152502', cards, { config: own })).found)).toEqual(['D05 A-0001', 'S02 A-0001'])
  })

  it('checks the segments of the number where the district has a pattern for them', async () => {
    const own = structuredClone(config)
    own['asset-health'].districts = { 152501: { off: [], on: [], parameters: {
      N05: { segment: '^(A\\d+)-' }, N06: { segment: '-(\\d{4})-' }, N07: { segment: '-(\\d{3})$' },
    } } }
    const run = async (no: string) => cardFindings((await check(test, '152501', [{ ...COMPUTER, asset_no: no }], { config: own })).found).map((text) => text.slice(0, 3))
    expect(await run('A02010104-2023-001')).toEqual([])
    expect(await run('A02010105-2022-002')).toEqual(['N05', 'N06', 'N07'])
    expect(await run('free')).toEqual([])
  })

  it('works with amounts beyond machine arithmetic', async () => {
    const huge = 9_000_000_000_000_000_000n
    const { found } = await check(test, D, [{ ...COMPUTER, cost: huge, accumulated_depreciation: -huge, net_value: huge }])
    expect(cardFindings(found)).toEqual(expect.arrayContaining(['F02 A-0001', 'F03 A-0001', 'F06 A-0001', 'F09 A-0001', 'F15 A-0001']))
  })

  it('counts cards without errors, and without errors and warnings, by family and unit', async () => {
    const { figures } = await check(test, D, [COMPUTER, { ...COMPUTER, asset_no: 'B', keeper: null }, { ...COMPUTER, asset_no: 'C', unit: '002', net_value: 0n, keeper: null }])
    expect(figures.cards).toBe(3)
    expect(figures.findings).toMatchObject({ F: { error: 1 }, S: { warning: 2 } })
    expect(figures.health).toMatchObject({
      all: { cards: 3, sound: 2, clean: 1 },
      families: { D: { cards: 3, sound: 3, clean: 3 }, F: { cards: 3, sound: 2, clean: 2 }, S: { cards: 3, sound: 3, clean: 1 } },
      units: { '001': { cards: 2, sound: 2, clean: 1 }, '002': { cards: 1, sound: 0, clean: 0 } },
    })
  })

  it('suggests the net value where the card gives it exactly', async () => {
    const { found } = await check(test, D, [{ ...COMPUTER, net_value: 1n }])
    expect(found[0]).toMatchObject({ rule: 'F02', facts: { fixes: [{ line: 2, field: 'net_value', is: '0.01', suggested: '3600.00' }] } })
  })

  it('says in both languages what is wrong, where, and what to do', async () => {
    const { found } = await check(test, D, [{ ...COMPUTER, booked_on: '2023-01-09' }])
    expect(found[0]!.message_zh).toBe('资产 A-0001（台式计算机，单位 001，第 2 行）：记账日期 2023-01-09 早于取得日期 2023-01-10。核对两个日期')
    expect(found[0]!.message_en).toBe('Asset A-0001 (台式计算机, unit 001, line 2): Booking date 2023-01-09 is before the acquisition on 2023-01-10. Check both dates')
  })

  it('checks a district without cards', async () => {
    expect((await check(test, D, [])).figures).toMatchObject({ cards: 0 })
  })

  it('finds the same again', async () => {
    const cards = [{ ...COMPUTER, keeper: null }, car('10001', { vehicle_usage: null })]
    expect(await check(test, D, cards)).toEqual(await check(test, D, cards))
  })
})
