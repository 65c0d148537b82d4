/** A client of the Temporal server that was found. */
import { Client, Connection } from '@temporalio/client'
import type { Servers } from './servers.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** A connected client; close with `client.connection.close()`. @throws Error when nothing answers within 10 s */
export async function connectTemporal(servers: Pick<Servers, 'temporal'>): Promise<Client> {
  const { namespace, ...options } = servers.temporal
  const connection = await Connection.connect({ ...options, connectTimeout: CONNECT_TIMEOUT_MS })
  return new Client({ connection, namespace })
}
