// Goal: nothing is left running, however the owner or the supervisor ends. Method: real servers, owned by a process of
// its own that is ended in every way; the marks (pid and start time) of all that ran must be gone.
import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { APP_LOGIN, localDatabaseUrl, readState, writeState } from '../../cli/local/home.ts'
import { endProcess, isRunning, markOf } from '../../cli/local/processes.ts'
import { endStale, liveState } from '../../cli/local/stale.ts'
import { main } from '../../cli/main.ts'
import { makeHome, marksOf, startOwner, stillRunning } from './support/local-servers.ts'

const { home, remove } = makeHome()
afterAll(async () => {
  const live = liveState(home)
  if (live) await endProcess(live.supervisor, 'SIGTERM')
  await endStale(home)
  remove()
})

async function query<T extends object>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try { return (await client.query<T>(text)).rows } finally { await client.end() }
}

async function eventually<T>(look: () => Promise<T>, ms = 15_000): Promise<T> {
  for (const until = Date.now() + ms; ;) {
    try { return await look() } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
  }
}

const silent = () => new PassThrough() as unknown as NodeJS.WriteStream
const nianjie = (...argv: string[]) => main(argv, { env: { NIANJIE_HOME: home }, stdout: silent(), stderr: silent() })

describe('one home, started again and again', () => {
  it('starts PostgreSQL and Temporal, and stops both when the owner closes', async () => {
    const owner = await startOwner({ home, temporal: true, migrate: true })
    expect(owner.lines.join('\n')).toMatch(/PostgreSQL on 127\.0\.0\.1/)
    expect(Object.keys(owner.state!.children).sort()).toEqual(['postgres', 'temporal'])
    await query(localDatabaseUrl(home, owner.state!.ports.postgres!, 'admin'), 'create table kept as select 1 as x')
    await owner.close()
    expect(await stillRunning(marksOf(owner.state!))).toEqual([])
    expect(readState(home)).toBeUndefined()
  })

  it('starts again within seconds, on the same ports, with the same data', async () => {
    const before = Date.now()
    const owner = await startOwner({ home, temporal: true, migrate: true })
    expect(Date.now() - before).toBeLessThan(15_000)
    const url = localDatabaseUrl(home, owner.state!.ports.postgres!, 'admin')
    expect(await query(url, 'select x from kept')).toEqual([{ x: 1 }])
    await owner.close()
    const again = await startOwner({ home, temporal: true })
    expect(again.state!.ports).toEqual(owner.state!.ports)
    await again.close()
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing running when the owner gets %s', async (signal) => {
    const owner = await startOwner({ home, temporal: signal === 'SIGKILL' })
    owner.process.kill(signal)
    expect(await stillRunning(marksOf(owner.state!))).toEqual([])
  })

  it('leaves nothing running when it is told to end while it starts', async () => {
    const started = startOwner({ home, temporal: true })
    const state = await eventually(() => {
      const seen = readState(home)
      return seen?.children.postgres ? Promise.resolve(seen) : Promise.reject(new Error('not yet'))
    })
    process.kill(state.supervisor.pid, 'SIGTERM')
    await started
    expect(await stillRunning(marksOf(state))).toEqual([])
  })

  it('comes up again after its supervisor was killed outright', async () => {
    const owner = await startOwner({ home, temporal: true })
    process.kill(owner.state!.supervisor.pid, 'SIGKILL')
    const next = await startOwner({ home, temporal: true })
    expect(next.state).not.toBeNull()
    expect(await stillRunning(marksOf(owner.state!))).toEqual([])
    await next.close()
  })

  it('starts a server that died again, on the same port with the same data', async () => {
    const owner = await startOwner({ home })
    const url = localDatabaseUrl(home, owner.state!.ports.postgres!, 'admin')
    process.kill(owner.state!.children.postgres!.pid, 'SIGKILL')
    expect(await eventually(() => query(url, 'select x from kept'))).toEqual([{ x: 1 }])
    expect(readState(home)!.children.postgres!.pid).not.toBe(owner.state!.children.postgres!.pid)
    await owner.close()
  })

  it('refuses a second supervisor of the same home and leaves the first alone', async () => {
    const [one, two] = await Promise.all([startOwner({ home }), startOwner({ home })])
    const [won, lost] = one.state ? [one, two] : [two, one]
    expect(lost!.state).toBeNull()
    expect(lost!.lines.join('\n')).toMatch(/run already/)
    expect(won!.state!.children.postgres && isRunning(won!.state!.children.postgres)).toBe(true)
    await won!.close()
  })

  it('lives on without its owner once it is detached, until `nianjie down`', async () => {
    const owner = await startOwner({ home, temporal: true })
    await owner.detach()
    expect(marksOf(owner.state!).every(isRunning)).toBe(true)
    await expect.poll(() => liveState(home)).toMatchObject({ detached: true, ready: true })
    expect(await nianjie('down')).toBe(0)
    expect(await stillRunning(marksOf(owner.state!), 0)).toEqual([])
    expect(await nianjie('down')).toBe(0)
  })

  it("gives the application a login that can't touch the audit chain nor become its owner", async () => {
    const owner = await startOwner({ home, migrate: true })
    const url = localDatabaseUrl(home, owner.state!.ports.postgres!, 'app')
    expect(await query(url, 'select current_user as who')).toEqual([{ who: APP_LOGIN }])
    for (const statement of ['delete from audit.events', 'update audit.events set detail = null', 'truncate audit.events',
      'drop table audit.events', 'alter table audit.events disable trigger all', 'set role nianjie_admin']) {
      await expect(query(url, statement), statement).rejects.toThrow(/permission denied|must be owner/)
    }
    await owner.close()
  })
})

describe('what a killed supervisor left', () => {
  it('is ended by pid and start time, and never another process with that pid', async () => {
    const place = makeHome()
    const [stale, foreign] = [spawn('sleep', ['600']), spawn('sleep', ['600'])]
    try {
      const dead = { pid: 2 ** 22 - 1, started: 'long ago' }
      writeState(place.home, {
        supervisor: dead, ready: true, detached: false, since: '', ports: {},
        children: { temporal: markOf(stale.pid!)!, postgres: { pid: foreign.pid!, started: 'another time' } },
      })
      expect(await endStale(place.home)).toEqual(['temporal'])
      expect(markOf(stale.pid!)).toBeUndefined()
      expect(markOf(foreign.pid!)).toBeDefined()
    } finally {
      stale.kill('SIGKILL')
      foreign.kill('SIGKILL')
      place.remove()
    }
  })
})
