/**
 * Builds dist/: the compiled sources and the workflow bundle. Also npm's `prepare`, so that `npm ci` alone makes
 * `npx nianjie` work. The build is made beside dist/ and moved into place, so that what runs from it is never half.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT, sourcesDigest, stampBuild, stampModules } from './lib/freshness.mjs'
import { pinnedNode, runsPinned } from './lib/node24.mjs'

const isPrepare = process.env.npm_lifecycle_event === 'prepare'
// `npm pack` and the like prepare without packages; there is nothing to build with.
if (isPrepare && !existsSync(join(ROOT, 'node_modules', 'typescript'))) process.exit(0)
if (process.env.NIANJIE_NO_BUILD) process.exit(0)
if (!runsPinned()) again()

const began = Date.now()
process.stderr.write('编译 building…\n')
const digest = sourcesDigest()
const fresh = join(ROOT, `dist.${process.pid}`)
rmSync(fresh, { recursive: true, force: true })
mkdirSync(fresh)
try {
  const compiled = compile()
  const { bundleWorkflows } = await import(pathToFileURL(join(fresh, 'worker', 'bundle-workflows.js')).href)
  writeFileSync(join(fresh, 'workflow-bundle.js'), await bundleWorkflows())
  // With type errors what was emitted is kept for a look, but it does not count as built.
  if (compiled) stampBuild(fresh, digest)
  replaceDist()
  if (isPrepare) stampModules()
  process.stderr.write(`${compiled ? '完成 built' : '有类型错误 with type errors'}（${((Date.now() - began) / 1000).toFixed(1)} s）\n`)
  process.exitCode = compiled ? 0 : 1
} finally {
  rmSync(fresh, { recursive: true, force: true })
}

function compile() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], { cwd: ROOT, stdio: ['ignore', 2, 2] })
  return status === 0
}

function replaceDist() {
  const dist = join(ROOT, 'dist')
  const old = `${fresh}.old`
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  for (const name of readdirSync(ROOT)) if (/^dist\.\d+\.old$/.test(name)) rmSync(join(ROOT, name), { recursive: true, force: true })
}

/** The same script on the pinned Node. */
function again() {
  const node = pinnedNode()
  if (!node) {
    process.stderr.write('node_modules 里没有 Node 24，请运行 npm ci。Node 24 is missing from node_modules: run npm ci.\n')
    process.exit(1)
  }
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' })
  process.exit(status ?? 1)
}
