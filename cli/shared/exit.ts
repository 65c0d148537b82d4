/** Exit codes (CONTRACT §4) and the errors that carry them. */
import { lockedBy } from '../../books/locked.ts'
import type { Text } from './lang.ts'

export const EXIT = {
  done: 0,
  failed: 1,
  /** Bad usage or bad input. */
  usage: 2,
  /** Not allowed, or the wrong state. */
  refused: 3,
  /** A server can not be reached. */
  unreachable: 4,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** An end of a command that is not success: printed in the user's language, then the process ends with `code`. */
export class CliError extends Error {
  readonly code: ExitCode
  readonly text: Text
  /** Closed set for machines, such as `wrong-state`; shown after the message. */
  readonly reason: string | undefined
  constructor(code: ExitCode, text: Text, options: { reason?: string; cause?: unknown } = {}) {
    super(`${text.zh} ${text.en}`, { cause: options.cause })
    this.name = 'CliError'
    this.code = code
    this.text = text
    this.reason = options.reason
  }
}

/** Bad usage or bad input: exit 2. */
export const usageError = (text: Text) => new CliError(EXIT.usage, text)
/** The work itself failed: exit 1. */
export const failure = (text: Text, cause?: unknown) => new CliError(EXIT.failed, text, { cause })
/** What is wrong with the words themselves, whoever says them and whenever. */
const BAD_INPUT = new Set(['malformed', 'unknown-finding', 'unknown-problem', 'no-calendar', 'configuration'])
/** Not allowed or the wrong state: exit 3; bad input: exit 2. Takes a `Refused` of cli/operations.ts as it is. */
export const refusal = (refused: { code: string; zh: string; en: string }) =>
  new CliError(
    BAD_INPUT.has(refused.code) ? EXIT.usage : EXIT.refused, { zh: refused.zh, en: refused.en }, { reason: refused.code },
  )
/** A server does not answer: exit 4. */
export const unreachable = (text: Text, cause?: unknown) => new CliError(EXIT.unreachable, text, { cause })

const NETWORK = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'EPIPE', 'ENOENT',
  // PostgreSQL: it starts up or shuts down, or takes no more connections.
  '57P01', '57P02', '57P03', '08000', '08001', '08003', '08006', '53300',
])

/** True when the error, or what caused it, says that a server did not answer. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof CliError) return error.code === EXIT.unreachable
  if (error.name === 'Unreachable') return true
  const code = (error as { code?: unknown; syscall?: unknown }).code
  // ENOENT is a missing socket only when it comes from connecting; a missing file is bad input.
  if (code === 'ENOENT') return (error as { syscall?: unknown }).syscall === 'connect'
  if (typeof code === 'string' && NETWORK.has(code)) return true
  // gRPC: 14 is UNAVAILABLE, 4 is DEADLINE_EXCEEDED.
  if (code === 14 || code === 4) return true
  if (/Connection terminated|connection timeout|Failed to connect before the deadline/i.test(error.message)) return true
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  return inner.some((one) => isUnreachable(one))
}

/** True when a path that the user gave can not be opened: bad input. A full disk is none. */
function isFileProblem(error: unknown): boolean {
  const { code, path } = (error ?? {}) as { code?: unknown; path?: unknown }
  return typeof path === 'string' && ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'EEXIST'].includes(String(code))
}

/** What to tell of any error, and the code to end with. */
export function describeError(error: unknown): { code: ExitCode; text: Text; reason?: string } {
  if (error instanceof CliError) return { code: error.code, text: error.text, reason: error.reason }
  if (error instanceof Error && error.name === 'ConfigError') {
    return { code: EXIT.usage, text: { zh: error.message, en: error.message } }
  }
  const locked = lockedBy(error)
  if (locked) {
    const { district, year, actor } = locked
    return {
      code: EXIT.refused, reason: 'locked',
      text: {
        zh: `${district} ${year} 年度已由 ${actor} 最终锁定，不再接受数据，未写入任何内容。迟到的更正请在 ${year + 1} 年度调整入账（以前年度盈余调整）`,
        en: `year ${year} of ${district} was locked for good by ${actor}: it takes no more input, nothing was written. Book a late correction in ${year + 1}, as a prior-year adjustment`,
      },
    }
  }
  const message = error instanceof Error ? error.message || error.name : String(error)
  if (isUnreachable(error)) {
    return {
      code: EXIT.unreachable,
      text: {
        zh: `服务器没有应答：${message}。先运行 nianjie up，或用 nianjie doctor 查看缺什么`,
        en: `a server does not answer: ${message}. Run nianjie up first, or see nianjie doctor`,
      },
    }
  }
  if (isFileProblem(error)) {
    return { code: EXIT.usage, text: { zh: `文件或文件夹不可用：${message}`, en: `a file or folder can not be used: ${message}` } }
  }
  return { code: EXIT.failed, text: { zh: `失败：${message}`, en: `failed: ${message}` } }
}
