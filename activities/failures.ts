/** The one place that says which error is worth a retry. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import type { StepFailure } from './contract.ts'

/** A permanent failure with its reason in both languages. */
export class StepProblem extends Error {
  readonly failure: StepFailure
  constructor(failure: StepFailure) {
    super(failure.en)
    this.name = 'StepProblem'
    this.failure = failure
  }
}

/** SQLSTATE classes and codes that another attempt can get past. */
const WORTH_A_RETRY = [
  /^08/, // connection exceptions
  /^53/, // out of connections, memory, disk
  /^57P/, // the server is stopping, was stopped, or is starting
  /^40/, // serialization failure, deadlock
  /^55P03$/, // lock not available
  /^58/, // system errors: I/O
]
const QUERY_CANCELLED = '57014'
const NETWORK = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNABORTED',
])
/** node-postgres says these without a code. */
const LOST_CONNECTION = /Connection terminated|connection timeout|Client has encountered a connection error|timeout exceeded when trying to connect|not queryable/i

/**
 * The failure that Temporal is given for an error.
 * Permanent: it would come again however often it is tried; a person must look, the step is `failed`.
 * @param cancelled whether the activity itself was told to stop
 */
export function classify(error: unknown, cancelled: boolean): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error
  const { code, message } = describe(error)
  if (cancelled || code === QUERY_CANCELLED) return cancelled ? new CancelledFailure('stopped', []) : retryable(message, code)
  if (isWorthARetry(error)) return retryable(message, code)
  const failure: StepFailure = told(error) ?? {
    code: code ?? (error instanceof Error ? error.name : 'Error'),
    zh: `出错，重试无用：${message}。查明原因后执行 nianjie recheck。`,
    en: `failed, and another try would not help: ${message}. Find the cause, then run nianjie recheck.`,
  }
  return ApplicationFailure.create({
    message, type: error instanceof Error ? error.name : 'Error', nonRetryable: true, details: [failure],
    cause: error instanceof Error ? error : undefined,
  })
}

/** Whether an error comes from the surroundings (connection, deadlock, resources) and not from the work itself. */
function isWorthARetry(error: unknown): boolean {
  const { code, message } = describe(error)
  if (code && (NETWORK.has(code) || WORTH_A_RETRY.some((pattern) => pattern.test(code)))) return true
  return LOST_CONNECTION.test(message)
}

/** What the error itself says in both languages: a {@link StepProblem}, or an engine's own error with `zh` and `en`. */
function told(error: unknown): StepFailure | undefined {
  if (error instanceof StepProblem) return error.failure
  const { code, zh, en } = (error ?? {}) as Partial<StepFailure>
  return typeof zh === 'string' && typeof en === 'string' ? { code: code ?? 'failed', zh, en } : undefined
}

function describe(error: unknown): { code: string | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) }
  const { code } = error as { code?: unknown }
  return { code: typeof code === 'string' ? code : undefined, message: error.message || error.name }
}

const retryable = (message: string, code: string | undefined): Error =>
  ApplicationFailure.create({ message, type: code ?? 'Transient', nonRetryable: false })
