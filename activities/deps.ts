/** What the activities need from the process that runs them. */
import type { Kysely } from 'kysely'
import { type Config, parseStoredConfig } from '../config/load.ts'
import type { DocumentsConfig } from '../config/schemas/documents.ts'
import type { ActorsConfig, EscalationConfig } from '../config/schemas/people.ts'
import type { ServiceConfig } from '../config/service.ts'
import type { Books } from '../books/connect.ts'
import { loadRulePack } from '../books/runs.ts'
import type { Database } from '../books/tables.ts'
import type { Engines } from './engines.ts'

export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface ActivityDeps {
  books: Books
  /** Read anew for each decision, so that a revocation holds at once. */
  loadActors(): ActorsConfig
  /** Where alarms are delivered to. */
  loadDelivery(): EscalationConfig['delivery']
  /**
   * Promises, roster and ladders of problems, as they are now; with `builtIn`, those without the office's. @throws ConfigError
   */
  loadService(options?: { builtIn?: boolean }): ServiceConfig
  /** Types of documents as they are now, for what belongs to no run. @throws ConfigError */
  loadDocuments(): DocumentsConfig
  env: Readonly<Record<string, string | undefined>>
  log: Logger
  engines: Engines
}

const packs = new Map<string, Promise<Config>>()

/** The configuration that a run is pinned to; validated once for each digest. @throws ConfigError */
export function pinnedConfig(db: Kysely<Database>, digest: string): Promise<Config> {
  let pack = packs.get(digest)
  if (!pack) {
    pack = loadRulePack(db, digest).then(parseStoredConfig)
    packs.set(digest, pack)
    pack.catch(() => packs.delete(digest))
  }
  return pack
}
