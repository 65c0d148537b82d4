/** Every command, in the order in which help lists them. */
import type { Command } from 'commander'
import type { CliContext } from '../shared/context.ts'

type Register = (program: Command, context: CliContext) => void

const COMMANDS: readonly Register[] = [
]

export function registerCommands(program: Command, context: CliContext): void {
  for (const register of COMMANDS) register(program, context)
}
