/** A client of the Temporal server that was found. */
import { Client, Connection } from '@temporalio/client'
import { unreachable } from '../shared/exit.ts'
import { answers } from './ports.ts'
import type { Servers } from './servers.ts'

const CONNECT_TIMEOUT_MS = 10_000
/** Whether anything listens at all is known much sooner than a handshake gives up. */
const LISTEN_TIMEOUT_MS = 4_000

/** A connected client; close with `client.connection.close()`. @throws CliError unreachable, Error when the handshake fails */
export async function connectTemporal(servers: Pick<Servers, 'temporal'>): Promise<Client> {
  const { namespace, ...options } = servers.temporal
  const { hostname, port } = new URL(`tcp://${options.address}`)
  if (!(await answers(hostname.replace(/^\[|\]$/g, ''), Number(port || 7233), LISTEN_TIMEOUT_MS))) {
    throw unreachable({ zh: `Temporal 没有应答：${options.address}`, en: `Temporal does not answer: ${options.address}` })
  }
  const connection = await Connection.connect({ ...options, connectTimeout: CONNECT_TIMEOUT_MS })
  return new Client({ connection, namespace })
}
