/** Before start, test and bench: installs and builds what is missing or out of date. Runs on Node 20 with nothing installed. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ROOT, buildIsFresh, modulesAreFresh, stampModules } from './lib/freshness.mjs'
import { pinnedNode } from './lib/node24.mjs'

const major = Number(process.versions.node.split('.')[0])
if (major < 20) fail(`需要 Node 20 或更新版本，现为 ${process.versions.node}。Node 20 or later is needed; this is ${process.versions.node}.`)

if (!modulesAreFresh()) {
  say('安装依赖 npm ci（约一分钟）… installing dependencies (about a minute)…')
  runNpm(['ci', '--ignore-scripts=false', '--loglevel=error', '--no-audit', '--no-fund'], { NIANJIE_NO_BUILD: '1' })
  stampModules()
}
if (!buildIsFresh()) {
  const node = pinnedNode()
  if (!node) fail('node_modules 里没有 Node 24，请重新运行 npm ci。Node 24 is missing from node_modules: run npm ci again.')
  const built = attempt(node, [join(ROOT, 'scripts', 'build.mjs')], process.env)
  // Type errors are counted by the tests themselves: they must not keep the tests from running.
  if (!built && process.env.npm_lifecycle_event !== 'pretest') fail('编译失败。The build failed.')
}

/** npm with the Node outside of node_modules: `npm ci` deletes the one inside. */
function runNpm(args, extra) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT)).join(delimiter)
  const env = { ...process.env, ...extra, PATH: path }
  // Settings of the npm that runs this script, such as a lifecycle's name, are not for the other.
  for (const name of Object.keys(env)) if (/^npm_(lifecycle|package|command)/.test(name)) delete env[name]
  const npm = process.env.npm_execpath
  const node = npm && existsSync(npm) ? outerNode(path) : undefined
  if (node) run(node, [npm, ...args], env)
  else run('npm', args, env)
}

function outerNode(path) {
  return path.split(delimiter).map((folder) => join(folder, 'node')).find((file) => existsSync(file))
}

function run(command, args, env) {
  if (!attempt(command, args, env)) fail(`失败：${command} ${args.join(' ')}。It failed.`)
}

function attempt(command, args, env) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) fail(`${command}: ${error.message}`)
  return status === 0
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(line) {
  say(line)
  process.exit(1)
}
