/** What a killed supervisor left: its children are known by pid and start time, and exactly those are ended. */
import { type ChildRole, type LocalState, forgetState, readState } from './home.ts'
import { endProcess, isRunning } from './processes.ts'

/** The order in which they stop, and how. A worker goes first, the database last. */
export const STOPPING: readonly { role: ChildRole; signal: NodeJS.Signals; graceMs: number }[] = [
  { role: 'worker', signal: 'SIGTERM', graceMs: 15_000 },
  { role: 'temporal', signal: 'SIGTERM', graceMs: 10_000 },
  { role: 'postgres', signal: 'SIGINT', graceMs: 30_000 },
]

/** The state of a supervisor that runs now. */
export function liveState(home: string): LocalState | undefined {
  const state = readState(home)
  return state && isRunning(state.supervisor) ? state : undefined
}

/** Ends what a dead supervisor of this home left running. @returns the roles that were ended */
export async function endStale(home: string): Promise<ChildRole[]> {
  const state = readState(home)
  if (!state || isRunning(state.supervisor)) return []
  const ended: ChildRole[] = []
  for (const { role, signal, graceMs } of STOPPING) {
    const mark = state.children[role]
    if (mark && (await endProcess(mark, signal, graceMs))) ended.push(role)
  }
  forgetState(home)
  return ended
}
