// Goal: what describes production holds together. No container engine is needed: structure, versions, commands, secrets.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { buildProgram } from '../../cli/main.ts'
import { createContext } from '../../cli/shared/create-context.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8')

const scalar = z.union([z.string(), z.number(), z.boolean()])
const duration = z.string().regex(/^\d+(ms|s|m|h)$/)
const service = z.strictObject({
  build: z.string().optional(),
  /** Pinned to a release: name:major.minor, never `latest`. */
  image: z.string().regex(/^[\w./-]+:(\d+\.\d+(\.\d+)?|\$\{NIANJIE_VERSION:-\d+\.\d+\.\d+\})$/),
  init: z.boolean().optional(),
  restart: z.string().regex(/^(unless-stopped|on-failure:\d+)$/).optional(),
  profiles: z.array(z.string()).optional(),
  shm_size: z.string().optional(),
  environment: z.record(z.string(), scalar).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  stop_grace_period: duration.optional(),
  depends_on: z.record(z.string(), z.strictObject({
    condition: z.enum(['service_healthy', 'service_completed_successfully', 'service_started']),
  })).optional(),
  healthcheck: z.strictObject({
    test: z.tuple([z.literal('CMD')], z.string()), interval: duration, timeout: duration, retries: z.number().int(), start_period: duration,
  }).optional(),
})
const compose = z.strictObject({
  name: z.string(), 'x-nianjie': z.unknown(), services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()),
}).parse(parse(read('docker-compose.yml'), { merge: true }))
const services = Object.entries(compose.services)

const { context } = createContext({ argv: [], env: {} })
const commands = new Map((await buildProgram(context)).commands.map((command) => [command.name(), command]))
/** Every command line of our own image. */
const lines = services.filter(([, one]) => one.build).map(([name, one]) => [name, one.command!] as const)

describe('docker-compose.yml', () => {
  it('has the books, Temporal with a store of its own, its UI, migrate and worker', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(
      ['postgres', 'temporal-postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'temporal-ui', 'migrate', 'worker']))
  })

  it('checks the health of whatever stays, and waits for no health that is not checked', () => {
    for (const [name, one] of services) {
      expect(one.restart === 'unless-stopped', name).toBe(one.healthcheck !== undefined)
      for (const [other, { condition }] of Object.entries(one.depends_on ?? {})) {
        const target = compose.services[other]
        expect(target, `${name} → ${other}`).toBeDefined()
        if (condition === 'service_healthy') expect(target!.healthcheck, `${name} → ${other}`).toBeDefined()
        if (condition === 'service_completed_successfully') expect(target!.restart, `${name} → ${other}`).toMatch(/^on-failure/)
      }
    }
  })

  it('starts services in an order that ends', () => {
    const seen = new Set<string>()
    const visit = (name: string, path: readonly string[]): void => {
      expect(path, `a circle at ${name}`).not.toContain(name)
      if (seen.has(name)) return
      for (const next of Object.keys(compose.services[name]!.depends_on ?? {})) visit(next, [...path, name])
      seen.add(name)
    }
    for (const [name] of services) visit(name, [])
  })

  it('holds no secret: every password is a variable without which nothing starts', () => {
    const secrets = services.flatMap(([name, one]) => Object.entries(one.environment ?? {}).map(([key, value]) => [name, key, String(value)] as const))
      .filter(([, key]) => /PASSWORD|PWD|_URL$/.test(key))
    expect(secrets.length).toBeGreaterThan(5)
    for (const [name, key, value] of secrets) expect(value, `${name} ${key}`).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/)
    const named = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+):\?/g)].map((match) => match[1]!)
    const example = read('.env.example')
    for (const variable of new Set(named)) expect(example).toMatch(new RegExp(`^${variable}=$`, 'm'))
  })

  it('mounts named volumes and files that are there; PostgreSQL 18 where it keeps its data', () => {
    for (const volume of services.flatMap(([, one]) => one.volumes ?? []).filter((one) => !one.startsWith('$'))) {
      const source = volume.split(':')[0]!
      if (source.startsWith('./')) expect(existsSync(`${root}${source}`), source).toBe(true)
      else expect(compose.volumes, source).toHaveProperty(source)
    }
    expect(compose.services.postgres!.volumes).toEqual(['books:/var/lib/postgresql'])
  })

  it('opens ports on this machine only', () => {
    for (const port of services.flatMap(([, one]) => one.ports ?? [])) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('can open both servers to people on this machine by taking the comment marks off, and passes the webhook\'s secret on', () => {
    const open = read('docker-compose.yml').replace(/^( +)# (ports:|  - 127\.0\.0\.1:\d+:\d+)$/gm, '$1$2')
    const { services: opened } = parse(open, { merge: true }) as { services: Record<string, { ports?: string[] }> }
    expect([opened.postgres!.ports, opened.temporal!.ports]).toEqual([['127.0.0.1:5432:5432'], ['127.0.0.1:7233:7233']])
    expect(compose.services.worker!.environment).toMatchObject({ NIANJIE_WEBHOOK_SECRET: '${NIANJIE_WEBHOOK_SECRET:-}', TEMPORAL_ADDRESS: 'temporal:7233' })
  })

  it('takes server and tools of Temporal from one release', () => {
    const tags = services.map(([, one]) => one.image).filter((image) => /temporalio\/(server|admin-tools)/.test(image)).map((image) => image.split(':')[1])
    expect(new Set(tags).size).toBe(1)
  })

  it.each(lines)('calls a command that exists, with options that it has: %s', (_name, [name, ...words]) => {
    if (name!.startsWith('-')) return
    const command = commands.get(name!)
    expect(command, name).toBeDefined()
    const options = command!.options.flatMap((option) => [option.long, option.short])
    for (const word of words) expect(options).toContain(word)
  })

  it('asks doctor for the health of the worker', () => {
    const [, ...words] = compose.services.worker!.healthcheck!.test
    expect(words.slice(0, 2)).toEqual(['node', '/opt/nianjie/bin/nianjie.mjs'])
    expect(commands.has(words[2]!)).toBe(true)
  })
})

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n').filter((line) => /^[A-Z]+ /.test(line)).map((line) => line.split(' '))
  const words = (instruction: string) => lines.filter(([first]) => first === instruction).map((line) => line.slice(1))

  it('runs as a user without privileges, on the Node that the project pins', () => {
    expect(words('USER')).toEqual([['node']])
    const pinned = (JSON.parse(read('package.json')) as { dependencies: { node: string } }).dependencies.node
    for (const [image] of words('FROM')) expect(image).toBe(`node:${pinned}-bookworm-slim`)
  })

  it('copies what the program needs, and starts the launcher', () => {
    const copied = words('COPY').filter(([first]) => first!.startsWith('--from')).map(([, from]) => from!.replace('/opt/nianjie/', ''))
    expect(copied.sort()).toEqual(['bin', 'config', 'dist', 'node_modules', 'package.json'])
    expect(words('ENTRYPOINT')).toEqual([['["nianjie"]']])
    expect(statSync(`${root}bin/nianjie.mjs`).mode & 0o111).toBe(0o111)
  })
})
