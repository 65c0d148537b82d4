/** What every command is given: where to read from, where to write to, and the servers behind it, opened on first use. */
import type { Books } from '../../books/connect.ts'
import type { Config } from '../../config/load.ts'
import type { ActorsConfig } from '../../config/schemas/people.ts'
import type { Servers } from '../local/servers.ts'
import type { Operations } from '../operations.ts'
import type { ExitCode } from './exit.ts'
import type { Lang, Text } from './lang.ts'

export type { Servers } from '../local/servers.ts'

/** A command throws what is not success (`shared/exit.ts`); `main` prints it and ends with its code. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Both ends are a terminal: questions may be asked. */
  readonly isTTY: boolean
  readonly lang: Lang
  now(): Date
  /** The text in the user's language. */
  t(text: Text): string
  /** @throws CliError unreachable when none were found */
  servers(): Promise<Servers>
  /** One pool for the whole command, closed by `main`. @throws CliError unreachable */
  books(): Promise<Books>
  /** Opened on first use, closed by `main`. */
  operations(): Promise<Operations>
  /** Built-in configuration with NIANJIE_CONFIG laid over it. @throws ConfigError */
  config(): Config
  /** Read anew at each call: a revocation holds at once. @throws ConfigError */
  actors(): ActorsConfig
  /** One JSON document on stdout; bigint becomes text. */
  printJson(value: unknown): void
  /** Lines on stdout. Text that comes from data must have gone through `safeText`. */
  print(text: string): void
  /** A message on stderr: never mixed with data. */
  message(text: Text | string): void
  /** Ends the command with another code than 0 after it has printed its output, such as 1 of `audit verify`. */
  exitWith(code: ExitCode): void
  /** Something to close when the command ends; closed in reverse order. */
  onClose(close: () => Promise<void>): void
}
