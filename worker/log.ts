/** Logs of the worker: JSON lines on stderr. */
import { pino } from 'pino'
import type { Logger } from '../activities/deps.ts'

/** A logger at the level of NIANJIE_LOG_LEVEL, `info` without it. */
export function createLog(env: Readonly<Record<string, string | undefined>>): Logger {
  return pino(
    { name: 'nianjie', level: env.NIANJIE_LOG_LEVEL ?? 'info', base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
}
