/** What says whether the installed packages and the build are those of these sources. Needs nothing that is installed. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const MODULES_STAMP = join(ROOT, 'node_modules', '.nianjie-lock')
const BUILD_STAMP = 'build-stamp'
const SOURCE_FOLDERS = ['domain', 'config', 'workflows', 'activities', 'books', 'report', 'cli', 'worker', 'sample', 'bench', 'scripts']
const SOURCE_FILES = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']

/** True when `npm ci` was run for this very lock file. */
export function modulesAreFresh() {
  return existsSync(join(ROOT, 'node_modules', '.bin', 'node')) && readOrNothing(MODULES_STAMP) === lockDigest()
}

export function stampModules() {
  writeFileSync(MODULES_STAMP, lockDigest())
}

/** True when dist/ was built from these very sources. */
export function buildIsFresh() {
  return readOrNothing(join(ROOT, 'dist', BUILD_STAMP)) === sourcesDigest()
}

/** Marks a finished build in `folder`. @param digest that of the sources when the build began */
export function stampBuild(folder, digest) {
  writeFileSync(join(folder, BUILD_STAMP), digest)
}

/** Changes when a source file is added, removed or changed. */
export function sourcesDigest() {
  const hash = createHash('sha256')
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path))
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  for (const folder of SOURCE_FOLDERS) {
    if (!existsSync(join(ROOT, folder))) continue
    const files = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tsx?|mjs|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length))
    for (const file of files.sort()) add(file)
  }
  for (const file of SOURCE_FILES) add(file)
  return hash.digest('hex')
}

function lockDigest() {
  return createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex')
}

function readOrNothing(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
