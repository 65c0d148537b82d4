/** Every rule on asset cards, violated and not: each case changes the fewest fields of a card that violates nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { BUILDING, CLEAN, COMPUTER, type Card, LAND, VEHICLE, cardFindings, check, config } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

const D = '152501'

/** [card, what is changed, the rules that then find it]; the last is the whole list, so that no other rule fires. */
const CASES: readonly [Card, Card, string[]][] = [
  [COMPUTER, { booked_on: null }, ['D01']],
  [COMPUTER, { booked: null, booked_on: null }, []],
  [COMPUTER, { booked_on: '2026-01-01', acquired_on: '2025-12-31', in_use_on: null, accumulated_depreciation: 10_000n, net_value: 710_000n }, ['D02']],
  [COMPUTER, { booked_on: '2023-01-09' }, ['D03']],
  [COMPUTER, { booked_on: '2023-01-10' }, []],
  [COMPUTER, { booked_on: '2024-01-11' }, ['D04']],
  [COMPUTER, { booked_on: '2024-01-10' }, []],
  [COMPUTER, { booked_on: '2024-06-01', acquire_mode: 'surplus' }, []],
  [COMPUTER, { booked_on: '2024-06-01', acquire_mode: null }, ['D04']],
  [COMPUTER, { booked: false, booked_on: null, voucher_no: null }, ['D05']],
  [COMPUTER, { booked: false, booked_on: null, voucher_no: null, acquired_on: '2025-10-02', in_use_on: null, accumulated_depreciation: 30_000n, net_value: 690_000n }, ['D05']],
  [COMPUTER, { booked: false, booked_on: null, voucher_no: null, acquired_on: '2025-10-03', in_use_on: null, accumulated_depreciation: 30_000n, net_value: 690_000n }, []],
  [COMPUTER, { voucher_no: '  ' }, ['D06']],
  [COMPUTER, { booked: false }, ['D05', 'D07']],
  [LAND, { acquired_on: null }, ['D08']],
  [LAND, { acquired_on: '1949-09-30', booked_on: '1949-10-30', in_use_on: null }, ['D08']],
  [LAND, { acquired_on: '1970-01-01', booked_on: '1970-10-30', in_use_on: null }, ['D08']],
  [LAND, { acquired_on: '1949-10-01', booked_on: '1949-10-30', in_use_on: null }, []],
  [COMPUTER, { in_use_on: '2022-12-10' }, ['D09']],
  [COMPUTER, { in_use_on: '2022-12-11' }, []],
  [COMPUTER, { created_on: '2025-03-01' }, ['D11']],
  [COMPUTER, { dispose_booked_on: '2023-01-19' }, ['D14']],
  [COMPUTER, { asset_no: null }, ['N01']],
  [COMPUTER, { asset_no: 'A 0001' }, ['N04']],
  [COMPUTER, { asset_no: 'Ａ0001' }, ['N04']],
  [COMPUTER, { class_code: null }, ['N08']],
  [COMPUTER, { class_code: 'B02010104' }, ['N08']],
  [COMPUTER, { class_code: '2010104' }, ['N08', 'N09']],
  [VEHICLE, { name: '打印机' }, ['N10']],
  [VEHICLE, { quantity: 2, unit_price: 7_200_000n }, ['N13', 'V11']],
  [COMPUTER, { quantity: 2, unit_price: 360_000n }, []],
  [LAND, { land_area: 0 }, ['L01']],
  [LAND, { land_area: null }, ['L01']],
  [BUILDING, { floor_area: null }, ['L02']],
  [BUILDING, { usable_area: 1000.01 }, ['L03']],
  [BUILDING, { usable_area: 1000 }, []],
  [LAND, { land_area: 5_000_001 }, ['L04']],
  [BUILDING, { floor_area: 4, usable_area: 4, area_self_use: 4, area_idle: 0 }, ['L04', 'L10']],
  [BUILDING, { certificate_on: null }, ['L05']],
  [LAND, { no_certificate_reason: null }, ['L06']],
  [LAND, { certificate_no: 'X1' }, ['L06']],
  [BUILDING, { completed_on: '2017-01-05' }, ['L08']],
  [BUILDING, { completed_on: '2017-01-04' }, []],
  [BUILDING, { address: null }, ['L09']],
  [BUILDING, { cost: 9_999_99n, unit_price: 9_999_99n, fiscal_amount: 9_999_99n, accumulated_depreciation: 200_000n, net_value: 799_999n, floor_area: 100, usable_area: 80, area_self_use: 0 }, ['L10']],
  [LAND, { accumulated_depreciation: 1n, net_value: 719_999n }, ['F04', 'L12']],
  [BUILDING, { structure: null }, ['L13']],
  [BUILDING, { life_months: 599 }, ['F06', 'F07', 'L13']],
  [BUILDING, { area_idle: 100.01 }, []],
  [BUILDING, { area_idle: 100.02 }, ['L14']],
  [BUILDING, { area_self_use: null, area_leased: null, area_idle: null, area_other: null }, []],
  [BUILDING, { area_self_use: 400, area_leased: 500 }, ['L15']],
  [BUILDING, { area_self_use: 400, area_leased: 500, lease_reference: '租1' }, []],
  [COMPUTER, { cost: null, unit_price: null, fiscal_amount: null, other_amount: null, accumulated_depreciation: null, net_value: null, use_status: 'idle' }, ['F01']],
  [COMPUTER, { value_type: 'nominal', cost: 100n, unit_price: 100n, fiscal_amount: 100n, other_amount: null, accumulated_depreciation: 0n, net_value: 100n }, []],
  [COMPUTER, { value_type: 'nominal', cost: 101n, unit_price: 101n, fiscal_amount: 101n, other_amount: null, accumulated_depreciation: 0n, net_value: 101n }, ['F01']],
  [COMPUTER, { net_value: 360_001n }, ['F02']],
  [COMPUTER, { accumulated_depreciation: -100n, net_value: 720_100n, last_depreciated_month: null }, ['F03', 'F06']],
  [COMPUTER, { class_code: 'A03010000', name: '瓷瓶' }, ['F04']],
  [COMPUTER, { accumulated_depreciation: 0n, net_value: 720_000n }, ['F05', 'F06']],
  [COMPUTER, { acquired_on: '2025-12-01', booked_on: '2025-12-02', in_use_on: null, created_on: null, accumulated_depreciation: 0n, net_value: 720_000n }, ['F06']],
  [COMPUTER, { accumulated_depreciation: 360_100n, net_value: 359_900n }, []],
  [COMPUTER, { accumulated_depreciation: 360_101n, net_value: 359_899n }, ['F06']],
  [COMPUTER, { accumulated_depreciation: 360_101n, net_value: 359_899n, use_status: 'disposed', dispose_approval_no: '批1' }, []],
  [COMPUTER, { life_months: 71, accumulated_depreciation: 365_070n, net_value: 354_930n }, ['F07']],
  [COMPUTER, { acquired_on: '2020-01-31', booked_on: '2020-01-31', in_use_on: null, accumulated_depreciation: 719_950n, net_value: 50n }, ['F08']],
  [COMPUTER, { acquired_on: '2020-01-31', booked_on: '2020-01-31', in_use_on: null, accumulated_depreciation: 720_000n, net_value: 0n }, []],
  [COMPUTER, { other_amount: 19_999n }, ['F09']],
  [COMPUTER, { cost: 72_000n, unit_price: 72_000n, fiscal_amount: 72_000n, other_amount: null, accumulated_depreciation: 36_000n, net_value: 36_000n }, ['F13']],
  [COMPUTER, { quantity: 3, unit_price: 240_000n }, []],
  [COMPUTER, { quantity: 3, unit_price: 240_001n }, ['F15']],
  [COMPUTER, { quantity: 0, unit_price: null }, ['F15']],
  [COMPUTER, { value_type: 'estimated' }, ['F16']],
  [COMPUTER, { class_code: 'A08060301', name: '财务软件', life_months: null }, ['F18']],
  [VEHICLE, { plate_no: null }, ['V01']],
  [VEHICLE, { plate_no: 'H12345' }, ['V02']],
  [VEHICLE, { plate_no: '蒙HD12345', energy: 'electric', displacement: null }, []],
  [VEHICLE, { vin: 'LSVAA4182E218484' }, ['V04']],
  [VEHICLE, { vin: 'LSVAA4182E218484O' }, ['V04']],
  [VEHICLE, { displacement: null }, ['V06']],
  [VEHICLE, { energy: 'electric' }, ['V06']],
  [VEHICLE, { registered_on: '2022-11-10' }, ['V07']],
  [VEHICLE, { registered_on: '2022-11-11' }, []],
  [VEHICLE, { quota_status: null }, ['V08']],
  [VEHICLE, { vehicle_usage: '接待' }, ['V09']],
  [VEHICLE, { vehicle_usage: null }, ['V09']],
  [VEHICLE, { displacement: 2.0 }, ['V10']],
  [VEHICLE, { displacement: 1998 }, ['V10']],
  [VEHICLE, { displacement: 2.0, vehicle_usage: '特种专业技术' }, []],
  [VEHICLE, { acquired_on: '2010-12-30', booked_on: '2010-12-30', in_use_on: null, registered_on: null, accumulated_depreciation: 14_400_000n, net_value: 0n }, ['V12']],
  [VEHICLE, { acquired_on: '2010-12-31', booked_on: '2010-12-31', in_use_on: null, registered_on: null, accumulated_depreciation: 14_400_000n, net_value: 0n }, []],
  [VEHICLE, { life_months: 95, accumulated_depreciation: 5_456_842n, net_value: 8_943_158n }, ['F07', 'V12']],
  [VEHICLE, { brand_model: '' }, ['V13']],
  [COMPUTER, { use_status: null }, ['S01']],
  [COMPUTER, { use_status: 'in use' }, ['S01']],
  [COMPUTER, { keeper: null }, ['S02']],
  [COMPUTER, { keeper: null, use_status: 'idle' }, []],
  [COMPUTER, { disposed_on: '2026-01-05' }, ['S03']],
  [COMPUTER, { use_status: 'disposed' }, ['S04']],
  [COMPUTER, { use_status: 'disposed', dispose_approval_no: '批1', dispose_approved_on: '2026-01-06', disposed_on: '2026-01-05' }, ['S04']],
  [COMPUTER, { use_status: 'pending-disposal', dispose_approved_on: '2025-07-03' }, ['S05']],
  [COMPUTER, { use_status: 'pending-disposal', dispose_approved_on: '2025-07-04' }, []],
  [COMPUTER, { use_status: 'lent' }, ['S07']],
  [COMPUTER, { dispose_income: 100n, dispose_income_remitted: 99n }, ['S08']],
  [COMPUTER, { dispose_income: 100n, dispose_income_remitted: 100n }, []],
  [COMPUTER, { use_status: 'disposed', dispose_approval_no: '批1', disposed_on: '2025-12-20' }, ['S13']],
  [COMPUTER, { use_status: 'disposed', dispose_approval_no: '批1', disposed_on: '2025-12-20', last_depreciated_month: '202511' }, []],
  [COMPUTER, { use_status: 'invested' }, ['S15']],
  [COMPUTER, { use_status: 'invested', unit: '002' }, []],
]

