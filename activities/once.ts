/** One transaction, one effect: the same key gives the stored result, the same key with another request is an error. */
import { type Transaction, sql } from 'kysely'
import type { Plain } from '../domain/canonical.ts'
import { digestOf } from '../books/digest.ts'
import type { Database } from '../books/tables.ts'

/** The same effect was asked for with another request: a fault of the program, never worth a retry. */
export class IdempotencyConflict extends Error {
  constructor(key: string) {
    super(`effect ${key} was done before with another request`)
    this.name = 'IdempotencyConflict'
  }
}

/**
 * Does `work` once for `key`, inside the caller's transaction; the result is stored with it or not at all.
 * Two attempts at the same time: the second waits for the first to commit or fail, then finds its result.
 * @throws IdempotencyConflict when the key was used with another request
 */
export async function runOnce<T extends object>(
  trx: Transaction<Database>, key: string, request: Plain, work: () => Promise<T>,
): Promise<T> {
  const hash = digestOf(request)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`effect:${key}`}, 0))`.execute(trx)
  const done = await trx.selectFrom('effects').select(['input_hash', 'result']).where('effect_key', '=', key).executeTakeFirst()
  if (done) {
    if (done.input_hash !== hash) throw new IdempotencyConflict(key)
    return done.result as T
  }
  const result = await work()
  await trx.insertInto('effects').values({ effect_key: key, input_hash: hash, result: JSON.stringify(result) }).execute()
  return result
}
