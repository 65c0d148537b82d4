/** Cards for the tests of the asset checks: four that violate nothing, and the check run over patches of them. */
import { sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import { createFound } from '../../books/findings.ts'
import { checkAssets } from '../../books/steps/asset-health/index.ts'
import { type Config, loadConfig } from '../../config/load.ts'
import type { TestDatabase } from '../support/database.ts'

export type Card = Record<string, string | number | boolean | bigint | null>
export interface Found { rule: string; key: string; severity: string; message_zh: string; message_en: string; facts: Record<string, unknown> }

export const YEAR = 2025
export const config = loadConfig()

/** A computer of 36 of its 72 months; amounts in fen. */
export const COMPUTER: Card = {
  asset_no: 'A-0001', card_no: 'K1', name: '台式计算机', class_code: 'A02010104', unit: '001', use_status: 'in-use', acquire_mode: 'purchase',
  acquired_on: '2023-01-10', booked_on: '2023-01-20', booked: true, voucher_no: '记-12', in_use_on: '2023-01-12', created_on: '2023-01-20',
  value_type: 'actual', quantity: 1, unit_price: 720_000n, cost: 720_000n, accumulated_depreciation: 360_000n, net_value: 360_000n, life_months: 72,
  fiscal_amount: 700_000n, other_amount: 20_000n, department: '办公室', keeper: '巴特尔', location: '301', last_depreciated_month: '2025-12',
}
export const BUILDING: Card = {
  ...COMPUTER, asset_no: 'A-0002', name: '办公楼', class_code: 'A01010100', acquired_on: '2016-01-05', booked_on: '2016-01-20', in_use_on: '2016-01-05',
  created_on: '2016-01-20', unit_price: 60_000_000n, cost: 60_000_000n, accumulated_depreciation: 12_000_000n, net_value: 48_000_000n, life_months: 600,
  fiscal_amount: 60_000_000n, other_amount: null, floor_area: 1000, usable_area: 800, structure: 'steel-concrete', certificate: true,
  certificate_no: '蒙房证1号', certificate_on: '2016-01-01', completed_on: '2015-12-01', address: '锡林大街1号',
  area_self_use: 900, area_leased: 0, area_idle: 100, area_other: 0,
}
export const LAND: Card = {
  ...COMPUTER, asset_no: 'A-0003', name: '办公用地', class_code: 'A01090000', accumulated_depreciation: null, net_value: 720_000n, life_months: null,
  land_area: 5000, certificate: false, no_certificate_reason: '历史遗留', address: '锡林大街1号', last_depreciated_month: null,
}
export const VEHICLE: Card = {
  ...COMPUTER, asset_no: 'A-0004', name: '轿车', class_code: 'A02030501', unit_price: 14_400_000n, cost: 14_400_000n, fiscal_amount: 14_400_000n,
  other_amount: null, life_months: 96, accumulated_depreciation: 5_400_000n, net_value: 9_000_000n, plate_no: '蒙H12345', vin: 'LSVAA4182E2184847',
  engine_no: 'E100', registered_on: '2023-01-12', displacement: 1.6, energy: 'fuel', vehicle_usage: '机要通信', quota_status: '在编', brand_model: '红旗 H5',
}
export const CLEAN: readonly Card[] = [COMPUTER, BUILDING, LAND, VEHICLE]

/** Puts a district's units and cards in place of what was there. Cards stand on lines 2, 3, … */
export async function putCards(test: TestDatabase, district: string, cards: readonly Card[], year = YEAR): Promise<number> {
  const { rows } = await test.pool.query<{ scope_id: number }>(`insert into scopes (district, year) values ($1, $2)
    on conflict (district, year) do update set year = excluded.year returning scope_id`, [district, year])
  const scopeId = rows[0]!.scope_id
  for (const table of ['units', 'books', 'accounts', 'cells', 'cell_totals', 'assets', 'asset_report']) {
    await test.pool.query(`create table if not exists ${table}_t${scopeId} partition of ${table} for values in (${scopeId})`)
    await test.pool.query(`delete from ${table} where scope_id = ${scopeId}`)
  }
  await test.pool.query(`insert into units values (${scopeId}, '001', '办公室', 'administrative', null, true, 2), (${scopeId}, '002', '学校', 'institution', null, true, 3)`)
  const given = cards.map((card, index) => ({ ...card, scope_id: scopeId, row_id: index + 1, file_line: index + 2 }))
  await test.pool.query('insert into assets select * from jsonb_populate_recordset(null::assets, $1::jsonb)',
    [JSON.stringify(given, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))])
  return scopeId
}

/** Runs the step in a transaction that is rolled back; gives what it found and its figures. */
export async function check(
  test: TestDatabase, district: string, cards: readonly Card[], options: { config?: Config; keep?: boolean; year?: number } = {},
): Promise<{ found: Found[]; figures: Record<string, unknown> }> {
  const scopeId = await putCards(test, district, cards, options.year)
  return runCheck(test, district, scopeId, options)
}

export async function runCheck(
  test: TestDatabase, district: string, scopeId: number, options: { config?: Config; year?: number } = {},
): Promise<{ found: Found[]; figures: Record<string, unknown> }> {
  const context: StepContext = {
    runId: 1, scopeId, district, year: options.year ?? YEAR, step: 'asset-health', generation: 1, kind: 'rehearsal', inputVersion: 1,
    league: { district: '152500', scopeId: null }, config: options.config ?? config, heartbeat: () => {},
  }
  return test.db.transaction().execute(async (trx) => {
    await createFound(trx)
    const { figures } = await checkAssets(trx, context)
    const { rows } = await sql<Found>`select rule, key, severity, message_zh, message_en, facts from found order by rule, key`.execute(trx)
    return { found: rows, figures: figures as Record<string, unknown> }
  })
}

/** Findings of the cards alone, as `rule key`. */
export function cardFindings(found: readonly Found[]): string[] {
  return found.filter(({ rule }) => !rule.startsWith('R')).map(({ rule, key }) => `${rule} ${key}`)
}
