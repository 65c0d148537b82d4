#!/usr/bin/env node
/** The command. On an older Node it runs itself again under the one that the project pins. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NODE_MIN = 24
const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const pinned = at(`../node_modules/node/bin/${process.platform === 'win32' ? 'node.exe' : 'node'}`)
const program = at('../dist/cli/main.js')

if (Number(process.versions.node.split('.')[0]) < NODE_MIN) {
  if (!existsSync(pinned)) stop(`需要 Node ${NODE_MIN}：先运行 npm ci。Node ${NODE_MIN} is needed: run npm ci first.`)
  runAgain()
} else if (!existsSync(program)) {
  stop('尚未编译：先运行 npm ci 或 npm run build。Not built yet: run npm ci or npm run build first.')
} else {
  endWithParent()
  endWithReader()
  const { main } = await import('../dist/cli/main.js')
  process.exitCode = await main(process.argv.slice(2))
  // Sockets that are still closing must not hold up the shell.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => { stream.write('', () => done()) })))
  process.exit()
}

function runAgain() {
  // The channel carries no messages: it closes when this process is killed, and the other then ends as well.
  const child = spawn(pinned, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT']) {
    // A terminal sends Ctrl-C to both by itself.
    process.on(signal, () => { if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal) })
  }
  child.once('error', (error) => stop(error.message))
  child.once('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function endWithParent() {
  if (!process.channel) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}

/** A reader such as `head` that has seen enough is no error. */
function endWithReader() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
}

function stop(line) {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
