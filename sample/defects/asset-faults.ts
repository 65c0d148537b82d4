/** The faults themselves, by family of DOMAIN §8. Dates are of the closing year 2025; the sample moves them with its year. */
import type { Fault } from './assets.ts'

const error = (...rules: string[]) => rules.map((rule) => [rule, 'error'] as const)
const warning = (...rules: string[]) => rules.map((rule) => [rule, 'warning'] as const)
const computer = (acquired: string, change: Fault['change'], rules: Fault['rules'], more: Partial<Fault> = {}): Fault =>
  ({ kind: 'computer', acquired, change, rules, ...more })
const of = (kind: Fault['kind'], change: Fault['change'], rules: Fault['rules'], more: Partial<Fault> = {}): Fault =>
  ({ kind, acquired: '2022-03-10', change, rules, ...more })

/** 记账日期 */
export const DATE_FAULTS: readonly Fault[] = [
  computer('2023-05-08', { booked_on: '' }, error('D01')),
  computer('2025-12-20', { booked_on: '2026-01-10' }, error('D02')),
  computer('2024-05-10', { booked_on: '2024-05-02' }, warning('D03')),
  computer('2022-01-05', { booked_on: '2023-06-01', created_on: '2023-06-01' }, warning('D04')),
  computer('2025-03-01', { booked: '0', booked_on: '', voucher_no: '' }, warning('D05')),
  computer('2024-02-02', { voucher_no: '' }, error('D06')),
  computer('2025-11-20', { booked: '0', booked_on: '' }, error('D07')),
  computer('2023-08-08', { acquired_on: '' }, error('D08')),
  computer('2023-06-15', { in_use_on: '2023-01-01' }, warning('D09')),
  computer('2023-09-09', { created_on: '2025-02-01' }, warning('D11')),
  computer('2017-05-20', {
    use_status: 'disposed', disposed_on: '2025-06-30', dispose_booked_on: '2017-01-01', dispose_approval_no: 'CZ-14',
    dispose_approved_on: '2025-06-01',
    last_depreciated_month: '2023-04',
  }, error('D14')),
]

const SCRAPPED = {
  use_status: 'disposed', disposed_on: '2025-06-30', dispose_booked_on: '2025-07-01', dispose_approval_no: 'CZ-20',
  dispose_approved_on: '2025-06-01',
  last_depreciated_month: '2023-04',
}

const NOT_BOOKED = { booked: '0', booked_on: '', voucher_no: '' }

/** 资产编号 */
export const NUMBER_FAULTS: readonly Fault[] = [
  computer('2023-01-10', { asset_no: '' }, error('N01')),
  computer('2023-01-11', { asset_no: 'TWICE#' }, [], { cards: [{}, {}], once: error('N02') }),
  computer('2023-01-12', { asset_no: 'BOTH#' }, [], { cards: [{}, { unit: 'other' }], once: error('N03') }),
  computer('2023-01-13', { asset_no: 'ZC 2023 #' }, error('N04')),
  // Not booked yet: a class that does not exist has no line in the annual report.
  computer('2025-11-14', { class_code: 'B02010105', ...NOT_BOOKED }, error('N08')),
  computer('2025-11-15', { class_code: '2010104', ...NOT_BOOKED }, error('N08', 'N09')),
  of('car', { name: '彩色打印机' }, warning('N10')),
  computer('2017-02-10', { asset_no: 'AGAIN#' }, [], { cards: [SCRAPPED, { unit: 'other' }], once: error('N12') }),
  of('car', { quantity: '2', unit_price: '72500.00' }, error('N13', 'V11')),
  of('car', { vin: 'LSVAA49J9#99A' }, error('N14', 'V05'), { cards: [{}, {}] }),
]

