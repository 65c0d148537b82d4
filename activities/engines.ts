/** Where each step's engine lives; loaded on first use, so that a worker starts at once. */
import type { Transaction } from 'kysely'
import type { Database } from '../books/tables.ts'
import type { Step } from '../domain/steps.ts'
import type { StepContext, StepEngine, StepOutcome } from './step.ts'

export interface Engines {
  /** What a step does before people see it. */
  check(step: Step): Promise<StepEngine>
  /** The in-transit scan once more, right before the carry-forward. */
  rescan(): Promise<StepEngine>
  /** Makes the approved plan live, proves it from the database, and records the documents that go over. */
  apply(): Promise<(trx: Transaction<Database>, context: StepContext) => Promise<StepOutcome>>
  /** Takes the carry-forward in force back by reversal entries; the documents carried over with it are carried no more. */
  undo(): Promise<(trx: Transaction<Database>, context: { runId: number; scopeId: number }, reason: string) => Promise<{
    carryId: number; entries: number
  }>>
}

/** The engines of the product. */
export const ENGINES: Engines = {
  check: async (step) => {
    switch (step) {
      case 'in-transit': return (await import('../books/steps/in-transit/index.ts')).scanInTransit
      case 'reconcile': return (await import('../books/steps/reconcile/index.ts')).reconcile
      case 'carry-forward': return (await import('../books/steps/carry-forward/index.ts')).planCarryForward
      case 'initialise': return (await import('../books/steps/initialise/index.ts')).initialise
      case 'asset-health': return (await import('../books/steps/asset-health/index.ts')).checkAssets
      case 'sign-off': return (await import('./sign-off.ts')).signOff
      default: return step satisfies never
    }
  },
  rescan: async () => (await import('../books/steps/in-transit/index.ts')).scanInTransit,
  apply: async () => {
    const { applyCarryForward } = await import('../books/steps/carry-forward/index.ts')
    const { recordCarriedDocuments } = await import('../books/steps/in-transit/index.ts')
    return async (trx, context) => {
      const outcome = await applyCarryForward(trx, context)
      await recordCarriedDocuments(trx, context)
      return outcome
    }
  },
  undo: async () => {
    const { undoCarryForward } = await import('../books/steps/carry-forward/index.ts')
    const { dropCarriedDocuments } = await import('../books/steps/in-transit/index.ts')
    return async (trx, context, reason) => {
      const undone = await undoCarryForward(trx, context, reason)
      await dropCarriedDocuments(trx, context.runId)
      return undone
    }
  },
}
