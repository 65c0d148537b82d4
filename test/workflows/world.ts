/** A year-end in small: a database, a namespace, a worker in this process, actors with keys, and engines that find what a test says. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { Runtime, DefaultLogger } from '@temporalio/worker'
import { sql } from 'kysely'
import { ENGINES, type Engines } from '../../activities/engines.ts'
import { signOff } from '../../activities/sign-off.ts'
import type { StepContext, StepEngine } from '../../activities/step.ts'
import { type Config, loadConfig } from '../../config/load.ts'
import type { Role } from '../../config/schemas/people.ts'
import type { Severity } from '../../domain/findings.ts'
import { INPUT_FILES, type InputFile, type Step } from '../../domain/steps.ts'
import { operationsOf } from '../../cli/operations/index.ts'
import { addActor } from '../../cli/operations/keys.ts'
import type { Operations } from '../../cli/operations.ts'
import { type RunningWorker, type WorkerSettings, startWorker } from '../../worker/run.ts'
import { workflowBundle } from '../../worker/bundle.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

Runtime.install({ logger: new DefaultLogger('ERROR') })

export interface PlannedFinding { rule: string; key: string; severity: Severity; amount?: bigint; step?: Step }

export interface World {
  database: TestDatabase
  client: Client
  operations: Operations
  config: Config
  folders: { overlay: string; keysFolder: string }
  /** What the engine of `district/step` finds from now on. */
  findings: Map<string, PlannedFinding[]>
  /** Errors that the engine of `district/step` throws from now on. */
  failures: Map<string, Error>
  /** `district/step` in the order in which engines ran. */
  ran: string[]
  /** Engines wait for this before they end. */
  gate: { wait: (context: StepContext) => Promise<void> }
  import(district: string, changed?: readonly InputFile[], by?: string): Promise<number>
  startWorker(settings?: Partial<WorkerSettings>): Promise<RunningWorker>
  close(): Promise<void>
}

export const YEAR = 2025
export const LEAGUE = '152500'

/** The server of NIANJIE_TEST_TEMPORAL. */
export const address = (): string => process.env.NIANJIE_TEST_TEMPORAL ?? '127.0.0.1:7299'

export async function createWorld(options: { address?: string; client?: Client; namespace?: string } = {}): Promise<World> {
  const database = await createTestDatabase()
  const namespace = options.namespace ?? `w-${randomBytes(5).toString('hex')}`
  const home = mkdtempSync(join(tmpdir(), 'nianjie-world-'))
  const folders = { overlay: join(home, 'config'), keysFolder: join(home, 'keys') }
  const config = loadConfig(folders.overlay)
  const temporal = { address: options.address ?? address(), namespace }
  const client = options.client ?? await connect(temporal)
  const world = { database, client, config, folders, findings: new Map(), failures: new Map(), ran: [], gate: { wait: () => Promise.resolve() } } as unknown as World
  const workers: RunningWorker[] = []
  world.operations = operationsOf({ books: database, client, config, ...folders })
  world.import = (district, changed = [], by) => importInput(database, district, changed, by)
  world.startWorker = async (settings = {}) => {
    const worker = await startWorker({
      databaseUrl: database.url, temporal, overlay: folders.overlay, bundle: workflowBundle(), versioned: false, becomeCurrent: false,
      env: {}, log: { info: () => {}, warn: () => {} }, sqlSlots: 4, engines: enginesOf(world), ...settings,
    })
    workers.push(worker)
    return worker
  }
  world.close = async () => {
    for (const worker of workers) await worker.stop().catch(() => {})
    if (!options.client) await client.connection.close()
    await database.drop()
    rmSync(home, { recursive: true, force: true })
  }
  return world
}

