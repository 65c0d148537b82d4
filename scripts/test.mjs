/**
 * Runs everything that must hold: types, lint, tests. Arguments are passed on to vitest. The last line is
 * `N passed, N failed`, where types and lint count as one each; the exit code is 0 only when nothing failed.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './lib/freshness.mjs'
import { pinnedNode } from './lib/node24.mjs'

const node = pinnedNode() ?? process.execPath
const modules = (...path) => join(ROOT, 'node_modules', ...path)
let interrupted = false
let running

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true
    // A terminal's Ctrl-C reaches the child by itself; a second one would cut its cleaning up short.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) running?.kill(signal)
  })
}

const total = { passed: 0, failed: 0 }
const checks = [
  ['types', [modules('typescript', 'bin', 'tsc'), '--noEmit']],
  ['lint', [modules('oxlint', 'bin', 'oxlint'), '--deny-warnings']],
]
for (const [title, args] of checks) {
  if (interrupted) break
  process.stdout.write(`${title} …\n`)
  const passed = (await run(args)) === 0
  process.stdout.write(`${passed ? '✓' : '✗'} ${title}\n`)
  total[passed ? 'passed' : 'failed'] += 1
}
if (!interrupted) add(await runVitest(process.argv.slice(2)))
if (interrupted) total.failed += 1
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exit(total.failed === 0 ? 0 : 1)

async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'nianjie-counts-'))
  const file = join(folder, 'counts.json')
  try {
    const reporter = join(ROOT, 'scripts', 'lib', 'count-reporter.mjs')
    const code = await run([modules('vitest', 'vitest.mjs'), 'run', '--reporter=default', `--reporter=${reporter}`, ...args], { NIANJIE_TEST_COUNTS: file })
    const counts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0 }
    if (counts.passed + counts.failed === 0) process.stdout.write('没有运行任何测试 no test was run\n')
    // A run without a test, or one that broke off, has not shown that anything holds.
    const brokeOff = counts.failed === 0 && (code !== 0 || counts.passed === 0)
    return { passed: counts.passed, failed: counts.failed + (brokeOff ? 1 : 0) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function add({ passed, failed }) {
  total.passed += passed
  total.failed += failed
}

function run(args, env = {}) {
  return new Promise((resolve) => {
    running = spawn(node, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] })
    running.once('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      resolve(1)
    })
    running.once('exit', (code) => resolve(code ?? 1))
  })
}
