/** The one loader of config/: YAML, an office's folder laid over it file by file, zod, digest. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { checkClosing } from './closing-rules.ts'
import { checkFormats } from './format-rules.ts'
import { assetHealthSchema } from './schemas/asset-health.ts'
import { assetReportSchema } from './schemas/asset-report.ts'
import { chartSchema } from './schemas/chart.ts'
import { closingSchema } from './schemas/closing.ts'
import { differencesSchema } from './schemas/differences.ts'
import { districtsSchema } from './schemas/districts.ts'
import { documentsSchema } from './schemas/documents.ts'
import { formatSchema } from './schemas/format.ts'
import { indicatorsSchema } from './schemas/indicators.ts'
import { initialiseSchema } from './schemas/initialise.ts'
import { inputSchema } from './schemas/input.ts'
import { type ActorsConfig, actorsSchema, approvalsSchema, escalationSchema } from './schemas/people.ts'
import { reconciliationsSchema } from './schemas/reconciliations.ts'
import { trialDaySchema } from './schemas/trial-day.ts'

/** One schema for each file; `charts`, `closing` and `formats` are folders of files of one kind. */
export const CONFIG_FILES = {
  districts: districtsSchema,
  approvals: approvalsSchema,
  escalation: escalationSchema,
  input: inputSchema,
  documents: documentsSchema,
  reconciliations: reconciliationsSchema,
  differences: differencesSchema,
  indicators: indicatorsSchema,
  initialise: initialiseSchema,
  'trial-day': trialDaySchema,
  'asset-health': assetHealthSchema,
  'asset-report': assetReportSchema,
} as const
export const CONFIG_FOLDERS = { charts: chartSchema, closing: closingSchema, formats: formatSchema } as const

type Files = { [K in keyof typeof CONFIG_FILES]: z.output<(typeof CONFIG_FILES)[K]> }
type Folders = { [K in keyof typeof CONFIG_FOLDERS]: Record<string, z.output<(typeof CONFIG_FOLDERS)[K]>> }

/** Everything a run is pinned to. Actors are read anew for each decision, so that a revocation holds at once. */
export type Config = Files & Folders

/** A configuration file that can not be used. `problems` name file, line, column, reason, value. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`配置有误 configuration is wrong:\n${problems.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** The built-in config folder: beside this file in the sources, and one level above the build. */
export function builtInFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return existsSync(join(here, 'districts.yaml')) ? here : join(here, '..', '..', 'config')
}

/**
 * Reads the configuration.
 * @param overlay an office's folder (NIANJIE_CONFIG): each file there takes the place of the built-in one of that name
 * @throws ConfigError naming every problem by file, line, column
 */
export function loadConfig(overlay?: string): Config {
  const problems: string[] = []
  const config: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(CONFIG_FILES)) {
    config[name] = readConfigFile(locate(`${name}.yaml`, overlay), schema, problems)
  }
  for (const [folder, schema] of Object.entries(CONFIG_FOLDERS)) {
    const entries = listFolder(folder, overlay).map((file) =>
      [file.replace(/\.yaml$/, ''), readConfigFile(locate(join(folder, file), overlay), schema, problems)] as const)
    config[folder] = Object.fromEntries(entries)
  }
  if (problems.length === 0) problems.push(...checkClosing(config as Config), ...checkFormats(config as Config))
  if (problems.length > 0) throw new ConfigError(problems)
  return config as Config
}

/** Reads the actors: who may act, with their public keys. @throws ConfigError */
export function loadActors(overlay?: string): ActorsConfig {
  const problems: string[] = []
  const actors = readConfigFile(locate('actors.yaml', overlay), actorsSchema, problems)
  if (problems.length > 0 || !actors) throw new ConfigError(problems)
  return actors
}

/** Reads one file of the configuration, for what needs no more: a mistake elsewhere must not blind it. @throws ConfigError */
export function loadConfigFile<K extends keyof Files>(name: K, overlay?: string): Files[K] {
  const problems: string[] = []
  const content = readConfigFile(locate(`${name}.yaml`, overlay), CONFIG_FILES[name], problems)
  if (problems.length > 0 || !content) throw new ConfigError(problems)
  return content as Files[K]
}

/**
 * Validates a configuration that was stored as JSON (a rule pack). A file that was not there yet when it was stored is
 * the built-in one.
 * @throws ConfigError
 */
export function parseStoredConfig(content: Record<string, unknown>): Config {
  const problems: string[] = []
  const check = (name: string, schema: z.ZodType, value: unknown) => {
    const result = schema.safeParse(value)
    if (!result.success) {
      problems.push(...result.error.issues.map((issue) => `${name}: ${issue.path.join('.')}: ${issue.message}`))
    }
    return result.data
  }
  const config: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(CONFIG_FILES)) {
    config[name] = name in content
      ? check(name, schema, content[name])
      : readConfigFile(locate(`${name}.yaml`, undefined), schema, problems)
  }
  for (const [folder, schema] of Object.entries(CONFIG_FOLDERS)) {
    const files = Object.entries((content[folder] ?? {}) as Record<string, unknown>)
    config[folder] = Object.fromEntries(files.map(([file, value]) => [file, check(`${folder}/${file}`, schema, value)]))
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return config as Config
}

/** Where a file of the configuration is: the office's own one, else the built-in one. */
export function locate(file: string, overlay: string | undefined): string {
  const own = overlay ? join(overlay, file) : undefined
  return own && existsSync(own) ? own : join(builtInFolder(), file)
}

/** Files of a folder of the configuration, the office's and the built-in ones. */
export function listFolder(folder: string, overlay: string | undefined): string[] {
  const roots = [builtInFolder(), ...(overlay ? [overlay] : [])]
  const files = roots.flatMap((root) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []))
  return [...new Set(files.filter((file) => file.endsWith('.yaml')))].sort()
}

/** Reads and checks one file; what is wrong is added to `problems` by file, line and column. */
export function readConfigFile<S extends z.ZodType>(path: string, schema: S, problems: string[]): z.output<S> | undefined {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  if (document.errors.length > 0) {
    problems.push(...document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`))
    return undefined
  }
  const result = schema.safeParse(document.toJS() as unknown)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const node = nearestNode(document, issue.path)
    const value = document.getIn(issue.path as (string | number)[])
    problems.push(`${at(node)}: ${issue.path.join('.')}: ${issue.message}${isScalar(value) ? ` (${String(value)})` : ''}`)
  }
  return undefined
}

const isScalar = (value: unknown) => value !== undefined && value !== null && typeof value !== 'object'

/** Offset of the innermost node on the path that exists: a missing key is reported at its parent. */
function nearestNode(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length) as (string | number)[], true) as {
      range?: [number, number, number]
    } | undefined
    if (node?.range) return node.range[0]
  }
  return 0
}
