/** The embedded Temporal server: how it is started, and when it answers. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { msToTs } from '@temporalio/common/lib/time.js'
import { answers } from './ports.ts'
import type { Launch } from './launch.ts'

export interface TemporalOptions {
  program: string
  port: number
  /** Port of the web UI; without one it is not started. */
  uiPort?: number
  /** SQLite file that keeps the workflows over a restart. */
  store: string
  log: string
}

export const LOCAL_NAMESPACE = 'default'
/** Finished year-ends stay visible this long; the books and the audit chain keep them for good. */
const RETENTION_MS = 400 * 86_400_000

/** How the server is started: on 127.0.0.1, headless unless a UI port was asked for. */
export function temporalLaunch(options: TemporalOptions): Launch {
  mkdirSync(dirname(options.store), { recursive: true, mode: 0o700 })
  return {
    command: options.program,
    args: ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port), '--db-filename', options.store,
      '--log-level', 'warn', '--log-format', 'json',
      ...(options.uiPort ? ['--ui-port', String(options.uiPort), '--ui-ip', '127.0.0.1'] : ['--headless'])],
    // The user's TEMPORAL_… settings are for clients of other servers.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'))),
    log: options.log,
    stopSignal: 'SIGTERM',
  }
}

/** Resolves once the namespace can be used. @throws what it answered last, after `timeoutMs` */
export async function temporalAnswers(port: number, timeoutMs = 60_000): Promise<void> {
  const until = Date.now() + timeoutMs
  const { Connection } = await import('@temporalio/client')
  for (;;) {
    try {
      if (!(await answers('127.0.0.1', port))) throw new Error(`nothing listens on 127.0.0.1:${port}`)
      const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 5_000 })
      try {
        await connection.workflowService.updateNamespace({
          namespace: LOCAL_NAMESPACE,
          config: { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) },
        })
        return
      } finally {
        await connection.close()
      }
    } catch (error) {
      if (Date.now() > until) throw error
      await sleep(100)
    }
  }
}
