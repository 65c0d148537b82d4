/**
 * Every command, in the order in which help lists them. A module is loaded when one of its commands is called, so that
 * `status` does not wait for the report's charts; help, completion and a mistyped word load them all.
 */
import type { Command } from 'commander'
import type { CliContext } from '../shared/context.ts'

type Register = (program: Command, context: CliContext) => void
interface Module { names: readonly string[]; load(): Promise<readonly Register[]> }

const MODULES: readonly Module[] = [
  { names: ['ui'], load: async () => [(await import('./ui.ts')).registerUi] },
  { names: ['status'], load: async () => [(await import('./status.ts')).registerStatus] },
  { names: ['service'], load: async () => [(await import('./service.ts')).registerService] },
  { names: ['time', 'forecast'], load: async () => [(await import('./time.ts')).registerTime] },
  { names: ['findings'], load: async () => [(await import('./findings.ts')).registerFindings] },
  { names: ['difference'], load: async () => [(await import('./difference.ts')).registerDifference] },
  { names: ['league-summary'], load: async () => [(await import('./league-summary.ts')).registerLeagueSummary] },
  { names: ['import'], load: async () => [(await import('./import.ts')).registerImport] },
  { names: ['import-statement'], load: async () => [(await import('./import-statement.ts')).registerImportStatement] },
  { names: ['matches'], load: async () => [(await import('./matches.ts')).registerMatches] },
  { names: ['start'], load: async () => [(await import('./start.ts')).registerStart] },
  { names: ['plan'], load: async () => [(await import('./plan.ts')).registerPlan] },
  { names: ['explain'], load: async () => [(await import('./explain.ts')).registerExplain] },
  {
    names: ['approve', 'reject', 'resolve'],
    load: async () => {
      const { registerDecide, registerResolve } = await import('./decide.ts')
      return [registerDecide, registerResolve]
    },
  },
  { names: ['reconcile'], load: async () => [(await import('./reconcile.ts')).registerReconcile] },
  { names: ['workbook'], load: async () => [(await import('./workbook.ts')).registerWorkbook] },
  { names: ['cases'], load: async () => [(await import('./cases.ts')).registerCases] },
  { names: ['instruction'], load: async () => [(await import('./instruction.ts')).registerInstruction] },
  { names: ['in-transit'], load: async () => [(await import('./in-transit.ts')).registerInTransit] },
  { names: ['schedule'], load: async () => [(await import('./schedule.ts')).registerSchedule] },
  { names: ['receipt'], load: async () => [(await import('./receipt.ts')).registerReceipt] },
  { names: ['confirm'], load: async () => [(await import('./confirm.ts')).registerConfirm] },
  {
    names: ['recheck', 'pause', 'resume', 'cancel'],
    load: async () => {
      const { registerControl, registerRecheck } = await import('./control.ts')
      return [registerRecheck, registerControl]
    },
  },
  {
    names: ['undo', 'lock'],
    load: async () => {
      const { registerLock, registerUndo } = await import('./undo.ts')
      return [registerUndo, registerLock]
    },
  },
  { names: ['assets'], load: async () => [(await import('./assets.ts')).registerAssets] },
  { names: ['problem'], load: async () => [(await import('./problem.ts')).registerProblem] },
  { names: ['check-assets'], load: async () => [(await import('./check-assets.ts')).registerCheckAssets] },
  { names: ['initialise'], load: async () => [(await import('./initialise.ts')).registerInitialise] },
  { names: ['trial-day'], load: async () => [(await import('./trial-day.ts')).registerTrialDay] },
  { names: ['link'], load: async () => [(await import('./link.ts')).registerLink] },
  { names: ['export'], load: async () => [(await import('./export.ts')).registerExport] },
  { names: ['report'], load: async () => [(await import('./report.ts')).registerReport] },
  { names: ['archive'], load: async () => [(await import('./archive.ts')).registerArchive] },
  { names: ['audit'], load: async () => [(await import('./audit.ts')).registerAudit] },
  { names: ['actor'], load: async () => [(await import('./actor.ts')).registerActor] },
  { names: ['up'], load: async () => [(await import('./up.ts')).registerUp] },
  { names: ['down'], load: async () => [(await import('./down.ts')).registerDown] },
  { names: ['worker'], load: async () => [(await import('./worker.ts')).registerWorker] },
  { names: ['migrate'], load: async () => [(await import('./migrate.ts')).registerMigrate] },
  { names: ['doctor'], load: async () => [(await import('./doctor.ts')).registerDoctor] },
  { names: ['sample'], load: async () => [(await import('./sample.ts')).registerSample] },
  { names: ['start-sample'], load: async () => [(await import('./start-sample.ts')).registerStartSample] },
  { names: ['completion'], load: async () => [(await import('./completion.ts')).registerCompletion] },
]

/** Registers the module of the command that is called; all without one. `completion` speaks of all. */
export async function registerCommands(program: Command, context: CliContext, called?: string): Promise<void> {
  const own = called === 'completion'
    ? undefined
    : MODULES.find((module) => called !== undefined && module.names.includes(called))
  for (const registers of await Promise.all((own ? [own] : MODULES).map((module) => module.load()))) {
    for (const register of registers) register(program, context)
  }
}
