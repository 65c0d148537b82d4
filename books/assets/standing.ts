/** What is open in the asset check of a district: of its live year-end where there is one, else of a check made now. */
import { type Kysely, sql } from 'kysely'
import type { Config } from '../../config/load.ts'
import type { Severity } from '../../domain/findings.ts'
import { liveRuns, type Run } from '../runs.ts'
import { checkFound } from '../steps/asset-health/index.ts'
import type { Database } from '../tables.ts'

/** A suggestion for one field of one card, as people read values. */
export interface Suggestion { line: number; field: string; is: string | null; suggested: string }

export interface OpenFinding {
  id: string
  rule: string
  key: string
  severity: Severity
  message: { zh: string; en: string }
  /** Null without a live year-end: then nothing can be explained. */
  contentDigest: string | null
  /** Unit of the first card, or of the report; null when there is none. */
  unit: string | null
  /** Lines of the cards in assets.csv, as far as they are listed; none for findings of the report. */
  lines: readonly number[]
  suggestions: readonly Suggestion[]
  /** What stands in the cell of the report. */
  actual: string | null
}

export interface Standing {
  scopeId: number
  district: string
  year: number
  inputVersion: number
  run: Run | null
  /** The rules by which it was checked. */
  config: Config
  /** Open errors and warnings, by rule and key; info needs nothing of anybody. */
  findings: readonly OpenFinding[]
}

interface Facts { unit?: string | null; line?: number; lines?: number[]; fixes?: Suggestion[]; actual?: string }

export interface StandingRequest {
  district: string
  year: number
  /** For a check made now. */
  config: Config
  /** The configuration that a run is pinned to. */
  pinned(digest: string): Promise<Config>
  heartbeat?(progress: string): void
}

/** The year-end is checking the assets at this moment: what it will find is not known yet. */
export class AssetCheckUnderWay extends Error {
  constructor(district: string) {
    super(`the assets of ${district} are being checked`)
    this.name = 'AssetCheckUnderWay'
  }
}

/** Null when nothing was imported for the district and year. @throws AssetCheckUnderWay */
export async function assetStanding(
  db: Kysely<Database>, { district, year, config, pinned, heartbeat }: StandingRequest,
): Promise<Standing | null> {
  const run = (await liveRuns(db, 'real', year)).find((one) => one.district === district) ?? null
  const state = run && await db.selectFrom('step_states').select('state').where('run_id', '=', run.runId)
    .where('step', '=', 'asset-health').executeTakeFirst()
  if (state?.state === 'running' || state?.state === 'pending') throw new AssetCheckUnderWay(district)
  const checked = run && await db.selectFrom('step_results').select('result').where('run_id', '=', run.runId).where('step', '=', 'asset-health')
    .where('void_at', 'is', null).orderBy('generation', 'desc').executeTakeFirst()
  if (run && checked) {
    const { inputVersion } = checked.result as { inputVersion: number }
    return {
      scopeId: run.scopeId, district, year, inputVersion, run, config: await pinned(run.rulesDigest),
      findings: await openOf(db, run.runId),
    }
  }
  const check = await checkFound(db, config, district, year, heartbeat)
  if (!check) return null
  const findings = check.found.filter(({ severity }) => severity !== 'info')
    .map(({ id, rule, key, severity, zh, en, facts }) => openFinding({ id, rule, key, severity, zh, en, facts, digest: null }))
  return { scopeId: check.scopeId, district, year, inputVersion: check.inputVersion, run: null, config, findings }
}

async function openOf(db: Kysely<Database>, runId: number): Promise<OpenFinding[]> {
  const { rows } = await sql<Parameters<typeof openFinding>[0]>`
    select finding_id as id, rule, key, severity, message_zh as zh, message_en as en, facts, content_digest as digest from findings
    where run_id = ${runId} and step = 'asset-health' and status = 'open' and severity <> 'info' order by rule collate "C", key collate "C"`.execute(db)
  return rows.map(openFinding)
}

function openFinding(
  row: {
    id: string; rule: string; key: string; severity: Severity; zh: string; en: string; facts: object; digest: string | null
  },
): OpenFinding {
  const { unit = null, line, lines, fixes = [], actual = null } = row.facts as Facts
  return {
    id: row.id, rule: row.rule, key: row.key, severity: row.severity, message: { zh: row.zh, en: row.en },
    contentDigest: row.digest,
    unit, lines: lines ?? (line === undefined ? [] : [line]), suggestions: fixes, actual,
  }
}
