/** A Temporal server and workers in processes of their own, which a test kills and begins again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../cli/local/ports.ts'
import { findTemporal } from '../../cli/local/temporal-program.ts'
import { temporalAnswers } from '../../cli/local/temporal.ts'
import { type World, address } from '../workflows/world.ts'

const children: ChildProcess[] = []
const folders: string[] = []

export interface KillableServer {
  address: string
  /** Begins it again with the same history. */
  begin(): Promise<void>
  /** Ends when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

/** A server that answers already. */
export async function killableServer(): Promise<KillableServer> {
  const program = (await findTemporal(process.env, () => {})).path
  const folder = mkdtempSync(join(tmpdir(), 'nianjie-temporal-'))
  folders.push(folder)
  const port = await freePort()
  const words = ['server', 'start-dev', '--headless', '--port', String(port), '--db-filename', join(folder, 'db'), '--log-level', 'never']
  let running: ChildProcess
  const begin = async () => {
    children.push(running = spawn(program, words, { stdio: 'ignore' }))
    await temporalAnswers(port)
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    const gone = new Promise((resolve) => { running.once('exit', resolve) })
    running.kill(signal)
    await gone
  }
  await begin()
  return { address: `127.0.0.1:${port}`, begin, kill }
}

/** A worker of this world; its engines take `slowSeconds`. */
export function killableWorker(world: World, { at = address(), slowSeconds = 0 } = {}): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../workflows/worker-process.ts', import.meta.url))], {
    stdio: 'inherit',
    env: {
      ...process.env, DATABASE_URL: world.database.url, TEMPORAL_ADDRESS: at, TEMPORAL_NAMESPACE: world.client.options.namespace,
      OVERLAY: world.folders.overlay, SLOW_STEP_SECONDS: String(slowSeconds),
    },
  })
  children.push(child)
  return child
}

/** For `afterEach`: nothing of this file's is left running or lying about. */
export function killAll(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
