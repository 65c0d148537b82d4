/** Runs: one district's year-end of one year, real or rehearsed, and what it is pinned to. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { Config } from '../config/load.ts'
import type { Plain } from '../domain/canonical.ts'
import type { RunKind, RunState, Step } from '../domain/steps.ts'
import { digestOf } from './digest.ts'
import type { Database } from './tables.ts'

export interface Run {
  runId: number
  scopeId: number
  district: string
  year: number
  kind: RunKind
  state: RunState
  rulesDigest: string
  withLeague: boolean
  league: string
  workflowId: string
}

const runs = (db: Kysely<Database>) => db.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id').select([
  'runs.run_id as runId', 'runs.scope_id as scopeId', 'district', 'year', 'kind', 'state', 'rules_digest as rulesDigest',
  'with_league as withLeague', 'league', 'workflow_id as workflowId'])

/** @throws NoResultError when there is no such run */
export function findRun(db: Kysely<Database>, runId: number): Promise<Run> {
  return runs(db).where('run_id', '=', runId).executeTakeFirstOrThrow()
}

/** Live runs (running or paused), of every year unless one is given, ordered by year and district. */
export function liveRuns(db: Kysely<Database>, kind: RunKind, year?: number): Promise<Run[]> {
  let query = runs(db).where('state', 'in', ['running', 'paused']).where('kind', '=', kind)
  if (year !== undefined) query = query.where('year', '=', year)
  return query.orderBy('year').orderBy('district').execute()
}

/**
 * The live runs that read a district's input of a year, by id. `own`: those of the district, and those whose league it is (R17).
 * `beside`: the league's, whose check adds up the annual asset reports, and the district's of the next year, which compares with
 * this year's cards.
 */
export async function readersOf(db: Kysely<Database>, district: string, year: number): Promise<{ own: Run[]; beside: Run[] }> {
  const readers = await runs(db).where('state', 'in', ['running', 'paused']).where((eb) => eb.or([
    eb.and([eb('year', '=', year), eb.or([
      eb('district', '=', district), eb('district', '=', eb.ref('league')), eb.and([eb('league', '=', district), eb('with_league', '=', true)]),
    ])]),
    eb.and([eb('year', '=', year + 1), eb('district', '=', district)]),
  ])).orderBy('run_id').execute()
  const isOwn = (run: Run) => run.year === year && (run.district === district || run.league === district)
  return { own: readers.filter(isOwn), beside: readers.filter((run) => !isOwn(run)) }
}

/** The latest run of each district of the year, whatever became of it. */
export function latestRuns(db: Kysely<Database>, kind: RunKind, year: number): Promise<Run[]> {
  return runs(db).distinctOn('runs.scope_id').where('kind', '=', kind).where('year', '=', year)
    .orderBy('runs.scope_id').orderBy('run_id', 'desc').execute()
}

/** Districts that have input for the year, with their scope. */
export function scopesWithInput(db: Kysely<Database>, year: number): Promise<{ scopeId: number; district: string }[]> {
  return db.selectFrom('scopes').select(['scope_id as scopeId', 'district']).where('year', '=', year)
    .where((eb) => eb.exists(eb.selectFrom('input_versions').select('version')
      .whereRef('input_versions.scope_id', '=', 'scopes.scope_id')))
    .orderBy('district').execute()
}

/** Stores the configuration that runs are pinned to; the same content has the same digest and is stored once. */
export async function storeRulePack(db: Kysely<Database>, config: Config): Promise<string> {
  const content = JSON.parse(JSON.stringify(config)) as { [key: string]: Plain }
  const digest = digestOf(content)
  await db.insertInto('rule_packs').values({ digest, content: JSON.stringify(content) })
    .onConflict((conflict) => conflict.column('digest').doNothing()).execute()
  return digest
}

/** The stored content of a rule pack. @throws NoResultError when it was never stored */
export async function loadRulePack(db: Kysely<Database>, digest: string): Promise<Record<string, unknown>> {
  const { content } = await db.selectFrom('rule_packs').select('content').where('digest', '=', digest).executeTakeFirstOrThrow()
  return content as Record<string, unknown>
}

/** The current (highest) version of a scope's input; 0 when nothing was imported. */
export async function inputVersionOf(db: Kysely<Database>, scopeId: number): Promise<number> {
  const row = await db.selectFrom('input_versions').select(({ fn }) => fn.max('version').as('version'))
    .where('scope_id', '=', scopeId).executeTakeFirst()
  return row?.version ?? 0
}

/** The scope of a district and year, if there is one. */
export async function findScope(db: Kysely<Database>, district: string, year: number): Promise<number | null> {
  const row = await db.selectFrom('scopes').select('scope_id').where('district', '=', district).where('year', '=', year)
    .executeTakeFirst()
  return row?.scope_id ?? null
}

/**
 * Keeps the input of these scopes as it is until the transaction ends; an import that swaps a partition takes the same rows
 * `for update`. Always in one order, so that two steps never wait for each other.
 */
export async function holdInput(trx: Transaction<Database>, scopeIds: readonly number[]): Promise<void> {
  await sql`select from scopes where scope_id = any(${[...scopeIds]}::int[]) order by scope_id for share`.execute(trx)
}

/**
 * One attempt at a time for a step of a run: a retry waits here until an attempt that timed out, but still works, has ended.
 */
export async function lockStep(trx: Transaction<Database>, runId: number, step: Step | 'run'): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`step:${runId}:${step}`}, 0))`.execute(trx)
}
