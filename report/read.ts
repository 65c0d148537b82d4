/** Reads the report's model from PostgreSQL, in one snapshot. */
import { type Kysely, type Transaction, sql } from 'kysely'
import { type KnownSides, withKnownSides } from '../books/cases/known.ts'
import { type Look, currentRuns } from '../books/read-model/current.ts'
import { listFindings } from '../books/read-model/findings.ts'
import { readStatus } from '../books/read-model/status.ts'
import { inSnapshot } from '../books/snapshot.ts'
import type { Database } from '../books/tables.ts'
import type { Plain } from '../domain/canonical.ts'
import type { Step, StepState } from '../domain/steps.ts'
import type { FindingReport, StepReport } from './district-parts.ts'
import type { DistrictReport, Text, YearReport } from './model.ts'
import { withAssets } from './read-assets.ts'
import { type NewYearReport, readNewYearReport } from './new-year.ts'
import { type Details, ISO, readDetails } from './read-details.ts'
import { withConfirmed } from './confirmed.ts'
import { withProblems } from './problems.ts'
import { withReconciled } from './read-reconciled.ts'
import { type TimeRules, withTimes } from './where-time-went.ts'

type Trx = Transaction<Database>

/**
 * The report of a year: all districts that have input or a run, or only `look.districts`; of the open snapshot when `db` is one.
 * @param time by which it is said where the time went and when it is over; without them it is not
 */
export async function readReport(db: Kysely<Database>, look: Look, time?: TimeRules): Promise<YearReport> {
  return inSnapshot(db, async (trx) => {
    const names = await readNames(trx, look)
    const status = await readStatus(trx, look, names)
    const runs = await readRuns(trx, look)
    const findings = await readFindings(trx, look)
    const details = await readDetails(
      trx, [...runs.values()].flatMap((run) => (run.run_id === null ? [] : [run.run_id])), [...runs.keys()],
    )
    const newYears = new Map<string, NewYearReport | null>()
    for (const code of runs.keys()) newYears.set(code, await readNewYearReport(trx, look, code))
    const districts = status.districts.map((district): DistrictReport => {
      const run = runs.get(district.code)
      const own = detailsOf(details, run?.run_id ?? null, district.code)
      return {
        code: district.code, name: { zh: district.name, en: district.nameEn }, kind: district.kind, runId: run?.run_id ?? null,
        state: district.state, percent: district.percent, startedBy: run?.started_by ?? null, startedAt: district.startedAt,
        endedAt: district.endedAt,
        rulesDigest: run?.rules_digest ?? null, input: details.inputs.get(run?.scope_id ?? -1) ?? null,
        ...(district.undo && { undo: district.undo }),
        steps: district.steps.map((step): StepReport => ({ ...step, ...stepOf(own, step.step) })),
        findings: findings.get(district.code) ?? [], differences: [], balances: [],
        approvals: own.approvals, carryForwards: own.carryForwards, newYear: newYears.get(district.code) ?? null,
        alarms: own.alarms, audit: own.audit,
      }
    })
    const reconciled = await withReconciled(trx, look, {
      year: look.year, state: status.state, asOf: latestTime(districts), districts,
    })
    const report = await withProblems(trx, look, await withConfirmed(trx, look, await withAssets(trx, look, reconciled)))
    return time ? withTimes(trx, look, report, time) : report
  })
}

interface RunRow {
  district: string; scope_id: number; run_id: number | null; started_by: string | null; rules_digest: string | null
}

async function readRuns(trx: Trx, look: Look): Promise<Map<string, RunRow>> {
  const { rows } = await sql<RunRow>`
    with current as (${currentRuns(look)})
    select c.district, c.scope_id, c.run_id, r.started_by, r.rules_digest from current c left join runs r on r.run_id = c.run_id`.execute(trx)
  return new Map(rows.map((row) => [row.district, row]))
}

