/** A database of its own for each test file, on the shared cluster that the global set-up starts. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Books, openBooks } from '../../books/connect.ts'
import { migrate } from '../../books/migrate.ts'

export interface TestDatabase extends Books {
  /** Login that owns the database. */
  url: string
  drop(): Promise<void>
}

/** The shared cluster's owner URL (database `postgres`), set by test/support/global-setup.ts. */
export function clusterUrl(): string {
  const url = process.env.NIANJIE_TEST_POSTGRES
  if (!url) throw new Error('NIANJIE_TEST_POSTGRES is not set: run the tests with `npm test`, or point it at a PostgreSQL 18')
  return url
}

/** An empty, migrated database. Call `drop()` at the end. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`
  const admin = new URL(clusterUrl())
  await run(admin.href, `create database ${name}`)
  const own = new URL(admin)
  own.pathname = `/${name}`
  await migrate(own.href)
  const books = openBooks({ url: own.href, poolSize: 4 })
  return {
    ...books,
    url: own.href,
    drop: async () => {
      await books.close()
      await run(admin.href, `drop database ${name} with (force)`)
    },
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try { await client.query(statement) } finally { await client.end() }
}