/** 土地房屋 */
export const BUILDING_FAULTS: readonly Fault[] = [
  of('land', { land_area: '' }, error('L01')),
  of('building', { floor_area: '' }, error('L02')),
  of('building', { usable_area: '1900.00' }, error('L03')),
  of(
    'building', { floor_area: '250000', usable_area: '200000', area_self_use: '250000' }, warning('L04'), { cost: '30000000.00' },
  ),
  of('building', { certificate_on: '' }, error('L05')),
  of('building', { certificate: '0', certificate_no: '', certificate_on: '' }, warning('L06')),
  of('building', { certificate_no: '蒙（2022）不动产权第#号' }, [...error('N14'), ...warning('L07')], { cards: [
    {}, { address: '锡林浩特市额尔敦路 8 号' },
  ] }),
  of('building', { completed_on: '2024-03-10' }, warning('L08')),
  of('building', { address: '' }, warning('L09')),
  of('building', { floor_area: '20', usable_area: '16', area_self_use: '20' }, warning('L10')),
  of('land', {}, error('L12', 'F04'), { written: '5.00' }),
  of('building', { life_months: '360' }, error('L13', 'F07')),
  of('building', { area_self_use: '1700.00' }, error('L14')),
  of('building', { area_self_use: '1500.00', area_leased: '300.00' }, warning('L15')),
]

/** 财务信息 */
export const MONEY_FAULTS: readonly Fault[] = [
  computer('2023-01-10', { use_status: 'idle' }, error('F01'), { cost: '0.00' }),
  computer('2023-01-11', { net_value: '1.23' }, error('F02')),
  of('book', {}, error('F03'), { written: '-5.00' }),
  of('book', {}, error('F04'), { written: '100.00' }),
  of('desk', { accumulated_depreciation: '0.00', net_value: '1800.00' }, [...error('F05'), ...warning('F06')]),
  computer('2023-01-12', {}, warning('F06'), { written: '50.00' }),
  computer('2023-01-13', { life_months: '60' }, error('F07')),
  computer('2015-01-14', {}, error('F08'), { written: '-1.00' }),
  computer('2023-01-15', { fiscal_amount: '1.00' }, error('F09')),
  computer('2023-01-16', {}, warning('F13'), { cost: '500.00' }),
  computer('2023-01-17', {}, warning('F14'), { cost: '80000.00' }),
  computer('2023-01-18', { unit_price: '5251.00' }, error('F15')),
  computer('2023-01-19', { value_type: 'estimated' }, warning('F16')),
  of('software', { life_months: '' }, error('F18')),
]

/** 车辆信息 */
export const VEHICLE_FAULTS: readonly Fault[] = [
  of('car', { plate_no: '' }, error('V01')),
  of('car', { plate_no: '蒙A1234' }, warning('V02')),
  of('car', { plate_no: '蒙H#' }, error('V03'), { cards: [{}, { unit: 'other' }] }),
  of('car', { vin: 'LSVAA49J12345678' }, warning('V04')),
  of('car', { displacement: '' }, warning('V06')),
  of('car', { registered_on: '2026-01-05' }, warning('V07')),
  of('car', { quota_status: '' }, error('V08')),
  of('car', { vehicle_usage: '接待' }, error('V09')),
  of('car', { displacement: '3.0' }, warning('V10'), { cost: '350000.00' }),
  of('car', {}, warning('V12'), { acquired: '2009-05-01' }),
  of('car', { brand_model: '' }, warning('V13')),
  of('car', { plate_no: '蒙H#' }, [...error('V03'), ...warning('V15')], {
    acquired: '2015-02-02', cards: [{ ...SCRAPPED, rules: 'V03 V15' }, { rules: 'V03' }],
  }),
]

/** 资产状态与处置 */
export const DISPOSAL_FAULTS: readonly Fault[] = [
  computer('2023-02-10', { use_status: '' }, error('S01')),
  computer('2023-02-11', { keeper: '' }, warning('S02')),
  computer('2019-02-12', { ...SCRAPPED, use_status: 'idle' }, error('S03')),
  computer('2017-02-13', { ...SCRAPPED, dispose_approval_no: '' }, error('S04')),
  computer('2019-02-14', { use_status: 'pending-disposal', dispose_approved_on: '2025-01-10' }, warning('S05')),
  computer('2023-02-15', { use_status: 'leased' }, warning('S07')),
  computer('2017-02-16', { ...SCRAPPED, dispose_income: '500.00' }, error('S08')),
  computer('2017-02-17', { ...SCRAPPED, last_depreciated_month: '2025-06' }, error('S13')),
  computer('2023-02-18', { use_status: 'invested' }, error('S15')),
]