/** Names as the configuration that the runs are pinned to has them. */
async function readNames(trx: Trx, look: Look): Promise<Map<string, Text>> {
  const { rows } = await sql<{ code: string; name: Text }>`
    with current as (${currentRuns(look)})
    select distinct on (d->>'code') d->>'code' as code, d->'name' as name
    from current c join runs r on r.run_id = c.run_id join rule_packs p on p.digest = r.rules_digest,
      jsonb_array_elements(p.content->'districts'->'districts') d
    order by d->>'code', c.run_id desc`.execute(trx)
  return new Map(rows.map((row) => [row.code, row.name]))
}

async function readFindings(trx: Trx, look: Look): Promise<Map<string, FindingReport[]>> {
  const listed = await withKnownSides(trx, look.year, await listFindings(trx, look))
  const { rows } = await sql<{ district: string; finding_id: string; words: FindingReport['words'] }>`
    with current as (${currentRuns(look)})
    select c.district, w.finding_id, json_agg(json_build_object('actor', d.actor, 'action', w.action, 'comment', w.comment,
        'at', to_char(coalesce(d.judged_at, d.submitted_at), ${ISO}), 'accepted', d.accepted,
        'refusal', case when d.refusal_zh is not null then json_build_object('zh', d.refusal_zh, 'en', d.refusal_en) end,
        'void', d.void_at is not null) order by d.submitted_at, d.decision_id) as words
    from current c join decisions d on d.run_id = c.run_id join finding_decisions w on w.decision_id = d.decision_id
    group by c.district, w.finding_id`.execute(trx)
  const words = new Map(rows.map((row) => [`${row.district}/${row.finding_id}`, row.words]))
  return Map.groupBy(listed.map(({ facts, contentDigest: _digest, ...finding }) =>
    ({
      ...finding, ...(facts.known ? { known: facts.known as KnownSides } : {}),
      words: words.get(`${finding.district}/${finding.id}`) ?? [],
    })), (finding) =>
      finding.district)
}

type Own = Pick<DistrictReport, 'approvals' | 'carryForwards' | 'alarms' | 'audit'> & {
  states: Details['states']; results: Details['results']; history: Details['history']
}

function detailsOf(details: Details, runId: number | null, code: string): Own {
  const of = <T extends { runId: number }>(rows: readonly T[]) => rows.filter((row) => row.runId === runId)
  const bare = <T extends { runId: number }>(rows: readonly T[]) => of(rows).map(({ runId: _run, ...rest }) => rest)
  return {
    approvals: bare(details.approvals), carryForwards: bare(details.carryForwards), alarms: bare(details.alarms),
    audit: details.audit.get(code) ?? null, states: of(details.states), results: of(details.results),
    history: of(details.history),
  }
}

function stepOf(own: Own, step: Step): Pick<StepReport, 'generation' | 'evidenceDigest' | 'failure' | 'history' | 'results'> {
  const state = own.states.find((one) => one.step === step)
  return {
    generation: state?.generation ?? 0, evidenceDigest: state?.evidenceDigest ?? null, failure: state?.failure ?? null,
    history: own.history.filter((one) => one.step === step)
      .map(({ runId: _run, step: _step, ...rest }) => ({ ...rest, state: rest.state as StepState })),
    results: own.results.filter((one) => one.step === step)
      .map(({ runId: _run, step: _step, figures, ...rest }) => ({ ...rest, figures: figures as Plain })),
  }
}

function latestTime(districts: readonly DistrictReport[]): string | null {
  const times = districts.flatMap((district) => [
    district.input?.importedAt, district.startedAt, district.endedAt,
    ...district.steps.flatMap((step) => step.history.map((one) => one.at)),
    ...district.findings.map((one) => one.closedAt), ...district.approvals.map((one) => one.at),
    ...district.alarms.map((one) => one.at),
  ].filter((time): time is string => typeof time === 'string'))
  return times.length === 0 ? null : times.reduce((a, b) => (a > b ? a : b))
}
