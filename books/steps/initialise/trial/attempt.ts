/** Statements that may be refused: what the database says no to is undone alone. */
import { sql } from 'kysely'
import type { Trx } from './types.ts'

const REFUSALS: Record<string, 'twice' | 'rule'> = { '23505': 'twice', '23514': 'rule' }

/** Runs `work` in a savepoint of its own. `done`, or which constraint refused it; any other error is thrown on. */
export async function attempt(trx: Trx, work: () => Promise<unknown>): Promise<'done' | 'twice' | 'rule'> {
  await sql`savepoint attempt`.execute(trx)
  try {
    await work()
    await sql`release savepoint attempt`.execute(trx)
    return 'done'
  } catch (error) {
    const refused = REFUSALS[(error as { code?: string }).code ?? '']
    if (!refused) throw error
    await sql`rollback to savepoint attempt`.execute(trx)
    return refused
  }
}

/** Runs `work` and takes everything back that it wrote; its result stays. */
export async function rolledBack<T>(trx: Trx, name: 'trial_day' | 'trial_class', work: () => Promise<T>): Promise<T> {
  await sql.raw(`savepoint ${name}`).execute(trx)
  const result = await work()
  await sql.raw(`rollback to savepoint ${name}`).execute(trx)
  await sql.raw(`release savepoint ${name}`).execute(trx)
  return result
}
