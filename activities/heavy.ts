/**
 * How an activity works on the books: one transaction, heartbeats while it lasts, and an end in PostgreSQL when it is told to
 * stop.
 */
import { Context } from '@temporalio/activity'
import { type Transaction, sql } from 'kysely'
import type pg from 'pg'
import type { Database } from '../books/tables.ts'
import type { ActivityDeps } from './deps.ts'
import { classify } from './failures.ts'

const HEARTBEAT_MS = 5_000

/**
 * Runs `work` in one transaction inside an activity.
 * Cancellation (the step fell, the run was cancelled, the attempt timed out) reaches PostgreSQL: the running statement is
 * stopped and everything of the transaction is gone.
 * @param options.keep false: the transaction is rolled back, only the result is kept
 * @throws the failure that `classify` makes of what went wrong
 */
export async function inTransaction<T>(
  deps: ActivityDeps, work: (trx: Transaction<Database>, heartbeat: (progress: string) => void) => Promise<T>,
  options: { keep: boolean } = { keep: true },
): Promise<T> {
  const context = Context.current()
  const signal = context.cancellationSignal
  let progress = ''
  const beat = setInterval(() => context.heartbeat(progress), HEARTBEAT_MS)
  try {
    return await deps.books.db.transaction().execute(async (trx) => {
      const stop = await stopper(deps, trx)
      signal.addEventListener('abort', stop, { once: true })
      try {
        signal.throwIfAborted()
        const result = await work(trx, (now) => {
          progress = now
          signal.throwIfAborted()
        })
        if (!options.keep) throw new OnlyLooking(result)
        return result
      } finally {
        signal.removeEventListener('abort', stop)
      }
    })
  } catch (error) {
    if (error instanceof OnlyLooking) return error.result as T
    throw classify(error, signal.aborted)
  } finally {
    clearInterval(beat)
  }
}

/** Carries the result out of a transaction that must not be kept. */
class OnlyLooking extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('rolled back on purpose')
    this.result = result
  }
}

/** Stops the statement that the transaction's backend is running, over another connection. */
async function stopper(deps: ActivityDeps, trx: Transaction<Database>): Promise<() => void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
  const { pid } = rows[0]!
  return () => { void cancelBackend(deps.books.pool, pid)
    .catch((error: unknown) => deps.log.warn({ pid, error: String(error) }, 'could not stop a statement')) }
}

async function cancelBackend(pool: pg.Pool, pid: number): Promise<void> {
  const client = await pool.connect()
  try {
    // Only the login itself may stop its own statements, not the role that it works as.
    await client.query('set role none')
    await client.query('select pg_cancel_backend($1)', [pid])
  } finally {
    client.release(true)
  }
}
