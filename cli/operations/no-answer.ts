/** What becomes of a message that nobody answered: who sent it must know before sending it again. */
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { CliError, EXIT, isUnreachable } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { safeText } from '../shared/safe-text.ts'

/** How long a message may wait for a worker before it counts as not answered, milliseconds. */
export const ANSWER_MS = 60_000

/** A message to a run: `decision`, `pause`, `recheck` …; of a decision also the id under which the books keep it. */
export interface Sent { what: string; decisionId?: string }

/** A message was not answered in time: exit code 4. */
export class Unreachable extends CliError {
  constructor(text: Text, cause?: unknown) {
    super(EXIT.unreachable, text, { cause })
    this.name = 'Unreachable'
  }
}

/**
 * The error to throw instead of what Temporal's client threw; null when that has another reason.
 * A message that was not answered in time has been left for the next worker. A worker that broke off in the middle has used it
 * up, and without Temporal it never left.
 */
export function noAnswer(error: unknown, { what, decisionId }: Sent, waitedMs: number): Unreachable | null {
  if (isSilence(error)) return new Unreachable(waiting(what, decisionId, Math.round(waitedMs / 1000)), error)
  if (error instanceof WorkflowUpdateFailedError) return new Unreachable(brokenOff(what, decisionId, rootOf(error)), error)
  return isUnreachable(error) && decisionId ? new Unreachable(notSent(decisionId), error) : null
}

/** Whether the time for an answer ran out, while Temporal itself was there. */
export function isSilence(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return code === 4 || name === 'WorkflowUpdateRPCTimeoutOrCancelledError'
}

function waiting(what: string, decisionId: string | undefined, seconds: number): Text {
  return decisionId
    ? {
      zh: `${seconds} 秒内没有工作进程应答。决定已记录（编号 ${decisionId}），工作进程恢复后会照常裁定。用 nianjie up 或 nianjie worker 启动它，再用 nianjie status 查看是否生效；已生效则不必重复。`,
      en: `no worker answered within ${seconds} s. The decision is recorded (id ${decisionId}) and will be judged when a worker is back. Start one with nianjie up or nianjie worker, then see with nianjie status whether it counted, before you repeat it`,
    }
    : {
      zh: `${seconds} 秒内没有工作进程应答。${what} 已送达，工作进程恢复后执行。用 nianjie up 或 nianjie worker 启动它，再用 nianjie status 查看。`,
      en: `no worker answered within ${seconds} s. The ${what} was delivered and will be carried out when a worker is back. Start one with nianjie up or nianjie worker, then see nianjie status`,
    }
}

function brokenOff(what: string, decisionId: string | undefined, reason: string): Text {
  const [zh, en] = decisionId ? [`决定（编号 ${decisionId}）已记录，但`, `the decision (id ${decisionId}) is recorded, but `] : [`${what}：`, `${what}: `]
  return {
    zh: `${zh}工作进程没有办完：${reason}。用 nianjie doctor 查看工作进程，再用 nianjie status 查看是否生效，未生效则重新发送。`,
    en: `${en}the worker did not finish with it: ${reason}. See nianjie doctor for the worker, then nianjie status whether it counted, and send it again if it did not`,
  }
}

const notSent = (decisionId: string): Text => ({
  zh: `Temporal 没有应答：决定（编号 ${decisionId}）已记录但没有送达，不会生效。用 nianjie up 启动后重新发送。`,
  en: `Temporal does not answer: the decision (id ${decisionId}) is recorded but was not delivered and does not count. Start it with nianjie up, then send the decision again`,
})

/** The innermost reason: of an activity that failed only that says why. */
function rootOf(error: Error): string {
  let root: Error = error
  while (root.cause instanceof Error) root = root.cause
  return safeText(root.message || root.name)
}
