/**
 * Checks an archive from its folder alone: the files against the checksums and the index, every signature with the public
 * keys that are in it, every audit chain link by link, the rules against their digests. Files are read as streams.
 */
import { createHash } from 'node:crypto'
import { lstat, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ActorsConfig, actorsSchema } from '../../config/schemas/people.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import type { Text } from '../model.ts'
import { checkChains } from './chains.ts'
import { sha256Of } from './folder.ts'
import { type ArchiveIndex, INDEX, PAGE, SEAL, SUMS, indexSchema } from './model.ts'
import { checkSeal } from './seal.ts'
import { checkSigned } from './signed.ts'

const FAULTS = [
  'missing', 'changed', 'extra', 'unreadable', 'index', 'signature', 'chain', 'record', 'rules', 'keys',
] as const
/** What is wrong with a file; `text` says it for people. */
export interface Fault { file: string; fault: (typeof FAULTS)[number]; text: Text }

export interface ArchiveVerdict {
  ok: boolean
  /** Of the checksum file: the number that `nianjie archive` gave when it was written. */
  digest: string | null
  year: number | null
  provisional: boolean | null
  files: number
  signatures: number
  links: number
  /** Who archived it and signed for it; null for nobody. */
  sealedBy: string | null
  faults: readonly Fault[]
}

/** @param trusted the office's own actors: the keys of the archive must be theirs */
export async function verifyArchive(folder: string, trusted?: ActorsConfig): Promise<ArchiveVerdict> {
  const faults: Fault[] = []
  const say = (file: string, fault: Fault['fault'], zh: string, en: string) => { faults.push({ file, fault, text: { zh, en } }) }
  const sums = await readSums(folder, say)
  const found = await checkFiles(folder, sums, say)
  const index = await readIndex(folder, found, say)
  const counted = { signatures: 0, links: 0, sealedBy: null as string | null }
  if (index) {
    checkIndex(index, sums, say)
    const actors = await readActors(folder, found, say)
    if (trusted && actors) checkKeys(actors, trusted, say)
    const records = await checkChains(folder, index, found, say)
    counted.links = records.links
    counted.signatures = await checkSigned(folder, { index, found, actors, records }, say)
    await checkRules(folder, index, found, say)
    counted.sealedBy = await checkSeal(folder, { index, found, actors }, say)
  }
  return {
    ok: faults.length === 0, digest: found.has(SUMS) ? await sha256Of(join(folder, SUMS)) : null, year: index?.year ?? null,
    provisional: index?.provisional ?? null,
    files: sums.size, ...counted, faults,
  }
}

export type Say = (file: string, fault: Fault['fault'], zh: string, en: string) => void

/** Digests by path. */
async function readSums(folder: string, say: Say): Promise<Map<string, string>> {
  const sums = new Map<string, string>()
  const text = await readFile(join(folder, SUMS), 'utf8').catch(() => null)
  if (text === null) {
    say(SUMS, 'missing', '没有校验和文件', 'the checksum file is missing')
    return sums
  }
  for (const [number, line] of text.split('\n').entries()) {
    const [, digest, path] = /^([0-9a-f]{64}) [ *]([^\0]+)$/.exec(line) ?? []
    if (digest && path && !path.startsWith('/') && !path.split('/').includes('..')) sums.set(path, digest)
    else if (line !== '') say(SUMS, 'unreadable', `第 ${number + 1} 行不是校验和`, `line ${number + 1} is no checksum`)
  }
  return sums
}

/** @returns the files that are there */
async function checkFiles(folder: string, sums: ReadonlyMap<string, string>, say: Say): Promise<Set<string>> {
  const found = new Set(await filesIn(folder))
  for (const [path, digest] of [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!found.has(path)) say(path, 'missing', '文件缺少', 'the file is missing')
    else if (!(await lstat(join(folder, path))).isFile()) say(path, 'changed', '不是普通文件', 'it is no regular file')
    else if (await sha256Of(join(folder, path)) !== digest) say(path, 'changed', '内容被改动', 'its content was changed')
  }
  for (const path of [...found].toSorted()) {
    if (path !== SUMS && path !== SEAL && !sums.has(path)) say(path, 'extra', '多出的文件，不在校验和中', 'an extra file: the checksums do not have it')
  }
  return found
}

