/** Messages to the workflow of a district's cases; client-safe. */
import { defineSignal, defineUpdate } from '@temporalio/workflow'
import type { DecisionOutcome } from './messages.ts'

export interface CasesInput { district: string; year: number }

/** Something about the cases changed: documents were scanned or decided, a receipt came, the run ended. */
export const casesChangedSignal = defineSignal('casesChanged')
/** A person's signed word on a default disposition (row of `document_defaults`), to be judged. */
export const decideDefaultUpdate = defineUpdate<DecisionOutcome, [{ defaultId: string }]>('decideDefault')
