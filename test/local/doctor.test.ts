// Goal: doctor names what is wrong and how to mend it. Method: set-ups broken on purpose, one at a time.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CheckResult, runChecks } from '../../cli/local/doctor/check.ts'
import { FILE_CHECKS } from '../../cli/local/doctor/files.ts'
import { MACHINE_CHECKS } from '../../cli/local/doctor/machine.ts'
import { SERVER_CHECKS } from '../../cli/local/doctor/servers.ts'
import { main } from '../../cli/main.ts'
import { builtInFolder } from '../../config/load.ts'
import { clusterUrl, createTestDatabase, type TestDatabase } from '../support/database.ts'

const folder = mkdtempSync(join(tmpdir(), 'nianjie-doctor-'))
const base = { PATH: process.env.PATH, NIANJIE_HOME: join(folder, 'home'), NIANJIE_KEYS: join(folder, 'keys') }
const ALL = [...MACHINE_CHECKS, ...FILE_CHECKS, ...SERVER_CHECKS]
let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function outcome(key: string, env: NodeJS.ProcessEnv): Promise<CheckResult> {
  const [result] = await runChecks(ALL.filter((check) => check.key === key), { ...base, ...env })
  return result!
}

async function expectWrong(key: string, env: NodeJS.ProcessEnv, found: RegExp, mend: RegExp): Promise<void> {
  const result = await outcome(key, env)
  expect(result).toMatchObject({ state: 'wrong' })
  expect(result.found.en).toMatch(found)
  expect(result.mend!.en).toMatch(mend)
  expect(result.mend!.zh).toMatch(/\p{Script=Han}/u)
}

