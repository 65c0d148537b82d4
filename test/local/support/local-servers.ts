/** Starts owners of local servers as processes of their own, so that tests can end them in every way. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type LocalState, readState } from '../../../cli/local/home.ts'
import { type ProcessMark, goneWithin, isRunning } from '../../../cli/local/processes.ts'
import type { SupervisorOptions } from '../../../cli/local/protocol.ts'

const OWNER = fileURLToPath(new URL('./owner.ts', import.meta.url))

export interface Owner {
  process: ChildProcess
  /** What it said: progress lines, and the failure if there was one. */
  lines: string[]
  /** Null when it failed to start. */
  state: LocalState | null
  /** Asks it to end in order, and waits for that. */
  close(): Promise<void>
  /** Asks it to let the servers live on, and waits until it has ended itself. */
  detach(): Promise<void>
}

export interface OwnerOptions extends Partial<SupervisorOptions> {
  home: string
  env?: NodeJS.ProcessEnv
  /** Words before the command, such as `setpriv --reuid 65534`. */
  wrapper?: readonly string[]
}

/** Starts an owner and waits until it is ready or has failed. */
export async function startOwner({ env, wrapper = [], ...own }: OwnerOptions): Promise<Owner> {
  const options: SupervisorOptions = { postgres: true, temporal: false, worker: false, migrate: false, fast: true, ephemeral: false, ...own }
  const words = [...wrapper, process.execPath, OWNER, JSON.stringify(options)]
  const child = spawn(words[0]!, words.slice(1), { env: { ...cleanEnv(), ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines: string[] = []
  const ready = await new Promise<boolean>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const { event, text } = JSON.parse(line) as { event: string; text: string }
      lines.push(text)
      if (event === 'ready') resolve(true)
      if (event === 'failed') resolve(false)
    })
    child.once('exit', () => resolve(false))
  })
  const end = async (word: string) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.stdin!.write(`${word}\n`)
    await ended
  }
  return {
    process: child,
    lines,
    state: ready ? readState(options.home)! : null,
    close: () => end('close'),
    detach: () => end('detach'),
  }
}

/** Without what points at servers or pins ports: the test says what it wants. */
export function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) =>
    !/^(TEMPORAL_|DATABASE_|NIANJIE_(?!TEST_|CACHE))/.test(name)))
}

export const marksOf = (state: LocalState): ProcessMark[] => [state.supervisor, ...Object.values(state.children)]

/** Those of the marks that still run after `ms`. */
export async function stillRunning(marks: readonly ProcessMark[], ms = 20_000): Promise<ProcessMark[]> {
  await Promise.all(marks.map((mark) => goneWithin(mark, ms)))
  return marks.filter(isRunning)
}

export function makeHome(): { home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'nianjie-home-'))
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) }
}
