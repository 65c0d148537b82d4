/**
 * `npm run bench [-- --json] [--rows N] [NAME…]`: the benchmarks in turn, each in a process and on servers of its own, so that
 * memory is its own and nothing is left over. A table, or with --json the array of CONTRACT §4.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBooks } from '../books/connect.ts'
import { startSupervisor } from '../cli/local/open.ts'
import { findServers } from '../cli/local/servers.ts'
import { type Column, table } from '../cli/shared/width.ts'
import { BENCH_NAMES, type BenchName, type BenchResult, benchNamed, loadBench } from './benches.ts'

const say = (text: string) => process.stderr.write(`${text}\n`)

/** Runs one benchmark on servers that live as long as it. */
async function runOne(name: BenchName, rows: number): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'nianjie-bench-'))
  const bench = benchNamed(name)
  // Servers, configuration and keys of whoever runs the benchmark are left alone.
  for (const variable of Object.keys(process.env)) {
    if (/^(DATABASE_|TEMPORAL_|NIANJIE_)/.test(variable)) delete process.env[variable]
  }
  Object.assign(process.env, { NIANJIE_HOME: home, NIANJIE_KEYS: join(home, 'keys') })
  const servers = await startSupervisor({
    home, postgres: true, temporal: bench.workflows, worker: bench.workflows, migrate: true, fast: false, ephemeral: true,
  }, process.env, () => {})
  try {
    const found = await findServers(bench.workflows ? process.env : { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' })
    const database = openBooks({ url: found.databaseUrl, poolSize: 8, applicationName: 'nianjie-bench' })
    try {
      return await (await loadBench(name))({ rows, database, env: process.env })
    } finally {
      await database.close()
    }
  } finally {
    await servers.close()
  }
}

/** A process of its own: what it prints on stdout is the result. */
function inOwnProcess(name: BenchName, rows: number): Promise<BenchResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--one', '--rows', String(rows), name], { stdio: [
      'ignore', 'pipe', 'inherit',
    ] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString('utf8') })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(output) as BenchResult)
      else reject(new Error(`benchmark ${name} ended with ${code}`))
    })
  })
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { json: { type: 'boolean' }, rows: { type: 'string' }, one: { type: 'boolean' } },
  })
  const unknown = positionals.filter((name) => !(BENCH_NAMES as readonly string[]).includes(name))
  if (unknown.length > 0 || (values.rows !== undefined && !/^[1-9]\d{0,8}$/.test(values.rows))) {
    say(
      `没有这个基准测试，或行数不是数字 no such benchmark, or --rows is no number: ${unknown.join(' ')}\n可选 there are: ${BENCH_NAMES.join(' ')}`,
    )
    process.exitCode = 2
    return
  }
  const names = positionals.length > 0 ? (positionals as BenchName[]) : BENCH_NAMES
  const rowsOf = (name: BenchName) => (values.rows ? Number(values.rows) : benchNamed(name).rows)
  if (values.one) {
    process.stdout.write(JSON.stringify(await runOne(names[0]!, rowsOf(names[0]!))))
    return
  }
  const results: BenchResult[] = []
  for (const name of names) {
    say(`${name}: ${rowsOf(name).toLocaleString('en')} 行 rows…`)
    results.push(round(await inOwnProcess(name, rowsOf(name))))
  }
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : `${tableOf(results)}\n`)
}

const round = (one: BenchResult): BenchResult => ({
  ...one, seconds: to(one.seconds, 3), baselineSeconds: to(one.baselineSeconds, 3), ratio: to(one.ratio, 2),
  peakRssMiB: to(one.peakRssMiB, 0),
})
const to = (value: number, places: number) => Number(value.toFixed(places))

function tableOf(results: readonly BenchResult[]): string {
  const titles = ['name', 'rows', 'seconds', 'baseline', 'ratio', 'peak RSS MiB']
  return table(titles.map((title, index): Column =>
    ({ title, align: index === 0 ? 'left' : 'right' })), results.flatMap((one) => [
    [
      one.name, one.rows.toLocaleString('en'), one.seconds.toFixed(3), one.baselineSeconds.toFixed(3), one.ratio.toFixed(2),
      String(one.peakRssMiB),
    ],
    ...(one.also ?? [])
      .map((other) => [`  ${other.baseline}`, '', other.seconds?.toFixed(3) ?? '', other.baselineSeconds.toFixed(3), other.ratio.toFixed(2), '']),
    ...Object.entries(one.measured ?? {}).map(([what, value]) => [`  ${what}`, '', String(to(value, 3)), '', '', '']),
  ]))
}

await main()
