/** Starts the local servers for as long as this process lives, or detached. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { closeSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { CliError, type ExitCode } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { openLog } from './launch.ts'
import { watchNpm } from './npm-watch.ts'
import { DETACH, type SupervisorEvent, type SupervisorOptions } from './protocol.ts'

export interface OpenedLocal {
  /** Resolves when the supervisor has ended: `true` in order (such as after `nianjie down`), `false` when it was killed. */
  readonly ended: Promise<boolean>
  /** Lets it live on until `down`. */
  detach(): void
  /** Stops everything and waits until nothing is left. */
  close(): Promise<void>
}

const SUPERVISOR = fileURLToPath(new URL(
  import.meta.url.endsWith('.ts') ? './supervisor-main.ts' : './supervisor-main.js', import.meta.url,
))

/**
 * Starts a supervisor and waits until everything answers. It holds a pipe from here: when this process ends, even by
 * kill -9, everything is stopped.
 * @throws CliError with the supervisor's own words
 */
export async function startSupervisor(
  options: SupervisorOptions, env: NodeJS.ProcessEnv, say: (text: Text) => void,
): Promise<OpenedLocal> {
  mkdirSync(options.home, { recursive: true })
  const log = openLog(join(options.home, 'logs', 'supervisor.log'))
  // A session of its own: a Ctrl-C of the terminal reaches the owner, and the supervisor stops things in order.
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [SUPERVISOR, JSON.stringify(options)], {
    env, detached: true, stdio: ['pipe', 'pipe', log as unknown as 'ignore'],
  })
  closeSync(log)
  child.stdin.on('error', () => {})
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', (code) => resolve(code === 0))
    child.once('error', () => resolve(false))
  })
  const close = async () => {
    child.stdin.end()
    await ended
  }
  const unwatch = watchNpm(() => child.stdin.end())
  void ended.then(unwatch)
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as SupervisorEvent
      if (event.event === 'progress') say(event.text)
      else if (event.event === 'ready') resolve()
      else reject(new CliError(event.code as ExitCode, event.text))
    })
    void ended.then(() => reject(new CliError(1, {
      zh: `本地服务的监管进程意外结束，见 ${join(options.home, 'logs', 'supervisor.log')}`,
      en: `the supervisor of the local servers ended by itself; see ${join(options.home, 'logs', 'supervisor.log')}`,
    })))
  }).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    ended,
    close,
    detach: () => {
      child.stdin.write(DETACH, () => child.stdin.destroy())
      child.stdout.destroy()
      child.unref()
      unwatch()
    },
  }
}