/** Paths with `/`, links too; folders are none. */
async function filesIn(folder: string, under = ''): Promise<string[]> {
  const entries = await readdir(join(folder, under), { withFileTypes: true })
  const lists = await Promise.all(
    entries.map((entry) => (entry.isDirectory() ? filesIn(folder, `${under}${entry.name}/`) : [`${under}${entry.name}`])),
  )
  return lists.flat()
}

async function readIndex(folder: string, found: ReadonlySet<string>, say: Say): Promise<ArchiveIndex | null> {
  if (!found.has(INDEX)) return null
  try {
    return indexSchema.parse(JSON.parse(await readFile(join(folder, INDEX), 'utf8')))
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]!
    say(INDEX, 'unreadable', `目录无法读取：${why}`, `the index can not be read: ${why}`)
    return null
  }
}

/** Index and checksums name the same files with the same digests. */
function checkIndex({ files }: ArchiveIndex, sums: ReadonlyMap<string, string>, say: Say): void {
  const indexed = new Map(files.map((file) => [file.path, file.sha256]))
  for (const [path, digest] of indexed) {
    if (!sums.has(path)) say(path, 'index', '目录中有，校验和中没有', 'the index has it, the checksums do not')
    else if (sums.get(path) !== digest) say(path, 'index', '目录与校验和的散列不同', 'index and checksums have different digests')
  }
  for (const path of sums.keys()) {
    if (path !== INDEX && path !== PAGE && !indexed.has(path)) {
      say(path, 'index', '校验和中有，目录中没有', 'the checksums have it, the index does not')
    }
  }
}

const ACTORS = 'keys/actors.json'

async function readActors(folder: string, found: ReadonlySet<string>, say: Say): Promise<ActorsConfig | null> {
  if (!found.has(ACTORS)) return null
  try {
    return actorsSchema.parse(JSON.parse(await readFile(join(folder, ACTORS), 'utf8')))
  } catch {
    say(ACTORS, 'unreadable', '公钥无法读取', 'the public keys can not be read')
    return null
  }
}

/** A key that somebody put in the place of another's would make false words look true. */
function checkKeys({ actors }: ActorsConfig, trusted: ActorsConfig, say: Say): void {
  const known = new Map(trusted.actors.map((actor) => [actor.name, actor.public_key]))
  for (const { name, public_key: key } of actors) {
    if (known.get(name) !== key) {
      say(ACTORS, 'keys', `${name} 的公钥不是单位登记的公钥`, `the key of ${name} is not the one that the office has registered`)
    }
  }
}

/** Where nothing was withheld, the content has the digest that runs were pinned to. */
async function checkRules(folder: string, { districts }: ArchiveIndex, found: ReadonlySet<string>, say: Say): Promise<void> {
  for (const digest of new Set(districts.flatMap(({ runs }) => runs.map((run) => run.rules)))) {
    const path = `rules/${digest}.json`
    if (!found.has(path)) {
      say(path, 'rules', '没有年结所用的规则配置', 'the configuration that a run was pinned to is missing')
      continue
    }
    try {
      const rules = JSON.parse(await readFile(join(folder, path), 'utf8')) as { withheld: readonly string[]; content: Plain }
      if (rules.withheld.length > 0 || createHash('sha256').update(canonicalJson(rules.content)).digest('hex') === digest) {
        continue
      }
      say(path, 'rules', '规则与其摘要不符', 'the rules do not have their digest')
    } catch {
      say(path, 'unreadable', '规则配置无法读取', 'the configuration can not be read')
    }
  }
}
