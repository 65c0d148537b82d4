/** Everything that a year-end needs, running: what the environment names is used, the rest is started here. */
import type { Text } from '../shared/lang.ts'
import { homeOf } from './home.ts'
import { type OpenedLocal, startSupervisor } from './open.ts'
import { type Servers, externalDatabase, findServers, namesTemporal } from './servers.ts'
import { liveState } from './stale.ts'

export interface Local {
  servers: Servers
  /** Undefined when servers of this home ran already: they belong to another process. */
  own?: OpenedLocal
  /** Stops what was started here. */
  close(): Promise<void>
}

/**
 * Opens the servers, brings the schema up to date and runs one worker. With DATABASE_URL and TEMPORAL_ADDRESS only the
 * worker is started. Ends with this process, even by kill -9, unless it is detached.
 * @throws CliError with what to do
 */
export async function openLocal(
  env: NodeJS.ProcessEnv, say: (text: Text) => void, options: { worker?: boolean } = {},
): Promise<Local> {
  const home = homeOf(env)
  if (liveState(home)?.ready) return { servers: await findServers(env), close: async () => {} }
  const database = externalDatabase(env)
  const own = await startSupervisor({
    home,
    postgres: !database,
    temporal: !namesTemporal(env),
    worker: options.worker ?? true,
    migrate: true,
    fast: false,
    ephemeral: false,
    adminDatabaseUrl: database?.adminDatabaseUrl,
  }, env, say)
  try {
    return { servers: await findServers(env), own, close: () => own.close() }
  } catch (error) {
    await own.close()
    throw error
  }
}
