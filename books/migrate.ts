/** Brings the database schema up to date, as the owner of the database. */
import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { MIGRATIONS } from './migrations/index.ts'
import { APP_ROLE, closePool } from './connect.ts'

export interface MigrationReport {
  applied: readonly string[]
}

/**
 * Applies the migrations that are missing. Safe to run from several processes at once (Kysely locks).
 * @param url a login that owns the database (it makes the role {@link APP_ROLE} and the schemas)
 * @throws Error naming the migration that failed; what it did is rolled back
 */
export async function migrate(url: string): Promise<MigrationReport> {
  const pool = new pg.Pool({ connectionString: url, max: 1, options: '-c search_path=books,audit,public' })
  pool.on('error', () => {})
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    await prepare(pool)
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
      migrationTableSchema: 'books',
    })
    const { error, results } = await migrator.migrateToLatest()
    if (error) {
      const failed = results?.find((result) => result.status === 'Error')?.migrationName
      throw new Error(
        `migration ${failed ?? ''} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error },
      )
    }
    return { applied: (results ?? []).map((result) => result.migrationName) }
  } finally {
    await closePool(db, pool)
  }
}

/** The role and schema that the migrations rest on. Roles belong to the whole server, so another may have made it just now. */
async function prepare(pool: pg.Pool): Promise<void> {
  await pool.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${APP_ROLE}') then create role ${APP_ROLE} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
  await pool.query(`do $$ begin
    if not pg_has_role(current_user, '${APP_ROLE}', 'set') then execute 'grant ${APP_ROLE} to ' || quote_ident(current_user); end if;
    execute format('grant create, temporary on database %I to ${APP_ROLE}', current_database()); end $$`)
  await pool.query(`create schema if not exists books authorization ${APP_ROLE}`)
  await pool.query(`set role ${APP_ROLE}`)
}
