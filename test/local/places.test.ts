// Goal: the servers start wherever the home and the checkout are, as whoever runs them, on whatever ports are free.
import { chmodSync, chownSync, cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { TEMPORAL, cachedPath, isExecutable } from '../../cli/local/binaries.ts'
import { secretsOf } from '../../cli/local/home.ts'
import { openLocal } from '../../cli/local/open-local.ts'
import { markOf } from '../../cli/local/processes.ts'
import { packagedBinaries, placePostgres, unprivilegedUser } from '../../cli/local/postgres-place.ts'
import { liveState } from '../../cli/local/stale.ts'
import { type Owner, cleanEnv, makeHome, startOwner, stillRunning } from './support/local-servers.ts'

const isRoot = process.getuid?.() === 0
const undo: (() => void | Promise<void>)[] = []
afterEach(async () => { for (const step of undo.splice(0).toReversed()) await step() })

function home(): string {
  const made = makeHome()
  undo.push(made.remove)
  return made.home
}

async function owner(options: Parameters<typeof startOwner>[0]): Promise<Owner> {
  const started = await startOwner(options)
  undo.push(() => started.close())
  return started
}

function listen(port = 0): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve({ server, port: (server.address() as { port: number }).port }))
    undo.push(() => new Promise<void>((done) => { server.close(() => done()) }))
  })
}

describe('ports', () => {
  it('refuses a pinned port that another program has, and names the variable', async () => {
    const { port } = await listen()
    const { state, lines } = await owner({ home: home(), env: { NIANJIE_POSTGRES_PORT: String(port) } })
    expect(state).toBeNull()
    expect(lines.join('\n')).toContain(`port ${port} (NIANJIE_POSTGRES_PORT) is taken`)
  })

  it('uses the pinned port when it is free, and another one when that of the time before is taken', async () => {
    const place = home()
    const { server, port } = await listen()
    await new Promise((done) => { server.close(done) })
    const first = await owner({ home: place, env: { NIANJIE_POSTGRES_PORT: String(port) } })
    expect(first.state!.ports.postgres).toBe(port)
    await first.close()
    await listen(port)
    const second = await owner({ home: place })
    expect(second.state!.ports.postgres).not.toBe(port)
  })
})

