/** The `nianjie` program: parses the command line, runs one command, and turns every outcome into an exit code. */
import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { registerCommands } from './commands/index.ts'
import { type ContextOptions, createContext } from './shared/create-context.ts'
import type { CliContext } from './shared/context.ts'
import { describeError, EXIT, type ExitCode } from './shared/exit.ts'
import { createProgram, finishProgram, parseErrorText } from './shared/program.ts'
import { safeLines } from './shared/safe-text.ts'

/**
 * Runs one command line (without node and script).
 * @returns the exit code: 0 done, 1 failed, 2 bad usage or input, 3 refused, 4 nothing answers. Never throws.
 */
export async function main(argv: readonly string[], options: Omit<ContextOptions, 'argv'> = {}): Promise<ExitCode> {
  const { context, exitCode, close } = createContext({ ...options, argv })
  try {
    const words = withDefaultCommand(argv)
    const program = await buildProgram(context, words[0])
    await program.parseAsync(words, { from: 'user' })
    return exitCode()
  } catch (error) {
    return report(error, context)
  } finally {
    await close()
  }
}

/** The program with the command that is called; without one, or with one that is not there, with all. */
export async function buildProgram(context: CliContext, called?: string): Promise<Command> {
  const program = createProgram(context, version())
  await registerCommands(program, context, called)
  finishProgram(program, context)
  return program
}

/** Without a command it is `ui`; a leading `--lang` moves behind the command, where every command takes it. */
export function withDefaultCommand(argv: readonly string[]): string[] {
  const words = [...argv]
  const leading: string[] = []
  while (words[0] === '--lang' || words[0]?.startsWith('--lang=')) leading.push(...words.splice(0, words[0] === '--lang' ? 2 : 1))
  const first = words[0]
  if (first === undefined || (first.startsWith('-') && !['-h', '--help', '-V', '--version'].includes(first))) {
    return ['ui', ...words, ...leading]
  }
  return [first, ...leading, ...words.slice(1)]
}

function report(error: unknown, context: CliContext): ExitCode {
  if (error instanceof CommanderError) {
    const text = parseErrorText(error)
    if (!text) return EXIT.done
    // A group called without its command has printed its help already.
    if (error.code !== 'commander.help') context.message(safeLines(context.t(text)))
    return EXIT.usage
  }
  const { code, text, reason } = describeError(error)
  context.message(safeLines(context.t(text)) + (reason ? ` [${reason}]` : ''))
  if (context.env.NIANJIE_DEBUG && error instanceof Error) context.message(error.stack ?? '')
  return code
}

/** From package.json, which stands one level above the sources and two above the build. */
function version(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { version: string }).version
    } catch { /* the other place */ }
  }
  return '0.0.0'
}
