/** The folder of an archive while it is written: beside its place, moved there whole at the end, or not at all. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ArchivedFile, type FileEntry, SEAL, SUMS } from './model.ts'

/** The folder is there already and holds something. */
export class FolderTaken extends Error {
  readonly folder: string
  constructor(folder: string) {
    super(`${folder} is not empty`)
    this.folder = folder
  }
}

export interface ArchiveFolder {
  /** Where it is until it is finished. */
  path: string
  files: readonly ArchivedFile[]
  /** Writes a file. @param write ends the stream; returns its rows, null for what has none */
  put(entry: FileEntry, write: (out: Writable) => Promise<number | null>): Promise<void>
  /** The same, and leaves nothing when there are no rows. @returns whether there were */
  putSome(entry: FileEntry, write: (out: Writable) => Promise<number>): Promise<boolean>
  putText(entry: FileEntry, text: string | Buffer): Promise<void>
  /** Takes in a file that others wrote into the folder. */
  adopt(entry: FileEntry): Promise<void>
  /** Writes the checksums of all files and of `last`, seals them, moves the folder to its place. @returns the digest of the checksum file */
  finish(last: Readonly<Record<string, string>>, seal?: (digest: string) => string): Promise<string>
  /** Removes what was written. */
  discard(): Promise<void>
}

/** @throws FolderTaken */
export async function openFolder(out: string): Promise<ArchiveFolder> {
  const place = resolve(out)
  await refuseTaken(place)
  const path = `${place}.${process.pid}.part`
  await rm(path, { recursive: true, force: true })
  await mkdir(dirname(place), { recursive: true })
  await mkdir(path)
  const files: ArchivedFile[] = []
  const create = async (name: string) => {
    await mkdir(dirname(join(path, name)), { recursive: true })
    return createWriteStream(join(path, name), { flags: 'wx' })
  }
  // Read back from the disk: what is written down of a file is what is there.
  const take = async (entry: FileEntry, rows: number | null) => {
    files.push({
      ...entry, rows, bytes: (await stat(join(path, entry.path))).size, sha256: await sha256Of(join(path, entry.path)),
    })
  }
  /** What could not be written whole is not left behind. */
  const written = async <T>(name: string, write: (out: Writable) => Promise<T>): Promise<T> => {
    const out = await create(name)
    try {
      return await write(out)
    } catch (error) {
      out.destroy()
      if (!out.closed) await once(out, 'close')
      await rm(join(path, name), { force: true })
      throw error
    }
  }
  return {
    path, files,
    put: async (entry, write) => take(entry, await written(entry.path, write)),
    putSome: async (entry, write) => {
      const rows = await written(entry.path, write)
      if (rows === 0) await rm(join(path, entry.path))
      else await take(entry, rows)
      return rows > 0
    },
    putText: async (entry, text) => {
      await written(entry.path, (out) => pipeline([text], out))
      await take(entry, null)
    },
    adopt: (entry) => take(entry, null),
    finish: async (last, seal) => {
      const others = await Promise.all(Object.entries(last).map(async ([name, text]) => {
        await writeFile(join(path, name), text, { flag: 'wx' })
        return { path: name, sha256: await sha256Of(join(path, name)) }
      }))
      const sums = sumsOf([...files, ...others])
      await writeFile(join(path, SUMS), sums, { flag: 'wx' })
      const digest = createHash('sha256').update(sums).digest('hex')
      if (seal) await writeFile(join(path, SEAL), seal(digest), { flag: 'wx' })
      await removeEmpty(path)
      await refuseTaken(place)
      // An empty folder makes room: not every system renames over one.
      await rmdir(place).catch(() => {})
      await rename(path, place)
      return digest
    },
    discard: () => rm(path, { recursive: true, force: true }),
  }
}

/** `sha256sum -c` reads it: the digest, two spaces, the path; by path. */
const sumsOf = (files: readonly { path: string; sha256: string }[]): string =>
  files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')

/** Lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function refuseTaken(place: string): Promise<void> {
  try {
    if ((await readdir(place)).length > 0) throw new FolderTaken(place)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT') return
    if (code === 'ENOTDIR') throw new FolderTaken(place)
    throw error
  }
}

/** Folders that were made for files without rows. @returns whether this one was removed */
async function removeEmpty(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true })
  const gone = await Promise.all(entries.map((entry) => (entry.isDirectory() ? removeEmpty(join(folder, entry.name)) : false)))
  if (!gone.every(Boolean)) return false
  await rmdir(folder)
  return true
}
