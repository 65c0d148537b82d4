/** The worker: both task queues in one process, pinned to the build of its workflow code. */
import { cpus } from 'node:os'
import { Connection } from '@temporalio/client'
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import type { ActivityDeps, Logger } from '../activities/deps.ts'
import { ENGINES, type Engines } from '../activities/engines.ts'
import { openBooks } from '../books/connect.ts'
import { loadActors, loadConfigFile } from '../config/load.ts'
import { deliveryReader, serviceReader } from '../config/service.ts'
import { SQL_TASK_QUEUE, TASK_QUEUE } from '../workflows/ids.ts'
import type { WorkflowBundle } from './bundle.ts'
import { keepBuild, neededBuilds } from './builds.ts'
import { DEPLOYMENT, makeCurrent } from './deployment.ts'
import { startFleet } from './fleet.ts'

export interface WorkerSettings {
  databaseUrl: string
  temporal: { address: string; namespace: string; apiKey?: string; tls?: boolean | object }
  /** The office's own configuration, laid over the built-in one. */
  overlay?: string
  bundle: WorkflowBundle
  /** Pinned versions; off only against a server that does not know them. */
  versioned: boolean
  /** New runs go to this build from now on. In production an operator says so when the roll-out is done. */
  becomeCurrent: boolean
  /** Where the bundles of builds are kept; the older ones that still have open runs are served too. */
  buildsFolder?: string
  /** How often to look which older builds are needed, milliseconds; a minute without it. */
  lookEveryMs?: number
  env: Readonly<Record<string, string | undefined>>
  log: Logger
  /** Heavy steps at the same time; the number of processors without it. */
  sqlSlots?: number
  engines?: Engines
}

export interface RunningWorker {
  /** Settles when the worker has ended; rejects when it died. */
  ended: Promise<void>
  /** Lets what is at work finish (up to a time limit), then ends. */
  stop(): Promise<void>
}

const GRACE = '10s'
const DECISION_SLOTS = 8
const LOOK_EVERY_MS = 60_000

/** Starts the worker; returns when it polls. @throws Error when a server does not answer */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { namespace, ...address } = settings.temporal
  const sqlSlots = settings.sqlSlots ?? Math.max(2, cpus().length)
  const books = openBooks({
    url: settings.databaseUrl, poolSize: sqlSlots + DECISION_SLOTS + 2, applicationName: 'nianjie-worker',
  })
  const connection = await NativeConnection.connect(address as Parameters<typeof NativeConnection.connect>[0]).catch(async (error: unknown) => {
    await books.close()
    throw error
  })
  const close = async () => {
    await connection.close()
    await books.close()
  }
  try {
    const activities = createActivities(depsOf(settings, books))
    const fleet = await startFleet({
      own: settings.bundle, log: settings.log, lookEveryMs: settings.lookEveryMs ?? LOOK_EVERY_MS,
      needed: () => olderBuilds(settings, namespace),
      createWorkers: (bundle) => Promise.all(workersFor(settings, { connection, namespace, bundle, activities, sqlSlots })),
    })
    const ended = fleet.ended.then(close, async (error: unknown) => {
      await close()
      throw error
    })
    ended.catch(() => {})
    try {
      if (settings.versioned && settings.becomeCurrent) {
        await withClient(settings, (client) => makeCurrent(client, namespace, settings.bundle.buildId))
      }
    } catch (error) {
      fleet.stop()
      await ended.catch(() => {})
      throw error
    }
    settings.log.info({ build: settings.bundle.buildId, builds: fleet.builds().length, sqlSlots }, 'worker started')
    return { ended, stop: async () => { fleet.stop(); await ended } }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

function depsOf(settings: WorkerSettings, books: ActivityDeps['books']): ActivityDeps {
  const { overlay, env, log } = settings
  return {
    books, env, log, engines: settings.engines ?? ENGINES,
    loadActors: () => loadActors(overlay), loadDelivery: deliveryReader(overlay), loadService: serviceReader(overlay),
    loadDocuments: () => loadConfigFile('documents', overlay),
  }
}

function workersFor(settings: WorkerSettings, { connection, namespace, bundle, activities, sqlSlots }: {
  connection: NativeConnection; namespace: string; bundle: WorkflowBundle; activities: object; sqlSlots: number
}): Promise<Worker>[] {
  const shared: Omit<WorkerOptions, 'taskQueue'> = {
    connection, namespace, activities, shutdownGraceTime: GRACE,
    ...(settings.versioned && {
      workerDeploymentOptions: {
        useWorkerVersioning: true, version: { deploymentName: DEPLOYMENT, buildId: bundle.buildId },
        defaultVersioningBehavior: 'PINNED' as const,
      },
    }),
  }
  return [
    Worker.create({
      ...shared, taskQueue: TASK_QUEUE, workflowBundle: { codePath: bundle.codePath }, maxConcurrentActivityTaskExecutions: DECISION_SLOTS,
      // A worker that was killed still has a queue of its own on the server: an alarm must not wait there for it.
      stickyQueueScheduleToStartTimeout: '3s',
    }),
    // Silence is judged by the heartbeat timeout: a beat must never be held back for long.
    Worker.create({
      ...shared, taskQueue: SQL_TASK_QUEUE, maxConcurrentActivityTaskExecutions: sqlSlots, maxHeartbeatThrottleInterval: '5s',
    }),
  ]
}

async function olderBuilds(settings: WorkerSettings, namespace: string): Promise<WorkflowBundle[]> {
  const { buildsFolder, bundle } = settings
  if (!settings.versioned || !buildsFolder) return []
  keepBuild(buildsFolder, bundle)
  return withClient(settings, (client) => neededBuilds(client, namespace, buildsFolder, bundle.buildId))
}

async function withClient<T>(settings: WorkerSettings, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { namespace: _namespace, ...address } = settings.temporal
  const connection = await Connection.connect(address as Parameters<typeof Connection.connect>[0])
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
