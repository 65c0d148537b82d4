// The program as a user meets it: exit codes, streams, language, help of every command, completion.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, main, withDefaultCommand } from '../../cli/main.ts'
import { completionScript } from '../../cli/commands/completion.ts'
import { createContext } from '../../cli/shared/create-context.ts'
import { describeError, refusal } from '../../cli/shared/exit.ts'
import { everyCommand } from '../../cli/shared/program.ts'
import { BOARD_NOW, fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

// Local times are looked at from one place.
process.env.TZ = 'UTC'

let books: TestDatabase
let home: string
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  home = mkdtempSync(join(tmpdir(), 'nianjie-cli-'))
})
afterAll(async () => {
  await books?.drop()
  if (home) rmSync(home, { recursive: true })
})

interface Ran { code: number; out: string; err: string }

/** One command line in this process, its streams off a terminal. */
async function nianjie(args: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() }
  const read = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) streams[name].on('data', (chunk: Buffer) => { read[name] += chunk.toString() })
  const code = await main(args.split(' ').filter(Boolean), {
    env: { DATABASE_URL: books.url, NIANJIE_HOME: home, LANG: 'C', ...env }, now: () => BOARD_NOW,
    stdout: streams.stdout as unknown as NodeJS.WriteStream, stderr: streams.stderr as unknown as NodeJS.WriteStream,
  })
  return { code, out: read.stdout, err: read.stderr }
}

function program(called?: string) {
  return buildProgram(createContext({ argv: ['--lang', 'en'], env: {} }).context, called)
}
async function commands(): Promise<[string, Command][]> {
  const all: [string, Command][] = []
  everyCommand(await program(), (command) => {
    const path: string[] = []
    for (let one: Command | null = command; one?.parent; one = one.parent) path.unshift(one.name())
    if (path.length > 0) all.push([path.join(' '), command])
  })
  return all
}

