/** Processes that may outlive the one that started them: known by pid and start time, so that never another one is ended. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process as it was when it started; a later one with the same pid has another `started`. */
export interface ProcessMark {
  pid: number
  /** Opaque: boot and clock tick on Linux, the start date elsewhere. */
  started: string
}

/** The mark of a process that runs now; undefined when there is none (a zombie counts as none). */
export function markOf(pid: number): ProcessMark | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid)
  return started === undefined ? undefined : { pid, started }
}

/** True while exactly this process runs. */
export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.started === mark.started
}

/**
 * Ends exactly this process: `signal`, and after `graceMs` SIGKILL. Returns when it is gone.
 * @returns false when it did not run any more
 */
export async function endProcess(mark: ProcessMark, signal: NodeJS.Signals, graceMs = 10_000): Promise<boolean> {
  if (!isRunning(mark)) return false
  sendSignal(mark, signal)
  if (!(await goneWithin(mark, graceMs))) {
    sendSignal(mark, 'SIGKILL')
    await goneWithin(mark, 5_000)
  }
  return true
}

/** Waits for a process that need not be a child. @returns false when it still runs after `ms` */
export async function goneWithin(mark: ProcessMark, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(25)) {
    if (!isRunning(mark)) return true
  }
  return !isRunning(mark)
}

function sendSignal(mark: ProcessMark, signal: NodeJS.Signals): void {
  try {
    process.kill(mark.pid, signal)
  } catch (error) {
    // It ended between the look and the signal: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Parent of a process, from /proc; undefined elsewhere. */
export function parentOf(pid: number): number | undefined {
  const fields = statFields(pid)
  return fields ? Number(fields[1]) : undefined
}

/** The command line as the process shows it; undefined where there is no /proc. */
export function commandLineOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return undefined
  }
}

function startedOnLinux(pid: number): string | undefined {
  const fields = statFields(pid)
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined
  return `${bootId()}:${fields[19]}`
}

/** Fields of /proc/<pid>/stat from the third (state) on; the second, the name, may hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

let boot: string | undefined
/** Ticks count from the boot, so a mark of an earlier boot must not match. */
function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return boot
}

function startedElsewhere(pid: number): string | undefined {
  const shown = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
    encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' },
  })
  const line = shown.stdout?.trim()
  return shown.status === 0 && line && !line.startsWith('Z') ? line.replace(/^\S+\s+/, '') : undefined
}
