/**
 * Files of an office's configuration that are older copies: they take the place of the built-in ones, with all that these have
 * since gained.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { CONFIG_FILES, CONFIG_FOLDERS, builtInFolder } from '../../../config/load.ts'

export interface OlderCopy {
  /** Relative to the folder. */
  file: string
  /** As `rules/D09`: what the built-in file names and this one does not, in its order. */
  names: string[]
}

/** What each file of the overlay lacks of the built-in file of its name. Files that can not be read lack nothing here. */
export function lackingNames(overlay: string, builtIn = builtInFolder()): OlderCopy[] {
  return configFiles(builtIn).filter((file) => existsSync(join(overlay, file))).flatMap((file) => {
    const own = namesIn(join(overlay, file))
    if (!own) return []
    const names = [...namesIn(join(builtIn, file)) ?? []].filter((name) => !own.has(name) && !isBelowOne(name, own))
    return names.length > 0 ? [{ file, names }] : []
  })
}

/** Of a part that is missing as a whole only the part is told. */
const isBelowOne = (name: string, own: ReadonlySet<string>): boolean =>
  name.includes('/') && !own.has(name.slice(0, name.indexOf('/')))

function configFiles(root: string): string[] {
  const folders = Object.keys(CONFIG_FOLDERS).flatMap((folder) =>
    (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []).filter((name) => name.endsWith('.yaml')).sort()
      .map((name) => join(folder, name)))
  return [...Object.keys(CONFIG_FILES).map((name) => `${name}.yaml`), ...folders]
}

/** The parts of a file, and below them the keys of maps and the ids or codes of lists. */
function namesIn(file: string): Set<string> | null {
  const names = new Set<string>()
  for (const [part, value] of Object.entries(contentOf(file) ?? {})) {
    names.add(part)
    for (const name of Array.isArray(value) ? value.map(idOf) : Object.keys(isMap(value) ? value : {})) {
      if (name !== null) names.add(`${part}/${name}`)
    }
  }
  return names.size > 0 ? names : null
}

function contentOf(file: string): Record<string, unknown> | null {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'))
    return isMap(content) ? content : null
  } catch {
    // The check of the configuration itself names what is wrong with it.
    return null
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function idOf(entry: unknown): string | null {
  const { id, code } = (isMap(entry) ? entry : {}) as { id?: unknown; code?: unknown }
  const name = id ?? code
  return typeof name === 'string' || typeof name === 'number' ? String(name) : null
}
