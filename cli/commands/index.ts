/** Every command, in the order in which help lists them. */
import type { Command } from 'commander'
import type { CliContext } from '../shared/context.ts'
import { registerCompletion } from './completion.ts'
import { registerDoctor } from './doctor.ts'
import { registerDown } from './down.ts'
import { registerFindings } from './findings.ts'
import { registerMigrate } from './migrate.ts'
import { registerReport } from './report.ts'
import { registerSample } from './sample.ts'
import { registerStatus } from './status.ts'
import { registerUi } from './ui.ts'
import { registerUp } from './up.ts'
import { registerWorker } from './worker.ts'
import { registerStartSample } from './start-sample.ts'
import { registerStart } from './start.ts'
import { registerControl, registerRecheck } from './control.ts'
import { registerDecide, registerResolve } from './decide.ts'
import { registerActor } from './actor.ts'
import { registerAudit } from './audit.ts'
import { registerExplain } from './explain.ts'
import { registerExport } from './export.ts'
import { registerImport } from './import.ts'
import { registerPlan } from './plan.ts'

type Register = (program: Command, context: CliContext) => void

const COMMANDS: readonly Register[] = [
  registerUi,
  registerStatus,
  registerFindings,
  registerPlan,
  registerExplain,
  registerStart,
  registerDecide,
  registerResolve,
  registerRecheck,
  registerControl,
  registerActor,
  registerAudit,
  registerUp,
  registerDown,
  registerWorker,
  registerMigrate,
  registerDoctor,
  registerSample,
  registerStartSample,
  registerImport,
  registerExport,
  registerReport,
  registerCompletion,
]

export function registerCommands(program: Command, context: CliContext): void {
  for (const register of COMMANDS) register(program, context)
}
