/** Finds the files of a district without ever leaving its folder: links and special files are refused, never followed. */
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { INPUT_FILES, type InputFile } from '../../domain/steps.ts'
import { ImportRefused, problem, type Problem } from './report.ts'

/** `text`: the analysis report, line by line. */
export type Format = 'csv' | 'xlsx' | 'text'

export interface SourceFile {
  file: InputFile
  format: Format
  /** As it stands in the folder, such as `entries.csv`. */
  name: string
  path: string
}

export interface FolderListing {
  files: readonly SourceFile[]
  problems: readonly Problem[]
}

/** What desktop programs leave in a folder: no part of the input, and no fault of it. */
const IGNORED = /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i
/** Files of banks lie here until `import-statement` loads them, each with its layout. */
const STATEMENTS_FOLDER = 'statements'
const INPUT_NAME = /^(.+)\.(csv|xlsx)$/i
const TEXT_NAME = /^(asset_analysis)\.(txt|md)$/i

/**
 * The folders below `folder`, by name; single files beside them are none of the import's business.
 * @throws ImportRefused when `folder` is not a folder that can be read
 */
export async function listDistrictFolders(folder: string): Promise<{ root: string; names: readonly string[] }> {
  try {
    const root = await realpath(folder)
    const entries = await readdir(root, { withFileTypes: true })
    const names = entries.filter((entry) => !entry.isFile() && !IGNORED.test(entry.name)).map((entry) => entry.name)
    return { root, names: names.sort() }
  } catch (error) {
    throw new ImportRefused([problem(folder, null, null, 'unreadable-file', errorCode(error))])
  }
}

/** The input files of one district, and what is wrong with the folder as such. */
export async function listInputFiles(path: string, required: readonly InputFile[]): Promise<FolderListing> {
  const problems: Problem[] = []
  const files: SourceFile[] = []
  const stat = await lstat(path).catch(() => null)
  if (!stat) return { files, problems: [problem('', null, null, 'no-folder', path)] }
  if (!stat.isDirectory()) return { files, problems: [problem('', null, null, 'not-a-folder', path)] }
  for (const entry of (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (IGNORED.test(entry.name)) continue
    if (entry.isDirectory() && entry.name === STATEMENTS_FOLDER) continue
    const match = INPUT_NAME.exec(entry.name) ?? TEXT_NAME.exec(entry.name)
    const file = INPUT_FILES.find((known) => known === match?.[1]?.toLowerCase())
    if (!match || !file) problems.push(problem(entry.name, null, null, 'unknown-file'))
    else if (!entry.isFile()) problems.push(problem(entry.name, null, null, 'not-a-regular-file'))
    else files.push({ file, format: formatOf(match[2]!.toLowerCase()), name: entry.name, path: join(path, entry.name) })
  }
  for (const file of INPUT_FILES) {
    const same = files.filter((one) => one.file === file)
    if (same.length > 1) problems.push(problem(same.map((one) => one.name).join(', '), null, null, 'file-twice'))
    const named = same.length > 0 || problems.some((one) => one.file.startsWith(`${file}.`))
    if (!named && required.includes(file)) problems.push(problem(`${file}.csv`, null, null, 'missing-file'))
  }
  return { files, problems }
}

const formatOf = (ending: string): Format => (ending === 'csv' || ending === 'xlsx' ? ending : 'text')

/** Opens without following a link and without waiting for a pipe. @throws ImportRefused */
export async function openRegular(source: SourceFile): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(source.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = errorCode(error) === 'ELOOP' ? 'not-a-regular-file' : 'unreadable-file'
    throw new ImportRefused([problem(source.name, null, null, code, errorCode(error))])
  }
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new ImportRefused([problem(source.name, null, null, 'not-a-regular-file')])
}

/** What changes when somebody writes to the file. */
export async function fileState(handle: FileHandle): Promise<string> {
  const { ino, size, mtimeNs } = await handle.stat({ bigint: true })
  return `${ino}:${size}:${mtimeNs}`
}

const errorCode = (error: unknown) => String((error as { code?: unknown }).code ?? (error as Error).message)
