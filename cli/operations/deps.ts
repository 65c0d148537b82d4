/** What the operations work with. */
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common'
import { appendAudit } from '../../books/audit.ts'
import type { Books } from '../../books/connect.ts'
import type { Config } from '../../config/load.ts'
import { unansweredSignal } from '../../workflows/messages.ts'
import type { Refused } from '../operations.ts'
import { ANSWER_MS, type Sent, isSilence, noAnswer } from './no-answer.ts'

export interface OperationsDeps {
  books: Books
  client: Client
  config: Config
  /** The office's configuration folder: actors.yaml is read and written there. */
  overlay: string
  keysFolder: string
  /** How long a message may wait for a worker; {@link ANSWER_MS} without it. */
  answerMs?: number
  /** The time that a word on a problem is signed with; the clock of the books without it. */
  now?: () => Promise<Date>
}

export const refused = (code: string, zh: string, en: string): Refused => ({ ok: false, code, zh, en })

/** A message to a workflow: `ask` sends it and waits for the answer, `leave` leaves it where no outage loses it. */
export interface Message<T> { ask: () => Promise<T>; leave: () => Promise<unknown> }

/** How long leaving a message may take, milliseconds: no worker has part in it. */
const LEAVE_MS = 10_000

/**
 * Sends a message to the workflow of a run, or of a problem, and waits for its answer. One that nobody answers in time is left
 * for the next worker: until a worker has taken it up, the server has it in memory only.
 * A refusal of the workflow leaves no history: it is written into the audit chain here.
 * @throws Unreachable when no worker answers, saying what becomes of the message
 */
export async function send<T>(
  { books, client, answerMs = ANSWER_MS }: OperationsDeps, run: { district: string; runId: number | string }, sent: Sent & { by: string }, { ask, leave }: Message<T>,
): Promise<{ ok: true; value: T } | Refused> {
  try {
    return { ok: true, value: await client.withDeadline(Date.now() + answerMs, ask).catch(leaveUnanswered) }
  } catch (error) {
    const no = refusalOf(error)
    if (!no) throw noAnswer(error, sent, answerMs) ?? error
    const { what, by } = sent
    await appendAudit(books.db, { district: run.district, kind: `${what}.refused`, actor: by, subject: String(run.runId), detail: { code: no.code, reason: no.en } })
    return no
  }

  async function leaveUnanswered(error: unknown): Promise<never> {
    if (isSilence(error)) await client.withDeadline(Date.now() + LEAVE_MS, leave)
    throw error
  }
}

/** A message to a workflow that is open, under `updateId` at most once. */
export function toWorkflow<Ret, Content>(
  { client }: OperationsDeps, workflowId: string, update: UpdateDefinition<Ret, [Content]>, message: Content, updateId?: string,
): Message<Ret> {
  const handle = client.workflow.getHandle(workflowId)
  return {
    ask: () => handle.executeUpdate(update, { args: [message], ...(updateId !== undefined && { updateId }) } as never),
    leave: () => handle.signal(unansweredSignal, { update: update.name, message }),
  }
}

function refusalOf(error: unknown): Refused | null {
  if (error instanceof WorkflowNotFoundError) {
    return refused('wrong-state', '该区划的年结已经结束或从未开始。', 'the year-end of this district has ended or was never started')
  }
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return null
  const told = error.cause.details?.[0] as Partial<Refused> | undefined
  return refused(told?.code ?? error.cause.type ?? 'wrong-state', told?.zh ?? error.cause.message, told?.en ?? error.cause.message)
}