async function connect({ address: at, namespace }: { address: string; namespace: string }): Promise<Client> {
  const connection = await Connection.connect({ address: at })
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: JSON.parse('{"seconds": 86400}') as object })
  const client = new Client({ connection, namespace })
  // A new namespace takes a moment until every part of the server knows it.
  for (let patience = 100; ; patience -= 1) {
    try {
      await client.workflow.count()
      await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'nianjie' }, taskQueueType: 1 })
      return client
    } catch (error) {
      if (patience === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

export function enginesOf(world: World): Engines {
  const planned = (step: Step): StepEngine => async (trx, context) => {
    const at = `${context.district}/${step}`
    world.ran.push(at)
    await world.gate.wait(context)
    const failure = world.failures.get(at)
    if (failure) throw failure
    for (const { rule, key, severity, amount = null, step: owner = step } of world.findings.get(at) ?? []) {
      await sql`insert into found (step, rule, key, severity, amount, message_zh, message_en)
        values (${owner}, ${rule}, ${key}, ${severity}, ${amount}, ${`问题 ${key}`}, ${`finding ${key}`})`.execute(trx)
    }
    return { figures: { step } }
  }
  return {
    check: (step) => Promise.resolve(step === 'sign-off' ? signOff : planned(step)),
    undo: ENGINES.undo,
    rescan: () => Promise.resolve(planned('in-transit')),
    apply: () => Promise.resolve((_trx, context) => {
      world.ran.push(`${context.district}/apply`)
      const failure = world.failures.get(`${context.district}/apply`)
      return failure ? Promise.reject(failure) : Promise.resolve({ figures: { applied: context.generation } })
    }),
  }
}

async function importInput(database: TestDatabase, district: string, changed: readonly InputFile[], by: string | undefined): Promise<number> {
  return database.db.transaction().execute(async (trx) => {
    await trx.insertInto('scopes').values({ district, year: YEAR }).onConflict((conflict) => conflict.doNothing()).execute()
    const { scope_id: scopeId } = await trx.selectFrom('scopes').selectAll().where('district', '=', district).where('year', '=', YEAR).forUpdate().executeTakeFirstOrThrow()
    const last = await trx.selectFrom('input_files').selectAll().where('scope_id', '=', scopeId).orderBy('version', 'desc').execute()
    const version = (last[0]?.version ?? 0) + 1
    await trx.insertInto('input_versions').values({ scope_id: scopeId, version, digest: `v${version}`, imported_by: by ?? null, changes: '{}' }).execute()
    for (const file of INPUT_FILES) {
      const before = last.find((row) => row.file === file)?.content_digest
      const digest = before && !changed.includes(file) ? before : `${file}-${version}`
      await trx.insertInto('input_files').values({ scope_id: scopeId, version, file, path: file, sha256: digest, content_digest: digest, rows: 1n }).execute()
    }
    return version
  })
}

/** The operations of somebody who gives up waiting for a worker after a moment. */
export const impatient = (world: World, config = world.config): Operations =>
  operationsOf({ books: world.database, client: world.client, config, ...world.folders, answerMs: 2_000 })

/** An actor with a key in the world's folders. */
export function person(world: World, name: string, roles: Role[], districts: string[] = ['*']): string {
  const made = addActor(world.folders, { name, roles, districts })
  if (!made.ok) throw new Error(made.en)
  return name
}

/** The two who take a year-end to its end: `fin` of finance, and `coo`, who coordinates too. */
export const PEOPLE: [string, string] = ['fin', 'coo']
export function addPeople(world: World): void {
  person(world, 'fin', ['finance'])
  person(world, 'coo', ['finance', 'coordinator'])
}

export interface StepRow { step: Step; state: string; generation: number; waiting_on: string | null; escalation_level: number; evidence_digest: string | null; deadline: Date | null; failure: { code: string } | null }

/** The projection of a district's latest run. */
export async function stepsOf(world: World, district: string): Promise<Map<Step, StepRow>> {
  const { rows } = await sql<StepRow>`
    select step, s.state, generation, waiting_on, escalation_level, evidence_digest, deadline, failure from step_states s
    where run_id = (select max(run_id) from runs join scopes using (scope_id) where district = ${district})`.execute(world.database.db)
  return new Map(rows.map((row) => [row.step, row]))
}

/** A machine that is busy with other tests is no fault: only what never comes fails. */
const PATIENCE_MS = 100_000

/** Waits until a step is in one of these states; gives the row. */
export async function until(world: World, district: string, step: Step, ...states: string[]): Promise<StepRow> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const row = (await stepsOf(world, district)).get(step)
    if (row && states.includes(row.state)) return row
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const row = (await stepsOf(world, district)).get(step)
  throw new Error(`${district}/${step} is ${row?.state} (${JSON.stringify(row?.failure)}), not ${states.join(' or ')}`)
}

/** Approves a step as soon as it awaits that. */
export async function approve(world: World, district: string, step: Step, ...actors: string[]): Promise<void> {
  for (const actor of actors) {
    await until(world, district, step, 'awaiting-approval')
    const answer = await world.operations.decideStep({ year: YEAR, district, step, kind: 'approve', actor, comment: '' })
    if (!answer.ok) throw new Error(`${step}: ${answer.code} ${answer.en}`)
  }
}

/** Takes a district to its end. */
export async function finishDistrict(world: World, district: string, [first, second]: [string, string]): Promise<void> {
  await approve(world, district, 'asset-health', first)
  for (const step of ['in-transit', 'reconcile'] as const) await approve(world, district, step, first)
  await approve(world, district, 'carry-forward', first, second)
  await approve(world, district, 'initialise', first)
  await approve(world, district, 'sign-off', second)
}
