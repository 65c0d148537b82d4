/** Whether a folder is what was imported last: the same bytes under the same rules. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { digestOf } from '../digest.ts'
import { INPUT_FILES, type InputFile } from '../../domain/steps.ts'
import type { Plain } from '../../domain/canonical.ts'
import type { SourceFile } from './folder.ts'
import { openRegular } from './folder.ts'
import type { FileReport } from './report.ts'
import type { ImportConfig, Session } from './session.ts'
import { ImportRefused } from './report.ts'

/** Digest of a folder: the bytes of every file, and the rules that gave them their meaning. */
export function folderDigest(config: ImportConfig, sha256: ReadonlyMap<InputFile, string>): string {
  const rules = {
    input: config.input, charts: config.charts,
    types: Object.keys(config.documents.types).sort(), tables: Object.keys(config.initialise.tables).sort(),
  }
  const files = Object.fromEntries(INPUT_FILES.map((file) => [file, sha256.get(file) ?? '']))
  return digestOf({ rules: JSON.parse(JSON.stringify(rules)) as Plain, files })
}

/** Digest of an input version: its folder, and the files of banks that were loaded beside it. */
export function versionDigest(folder: string, beside: readonly { format: string; sha256: string }[]): string {
  if (beside.length === 0) return folder
  return digestOf({ folder, statements: beside.map(({ format, sha256 }) => `${format}:${sha256}`).sort() })
}

export interface CurrentVersion { version: number; files: FileReport[] }

/** The version in force when the folder holds exactly its bytes; undefined otherwise. */
export async function unchangedVersion(session: Session, sources: readonly SourceFile[]): Promise<CurrentVersion | undefined> {
  const { rows } = await session.client.query<{ scope: number; version: number; digest: string }>(`
    select scope_id as scope, version, coalesce(folder_digest, digest) as digest from input_versions join scopes using (scope_id)
    where district = $1 and year = $2 order by version desc limit 1`, [session.district, session.year])
  const current = rows[0]
  if (!current) return undefined
  const sha256 = new Map<InputFile, string>()
  try {
    for (const source of sources) sha256.set(source.file, await hashFile(source))
  } catch (error) {
    // A file that can not be opened is named when it is staged.
    if (error instanceof ImportRefused) return undefined
    throw error
  }
  if (folderDigest(session.config, sha256) !== current.digest) return undefined
  const files = await session.client.query<{ file: InputFile; rows: string }>(
    `select file, rows::text as rows from input_files where scope_id = $1 and version = $2 and path <> '' order by file`,
    [current.scope, current.version])
  return {
    version: current.version,
    files: files.rows.map((one) => ({ file: one.file, rows: Number(one.rows), added: 0, removed: 0, changed: 0 })),
  }
}

async function hashFile(source: SourceFile): Promise<string> {
  const handle = await openRegular(source)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream('', { fd: handle.fd, autoClose: false, start: 0, highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer)
    }
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}
