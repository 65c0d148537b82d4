// Goal: `nianjie` runs on the pinned Node whatever starts it, and is one process to its caller: exit code, signals, end.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProcessMark, goneWithin, markOf } from '../../cli/local/processes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** A Node of the machine that is older than the project's; there may be none. */
const older = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find((node) => Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 99) < 24)

// A checkout in miniature: the real launcher, the real Node, and a program that shows how it was run.
const checkout = mkdtempSync(join(tmpdir(), 'nianjie-launcher-'))
const launcher = join(checkout, 'bin', 'nianjie.mjs')
beforeAll(() => {
  for (const folder of ['bin', 'dist/cli', 'node_modules']) mkdirSync(join(checkout, folder), { recursive: true })
  cpSync(join(root, 'bin', 'nianjie.mjs'), launcher)
  symlinkSync(join(root, 'node_modules', 'node'), join(checkout, 'node_modules', 'node'))
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}')
  writeFileSync(join(checkout, 'dist/cli/main.js'), `export async function main(argv) {
    process.on('SIGTERM', () => { process.stdout.write('terminated\\n'); process.exit(5) })
    process.stdout.write(JSON.stringify({ pid: process.pid, node: process.versions.node, argv }) + '\\n')
    if (argv[0] === 'wait') await new Promise((done) => setTimeout(done, 60_000))
    return Number(argv[0])
  }`)
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

describe.each([['the pinned Node', process.execPath], ['an older Node', older]] as const)('started by %s', (_title, node) => {
  it.runIf(node)('passes arguments in and the exit code out', () => {
    const { status, stdout } = spawnSync(node!, [launcher, '3', '--as', '苏日娜'], { encoding: 'utf8' })
    expect(status).toBe(3)
    const shown = JSON.parse(stdout) as { node: string; argv: string[] }
    expect(shown.argv).toEqual(['3', '--as', '苏日娜'])
    expect(Number(shown.node.split('.')[0])).toBeGreaterThanOrEqual(24)
  })

  it.runIf(node)('hands a signal on', async () => {
    const child = spawn(node!, [launcher, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(5)
  })

  it.runIf(node)('leaves no process behind when it is killed outright', async () => {
    const child = spawn(node!, [launcher, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout, 'data') as [Buffer]
    const mark = markOf((JSON.parse(line.toString()) as { pid: number }).pid) as ProcessMark
    child.kill('SIGKILL')
    expect(await goneWithin(mark, 10_000)).toBe(true)
  })
})

it('says what to run when nothing was built', () => {
  rmSync(join(checkout, 'dist'), { recursive: true })
  const { status, stderr } = spawnSync(process.execPath, [launcher], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/npm run build/)
})
