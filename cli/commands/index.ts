/** Every command, in the order in which help lists them. */
import type { Command } from 'commander'
import type { CliContext } from '../shared/context.ts'
import { registerCompletion } from './completion.ts'
import { registerFindings } from './findings.ts'
import { registerStatus } from './status.ts'
import { registerUi } from './ui.ts'

type Register = (program: Command, context: CliContext) => void

const COMMANDS: readonly Register[] = [
  registerUi,
  registerStatus,
  registerFindings,
  registerCompletion,
]

export function registerCommands(program: Command, context: CliContext): void {
  for (const register of COMMANDS) register(program, context)
}
