/** The worker beside the local servers: the same `nianjie worker` that production runs. */
import { fileURLToPath } from 'node:url'
import type { Launch } from './launch.ts'

const LAUNCHER = fileURLToPath(new URL(
  import.meta.url.endsWith('.ts') ? '../../bin/nianjie.mjs' : '../../../bin/nianjie.mjs', import.meta.url,
))

/** NIANJIE_WORKER_ENTRY replaces what is run; tests use it to watch a worker that crashes. */
export function workerLaunch(home: string, log: string): Launch {
  const own = process.env.NIANJIE_WORKER_ENTRY
  return {
    command: process.execPath,
    args: own ? [own] : [LAUNCHER, 'worker', '--current'],
    env: { ...process.env, NIANJIE_HOME: home },
    log,
    stopSignal: 'SIGTERM',
    // Relative paths in the environment, such as NIANJIE_CONFIG, mean what they meant to the owner.
    cwd: process.cwd(),
  }
}
