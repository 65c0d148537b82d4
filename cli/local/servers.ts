/** Where the servers are: the environment first, then what `nianjie up` left in NIANJIE_HOME. */
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { type CliError, unreachable } from '../shared/exit.ts'
import { homeOf, localDatabaseUrl } from './home.ts'
import { liveState } from './stale.ts'
import { LOCAL_NAMESPACE } from './temporal.ts'

/** Settings as `Connection.connect` and `NativeConnection.connect` take them, and the namespace. */
export interface TemporalSettings {
  address: string
  namespace: string
  tls?: boolean | object
  apiKey?: string
  metadata?: Record<string, string>
}

export interface Servers {
  /** The application's login: a member of nianjie_app. */
  databaseUrl: string
  /** The database's owner, for migrations. */
  adminDatabaseUrl: string
  temporal: TemporalSettings
}

/** True when the environment names a Temporal server, in any of Temporal's own ways. */
export const namesTemporal = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || env.TEMPORAL_CONFIG_FILE)

/**
 * The servers to talk to. It looks, and connects to nothing.
 * @throws CliError unreachable when none are named and none run here
 */
export async function findServers(env: NodeJS.ProcessEnv): Promise<Servers> {
  const external = externalDatabase(env)
  const temporal = namesTemporal(env) ? externalTemporal(env) : undefined
  if (external && temporal) return { ...external, temporal }
  const home = homeOf(env)
  const state = liveState(home)
  if (!state) throw nothingRuns(home)
  if (!state.ready) throw unreachable({ zh: '本地服务正在启动，请稍候再试', en: 'the local servers are starting: try again in a moment' })
  return {
    ...(external ?? {
      databaseUrl: localDatabaseUrl(home, need(state.ports.postgres, home), 'app'),
      adminDatabaseUrl: localDatabaseUrl(home, need(state.ports.postgres, home), 'admin'),
    }),
    temporal: temporal ?? { address: `127.0.0.1:${need(state.ports.temporal, home)}`, namespace: LOCAL_NAMESPACE },
  }
}

/** DATABASE_URL, and DATABASE_ADMIN_URL for migrations where the owner is another login. */
export function externalDatabase(env: NodeJS.ProcessEnv): { databaseUrl: string; adminDatabaseUrl: string } | undefined {
  const databaseUrl = env.DATABASE_URL
  return databaseUrl ? { databaseUrl, adminDatabaseUrl: env.DATABASE_ADMIN_URL || databaseUrl } : undefined
}

/** Temporal's own environment variables, profile and configuration file, TLS and API key included. */
export function externalTemporal(env: NodeJS.ProcessEnv): TemporalSettings {
  const given = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given })
  const { address, tls, apiKey, metadata } = connectionOptions
  return {
    address: address ?? 'localhost:7233',
    namespace: namespace ?? 'default',
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(metadata ? { metadata: metadata as Record<string, string> } : {}),
  }
}

function need(port: number | undefined, home: string): number {
  if (port === undefined) throw nothingRuns(home)
  return port
}

const nothingRuns = (home: string): CliError => unreachable({
  zh: `没有可用的服务：${home} 中没有运行中的本地服务。先运行 nianjie up，或设置 DATABASE_URL 和 TEMPORAL_ADDRESS`,
  en: `no servers: nothing runs in ${home}. Run nianjie up first, or set DATABASE_URL and TEMPORAL_ADDRESS`,
})
