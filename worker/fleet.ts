/** The builds that one process serves: its own always, an older one as long as runs need it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from '@temporalio/worker'
import type { Logger } from '../activities/deps.ts'
import type { WorkflowBundle } from './bundle.ts'

export interface FleetOptions {
  own: WorkflowBundle
  /** The older builds that runs need now. */
  needed(): Promise<readonly WorkflowBundle[]>
  /** Workers of a build, one for each queue, that do not run yet. */
  createWorkers(bundle: WorkflowBundle): Promise<Worker[]>
  /** How often to look which builds are needed, milliseconds. */
  lookEveryMs: number
  log: Logger
}

export interface Fleet {
  /** Builds that are served now. */
  builds(): string[]
  /** Settles when all have ended; rejects when one died. */
  ended: Promise<void>
  stop(): void
}

interface Served { workers: readonly Worker[]; retired: boolean; over: Promise<unknown> }

/**
 * Serves the process's own build and every older one that is needed, now and later: a run can begin on the older build
 * until the server lets new runs go to this one, and an older build is let go when its last run has ended.
 */
export async function startFleet({ own, needed, createWorkers, lookEveryMs, log }: FleetOptions): Promise<Fleet> {
  const served = new Map<string, Served>()
  const stopping = new AbortController()
  let failure: unknown

  // One worker that dies takes the others with it: a process that serves half the queues would look healthy and be stuck.
  const stop = () => {
    stopping.abort()
    for (const { workers } of served.values()) shutDown(workers)
  }
  const run = async (worker: Worker, build: Served) => {
    try {
      await worker.run()
    } catch (error) {
      failure ??= error
      stop()
    } finally {
      if (!build.retired) stop()
    }
  }
  const serve = async (bundle: WorkflowBundle) => {
    const build: Served = { workers: await createWorkers(bundle), retired: false, over: Promise.resolve() }
    served.set(bundle.buildId, build)
    build.over = Promise.all(build.workers.map((worker) => run(worker, build))).then(() => {
      if (build.retired) log.info({ build: bundle.buildId }, 'no run needs this older build any more: it is no longer served')
      return served.delete(bundle.buildId)
    })
    if (stopping.signal.aborted) stop()
  }
  const look = async () => {
    const wanted = await needed()
    for (const bundle of wanted) {
      if (served.has(bundle.buildId)) continue
      log.info({ build: bundle.buildId }, 'serving an older build that runs still need')
      await serve(bundle)
    }
    for (const [buildId, build] of served) {
      if (build.retired || buildId === own.buildId || wanted.some((bundle) => bundle.buildId === buildId)) continue
      build.retired = true
      shutDown(build.workers)
    }
  }
  const keepLooking = async () => {
    while (await sleep(lookEveryMs, true, { signal: stopping.signal }).catch(() => false)) {
      await look().catch((error: unknown) => log.warn({ error: String(error) }, 'could not see which older builds are needed'))
    }
  }

  await serve(own)
  await look().catch((error: unknown) => {
    stop()
    throw error
  })
  const toTheEnd = async () => {
    await keepLooking()
    await Promise.all([...served.values()].map(({ over }) => over))
    if (failure) throw failure
  }
  const ended = toTheEnd()
  ended.catch(() => {})
  return { builds: () => [...served.keys()], ended, stop }
}

function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
}
