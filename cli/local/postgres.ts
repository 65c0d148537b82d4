/** The embedded PostgreSQL: makes the cluster, starts it, and prepares the database and its logins. */
import { chownSync, existsSync, mkdtempSync, renameSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { APP_ROLE } from '../../books/connect.ts'
import { CliError, EXIT } from '../shared/exit.ts'
import { ADMIN_LOGIN, DATABASE, type Secrets } from './home.ts'
import { runHelper } from './helpers.ts'
import type { Launch } from './launch.ts'
import type { PostgresPlace } from './postgres-place.ts'

/** What PostgreSQL gets of the environment: PGDATA, PGPORT and the like of the user's must not reach it. */
export const POSTGRES_ENV = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Makes the cluster unless there is one. It appears whole: an interrupted attempt leaves nothing behind that counts. */
export async function initialiseCluster(place: PostgresPlace, secrets: Secrets, fast = false): Promise<boolean> {
  if (existsSync(join(place.data, 'PG_VERSION'))) return false
  // Fails when something is in it: data that are no cluster are not ours to delete.
  if (existsSync(place.data)) rmdirSync(place.data)
  const scratch = mkdtempSync(join(dirname(place.data), '.initdb-'))
  const passwordFile = join(mkdtempSync(join(tmpdir(), 'nianjie-')), 'password')
  writeFileSync(passwordFile, `${secrets.admin}\n`, { mode: 0o600 })
  if (place.runAs) {
    for (const path of [scratch, dirname(passwordFile), passwordFile]) chownSync(path, place.runAs.uid, place.runAs.gid)
  }
  try {
    await run(place, 'initdb', ['-D', scratch, '-U', ADMIN_LOGIN, `--pwfile=${passwordFile}`, '--auth=scram-sha-256',
      // Code points decide the order of text, on every machine the same.
      '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
      ...(fast ? ['--no-sync'] : [])])
    renameSync(scratch, place.data)
    return true
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    rmSync(dirname(passwordFile), { recursive: true, force: true })
  }
}

export interface PostgresOptions {
  port: number
  log: string
  /** For tests: a crash of the machine may lose data. */
  fast: boolean
}

/** How the server is started. It listens on 127.0.0.1 only. */
export function postgresLaunch(place: PostgresPlace, options: PostgresOptions): Launch {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: '256MB',
    work_mem: '64MB',
    maintenance_work_mem: '256MB',
    // Nothing replicates from here, so what is loaded into a new partition needs no log of its rows.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...(sharedMemoryIsSmall() ? { dynamic_shared_memory_type: 'sysv' } : {}),
    ...(options.fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  }
  return {
    command: join(place.binaries, 'bin', 'postgres'),
    args: [
      '-D', place.data, '-p', String(options.port),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    env: POSTGRES_ENV,
    log: options.log,
    // Fast shutdown: open transactions are rolled back, the next start needs no recovery.
    stopSignal: 'SIGINT',
    runAs: place.runAs,
  }
}

/** Containers often have 64 MB of /dev/shm, too little for parallel queries. */
function sharedMemoryIsSmall(): boolean {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize < 512 * 1024 * 1024
  } catch {
    return false
  }
}

/** Resolves once the server answers. @throws what it answered last, after `timeoutMs` */
export async function postgresAnswers(url: string, timeoutMs = 60_000): Promise<void> {
  const until = Date.now() + timeoutMs
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select 1')
      return
    } catch (error) {
      const code = (error as { code?: string }).code
      // A wrong password or a missing database is not cured by waiting.
      if (Date.now() > until || (code !== undefined && /^(28|3D)/.test(code))) throw error
      await sleep(50)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

/** The database, by its owner. @param maintenanceUrl the owner's login on database `postgres` */
export async function ensureDatabase(maintenanceUrl: string): Promise<void> {
  await withClient(maintenanceUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  })
}

/**
 * The application's login; run after the migrations, which make its role. It owns nothing: the audit chain is safe from it.
 * @param adminUrl the owner's login, which may make roles
 */
export async function ensureAppLogin(adminUrl: string, { login, password }: { login: string; password: string }): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const name = client.escapeIdentifier(login)
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [login])
    if (rowCount === 0) await client.query(`create role ${name} login`)
    await client.query(`alter role ${name} password ${client.escapeLiteral(password)}`)
    await client.query(`grant ${APP_ROLE} to ${name} with inherit true, set true`)
  })
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try { await work(client) } finally { await client.end() }
}

async function run(place: PostgresPlace, program: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runHelper(join(place.binaries, 'bin', program), args, {
    env: POSTGRES_ENV, cwd: '/', ...(place.runAs ? { uid: place.runAs.uid, gid: place.runAs.gid } : {}),
  })
  if (code === 0) return
  const last = output.split('\n').slice(-5).join('\n')
  throw new CliError(EXIT.failed, { zh: `${program} 失败（${code}）：\n${last}`, en: `${program} failed (${code}):\n${last}` })
}
