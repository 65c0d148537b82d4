/** One supervisor for one home, even when two start at the same moment. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, EXIT } from '../shared/exit.ts'
import { type ProcessMark, isRunning, markOf } from './processes.ts'

const lockPath = (home: string) => join(home, 'supervisor.lock')

/**
 * Takes the home for this process. The lock appears with its content (a link to a finished file), and a dead owner's is
 * set aside by a rename that only one can win.
 * @throws CliError refused when another supervisor has it
 */
export function lockHome(home: string): ProcessMark {
  const mine = markOf(process.pid)
  if (!mine) throw new Error('this process can not be seen by its own system')
  const draft = `${lockPath(home)}.${process.pid}`
  writeFileSync(draft, JSON.stringify(mine))
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (tryLink(draft, lockPath(home))) return mine
      const owner = readOwner(home)
      if (owner && isRunning(owner)) throw alreadyRuns(home, owner)
      setAside(home)
    }
    throw new Error(`${lockPath(home)} can not be taken`)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Gives the home back. */
export function unlockHome(home: string): void {
  if (readOwner(home)?.pid === process.pid) rmSync(lockPath(home), { force: true })
}

export const alreadyRuns = (home: string, owner: ProcessMark) => new CliError(EXIT.refused, {
  zh: `${home} 的本地服务已在运行（进程 ${owner.pid}）：先运行 nianjie down`,
  en: `the local servers of ${home} run already (process ${owner.pid}): run nianjie down first`,
}, { reason: 'already-running' })

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readOwner(home: string): ProcessMark | undefined {
  try {
    return JSON.parse(readFileSync(lockPath(home), 'utf8')) as ProcessMark
  } catch {
    return undefined
  }
}

function setAside(home: string): void {
  const aside = `${lockPath(home)}.stale-${process.pid}`
  try {
    renameSync(lockPath(home), aside)
    const owner = JSON.parse(readFileSync(aside, 'utf8')) as ProcessMark
    // Between the look and the rename a living one may have come: it keeps its lock.
    if (isRunning(owner)) tryLink(aside, lockPath(home))
  } catch { /* another one set it aside first */ } finally {
    rmSync(aside, { force: true })
  }
}
