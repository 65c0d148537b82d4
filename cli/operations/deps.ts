/** What the operations work with. */
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { appendAudit } from '../../books/audit.ts'
import type { Books } from '../../books/connect.ts'
import type { Config } from '../../config/load.ts'
import type { Refused } from '../operations.ts'
import { ANSWER_MS, type Sent, noAnswer } from './no-answer.ts'

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

/**
 * Sends a message to the workflow of a run, or of a problem, and waits for its answer.
 * A refusal of the workflow leaves no history: it is written into the audit chain here.
 * @throws Unreachable when no worker answers, saying what becomes of the message
 */
export async function send<T>(
  { books, client, answerMs = ANSWER_MS }: OperationsDeps, run: { district: string; runId: number | string }, sent: Sent & { by: string }, message: () => Promise<T>,
): Promise<{ ok: true; value: T } | Refused> {
  try {
    return { ok: true, value: await client.withDeadline(Date.now() + answerMs, message) }
  } catch (error) {
    const no = refusalOf(error)
    if (!no) throw noAnswer(error, sent, answerMs) ?? error
    const { what, by } = sent
    await appendAudit(books.db, { district: run.district, kind: `${what}.refused`, actor: by, subject: String(run.runId), detail: { code: no.code, reason: no.en } })
    return no
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