describe('exit codes', () => {
  it('are 0 for what was done, 2 for bad usage, 4 when nothing answers', async () => {
    expect((await nianjie('status')).code).toBe(0)
    expect((await nianjie('status --year twenty')).code).toBe(2)
    expect((await nianjie('status --district 999999')).code).toBe(2)
    expect((await nianjie('findings --step nothing')).code).toBe(2)
    expect((await nianjie('status', { DATABASE_URL: 'postgres://127.0.0.1:1/none' })).code).toBe(4)
    expect((await nianjie('status', { DATABASE_URL: '', TEMPORAL_ADDRESS: '' })).code).toBe(4)
  })
  it('are 2 for words that nobody could have meant, and for a path that can not be used', async () => {
    expect(refusal({ code: 'malformed', zh: '', en: '' }).code).toBe(2)
    expect(refusal({ code: 'unknown-finding', zh: '', en: '' }).code).toBe(2)
    expect(refusal({ code: 'wrong-state', zh: '', en: '' }).code).toBe(3)
    const missing = await open(join(home, 'none', 'x.csv'), 'w').catch((error: unknown) => error)
    expect(describeError(missing)).toMatchObject({ code: 2, text: { en: expect.stringContaining('x.csv') } })
    expect(describeError(new Error('a fault of its own'))).toMatchObject({ code: 1 })
    expect((await nianjie('actor add ../x --role engineer')).code).toBe(2)
  })
  it('are 2 for an unknown command or option, with what was meant', async () => {
    expect(await nianjie('staus')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Did you mean status?') })
    expect(await nianjie('status --jsn')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Did you mean --json?') })
    expect((await nianjie('staus --lang zh')).err).toContain('是不是想输入 status')
  })
  it('are 0 for help and version', async () => {
    expect(await nianjie('--help')).toMatchObject({ code: 0, err: '' })
    expect((await nianjie('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
  it('are 2 for a configuration that can not be read, naming the place', async () => {
    const config = join(home, 'wrong')
    execFileSync('mkdir', ['-p', config])
    writeFileSync(join(config, 'districts.yaml'), 'league: 7\ndistricts: []\n')
    const ran = await nianjie('status', { NIANJIE_CONFIG: config })
    expect(ran.code).toBe(2)
    expect(ran.err).toMatch(/districts\.yaml:1:\d+/)
  })
})

describe('every command', () => {
  it('is found by its own name alone', async () => {
    for (const command of (await program()).commands) {
      const own = await program(command.name())
      expect(own.commands.map((one) => one.name()), command.name()).toContain(command.name())
      if (command.name() !== 'completion') expect(own.commands.length, command.name()).toBeLessThan(6)
    }
  })
  it('of the contract is there', async () => {
    const names = (await commands()).map(([path]) => path)
    for (const name of ['up', 'down', 'worker', 'actor add', 'actor list', 'actor revoke', 'migrate', 'sample', 'import', 'start', 'status', 'findings', 'resolve',
      'recheck', 'approve', 'reject', 'pause', 'resume', 'cancel', 'export opening', 'export closing-entries', 'export indicators',
      'export indicator-dispositions', 'report', 'audit verify', 'doctor', 'plan', 'explain', 'check-assets', 'start-sample', 'completion']) {
      expect(names, name).toContain(name)
    }
  })
  it('has help in both languages', async () => {
    for (const [path, command] of await commands()) {
      const zh = await nianjie(`${path} --help --lang zh`)
      const en = await nianjie(`${path} --help --lang en`)
      expect(zh, path).toMatchObject({ code: 0, err: '' })
      expect(zh.out, path).toMatch(/用法：[^]*\p{Script=Han}/u)
      expect(zh.out, path).not.toMatch(/choices:|default:/)
      expect(en, path).toMatchObject({ code: 0, err: '' })
      expect(en.out, path).toContain(`Usage: nianjie ${path}`)
      expect(command.description(), path).not.toBe('')
    }
  })
  it('takes --lang, and refuses a language that it does not speak', async () => {
    for (const [path, command] of await commands()) expect(command.options.map((option) => option.long), path).toContain('--lang')
    expect((await nianjie('status --lang fr')).code).toBe(2)
    expect((await nianjie('--lang zh status')).out).toContain('年度')
  })
})

describe('status', () => {
  it('prints one JSON document of the shape of the contract, and nothing else', async () => {
    const { out, err } = await nianjie('status --year 2025 --json')
    expect(err).toBe('')
    const status = JSON.parse(out) as { districts: { steps: object[] }[] }
    expect(status).toMatchObject({ year: 2025, state: 'running' })
    expect(status.districts).toHaveLength(12)
    expect(Object.keys(status.districts[0]!.steps[0]!)).toEqual(['step', 'state', 'attempt', 'startedAt', 'endedAt', 'findings', 'waitingOn', 'deadline', 'escalationLevel', 'failure'])
  })
  it('prints an aligned table with what waits, in both languages', async () => {
    expect((await nianjie('status --lang zh')).out).toMatchSnapshot()
    expect((await nianjie('status --lang en --ascii')).out).toMatchSnapshot()
  })
  it('is what the bare program prints off a terminal', async () => {
    expect((await nianjie('')).out).toBe((await nianjie('status')).out)
    expect(withDefaultCommand(['--readonly'])).toEqual(['ui', '--readonly'])
    expect(withDefaultCommand(['--lang', 'zh'])).toEqual(['ui', '--lang', 'zh'])
    expect(withDefaultCommand(['--lang', 'zh', 'status', '--json'])).toEqual(['status', '--lang', 'zh', '--json'])
  })
  it('watches as lines of JSON until all have ended', async () => {
    const { code, out } = await nianjie('status --year 2024 --watch --json')
    expect(code).toBe(0)
    expect(out.trim().split('\n').map((line) => (JSON.parse(line) as { year: number }).year)).toEqual([2024])
  })
  it('can look at some districts only', async () => {
    const { out } = await nianjie('status --json --district 152501 152502')
    expect((JSON.parse(out) as { districts: { code: string }[] }).districts.map((district) => district.code)).toEqual(['152501', '152502'])
  })
})

describe('findings', () => {
  it('prints an array, filtered', async () => {
    const { out } = await nianjie('findings --district 152502 --step in-transit --status open --json')
    expect((JSON.parse(out) as { rule: string }[]).map((finding) => finding.rule)).toEqual(['BGT_ADJ', 'PAY_CERT'])
    expect(JSON.parse((await nianjie('findings --rule R22 --json')).out)).toEqual([])
  })
  it('lets no control characters of the data through', async () => {
    const { out } = await nianjie('findings --district 152502 --lang zh')
    expect(out).toContain('资产 ZC-2021-00007')
    expect(out).not.toContain('\u001b')
  })
})

describe('completion', () => {
  it('is a valid bash script that knows commands, options and values', async () => {
    const script = completionScript(await program(), 'bash')
    const ask = (...words: string[]) => execFileSync('bash', ['-c', `${script}\nCOMP_WORDS=(nianjie "$@"); COMP_CWORD=$#; _nianjie; echo "\${COMPREPLY[*]}"`, 'bash', ...words], { encoding: 'utf8' }).trim()
    expect(ask('stat')).toBe('status')
    expect(ask('audit', '')).toContain('verify')
    expect(ask('findings', '--sev')).toBe('--severity')
    expect(ask('findings', '--severity', 'w')).toBe('warning')
  })
  it('exists for zsh and fish', async () => {
    expect((await nianjie('completion zsh')).out).toContain('bashcompinit')
    expect((await nianjie('completion fish')).out).toContain("complete -c nianjie -f")
    expect((await nianjie('completion tcsh')).code).toBe(2)
  })
})
