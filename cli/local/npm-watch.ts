/** A process that npm started lives on when npm alone is killed; then its servers must not. */
import { type ProcessMark, commandLineOf, isRunning, markOf, parentOf } from './processes.ts'

const LOOK_MS = 1_000
const ANCESTORS_MAX = 8

/** Calls `gone` once when the npm or npx that runs this process has ended. Does nothing without one, or without /proc. */
export function watchNpm(gone: () => void): () => void {
  const npm = npmAncestor()
  if (!npm) return () => {}
  const timer = setInterval(() => {
    if (isRunning(npm)) return
    clearInterval(timer)
    gone()
  }, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function npmAncestor(): ProcessMark | undefined {
  if (!process.env.npm_execpath) return undefined
  let pid: number | undefined = process.ppid
  for (let step = 0; pid !== undefined && pid > 1 && step < ANCESTORS_MAX; step += 1) {
    if (/^np[mx]\b|np[mx]-cli\.js/.test(commandLineOf(pid) ?? '')) return markOf(pid)
    pid = parentOf(pid)
  }
  return undefined
}
