/** The joint review at a glance: rounds of each unit, what came back, and what is left by unit and family. */
import { type Kysely, sql } from 'kysely'
import { type ReviewState, reviewState } from '../../domain/asset-review.ts'
import type { FindingStatus, Severity } from '../../domain/findings.ts'
import type { Database } from '../tables.ts'

export type Left = Record<string, Record<Severity, number>>

export interface Round {
  round: number
  madeAt: string
  madeBy: string | null
  inputVersion: number
  /** Findings that were open when the workbook was made, by family and severity. */
  left: Left
  /** What the unit answered, by now. */
  returned: { corrections: number; explanations: number; last: string | null }
}

export interface UnitReview {
  unit: string
  name: string
  rounds: Round[]
  /** Open errors and warnings of now, by family and severity; null without a year-end that has checked. */
  left: Left | null
  /** All its findings by state of the review. */
  states: Partial<Record<ReviewState, number>>
}

export interface DistrictReview {
  district: string
  year: number
  /** The latest round of any of its units; 0 before the first. */
  round: number
  units: UnitReview[]
  corrections: { inForce: number; adopted: number; superseded: number; gone: number }
}

/** Null when the district has no input of the year. */
export async function districtReview(db: Kysely<Database>, district: string, year: number): Promise<DistrictReview | null> {
  const scope = await db.selectFrom('scopes').select('scope_id').where('district', '=', district).where('year', '=', year)
    .where((eb) => eb.exists(eb.selectFrom('input_versions').select('version').whereRef(
      'input_versions.scope_id', '=', 'scopes.scope_id',
    ))).executeTakeFirst()
  if (!scope) return null
  const scopeId = scope.scope_id
  const rounds = await roundsOf(db, scopeId)
  const findings = await findingsOf(db, scopeId)
  const names = new Map((await db.selectFrom('units').select(['unit', 'name']).where('scope_id', '=', scopeId).execute())
    .map(({ unit, name }) => [unit, name]))
  const units = [...new Set([...rounds.map(({ unit }) => unit), ...(findings ?? []).map(({ unit }) => unit)])].sort()
    .map((unit): UnitReview => {
      const own = findings?.filter((finding) => finding.unit === unit)
      return {
        unit, name: names.get(unit) ?? '', rounds: rounds.filter((one) => one.unit === unit).map(roundOf),
        left: own ? leftOf(own) : null, states: statesOf(own ?? []),
      }
    })
  return {
    district, year, round: Math.max(0, ...rounds.map(({ round }) => round)), units, corrections: await correctionsOf(db, scopeId),
  }
}

interface RoundRow {
  unit: string; round: number; made_at: Date; made_by: string | null; input_version: number; left_open: object
  corrections: number; explanations: number; last: Date | null
}

async function roundsOf(db: Kysely<Database>, scopeId: number): Promise<RoundRow[]> {
  const { rows } = await sql<RoundRow>`
    select r.unit, r.round, r.made_at, r.made_by, r.input_version, r.left_open, coalesce(a.corrections, 0)::int as corrections,
      coalesce(a.explanations, 0)::int as explanations, a.last
    from asset_rounds r left join (
      select b.scope_id, a.unit, a.round, sum(a.corrections) as corrections, count(a.explanation) as explanations, max(b.applied_at) as last
      from asset_answers a join asset_batches b using (batch_id) group by 1, 2, 3) a using (scope_id, unit, round)
    where r.scope_id = ${scopeId} order by r.unit collate "C", r.round`.execute(db)
  return rows
}

const roundOf = (row: RoundRow): Round => ({
  round: row.round, madeAt: row.made_at.toISOString(), madeBy: row.made_by, inputVersion: row.input_version,
  left: row.left_open as Left,
  returned: { corrections: row.corrections, explanations: row.explanations, last: row.last?.toISOString() ?? null },
})

interface FindingRow {
  unit: string; family: string; severity: Severity; status: FindingStatus; answered: boolean; approved: boolean; count: number
}

/** Findings of the latest real run, counted; null when none has checked yet. */
async function findingsOf(db: Kysely<Database>, scopeId: number): Promise<FindingRow[] | null> {
  const { rows: [run] } = await sql<{ run_id: number; approved: boolean }>`
    select r.run_id, s.state = 'approved' as approved from runs r join step_states s on s.run_id = r.run_id and s.step = 'asset-health'
    where r.scope_id = ${scopeId} and r.kind = 'real' and s.generation > 0 order by r.run_id desc limit 1`.execute(db)
  if (!run) return null
  const { rows } = await sql<FindingRow>`
    select coalesce(f.facts ->> 'unit', '') as unit, left(f.rule, 1) as family, f.severity, f.status,
      exists (select from asset_answers a join asset_batches b using (batch_id) where a.finding_id = f.finding_id and b.scope_id = ${scopeId}) as answered,
      ${run.approved}::boolean as approved, count(*)::int as count
    from findings f where f.run_id = ${run.run_id} and f.step = 'asset-health' group by 1, 2, 3, 4, 5`.execute(db)
  return rows
}

function leftOf(rows: readonly FindingRow[]): Left {
  const left: Left = {}
  for (const { family, severity, status, count } of rows) {
    if (status === 'open' && severity !== 'info') (left[family] ??= { error: 0, warning: 0, info: 0 })[severity] += count
  }
  return left
}

function statesOf(rows: readonly FindingRow[]): UnitReview['states'] {
  const states: UnitReview['states'] = {}
  for (const row of rows) if (row.severity !== 'info') states[reviewState(row)] = (states[reviewState(row)] ?? 0) + row.count
  return states
}

async function correctionsOf(db: Kysely<Database>, scopeId: number): Promise<DistrictReview['corrections']> {
  const { rows } = await sql<{ because: string; count: number }>`
    select coalesce(ended_because, 'in-force') as because, count(*)::int as count from asset_corrections join asset_cards using (card_id)
    where scope_id = ${scopeId} group by 1`.execute(db)
  const count = (because: string) => rows.find((row) => row.because === because)?.count ?? 0
  return { inForce: count('in-force'), adopted: count('adopted'), superseded: count('superseded'), gone: count('gone') }
}
