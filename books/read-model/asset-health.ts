/** The health of a district's asset data over the checks of its run. */
import { type Kysely, sql } from 'kysely'
import { type CardHealth, healthScore } from '../../domain/asset-score.ts'
import type { Database } from '../tables.ts'
import { type Look, currentRuns } from './current.ts'

export interface HealthPoint extends CardHealth { score: number | null; errors: number; warnings: number; infos: number }

export interface HealthCheck {
  generation: number
  inputVersion: number
  /** The latest round of workbooks that was out by then; 0 before the first. */
  round: number
  all: HealthPoint
  /** By family letter; R, the annual report, has findings and no cards. */
  families: Record<string, HealthPoint>
}

export interface HealthTrend {
  district: string
  /** Every check that gave a result, the first one first. */
  checks: HealthCheck[]
  /** Every unit with its point in each of the checks (null where it had neither cards nor findings), the worst first. */
  units: { unit: string; name: string; points: (HealthPoint | null)[] }[]
}

interface Row { district: string; generation: number; input_version: number; round: number; unit: string; family: string; name: string | null
  cards: number; sound: number; clean: number; errors: number; warnings: number; infos: number }

/** Trends of the districts that were checked, by code. */
export async function readHealth(db: Kysely<Database>, look: Look): Promise<HealthTrend[]> {
  const { rows } = await sql<Row>`
    with current as (${currentRuns(look)})
    select c.district, p.generation, p.input_version, p.unit, p.family, u.name, p.cards, p.sound, p.clean, p.errors, p.warnings, p.infos,
      coalesce((select max(round) from asset_rounds r where r.scope_id = c.scope_id and r.input_version < p.input_version), 0) as round
    from current c join asset_health_points p on p.run_id = c.run_id left join units u on u.scope_id = c.scope_id and u.unit = p.unit
    where p.family = '*' or p.unit = '*'
    order by c.district, p.generation, p.unit collate "C", p.family collate "C"`.execute(db)
  return [...new Set(rows.map(({ district }) => district))].map((district) => trendOf(
    district, rows.filter((row) => row.district === district),
  ))
}

function trendOf(district: string, rows: readonly Row[]): HealthTrend {
  const generations = [...new Set(rows.map(({ generation }) => generation))]
  const checks = generations.map((generation): HealthCheck => {
    const own = rows.filter((row) => row.generation === generation && row.unit === '*')
    const all = own.find(({ family }) => family === '*')!
    return {
      generation, inputVersion: all.input_version, round: all.round, all: pointOf(all),
      families: Object.fromEntries(own.filter(({ family }) => family !== '*').sort(byFamily)
        .map((row) => [row.family, pointOf(row)])),
    }
  })
  const units = new Map<string, { unit: string; name: string; points: (HealthPoint | null)[] }>()
  for (const row of rows) {
    if (row.unit === '*') continue
    const unit = units.get(row.unit) ?? { unit: row.unit, name: row.name ?? '', points: generations.map(() => null) }
    unit.points[generations.indexOf(row.generation)] = pointOf(row)
    units.set(row.unit, unit)
  }
  return { district, checks, units: [...units.values()].sort(worstFirst) }
}

/** The families in the order of the rules: D, N, L, F, V, S, then the report. */
const ORDER = 'DNLFVSR'
const byFamily = (one: Row, other: Row): number => ORDER.indexOf(one.family) - ORDER.indexOf(other.family)

const pointOf = ({ cards, sound, clean, errors, warnings, infos }: Row): HealthPoint =>
  ({ cards, sound, clean, score: healthScore({ cards, sound, clean }), errors, warnings, infos })

function worstFirst(one: HealthTrend['units'][number], other: HealthTrend['units'][number]): number {
  const [a, b] = [one.points.at(-1), other.points.at(-1)]
  return (a?.score ?? 101) - (b?.score ?? 101) || (b?.errors ?? 0) - (a?.errors ?? 0) || (one.unit < other.unit ? -1 : 1)
}
