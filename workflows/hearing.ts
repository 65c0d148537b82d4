/**
 * Updates that are heard in any case: when nobody answered one in time, it comes once more as a signal, which no outage loses.
 */
import type { UpdateDefinition } from '@temporalio/common'
import { isCancellation, log, setHandler } from '@temporalio/workflow'
import { unansweredSignal } from './messages.ts'

/** An update of a workflow with what it does, and what refuses it at once. */
export interface Heard { name: string; register: () => void; late: (message: unknown) => Promise<unknown> }

export function heard<Ret, Message>(
  definition: UpdateDefinition<Ret, [Message]>, handler: (message: Message) => Promise<Ret>,
  validator: (message: Message) => void,
): Heard {
  return {
    name: definition.name,
    register: () => setHandler(definition, handler, { validator }),
    late: async (message) => {
      validator(message as Message)
      return handler(message as Message)
    },
  }
}

/** Registers all updates of a workflow, before its first await. */
export function hear(...updates: readonly Heard[]): void {
  for (const { register } of updates) register()
  const byName = new Map(updates.map((update) => [update.name, update]))
  // Last: a signal that is waiting already is handled while it is registered.
  setHandler(unansweredSignal, async ({ update, message }) => {
    try {
      await byName.get(update)!.late(message)
    } catch (error) {
      if (isCancellation(error)) throw error
      // What means nothing any more is refused here as it is in an update; there is nobody left to tell.
      log.warn('a message that came late was refused', { update, error: String(error) })
    }
  })
}