describe('doctor', () => {
  it('finds a home that is a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expectWrong('home', { NIANJIE_HOME: join(folder, 'file', 'home') }, /is no folder|ENOTDIR/, /NIANJIE_HOME|doctor/)
  })

  it.skipIf(process.getuid?.() === 0)('finds a home that can not be written', async () => {
    mkdirSync(join(folder, 'closed'), { mode: 0o500 })
    await expectWrong('home', { NIANJIE_HOME: join(folder, 'closed', 'home') }, /can't be written/, /NIANJIE_HOME/)
  })

  it('finds a private key that others can read', async () => {
    mkdirSync(base.NIANJIE_KEYS, { recursive: true })
    const key = join(base.NIANJIE_KEYS, 'su.key')
    writeFileSync(key, 'secret', { mode: 0o600 })
    expect(await outcome('keys', {})).toMatchObject({ state: 'ok' })
    chmodSync(key, 0o640)
    await expectWrong('keys', {}, /su\.key/, /chmod 600 .*su\.key/)
  })

  it('finds a pinned port that is taken, or is none', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    await expectWrong('ports', { NIANJIE_TEMPORAL_PORT: String(port) }, /NIANJIE_TEMPORAL_PORT/, /another/)
    await expectWrong('ports', { NIANJIE_POSTGRES_PORT: 'many' }, /NIANJIE_POSTGRES_PORT=many/, /free one/)
    await new Promise((done) => { server.close(done) })
  })

  it('finds a mistake in the configuration, with its file and line', async () => {
    const overlay = join(folder, 'config')
    mkdirSync(overlay)
    writeFileSync(join(overlay, 'escalation.yaml'), 'reminder_after: soon\n')
    await expectWrong('configuration', { NIANJIE_CONFIG: overlay }, /escalation\.yaml:1:\d+/, /line/)
    await expectWrong('configuration', { NIANJIE_CONFIG: join(folder, 'nothing') }, /there is no/, /NIANJIE_CONFIG/)
  })

  it('finds one in the files that belong to no run, too', async () => {
    for (const [name, text] of [['attribution.yaml', 'shared: [nobody]\n'], ['service-targets.yaml', 'answer_rate: most\n']] as const) {
      const overlay = join(folder, `office-${name}`)
      mkdirSync(overlay)
      writeFileSync(join(overlay, name), text)
      await expectWrong('configuration', { NIANJIE_CONFIG: overlay }, new RegExp(`${name.replace('.', '\\.')}:1:\\d+`), /line/)
    }
  })

  it('reads the configuration that commands read: without NIANJIE_CONFIG the folder of the home', async () => {
    const home = join(folder, 'home-with-config')
    mkdirSync(join(home, 'config'), { recursive: true })
    writeFileSync(join(home, 'config', 'escalation.yaml'), 'reminder_after: soon\n')
    await expectWrong('configuration', { NIANJIE_HOME: home }, /escalation\.yaml:1:\d+/, /line/)
  })

  it('notes which of the office\'s files lack what the built-in ones have, and that is no failure', async () => {
    const overlay = join(folder, 'older')
    mkdirSync(join(overlay, 'charts'), { recursive: true })
    const copy = (name: string, change: (text: string) => string) =>
      writeFileSync(join(overlay, name), change(readFileSync(join(builtInFolder(), name), 'utf8')))
    copy('approvals.yaml', (text) => text)
    copy('charts/special-account.yaml', (text) => text)
    expect(await outcome('older-copies', { NIANJIE_CONFIG: overlay })).toMatchObject({ state: 'ok' })
    copy('asset-health.yaml', (text) => text.replace('- id: D02', '- id: D92'))
    copy('approvals.yaml', (text) => text.replace(/^lock:.*\n/m, ''))
    const result = await outcome('older-copies', { NIANJIE_CONFIG: overlay })
    expect(result).toMatchObject({ state: 'warning', found: { en: expect.stringMatching(/approvals\.yaml: lock; asset-health\.yaml: rules\/D02$/) } })
    expect(await outcome('older-copies', { NIANJIE_CONFIG: join(folder, 'nothing') })).toMatchObject({ state: 'skipped' })
  })

  it('finds that there is no temporal program and no way to get one', async () => {
    const env = { PATH: folder, NIANJIE_CACHE: join(folder, 'cache') }
    await expectWrong('temporal-program', env, /no temporal program/, /PATH/)
    expect(await outcome('python', env)).toMatchObject({ state: 'warning' })
  })

  it('finds servers that do not answer', async () => {
    await expectWrong('postgres', { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }, /ECONNREFUSED/, /DATABASE_URL/)
    await expectWrong('temporal', { TEMPORAL_ADDRESS: '127.0.0.1:9' }, /127\.0\.0\.1:9/, /TEMPORAL_/)
  }, 30_000)

  it('finds a namespace that is not there', async () => {
    const env = { TEMPORAL_ADDRESS: process.env.NIANJIE_TEST_TEMPORAL, TEMPORAL_NAMESPACE: 'nowhere-at-all' }
    await expectWrong('temporal', env, /nowhere-at-all/, /namespace/)
    expect(await outcome('temporal', { ...env, TEMPORAL_NAMESPACE: 'default' })).toMatchObject({ state: 'ok' })
  })

  it('finds a schema that lacks migrations, and is content with one that is up to date', async () => {
    const empty = new URL(clusterUrl())
    await expectWrong('schema', { DATABASE_URL: empty.href }, /missing/, /nianjie migrate/)
    expect(await outcome('schema', { DATABASE_URL: database.url })).toMatchObject({ state: 'ok' })
    expect(await outcome('postgres', { DATABASE_URL: database.url })).toMatchObject({ state: 'ok' })
  })

  it('finds a schema that is newer than the program', async () => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`insert into books.kysely_migration (name, timestamp) values ('999-later', '')`)
    await expectWrong('schema', { DATABASE_URL: database.url }, /newer.*999-later/, /program version/)
    await client.query(`delete from books.kysely_migration where name = '999-later'`)
    await client.end()
  })

  it('ends with 1 when something is wrong, as text and as one JSON document', async () => {
    const run = async (...argv: string[]) => {
      const stdout = new PassThrough()
      const code = await main(argv, {
        env: { ...base, DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' },
        stdout: stdout as unknown as NodeJS.WriteStream, stderr: new PassThrough() as unknown as NodeJS.WriteStream,
      })
      return { code, text: (stdout.read() as Buffer).toString() }
    }
    const json = await run('doctor', '--json')
    expect(json.code).toBe(1)
    expect((JSON.parse(json.text) as CheckResult[]).map(({ key }) => key)).toEqual(ALL.map(({ key }) => key))
    const shown = await run('doctor', '--lang', 'zh')
    expect(shown.text).toMatch(/✗ PostgreSQL 服务器.*\n\s+→ 检查 DATABASE_URL/)
  })
})
