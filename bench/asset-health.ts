/**
 * Benchmark `asset-health`: all rules over the cards of one district, against one sequential read of the cards for each
 * rule family (every column taken apart, nothing worked out). Product and baseline in turn on the same rows.
 */
import { sql } from 'kysely'
import type { StepContext } from '../activities/step.ts'
import type { Books } from '../books/connect.ts'
import { createFound } from '../books/findings.ts'
import { storeRulePack } from '../books/runs.ts'
import { checkAssets } from '../books/steps/asset-health/index.ts'
import { type Config, loadConfig } from '../config/load.ts'
import type { BenchResult } from './benches.ts'
import { bestOf } from './timing.ts'

const DISTRICT = '152599'
const YEAR = 2025
const ROUNDS = 3

/** Runs the benchmark in a migrated database of its own; the rows stay there. The best of three rounds each. */
export async function benchAssetHealth({ rows, database }: { rows: number; database: Books }): Promise<BenchResult> {
  const scopeId = await makeCards(database, rows)
  const config = loadConfig()
  const families = Object.keys(config['asset-health'].families).length
  const { seconds, baselineSeconds } = await bestOf(ROUNDS, () => readCards(database, scopeId, families), () => checkCards(
    database, scopeId, config,
  ))
  const peakRssMiB = process.resourceUsage().maxRSS / 1024
  return { name: 'asset-health', rows, seconds, baselineSeconds, ratio: seconds / baselineSeconds, peakRssMiB }
}

/** The last columns of the row make PostgreSQL take apart every column before them. */
async function readCards({ db }: Books, scopeId: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await sql`select count(last_depreciated_month), sum(file_line) from assets where scope_id = ${scopeId}`.execute(db)
  }
}

async function checkCards({ db }: Books, scopeId: number, config: Config): Promise<void> {
  const runId = await beginRun(db, scopeId, config)
  const context: StepContext = {
    runId, scopeId, district: DISTRICT, year: YEAR, step: 'asset-health', generation: 1, kind: 'rehearsal', inputVersion: 1,
    league: { district: '152500', scopeId: null }, config, heartbeat: () => {},
  }
  await db.transaction().execute(async (trx) => {
    await createFound(trx)
    await checkAssets(trx, context)
  })
}

/** A run of its own, so that the trend of the units is measured too. */
async function beginRun(db: Books['db'], scopeId: number, config: Config): Promise<number> {
  const { run_id } = await db.insertInto('runs').values({
    scope_id: scopeId, kind: 'rehearsal', workflow_id: 'bench', state: 'completed', rules_digest: await storeRulePack(db, config),
    with_league: false, league: '152500', started_by: null, ended_at: null,
  }).returning('run_id').executeTakeFirstOrThrow()
  return run_id
}

/** Cards of 400 units: equipment, furniture, vehicles, buildings; about three in a hundred violate a rule. */
async function makeCards({ db }: Books, rows: number): Promise<number> {
  const scope = await sql<{ scope_id: number }>`insert into scopes (district, year) values (${DISTRICT}, ${YEAR})
    on conflict (district, year) do update set year = excluded.year returning scope_id`.execute(db)
  const scopeId = scope.rows[0]!.scope_id
  for (const table of ['units', 'books', 'accounts', 'cells', 'cell_totals', 'assets', 'asset_report']) {
    await sql.raw(`create table if not exists ${table}_${scopeId} partition of ${table} for values in (${scopeId})`).execute(db)
  }
  await sql`insert into units select ${scopeId}::int, 'U' || n, '单位' || n, case n % 2 when 0 then 'administrative' else 'institution' end, null, true, n
    from generate_series(1, 400) n on conflict do nothing`.execute(db)
  await sql.raw(CARDS.replaceAll(':scope', String(scopeId)).replace(':rows', String(rows))).execute(db)
  await sql.raw(`analyze assets_${scopeId}`).execute(db)
  return scopeId
}

/**
 * Kinds by number: 1 of 100 a building, 4 vehicles, 15 furniture, 80 equipment. Every amount follows the rules but for the
 * planted ones.
 */
const CARDS = `insert into assets (scope_id, row_id, file_line, asset_no, card_no, name, class_code, unit, use_status, acquire_mode, acquired_on, booked_on, booked,
    voucher_no, in_use_on, created_on, value_type, quantity, unit_price, cost, accumulated_depreciation, net_value, life_months, fiscal_amount, other_amount,
    department, keeper, location, floor_area, usable_area, structure, certificate, certificate_no, certificate_on, completed_on, address, area_self_use,
    area_leased, area_idle, area_other, plate_no, vin, engine_no, registered_on, displacement, energy, vehicle_usage, quota_status, brand_model, last_depreciated_month)
  select :scope, n, n + 1, 'ZC' || lpad(n::text, 10, '0'), 'K' || n, case kind when 'b' then '办公楼' when 'v' then '轿车' when 'f' then '办公桌' else '台式计算机' end,
    case kind when 'b' then 'A01010100' when 'v' then 'A02030501' when 'f' then 'A05010201' else 'A0201010' || n % 9 end, 'U' || n % 400 + 1,
    case when n % 97 = 0 then 'idle' else 'in-use' end, 'purchase', acquired, acquired + case when n % 101 = 0 then -3 else 10 end, true,
    case when n % 211 <> 0 then '记-' || n % 5000 end, acquired + 5, acquired + 12, 'actual', 1, cost, cost, accumulated,
    cost - accumulated + case when n % 307 = 0 then 1 else 0 end, life, cost, 0, '办公室', '职工' || n % 3000, '楼' || n % 40,
    case kind when 'b' then cost / 300000 end, case kind when 'b' then cost / 400000 end, case kind when 'b' then 'steel-concrete' end, case kind when 'b' then true end,
    case kind when 'b' then '证' || n end, case kind when 'b' then acquired end, case kind when 'b' then acquired - 30 end, case kind when 'b' then '锡林大街' || n || '号' end,
    case kind when 'b' then cost / 300000 end, null, null, null, case kind when 'v' then '蒙H' || upper(lpad(to_hex(n / 100 * 4 + n % 100), 5, '0')) end,
    case kind when 'v' then 'LSVAA4182E' || lpad((n % 10000000)::text, 7, '0') end, case kind when 'v' then 'E' || n end, case kind when 'v' then acquired end,
    case kind when 'v' then 1.6 end, case kind when 'v' then 'fuel' end, case kind when 'v' then '机要通信' end, case kind when 'v' then '在编' end,
    case kind when 'v' then '红旗 H5' end, '2025-12'
  from (select *, round(cost::numeric * least(elapsed, life) / life)::bigint as accumulated
    from (select n, kind, date '2024-12-01' - (n % 1400) * 1 as acquired,
        case kind when 'b' then 600 when 'v' then 96 when 'f' then 180 else 72 end as life,
        case kind when 'b' then 100000000 + n % 1000 * 300000 when 'v' then 15000000 else 500000 + n % 900 * 100 end as cost,
        (2025 - extract(year from date '2024-12-01' - (n % 1400))::int) * 12 + 13 - extract(month from date '2024-12-01' - (n % 1400))::int as elapsed
      from (select n, case when n % 100 = 0 then 'b' when n % 100 < 5 then 'v' when n % 100 < 20 then 'f' else 'e' end as kind
        from generate_series(1, :rows) n) kinds) amounts) cards
  on conflict do nothing`