describe('a rule on one card', () => {
  it('finds nothing on the cards that violate nothing', async () => {
    expect(cardFindings((await check(test, D, CLEAN)).found)).toEqual([])
  })

  it('is found where it is violated, and no other with it', async () => {
    // All cases at once, each under a number of its own; duplicates of plate and VIN are made different.
    const cards = CASES.map(([card, change], index) => {
      const unique = { asset_no: `C-${index}`, ...(card.plate_no ? { plate_no: `蒙H${10_000 + index}`, vin: `LSVAA4182E2${100_000 + index}`, engine_no: `E${index}` } : {}),
        ...(card.certificate_no ? { certificate_no: `证${index}` } : {}) }
      return { ...card, ...unique, ...change }
    })
    const { found } = await check(test, D, cards)
    const outcome = cards.map((card, index) => {
      const key = card.asset_no ?? `line:${index + 2}`
      const rules = found.filter((finding) => finding.key === key && finding.rule !== 'F14' && !finding.rule.startsWith('R')).map(({ rule }) => rule)
      return [JSON.stringify(CASES[index]![1], (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)), rules.join(' ')]
    })
    const wanted = CASES.map(([, , rules], index) => [outcome[index]![0], [...rules].sort().join(' ')])
    expect(outcome).toEqual(wanted)
  })

  it('covers every rule that is switched on and looks at one card', () => {
    const switchedOff = ['N05', 'N06', 'N07']
    const covered = new Set([...CASES.flatMap(([, , rules]) => rules), ...switchedOff])
    const rules = config['asset-health'].rules.filter(({ condition, enabled }) => condition !== undefined && enabled).map(({ id }) => id)
    expect(rules.filter((id) => !covered.has(id))).toEqual([])
  })
})
