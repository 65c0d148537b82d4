/** One process that is kept running: started again, with growing pauses, when it ends by itself. */
import type { ChildProcess } from 'node:child_process'
import { type ProcessMark, endProcess, markOf } from './processes.ts'

export interface KeptOptions {
  start(): ChildProcess
  stopSignal: NodeJS.Signals
  /** Time to end in order before SIGKILL, milliseconds. */
  graceMs: number
  /** Called with the mark of each process that was started. */
  started(mark: ProcessMark): void
  /** Called when it ended by itself; it starts again after the pause. */
  crashed(how: string, pauseMs: number): void
}

const PAUSE_FIRST_MS = 250
const PAUSE_MAX_MS = 30_000
/** A process that ran this long was healthy: pauses begin anew. */
const HEALTHY_MS = 60_000

export interface KeptProcess {
  /** Resolves with how its first life ended; pending while it runs. */
  readonly firstEnd: Promise<string>
  /** From now on it is started again when it ends. */
  keep(): void
  stop(): Promise<void>
}

/** Starts it. Until `keep()` is called an end is only reported by `firstEnd`. */
export function startKept(options: KeptOptions): KeptProcess {
  let mark: ProcessMark | undefined
  let state: 'trying' | 'kept' | 'stopping' = 'trying'
  let pauseMs = PAUSE_FIRST_MS
  let timer: NodeJS.Timeout | undefined
  let reportFirstEnd: (how: string) => void = () => {}
  const firstEnd = new Promise<string>((resolve) => { reportFirstEnd = resolve })

  const begin = (): void => {
    const child = options.start()
    const startedAt = Date.now()
    mark = child.pid === undefined ? undefined : markOf(child.pid)
    if (mark) options.started(mark)
    let ended = false
    const onEnd = (how: string): void => {
      if (ended) return
      ended = true
      mark = undefined
      reportFirstEnd(how)
      if (state !== 'kept') return
      if (Date.now() - startedAt > HEALTHY_MS) pauseMs = PAUSE_FIRST_MS
      options.crashed(how, pauseMs)
      timer = setTimeout(begin, pauseMs)
      pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)
    }
    child.once('error', (error) => onEnd(error.message))
    child.once('exit', (code, signal) => onEnd(signal ? `signal ${signal}` : `exit code ${code}`))
  }

  begin()
  return {
    firstEnd,
    keep: () => { if (state === 'trying') state = 'kept' },
    stop: async () => {
      state = 'stopping'
      clearTimeout(timer)
      if (mark) await endProcess(mark, options.stopSignal, options.graceMs)
    },
  }
}
