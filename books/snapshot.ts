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
