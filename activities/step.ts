/**
 * What a step's engine is given and gives back. The engine is set-based SQL inside the one transaction of the step;
 * `run-step.ts` wraps it: effect key, findings merged, digests, projection, audit.
 */
import type { Transaction } from 'kysely'
import type { Config } from '../config/load.ts'
import type { Database } from '../books/tables.ts'
import type { Plain } from '../domain/canonical.ts'
import type { RunKind, Step } from '../domain/steps.ts'

export interface StepContext {
  runId: number
  scopeId: number
  district: string
  /** The closing fiscal year Y. */
  year: number
  step: Step
  /** Counts from 1; grows each time the step runs again. */
  generation: number
  kind: RunKind
  inputVersion: number
  /** The league's district code and, when it is in this year's run, its scope; R17 looks there. */
  league: { district: string; scopeId: number | null }
  /** Pinned configuration of the run. */
  config: Config
  /** Called between statements of long work: Temporal heartbeat and cancellation. */
  heartbeat(progress: string): void
}

export interface StepOutcome {
  /**
   * Figures of the step that a person approves and the report shows: counts as numbers, money as yuan text. Part of the evidence.
   */
  figures: { readonly [name: string]: Plain }
}

/**
 * A step's engine. It reads the scope's input, writes its results under (runId, generation), and puts what it found into
 * the temporary table made by `createFound(trx)` of books/findings.ts. It never writes the findings table itself.
 */
export type StepEngine = (trx: Transaction<Database>, context: StepContext) => Promise<StepOutcome>