describe.runIf(isRoot)('as root', () => {
  it("runs PostgreSQL as another user, with its data elsewhere when that user can't reach the home, and says where", async () => {
    const closed = mkdtempSync(join(tmpdir(), 'nianjie-closed-'))
    undo.push(() => rmSync(closed, { recursive: true, force: true }))
    chmodSync(closed, 0o700)
    const place = join(closed, 'home')
    const first = await owner({ home: place })
    const data = first.state!.postgresData!
    undo.push(() => rmSync(data, { recursive: true, force: true }))
    expect(data.startsWith(closed)).toBe(false)
    expect(first.lines.join('\n')).toContain(data)
    expect(statSync(data).uid).toBe(unprivilegedUser().uid)
    expect(statSync(`/proc/${first.state!.children.postgres!.pid}`).uid).toBe(unprivilegedUser().uid)
    await first.close()
    const second = await owner({ home: place })
    expect(second.state!.postgresData).toBe(data)
  })

  it("copies the program to where its user can reach it when the checkout can't be reached", () => {
    const closed = mkdtempSync(join(tmpdir(), 'nianjie-closed-'))
    undo.push(() => rmSync(closed, { recursive: true, force: true }))
    cpSync(packagedBinaries().folder, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    chmodSync(closed, 0o700)
    const { binaries, notes } = placePostgres(home(), { folder: join(closed, 'native'), version: `test-${process.pid}` })
    undo.push(() => rmSync(binaries, { recursive: true, force: true }))
    expect(binaries.startsWith(closed)).toBe(false)
    expect(notes.map((note) => note.en).join('\n')).toContain(binaries)
    const { uid, gid } = unprivilegedUser()
    expect(spawnSync(join(binaries, 'bin', 'postgres'), ['--version'], { uid, gid, cwd: '/' }).status).toBe(0)
  })

  const user = isRoot ? unprivilegedUser() : undefined
  const reachable = user && spawnSync(process.execPath, ['-e', 'require("fs").readFileSync(process.argv[1])', packagedBinaries().folder.replace(/native$/, 'package.json')],
    { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0
  it.runIf(reachable)('works the same for a normal user', async () => {
    const place = home()
    chownSync(place, user!.uid, user!.gid)
    const cache = join(place, 'cache')
    const program = cachedPath(TEMPORAL, { NIANJIE_CACHE: cache })
    const shared = cachedPath(TEMPORAL, process.env)
    const temporal = isExecutable(shared)
    if (temporal) {
      mkdirSync(dirname(program), { recursive: true })
      try { linkSync(shared, program) } catch { cpSync(shared, program) }
    }
    const { state, close, lines } = await owner({
      home: place, temporal, migrate: true, env: { NIANJIE_CACHE: cache, HOME: place },
      wrapper: ['setpriv', '--reuid', String(user!.uid), '--regid', String(user!.gid), '--clear-groups'],
    })
    expect(lines.join('\n')).toMatch(/schema brought up to date/)
    expect(statSync(`/proc/${state!.supervisor.pid}`).uid).toBe(user!.uid)
    expect(statSync(join(place, 'secrets.json')).mode & 0o777).toBe(0o600)
    await close()
    expect(await stillRunning([state!.supervisor, state!.children.postgres!])).toEqual([])
  })
})

describe('the worker', () => {
  it('is started again, with growing pauses, when it crashes', async () => {
    const place = home()
    const entry = join(place, 'crashing-worker.mjs')
    writeFileSync(entry, `import { appendFileSync } from 'node:fs'
      appendFileSync(${JSON.stringify(join(place, 'lives'))}, Date.now() + '\\n')
      process.exit(7)`)
    const { lines } = await owner({ home: place, worker: true, env: { NIANJIE_WORKER_ENTRY: entry } })
    await expect.poll(() => (existsSync(join(place, 'lives')) ? readFileSync(join(place, 'lives'), 'utf8').trim().split('\n').length : 0)).toBeGreaterThanOrEqual(3)
    expect(lines.join('\n')).toMatch(/worker ended by itself \(exit code 7\); it starts again in 250 ms/)
    expect(lines.join('\n')).toMatch(/starts again in 500 ms/)
  })
})

describe('servers that exist already', () => {
  it('are used: only a worker is started, on a schema that is up to date', async () => {
    const place = home()
    const entry = join(place, 'worker.mjs')
    writeFileSync(entry, `setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0))`)
    const cluster = await owner({ home: home() })
    const admin = `postgres://nianjie_admin:${secretsOf(cluster.state!.postgresData!.replace(/\/postgres$/, '')).admin}@127.0.0.1:${cluster.state!.ports.postgres}/nianjie`
    const env = {
      ...cleanEnv(), NIANJIE_HOME: place, NIANJIE_WORKER_ENTRY: entry, DATABASE_URL: admin,
      TEMPORAL_ADDRESS: process.env.NIANJIE_TEST_TEMPORAL, TEMPORAL_NAMESPACE: 'elsewhere',
    }
    const said: string[] = []
    const local = await openLocal(env, (text) => said.push(text.en))
    undo.push(() => local.close())
    expect(local.servers).toEqual({
      databaseUrl: admin, adminDatabaseUrl: admin,
      temporal: { address: process.env.NIANJIE_TEST_TEMPORAL, namespace: 'elsewhere' },
    })
    await expect.poll(() => Object.keys(liveState(place)?.children ?? {})).toEqual(['worker'])
    expect(said.join('\n')).toMatch(/schema brought up to date/)
    const worker = liveState(place)!.children.worker!
    await local.close()
    expect(markOf(worker.pid)).toBeUndefined()
  })
})
