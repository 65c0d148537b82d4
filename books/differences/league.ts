/**
 * The league summary 全盟汇总 of what mirrors between the levels (R17, and whatever else an office declares with a side of
 * the league): the league's books against each district's, key by key, and who still waits for whom.
 */
import { type Kysely, sql } from 'kysely'
import type { ReconciliationsConfig } from '../../config/schemas/reconciliations.ts'
import type { DifferenceState } from '../../domain/differences.ts'
import { formatYuan } from '../../domain/money.ts'
import { STEPS, type Step, type StepState } from '../../domain/steps.ts'
import { type Look, currentRuns } from '../read-model/current.ts'
import { isoTime } from '../read-model/status.ts'
import { type SideContext, keyColumn, sideRows } from '../steps/reconcile/sides.ts'
import type { Database } from '../tables.ts'

type Keyed = Extract<ReconciliationsConfig['reconciliations'][string], { method: 'keyed' }>

/**
 * `compared` both were there; `not-there` the district has not reached its reconciliation, at `step` now; `waits` it has,
 * and waits for the league; `no-league` the league takes no part; `no-run` the district has input only.
 */
export type MirrorStanding = 'compared' | 'not-there' | 'waits' | 'no-league' | 'no-run'

/** Yuan text; amounts are those of the input as it is now, whether they were compared yet or not. */
export interface MirrorRow {
  /** The match key without the district: the fund. */
  key: string
  league: string
  district: string
  difference: string
  mirrors: boolean
  /** The difference of the run, once it was compared. */
  finding: { id: string; state: DifferenceState } | null
}

export interface Mirror {
  reconciliation: string
  district: string
  standing: MirrorStanding
  /** Where the district is, while it is not there. */
  step: Step | null
  /** Since when somebody waits: the district for the league, or whoever is at work in the district. */
  since: string | null
  rows: readonly MirrorRow[]
  totals: { league: string; district: string; difference: string }
}

interface District {
  district: string; scope_id: number; run_id: number | null; with_league: boolean | null
  steps: {
    step: Step; state: StepState; waiting_on: string | null; waiting_since: string | null; started_at: string | null
  }[] | null
}

/** Every district but the league, by code; nothing where no reconciliation has a side of the league, or the league no input. */
export async function leagueSummary(
  db: Kysely<Database>, look: Look, { reconciliations, league }: { reconciliations: ReconciliationsConfig; league: string },
): Promise<Mirror[]> {
  const declared = Object.entries(reconciliations.reconciliations).filter((one): one is [string, Keyed] => hasLeagueSide(one[1]))
  const leagueScope = await db.selectFrom('scopes').select('scope_id').where('district', '=', league)
    .where('year', '=', look.year).executeTakeFirst()
  if (declared.length === 0 || !leagueScope) return []
  const { rows } = await sql<District>`
    with current as (${currentRuns(look)})
    select c.district, c.scope_id, c.run_id, r.with_league, (select json_agg(json_build_object('step', s.step, 'state', s.state, 'waiting_on', s.waiting_on,
      'waiting_since', s.waiting_since, 'started_at', s.started_at)) from step_states s where s.run_id = c.run_id) as steps
    from current c left join runs r on r.run_id = c.run_id where c.district <> ${league} order by c.district collate "C"`.execute(db)
  const mirrors: Mirror[] = []
  for (const one of rows) {
    const context = {
      scopeId: one.scope_id, district: one.district, year: look.year, league: { district: league, scopeId: leagueScope.scope_id },
    }
    for (const [number, reconciliation] of declared) {
      mirrors.push(await mirrorOf(db, one, { number, reconciliation, context, league }))
    }
  }
  return mirrors
}

const hasLeagueSide = (one: ReconciliationsConfig['reconciliations'][string]): boolean =>
  one.method === 'keyed' && [one.a, one.b].some((side) => side.of === 'ledger' && side.scope === 'league')

async function mirrorOf(
  db: Kysely<Database>, one: District,
  { number, reconciliation, context, league }: { number: string; reconciliation: Keyed; context: SideContext; league: string },
): Promise<Mirror> {
  const { a, b } = reconciliation
  const columns = a.key.map((_, index) => sql.ref(keyColumn(index)))
  const shown = columns.filter((_, index) => a.key[index] !== 'district')
  const whole = sql.join(columns, sql` || '/' || `)
  const { rows } = await sql<{ key: string; a: bigint; b: bigint; id: string | null; state: DifferenceState | null }>`
    with sums as (
      select ${whole} as whole, ${shown.length > 0 ? sql.join(shown, sql` || '/' || `) : sql`''`} as key, coalesce(sum(a), 0)::bigint as a, coalesce(sum(b), 0)::bigint as b
      from (select ${sql.join(columns)}, amount as a, null::bigint as b from (${sideRows(number, a, context)}) a
        union all select ${sql.join(columns)}, null, amount from (${sideRows(number, b, context)}) b) sides group by 1, 2)
    select s.key, s.a, s.b, f.finding_id as id, case when w.action = 'correct' and f.status = 'open' then 'to-correct' else f.status end as state
    from sums s left join findings f on f.run_id = ${one.run_id} and f.rule = ${number} and f.key = s.whole and f.closed_by is distinct from 'recheck'
      left join finding_decisions w on w.decision_id = f.decision_id and w.finding_id = f.finding_id
    where s.a <> 0 or s.b <> 0 order by s.key collate "C"`.execute(db)
  const flip = a.of !== 'ledger' || a.scope !== 'league'
  const sums = rows.map((row) => ({ ...row, upper: flip ? row.b : row.a, lower: flip ? row.a : row.b }))
  const total = (of: 'upper' | 'lower') => sums.reduce((sum, row) => sum + row[of], 0n)
  return {
    reconciliation: number, district: one.district, ...standingOf(one, league),
    rows: sums.map((row) => ({
      key: row.key, league: formatYuan(row.upper), district: formatYuan(row.lower), difference: formatYuan(row.a - row.b),
      mirrors: row.a === row.b,
      finding: row.id === null ? null : { id: row.id, state: row.state! },
    })),
    totals: {
      league: formatYuan(total('upper')), district: formatYuan(total('lower')),
      difference: formatYuan((total('upper') - total('lower')) * (flip ? -1n : 1n)),
    },
  }
}

function standingOf(
  { run_id: runId, with_league: withLeague, steps }: District, league: string,
): Pick<Mirror, 'standing' | 'step' | 'since'> {
  if (runId === null) return { standing: 'no-run', step: null, since: null }
  if (!withLeague) return { standing: 'no-league', step: null, since: null }
  const reconcile = steps?.find(({ step }) => step === 'reconcile')
  if (!reconcile || reconcile.state === 'pending') {
    const at = STEPS.flatMap((step) => steps?.filter(
      (one) => one.step === step && !['approved', 'pending'].includes(one.state),
    ) ?? [])
      .find(({ step }) => step !== 'asset-health')
    return {
      standing: 'not-there', step: at?.step ?? null, since: isoTime(at ? toDate(at.waiting_since ?? at.started_at) : null),
    }
  }
  if (reconcile.state === 'running' && reconcile.waiting_on === league) {
    return { standing: 'waits', step: 'reconcile', since: isoTime(toDate(reconcile.waiting_since ?? reconcile.started_at)) }
  }
  return { standing: 'compared', step: null, since: null }
}

const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text))
