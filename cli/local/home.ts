/** NIANJIE_HOME: where the local servers keep their data, and the state file by which commands find them. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ProcessMark } from './processes.ts'

export type ChildRole = 'postgres' | 'temporal' | 'worker'

/** What the supervisor says of itself. Secrets stand apart, in `secrets.json`. */
export interface LocalState {
  supervisor: ProcessMark
  /** Every process it started, so that the next one can end exactly these if it was killed. */
  children: Partial<Record<ChildRole, ProcessMark>>
  ports: { postgres?: number; temporal?: number; temporalUi?: number }
  /** True once every server answered and the schema is up to date. */
  ready: boolean
  detached: boolean
  /** Where PostgreSQL keeps its data: outside of the home when that can't be reached by its user. */
  postgresData?: string
  since: string
}

export interface Secrets {
  /** Owner of the database: migrations only. */
  admin: string
  /** The application's login: a member of nianjie_app and nothing else. */
  app: string
}

export const DATABASE = 'nianjie'
export const ADMIN_LOGIN = 'nianjie_admin'
export const APP_LOGIN = 'nianjie_login'

/** Absolute path of the home. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return resolve(env.NIANJIE_HOME || '.nianjie')
}

/** The folder itself, or the nearest one above it that is there. */
export function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path))
}

const statePath = (home: string) => join(home, 'state.json')

/** What the last supervisor wrote; it may not run any more. */
export function readState(home: string): LocalState | undefined {
  return readJson<LocalState>(statePath(home))
}

export function writeState(home: string, state: LocalState): void {
  writeJson(statePath(home), state, 0o644)
}

export function forgetState(home: string): void {
  rmSync(statePath(home), { force: true })
}

/** The passwords of the local database, made on first use, readable by their owner only. */
export function secretsOf(home: string): Secrets {
  const path = join(home, 'secrets.json')
  const kept = readJson<Secrets>(path)
  if (kept) return kept
  const made = { admin: randomBytes(24).toString('base64url'), app: randomBytes(24).toString('base64url') }
  writeJson(path, made, 0o600)
  return made
}

/** The ports of the time before, kept when the servers stop. */
export function readPorts(home: string): LocalState['ports'] {
  return readJson<LocalState['ports']>(join(home, 'ports.json')) ?? {}
}

export function writePorts(home: string, ports: LocalState['ports']): void {
  writeJson(join(home, 'ports.json'), ports, 0o644)
}

export function localDatabaseUrl(home: string, port: number, as: 'app' | 'admin'): string {
  const secrets = secretsOf(home)
  const login = as === 'admin' ? `${ADMIN_LOGIN}:${secrets.admin}` : `${APP_LOGIN}:${secrets.app}`
  return `postgres://${login}@127.0.0.1:${port}/${DATABASE}`
}

export function readJson<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch (error) {
    // Half a file: it was cut off while it was written, so it says nothing.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whole or not at all: written beside it and moved into place. */
export function writeJson(path: string, value: unknown, mode: number): void {
  mkdirSync(join(path, '..'), { recursive: true })
  const next = `${path}.${process.pid}`
  writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode })
  renameSync(next, path)
}
