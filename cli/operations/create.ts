/** Operations as the commands get them: servers found, connections opened on demand and closed at the end. */
import { overlayFolder } from '../../config/overlay.ts'
import { connectTemporal } from '../local/connect-temporal.ts'
import type { Operations } from '../operations.ts'
import type { CliContext } from '../shared/context.ts'
import { operationsOf } from './index.ts'
import { keysFolderOf } from './keys.ts'

/** @throws CliError unreachable */
export async function createOperations(context: CliContext): Promise<Operations> {
  const client = await connectTemporal(await context.servers())
  context.onClose(() => client.connection.close())
  return operationsOf({
    books: await context.books(), client, config: context.config(), overlay: overlayFolder(context.env),
    keysFolder: keysFolderOf(context.env),
  })
}
