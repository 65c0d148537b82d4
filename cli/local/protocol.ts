/** What a supervisor and the one that started it say to each other: JSON lines on its stdout, a lifeline on its stdin. */
import type { Text } from '../shared/lang.ts'

export interface SupervisorOptions {
  home: string
  postgres: boolean
  temporal: boolean
  /** Runs one worker beside them. */
  worker: boolean
  /** For tests: data need not survive a crash of the machine. */
  fast: boolean
  /** For tests: the home is deleted at the end. */
  ephemeral: boolean
  /** Servers that exist already, for the migrations. */
  adminDatabaseUrl?: string
  migrate: boolean
}

export type SupervisorEvent =
  | { event: 'progress'; text: Text }
  | { event: 'ready' }
  | { event: 'failed'; text: Text; code: number }

/** Written to the lifeline: from now on the supervisor lives until `down`. */
export const DETACH = 'detach\n'
/** The supervisor's first argument: its options as JSON. */
export const OPTIONS_ARGUMENT = 2
