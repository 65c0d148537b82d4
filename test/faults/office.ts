/** An office of a few districts with servers, worker and commands as processes of their own, which a test may kill one by one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { parseDocument } from 'yaml'
import { type Books, openBooks } from '../../books/connect.ts'
import { type ChildRole, type LocalState, localDatabaseUrl, readState } from '../../cli/local/home.ts'
import { type ProcessMark, isRunning } from '../../cli/local/processes.ts'
import { cleanEnv, marksOf, stillRunning } from '../local/support/local-servers.ts'

const NIANJIE = fileURLToPath(new URL('../../bin/nianjie.mjs', import.meta.url))
/** Generous: the machine may be busy with other tests. */
const PATIENCE_MS = 150_000

export interface Ended { code: number | null; stdout: string; stderr: string }
export interface Running { process: ChildProcess; ended: Promise<Ended> }

export interface Office {
  readonly home: string
  readonly folders: { overlay: string; keysFolder: string }
  /** Starts a command and does not wait for it. */
  launch(...argv: string[]): Running
  /** Runs a command to its end. */
  run(...argv: string[]): Promise<Ended>
  /** Runs a command that has to succeed. @returns its standard output */
  must(...argv: string[]): Promise<string>
  /** The owner's login of the database; it is connected anew after a crash. */
  books(): Books
  /** Ends one of the servers or the worker at once, and waits until another stands in its place. */
  kill(role: ChildRole, signal?: NodeJS.Signals): Promise<void>
  /** Stops everything, once. @returns the processes that are still there */
  close(): Promise<readonly ProcessMark[]>
}

/** Servers and worker of an office with exactly these districts. */
export async function openOffice(districts: readonly string[]): Promise<Office> {
  const home = mkdtempSync(join(tmpdir(), 'nianjie-office-'))
  const folders = { overlay: join(home, 'config'), keysFolder: join(home, 'sample', 'keys') }
  mkdirSync(folders.overlay)
  writeFileSync(join(folders.overlay, 'districts.yaml'), onlyDistricts(districts))
  const env = { ...without(cleanEnv(), /^NIANJIE_TEST_/), NIANJIE_HOME: home, NIANJIE_KEYS: folders.keysFolder, LC_ALL: 'C.UTF-8' }
  const marks = new Map<string, ProcessMark>()
  let postgresData: string | undefined
  let opened: Books | undefined
  let closing: Promise<readonly ProcessMark[]> | undefined
  const see = (): LocalState | undefined => {
    const state = readState(home)
    for (const mark of state ? marksOf(state) : []) marks.set(`${mark.pid}/${mark.started}`, mark)
    postgresData = state?.postgresData ?? postgresData
    return state
  }
  const close = async () => {
    see()
    await opened?.close().catch(() => {})
    servers.process.kill('SIGTERM')
    await servers.ended
    const left = await stillRunning([...marks.values()])
    if (left.length === 0) for (const folder of [home, postgresData]) if (folder) rmSync(folder, { recursive: true, force: true })
    return left
  }
  // It has a channel to this process and so ends with it, whatever becomes of the test.
  const servers = launch(['up'], env, 'ipc')
  const office: Office = {
    home, folders,
    launch: (...argv) => launch(argv, env),
    run: (...argv) => launch(argv, env).ended,
    must: async (...argv) => {
      const { code, stdout, stderr } = await office.run(...argv)
      if (code !== 0) throw new Error(`nianjie ${argv.join(' ')} ended with ${code}: ${stderr}${stdout}`)
      return stdout
    },
    books: () => opened ??= openBooks({ url: localDatabaseUrl(home, readState(home)!.ports.postgres!, 'admin'), poolSize: 2 }),
    kill: async (role, signal = 'SIGKILL') => {
      const before = see()!.children[role]!
      process.kill(before.pid, signal)
      await until(`${role} is started again`, async () => {
        const after = see()?.children[role]
        return after !== undefined && after.pid !== before.pid && isRunning(after)
      })
    },
    close: () => closing ??= close(),
  }
  await until('the servers answer', async () => {
    if (servers.process.exitCode !== null) throw new Error(`the servers did not start: ${(await servers.ended).stderr}`)
    return see()?.ready === true && see()?.children.worker !== undefined
  }).catch(async (error: unknown) => {
    await office.close()
    throw error
  })
  return office
}

const without = (env: NodeJS.ProcessEnv, names: RegExp) => Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)))

/** The built-in list of districts with all others switched off. */
function onlyDistricts(wanted: readonly string[]): string {
  const document = parseDocument(readFileSync(fileURLToPath(new URL('../../config/districts.yaml', import.meta.url)), 'utf8'))
  const { districts } = document.toJS() as { districts: { code: string }[] }
  document.set('districts', document.createNode(districts.map((one) => ({ ...one, enabled: wanted.includes(one.code) }))))
  return document.toString()
}

function launch(argv: readonly string[], env: NodeJS.ProcessEnv, channel: 'ipc' | 'ignore' = 'ignore'): Running {
  const child = spawn(process.execPath, [NIANJIE, ...argv], { env, cwd: env.NIANJIE_HOME, stdio: ['ignore', 'pipe', 'pipe', channel] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name]!.setEncoding('utf8').on('data', (text: string) => { said[name] += text })
  // `exit` and not `close`: what runs on in the background may keep the pipes.
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => setImmediate(() => resolve({ code, ...said })))
  })
  return { process: child, ended }
}

/** Looks again and again; what can not be seen, because a server is down, is not yet so. */
export async function until(what: string, look: () => Promise<boolean>, ms = PATIENCE_MS): Promise<void> {
  let last: unknown
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) {
    try {
      if (await look()) return
      last = undefined
    } catch (error) {
      last = error
    }
  }
  throw new Error(`not so after ${ms / 1000} s: ${what}`, { cause: last })
}

export interface Hold { blocked(): Promise<void>; release(): Promise<void> }

/** Keeps everybody from writing to a table: whoever wants to stands still in the middle of a transaction. */
export async function holdTable(office: Office, table: string): Promise<Hold> {
  const connectionString = localDatabaseUrl(office.home, readState(office.home)!.ports.postgres!, 'admin')
  const client = new pg.Client({ connectionString, options: '-c search_path=books' })
  client.on('error', () => {})
  await client.connect()
  await client.query(`begin; lock table ${table} in share mode`)
  return {
    blocked: () => until(`somebody wants to write to ${table}`, async () => {
      const { rowCount } = await client.query(`select from pg_locks where relation = '${table}'::regclass and not granted`)
      return rowCount! > 0
    }),
    release: () => client.end().catch(() => {}),
  }
}
