/** The benchmarks by name: how many rows they take by default, and whether they need Temporal and a worker. */
import { existsSync } from 'node:fs'
import type { Books } from '../books/connect.ts'

export interface BenchResult {
  name: string
  rows: number
  seconds: number
  baselineSeconds: number
  ratio: number
  peakRssMiB: number
  /** Of `alarms`: the longest that an alarm took to go out, the slowest list, and reports taken in for each second. */
  latestSeconds?: number
  listMs?: number
  openedPerSecond?: number
  /** Another baseline or size, where one alone would not tell enough; `seconds` where they are others. */
  also?: readonly { baseline: string; seconds?: number; baselineSeconds: number; ratio: number }[]
  /** What else was measured, by name. */
  measured?: Readonly<Record<string, number>>
}

/** `env` names the servers, as commands find them. */
export type Bench = (input: { rows: number; database: Books; env: NodeJS.ProcessEnv }) => Promise<BenchResult>

const ALL = ['import', 'carry-forward', 'reconcile-lines', 'asset-health', 'year-end', 'alarms'] as const
export type BenchName = (typeof ALL)[number]

const moduleOf = (name: BenchName) => new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/** Those that are there, in the order in which they run. */
export const BENCH_NAMES: readonly BenchName[] = ALL.filter((name) => existsSync(moduleOf(name)))

interface Entry { rows: number; workflows: boolean; function: string }

const BENCHES: Record<BenchName, Entry> = {
  import: { rows: 1_000_000, workflows: false, function: 'benchImport' },
  'carry-forward': { rows: 1_000_000, workflows: false, function: 'benchCarryForward' },
  'reconcile-lines': { rows: 1_000_000, workflows: false, function: 'benchReconcileLines' },
  'asset-health': { rows: 1_000_000, workflows: false, function: 'benchAssetHealth' },
  'year-end': { rows: 130_000, workflows: true, function: 'benchYearEnd' },
  alarms: { rows: 1_000, workflows: true, function: 'benchAlarms' },
}

/** Rows by default, and whether the benchmark needs Temporal and a worker. */
export const benchNamed = (name: BenchName): Pick<Entry, 'rows' | 'workflows'> => BENCHES[name]

/** Loads a benchmark; each is a module of its own. */
export async function loadBench(name: BenchName): Promise<Bench> {
  const loaded = (await import(moduleOf(name).href)) as Record<string, Bench>
  return loaded[BENCHES[name].function]!
}
