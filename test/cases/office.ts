/** A district with documents in transit, its real scan, and cut-offs that lie a few days ahead of now. */
import { sql } from 'kysely'
import { ENGINES, type Engines } from '../../activities/engines.ts'
import type { Config } from '../../config/load.ts'
import { loadInput } from '../support/input.ts'
import { type StartedDistrict, type TimedWorld, startDistrict } from '../workflows/timed-world.ts'
import { type World, YEAR, enginesOf, until } from '../workflows/world.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export interface Doc { type: string; number: string; status: string; amount?: string; indicator?: string; unit?: string; counterparty?: string; reference?: string }

const COLUMNS = ['type', 'number', 'status', 'amount', 'indicator', 'unit', 'counterparty', 'reference'] as const

/** Imports the documents as the district's input, through the real import. */
export async function importDocuments(world: World, district: string, documents: readonly Doc[], files: Record<string, string> = {}): Promise<number> {
  const { version } = await loadInput(world.database, {
    district, year: YEAR, files: {
      units: 'unit,name,kind\nu1,一中,institution\n', books: 'book,name,system,unit\nU,一中,government-unit,u1\nT,总账,treasury-2022,\n', ...files,
      documents: [COLUMNS.join(','), ...documents.map((one) => COLUMNS.map((name) => one[name] ?? (name === 'unit' ? 'u1' : '')).join(','))].join('\n'),
    },
  })
  return version
}

/** The world's engines with the real scan. */
export function realScan(world: World): Engines {
  const planned = enginesOf(world)
  return {
    ...planned, check: (step) => (step === 'in-transit' ? ENGINES : planned).check(step), rescan: () => ENGINES.rescan(),
  }
}

/** The built-in rules with one cut-off for every type: 18:00, so many days from now (Temporal's now). */
function withCutOff(config: Config, now: number, days: number): { config: Config; cutOff: number } {
  const day = new Date(now + days * DAY).toISOString().slice(0, 10)
  const all = Object.fromEntries(Object.keys(config.documents.types).map((type) => [type, day]))
  const documents = { ...config.documents, cut_offs_of_year: { [YEAR]: { '*': all } } }
  return { config: { ...config, documents }, cutOff: Date.parse(`${day}T18:00:00+08:00`) }
}

export interface DistrictWithCutOff extends StartedDistrict { cutOff: number }

/**
 * Begins the year-end of a district with these documents on the server that skips time, one cut-off so many days ahead for all,
 * and waits until the scan has spoken.
 */
export async function begin({ env, world }: TimedWorld, district: string, days: number, documents: readonly Doc[]): Promise<DistrictWithCutOff> {
  await importDocuments(world, district, documents)
  world.failures.set(`${district}/asset-health`, new Error('not now'))
  const { config, cutOff } = withCutOff(world.config, await env.currentTimeMs(), days)
  const started = await startDistrict(world, district, { config, escalateAfterMs: 60 * DAY })
  await until(world, district, 'in-transit', 'blocked', 'awaiting-approval')
  return { ...started, cutOff }
}

/** `TYPE/number status` of the district's findings of in-transit, with what was decided and by whom. */
export async function findingsOf(world: World, runId: number): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    select concat_ws(' ', f.key, f.status, w.action, d.actor) as text from findings f
      left join decisions d on d.decision_id = f.decision_id left join finding_decisions w on w.decision_id = f.decision_id and w.finding_id = f.finding_id
    where f.run_id = ${runId} and f.step = 'in-transit' order by f.key collate "C"`.execute(world.database.db)
  return rows.map(({ text }) => text)
}

/** Alarms about cases: kind, level, hours before the cut-off, roles. */
export async function alarmsOf(world: World, runId: number, cutOff: number): Promise<string[]> {
  const rows = await world.database.db.selectFrom('notifications').select(['kind', 'level', 'due_at', 'to_roles', 'message_en']).where('run_id', '=', runId)
    .where('about_cases', '=', true).orderBy('due_at').execute()
  return rows.map(({ kind, level, due_at: due, to_roles: roles }) => `${kind} ${level} ${(cutOff - due.getTime()) / HOUR}h ${roles.join()}`)
}
