/** Checks of the servers: do they answer, are they new enough, is the schema up to date, does a worker run. */
import pg from 'pg'
import { MIGRATIONS } from '../../../books/migrations/index.ts'
import type { Text } from '../../shared/lang.ts'
import { connectTemporal } from '../connect-temporal.ts'
import { homeOf } from '../home.ts'
import { isRunning } from '../processes.ts'
import { externalDatabase, externalTemporal, findServers, namesTemporal } from '../servers.ts'
import { liveState } from '../stale.ts'
import { isNewEnough } from '../temporal-program.ts'
import { type Check, type Outcome, ok, skipped, wrong } from './check.ts'

const POSTGRES_MAJOR_MIN = 17
const CONNECT_MS = 5_000
const notRunning: Text = { zh: '本地服务没有运行', en: 'the local servers do not run' }

const postgres: Check = {
  key: 'postgres',
  title: { zh: 'PostgreSQL 服务器', en: 'PostgreSQL server' },
  check: (env) => withDatabase(env, async (client) => {
    const { rows } = await client.query<{ version: string; member: boolean }>(`select current_setting('server_version') as version,
      coalesce((select pg_has_role(current_user, oid, 'set') from pg_roles where rolname = 'nianjie_app'), false) as member`)
    const { version, member } = rows[0]!
    if (Number.parseInt(version, 10) < POSTGRES_MAJOR_MIN) {
      return wrong(version, {
        zh: `需要 PostgreSQL ${POSTGRES_MAJOR_MIN} 以上`, en: `PostgreSQL ${POSTGRES_MAJOR_MIN} or later is needed`,
      })
    }
    if (!member) {
      return wrong({ zh: `${version}，但登录角色不是 nianjie_app 的成员`, en: `${version}, but the login is no member of nianjie_app` },
        {
          zh: '先运行 nianjie migrate，再授予：grant nianjie_app to <登录角色>',
          en: 'run nianjie migrate, then: grant nianjie_app to <login>',
        })
    }
    return ok(version)
  }),
}

const schema: Check = {
  key: 'schema',
  title: { zh: '数据库结构', en: 'schema' },
  check: (env) => withDatabase(env, async (client) => {
    const { rows: tables } = await client.query<{ there: boolean }>(
      `select to_regclass('books.kysely_migration') is not null as there`,
    )
    const applied = tables[0]!.there
      ? (await client.query<{ name: string }>('select name from books.kysely_migration')).rows.map((row) => row.name)
      : []
    const missing = Object.keys(MIGRATIONS).filter((name) => !applied.includes(name))
    const unknown = applied.filter((name) => !(name in MIGRATIONS))
    if (unknown.length > 0) {
      return wrong({ zh: `比本程序新：${unknown.join('、')}`, en: `newer than this program: ${unknown.join(', ')}` },
        { zh: '使用与数据库一致的程序版本', en: 'use the program version that fits the database' })
    }
    if (missing.length > 0) {
      return wrong({ zh: `缺少 ${missing.length} 项：${missing.join('、')}`, en: `${missing.length} missing: ${missing.join(', ')}` },
        { zh: '运行 nianjie migrate', en: 'run nianjie migrate' })
    }
    return ok(applied.sort().at(-1)!)
  }),
}

const temporal: Check = {
  key: 'temporal',
  title: { zh: 'Temporal 服务器', en: 'Temporal server' },
  check: async (env) => {
    if (!namesTemporal(env) && !liveState(homeOf(env))) return skipped(notRunning)
    const settings = namesTemporal(env) ? externalTemporal(env) : (await findServers(env)).temporal
    try {
      const client = await connectTemporal({ temporal: settings })
      try {
        const { serverVersion } = await client.workflowService.getSystemInfo({})
        await client.workflowService.describeNamespace({ namespace: settings.namespace })
        const version = (serverVersion ?? '').split('.').map((part) => Number.parseInt(part, 10))
        return isNewEnough(version) ? ok(`${serverVersion} (${settings.address}, ${settings.namespace})`)
          : wrong(`${serverVersion}`, { zh: '需要 Temporal 服务器 1.29.1 以上', en: 'Temporal server 1.29.1 or later is needed' })
      } finally {
        await client.connection.close()
      }
    } catch (error) {
      return wrong(`${settings.address}: ${message(error)}`,
        {
          zh: '检查地址、TLS、API 密钥和命名空间（TEMPORAL_… 环境变量或配置文件）',
          en: 'check address, TLS, API key and namespace (TEMPORAL_… variables or the profile)',
        })
    }
  },
}

const worker: Check = {
  key: 'worker',
  title: { zh: '工作进程', en: 'worker' },
  check: (env) => {
    const state = liveState(homeOf(env))
    if (!state) return skipped(notRunning)
    const mark = state.children.worker
    return mark && isRunning(mark) ? ok(`pid ${mark.pid}`)
      : wrong({ zh: '没有运行', en: 'it does not run' }, {
        zh: `查看 ${homeOf(env)}/logs/worker.log`, en: `see ${homeOf(env)}/logs/worker.log`,
      })
  },
}

async function withDatabase(env: NodeJS.ProcessEnv, look: (client: pg.Client) => Promise<Outcome>): Promise<Outcome> {
  const external = externalDatabase(env)
  if (!external && !liveState(homeOf(env))) return skipped(notRunning)
  const { databaseUrl } = external ?? await findServers(env)
  const client = new pg.Client({
    connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS, options: '-c search_path=books',
  })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    return wrong(message(error), external
      ? { zh: '检查 DATABASE_URL：主机、端口、登录和数据库名', en: 'check DATABASE_URL: host, port, login and database' }
      : { zh: '运行 nianjie down 再 nianjie up', en: 'run nianjie down, then nianjie up' })
  }
  try { return await look(client) } finally { await client.end() }
}

/** Of errors with several causes (IPv4 and IPv6) the first one speaks. */
function message(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return message(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}

export const SERVER_CHECKS: readonly Check[] = [postgres, schema, temporal, worker]
