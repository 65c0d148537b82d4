/** The check on its own: on the imported input, without a year-end, leaving nothing behind. */
import { type Kysely, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Config } from '../../../config/load.ts'
import { type Finding, type Severity, ruleOrder } from '../../../domain/findings.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { createFound } from '../../findings.ts'
import type { Database } from '../../tables.ts'
import { checkAssets } from './check-assets.ts'

export interface AssetCheck {
  district: string
  year: number
  figures: { readonly [name: string]: Plain }
  /** Sorted by rule, then key. They are of this moment: a year-end that checks the same input gives them the same ids. */
  findings: Finding[]
}

class Undo extends Error {
  readonly result: FoundCheck
  constructor(result: FoundCheck) {
    super('rolled back')
    this.result = result
  }
}

/** What a check finds, with what it saw (`facts` of books/steps/asset-health/findings.ts). */
export interface FoundRow {
  id: string
  rule: string
  key: string
  severity: Severity
  zh: string
  en: string
  facts: object
}

export interface FoundCheck { scopeId: number; inputVersion: number; figures: AssetCheck['figures']; found: FoundRow[] }

/** Runs the step's rules over a district's input, in a transaction that is rolled back. Null when nothing was imported. */
export async function checkAssetsAlone(
  db: Kysely<Database>, config: Config, district: string, year: number, heartbeat: (progress: string) => void = () => {},
): Promise<AssetCheck | null> {
  const check = await checkFound(db, config, district, year, heartbeat)
  return check
    && { district, year, figures: check.figures, findings: inOrder(check.found.map((row) => findingOf(district, row))) }
}

/** As {@link checkAssetsAlone}, with the facts behind each finding; in the order of the keys. */
export async function checkFound(
  db: Kysely<Database>, config: Config, district: string, year: number, heartbeat: (progress: string) => void = () => {},
): Promise<FoundCheck | null> {
  const input = await db.selectFrom('scopes').innerJoin('input_versions', 'input_versions.scope_id', 'scopes.scope_id')
    .select(['scopes.scope_id', 'input_versions.version']).where('district', '=', district).where('year', '=', year)
    .orderBy('version', 'desc').limit(1).executeTakeFirst()
  if (!input) return null
  const context: StepContext = {
    runId: 0, scopeId: input.scope_id, district, year, step: 'asset-health', generation: 0, kind: 'rehearsal',
    inputVersion: input.version,
    league: { district: config.districts.league, scopeId: null }, config, heartbeat,
  }
  try {
    return await db.transaction().setIsolationLevel('repeatable read').execute(async (trx) => {
      await createFound(trx)
      const { figures } = await checkAssets(trx, context)
      throw new Undo({
        scopeId: input.scope_id, inputVersion: input.version, figures, found: await readFound(trx, district, year),
      })
    })
  } catch (error) {
    if (error instanceof Undo) return error.result
    throw error
  }
}

async function readFound(trx: Kysely<Database>, district: string, year: number): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`
    select 'F' || substr(encode(sha256(convert_to(concat_ws(e'\x1f', ${district}::text, ${year}::text, rule, key), 'UTF8')), 'hex'), 1, 15) as id,
      rule, key, severity, message_zh as zh, message_en as en, facts from found order by key collate "C"`.execute(trx)
  return rows
}

const findingOf = (district: string, { id, rule, key, severity, zh, en }: FoundRow): Finding =>
  ({ id, district, step: 'asset-health', rule, key, severity, amount: null, status: 'open', message: { zh, en } })

/** By rule: its letters, then its number; the order within a rule stays. */
function inOrder(findings: Finding[]): Finding[] {
  return findings.sort((one, other) => {
    const [[letters, number], [otherLetters, otherNumber]] = [ruleOrder(one.rule), ruleOrder(other.rule)]
    return letters < otherLetters ? -1 : letters > otherLetters ? 1 : number - otherNumber
  })
}
