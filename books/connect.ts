/** Connections to PostgreSQL: one pool, exact integers, the application's role. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './tables.ts'

/** int8 → bigint, numeric → text: money never becomes a float. Dates stay ISO text. */
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text))
types.setTypeParser(pg.types.builtins.DATE, (text) => text)

/** The role that the application works as; it can add to the audit chain and never change it. */
export const APP_ROLE = 'nianjie_app'

export interface BooksOptions {
  url: string
  poolSize?: number
  applicationName?: string
}

export interface Books {
  db: Kysely<Database>
  pool: pg.Pool
  close(): Promise<void>
}

/** A pool whose connections work as {@link APP_ROLE} in the schemas `books` and `audit`. */
export function openBooks(options: BooksOptions): Books {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 8,
    application_name: options.applicationName ?? 'nianjie',
    types,
    options: `-c role=${APP_ROLE} -c search_path=books,audit,public -c timezone=UTC -c jit=off`,
  })
  // An idle connection that the server drops must not end the process; the next query gets a new one.
  pool.on('error', () => {})
  // Nor must one that is dropped at work: its query fails, and that is where it is handled.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, close: () => closePool(db, pool) }
}

/** Ends a pool that Kysely may never have used: it only ends what it has begun with. */
export async function closePool(db: { destroy(): Promise<void> }, pool: pg.Pool): Promise<void> {
  await db.destroy()
  if (!pool.ending) await pool.end()
}
