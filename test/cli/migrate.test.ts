// `migrate` by an owner who is no superuser, on a server where another database of Nianjie was before.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { clusterUrl, createTestDatabase, type TestDatabase } from '../support/database.ts'

const owner = `owner_${randomBytes(4).toString('hex')}`
let other: TestDatabase
let admin: pg.Client
let url: URL
beforeAll(async () => {
  // It makes the role nianjie_app, if no one did before.
  other = await createTestDatabase()
  admin = new pg.Client({ connectionString: clusterUrl() })
  await admin.connect()
  await admin.query(`create role ${owner} login createrole password '${owner}'`)
  await admin.query(`create database ${owner} owner ${owner} template template0 encoding 'UTF8' locale 'C'`)
  url = new URL(clusterUrl())
  Object.assign(url, { username: owner, password: owner, pathname: `/${owner}` })
})
afterAll(async () => {
  await admin.query(`drop database if exists ${owner} with (force)`)
  await admin.query(`drop role if exists ${owner}`)
  await admin.end()
  await other.drop()
})

const migrate = () => runCommand(['migrate', '--lang', 'en'], {
  env: { DATABASE_URL: url.href, DATABASE_ADMIN_URL: url.href, TEMPORAL_ADDRESS: '127.0.0.1:1', LANG: 'C' },
})

describe('migrate', () => {
  it('that may not have the role of the application says what an administrator has to run, and works after that', async () => {
    const refused = await migrate()
    expect(refused.code).toBe(1)
    const [, remedy] = /run first: (grant nianjie_app to \w+ with admin option;)/.exec(refused.err) ?? []
    expect(remedy, refused.err).toBe(`grant nianjie_app to ${owner} with admin option;`)
    await admin.query(remedy!)
    expect((await migrate()).code).toBe(0)
  })
})
