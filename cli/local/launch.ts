/** Starts a child of the supervisor: its output goes to a log, and it ends when the supervisor is killed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RunAs } from './postgres-place.ts'

export interface Launch {
  command: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  log: string
  /** The signal that ends it in order; also what the kernel sends when the supervisor is killed. */
  stopSignal: NodeJS.Signals
  runAs?: RunAs
  cwd?: string
}

const LOG_BYTES_MAX = 20_000_000

/** Starts it, detached from the terminal, without standard input. */
export function launch(options: Launch): ChildProcess {
  const log = openLog(options.log)
  const words = [...deathWrapper(options.stopSignal), options.command, ...options.args]
  try {
    return spawn(words[0]!, words.slice(1), {
      env: options.env,
      cwd: options.cwd ?? '/',
      stdio: ['ignore', log, log],
      ...(options.runAs ? { uid: options.runAs.uid, gid: options.runAs.gid } : {}),
    })
  } finally {
    closeSync(log)
  }
}

/** Opens a log to append to; a large one is kept once as `.old`. */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true })
  try {
    if (statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.old`)
  } catch { /* there is none yet */ }
  return openSync(path, 'a', 0o640)
}

let hasSetpriv: boolean | undefined
/**
 * Linux can send a signal to a child when its parent dies, which covers a supervisor that is killed outright. Elsewhere
 * the next `up` or `down` ends what was left.
 */
function deathWrapper(signal: NodeJS.Signals): string[] {
  hasSetpriv ??= process.platform === 'linux'
    && spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0
  return hasSetpriv ? ['setpriv', '--pdeathsig', signal.replace('SIG', '')] : []
}
