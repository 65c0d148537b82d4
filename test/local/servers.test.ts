// Goal: commands find the servers that the user means: Temporal's own settings first, then the local ones.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { cacheFolder } from '../../cli/local/binaries.ts'
import { writeState } from '../../cli/local/home.ts'
import { markOf } from '../../cli/local/processes.ts'
import { findServers } from '../../cli/local/servers.ts'
import { isNewEnough, serverVersion, temporalAtHand } from '../../cli/local/temporal-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'nianjie-servers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const NOWHERE = join(folder, 'nowhere')

describe('the servers', () => {
  it('are not found when nothing is named and nothing runs: exit 4, with what to do', async () => {
    await expect(findServers({ NIANJIE_HOME: NOWHERE })).rejects.toMatchObject({ code: 4, text: { en: expect.stringContaining('nianjie up') } })
  })

  it('come from the state of a supervisor that runs, and not of one that died', async () => {
    const state = { children: {}, ports: { postgres: 5001, temporal: 7001 }, ready: true, detached: true, since: '' }
    writeState(folder, { ...state, supervisor: { pid: process.pid, started: 'another time' } })
    await expect(findServers({ NIANJIE_HOME: folder })).rejects.toMatchObject({ code: 4 })
    writeState(folder, { ...state, supervisor: markOf(process.pid)! })
    const servers = await findServers({ NIANJIE_HOME: folder })
    expect(servers.temporal).toEqual({ address: '127.0.0.1:7001', namespace: 'default' })
    expect(new URL(servers.databaseUrl)).toMatchObject({ host: '127.0.0.1:5001', username: 'nianjie_login', pathname: '/nianjie' })
    expect(new URL(servers.adminDatabaseUrl).username).toBe('nianjie_admin')
  })

  it('are those of the environment, with the owner of the database apart', async () => {
    expect(await findServers({
      NIANJIE_HOME: NOWHERE, DATABASE_URL: 'postgres://app:x@db/n', DATABASE_ADMIN_URL: 'postgres://owner:y@db/n',
      TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'year-end',
    })).toEqual({
      databaseUrl: 'postgres://app:x@db/n', adminDatabaseUrl: 'postgres://owner:y@db/n',
      temporal: { address: 'temporal.example:7233', namespace: 'year-end' },
    })
  })

  it('take an API key, and with it TLS', async () => {
    const { temporal } = await findServers({
      NIANJIE_HOME: NOWHERE, DATABASE_URL: 'postgres://db/n', TEMPORAL_ADDRESS: 'x.tmprl.cloud:7233', TEMPORAL_API_KEY: 'key',
    })
    expect(temporal).toMatchObject({ apiKey: 'key' })
    expect(temporal.tls).toBeTruthy()
  })

  it('take a profile of a configuration file, certificates included; the environment goes before it', async () => {
    const file = join(folder, 'temporal.toml')
    writeFileSync(join(folder, 'ca.pem'), 'CA')
    writeFileSync(join(folder, 'client.pem'), 'CERT')
    writeFileSync(join(folder, 'client.key'), 'KEY')
    writeFileSync(file, `[profile.league]
      address = "temporal.league:7233"
      namespace = "league"
      [profile.league.tls]
      server_name = "temporal.league"
      server_ca_cert_path = "${join(folder, 'ca.pem')}"
      client_cert_path = "${join(folder, 'client.pem')}"
      client_key_path = "${join(folder, 'client.key')}"
    `)
    const env = { NIANJIE_HOME: NOWHERE, DATABASE_URL: 'postgres://db/n', TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'league' }
    const { temporal } = await findServers(env)
    expect(temporal).toMatchObject({ address: 'temporal.league:7233', namespace: 'league' })
    const tls = temporal.tls as { serverNameOverride: string; serverRootCACertificate: Uint8Array; clientCertPair: { crt: Uint8Array; key: Uint8Array } }
    expect(tls.serverNameOverride).toBe('temporal.league')
    expect([tls.serverRootCACertificate, tls.clientCertPair.crt, tls.clientCertPair.key].map((part) => Buffer.from(part).toString())).toEqual(['CA', 'CERT', 'KEY'])
    expect((await findServers({ ...env, TEMPORAL_NAMESPACE: 'other' })).temporal.namespace).toBe('other')
  })
})

describe('the temporal program', () => {
  it.skipIf(process.getuid?.() === 0)('is kept in the home of a user whose cache folder can not be written', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/proc/1', NIANJIE_HOME: NOWHERE })).toBe(join(NOWHERE, 'cache'))
  })

  it("is kept in the user's cache folder, or where NIANJIE_CACHE says", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: folder })).toBe(join(folder, 'nianjie'))
    expect(cacheFolder({ XDG_CACHE_HOME: folder, NIANJIE_CACHE: '/elsewhere' })).toBe('/elsewhere')
  })

  it('says the version of its server', () => {
    expect(serverVersion('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)')).toEqual([1, 32, 0])
    expect(serverVersion('something else')).toBeUndefined()
  })

  it('is new enough from 1.29.1 on, part by part and never as text', () => {
    const part = fc.nat(120)
    fc.assert(fc.property(part, part, part, (major, minor, patch) => {
      const number = (major * 1000 + minor) * 1000 + patch
      expect(isNewEnough([major, minor, patch])).toBe(number >= 1_029_001)
    }))
  })

  it('on the PATH is passed over when its server is too old, and the user is told', () => {
    const bin = mkdtempSync(join(folder, 'bin-'))
    writeFileSync(join(bin, 'temporal'), '#!/bin/sh\necho "temporal version 0.13.2 (Server 1.24.1, UI 2.28.0)"\n', { mode: 0o755 })
    const old = temporalAtHand({ PATH: bin, NIANJIE_CACHE: join(folder, 'no-cache') })
    expect(old.found).toBeUndefined()
    expect(old.tooOld?.en).toMatch(/too old \(server 1\.24\.1/)
    writeFileSync(join(bin, 'temporal'), '#!/bin/sh\necho "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"\n', { mode: 0o755 })
    expect(temporalAtHand({ PATH: bin, NIANJIE_CACHE: join(folder, 'no-cache') }).found).toMatchObject({ source: 'path' })
  })
})
