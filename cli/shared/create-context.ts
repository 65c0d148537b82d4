/** The context of a real process; tests give their own streams and environment. */
import { openBooks, type Books } from '../../books/connect.ts'
import { loadActors, loadConfig } from '../../config/load.ts'
import { overlayFolder } from '../../config/overlay.ts'
import type { Operations } from '../operations.ts'
import type { CliContext, Servers } from './context.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Lang, langOf } from './lang.ts'
import { jsonDocument } from './output.ts'

export interface ContextOptions {
  argv: readonly string[]
  env?: NodeJS.ProcessEnv
  stdin?: NodeJS.ReadStream
  stdout?: NodeJS.WriteStream
  stderr?: NodeJS.WriteStream
  now?: () => Date
  findServers?: (env: NodeJS.ProcessEnv) => Promise<Servers>
  createOperations?: (context: CliContext) => Promise<Operations>
}

/** A context and what `main` needs to end the command. */
export interface OpenContext {
  context: CliContext
  exitCode(): ExitCode
  close(): Promise<void>
}

/** Nothing is opened until a command asks for it. */
export function createContext(options: ContextOptions): OpenContext {
  const env = options.env ?? process.env
  const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr } = options
  const lang: Lang = langOf(options.argv, env)
  const closers: (() => Promise<void>)[] = []
  let code: ExitCode = EXIT.done
  const servers = once(() => (options.findServers ?? findLocalServers)(env))
  const books = once(async (): Promise<Books> => {
    // A named database is enough to read: Temporal may be down or not named at all.
    const url = (options.findServers ? undefined : env.DATABASE_URL) || (await servers()).databaseUrl
    const opened = openBooks({ url, poolSize: 4, applicationName: 'nianjie-cli' })
    closers.push(() => opened.close())
    return opened
  })
  const operations = once(() => (options.createOperations ?? connectOperations)(context))
  const context: CliContext = {
    env, stdin, stdout, stderr, lang, servers, books, operations,
    isTTY: Boolean(stdin.isTTY && stdout.isTTY),
    now: options.now ?? (() => new Date()),
    t: (text) => text[lang],
    config: once(() => loadConfig(overlayFolder(env))),
    actors: () => loadActors(overlayFolder(env)),
    printJson: (value) => { stdout.write(`${jsonDocument(value)}\n`) },
    print: (text) => { stdout.write(`${text}\n`) },
    message: (text) => { stderr.write(`${typeof text === 'string' ? text : text[lang]}\n`) },
    exitWith: (next) => { code = next },
    onClose: (close) => { closers.push(close) },
  }
  return {
    context,
    exitCode: () => code,
    close: async () => { for (const close of closers.splice(0).toReversed()) await close().catch(() => {}) },
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

async function findLocalServers(env: NodeJS.ProcessEnv): Promise<Servers> {
  const { findServers } = await import('../local/servers.ts')
  return findServers(env)
}

async function connectOperations(context: CliContext): Promise<Operations> {
  const { createOperations } = await import('../operations/create.ts')
  return createOperations(context)
}
