/** One state of the books for several statements: a snapshot, also for statements that go over connections of their own. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type pg from 'pg'
import type { Database } from './tables.ts'

/** Runs `work` in a read-only snapshot; in the one that is open already when `db` is a transaction. */
export function inSnapshot<T>(db: Kysely<Database>, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db as Transaction<Database>)
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)
}

/** The name of the transaction's snapshot: others can look at it as long as the transaction is open. */
export async function snapshotOf(trx: Transaction<Database>): Promise<string> {
  const { rows: [one] } = await sql<{ id: string }>`select pg_export_snapshot() as id`.execute(trx)
  return one!.id
}

/** Begins a read-only transaction, in the snapshot of that name where one is given. */
export async function beginReading(client: pg.PoolClient, snapshot?: string): Promise<void> {
  await client.query('begin isolation level repeatable read read only')
  if (snapshot !== undefined) await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`)
}

/**
 * Looks at something and lets go of the tables that it read: an import that puts new partitions in their place must not wait
 * for the end of a long transaction. What it saw is still the state of the snapshot, but for what such an import took away.
 */
export async function lettingGo<T>(trx: Transaction<Database>, look: () => Promise<T>): Promise<T> {
  await sql`savepoint looking`.execute(trx)
  try {
    return await look()
  } finally {
    await sql`rollback to savepoint looking`.execute(trx)
  }
}
