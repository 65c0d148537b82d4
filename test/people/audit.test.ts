import pg from 'pg'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendAudit, auditHeads, lostHeads, verifyAudit } from '../../books/audit.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

describe('the audit chain', () => {
  let database: TestDatabase
  let owner: pg.Client
  beforeAll(async () => {
    database = await createTestDatabase()
    owner = new pg.Client({ connectionString: database.url })
    await owner.connect()
    for (const district of ['152500', '152501', '']) {
      for (let number = 1; number <= 5; number += 1) await appendAudit(database.db, { district, kind: 'test', actor: '张三', subject: `s${number}`, detail: { number } })
    }
  })
  afterAll(async () => {
    await owner.end()
    await database.drop()
  })

  it('holds as it was written', async () => {
    expect(await verifyAudit(database.db)).toEqual({ links: '15', districts: 3, bad: null })
  })

  it('can not be changed, emptied or forged by the application', async () => {
    for (const statement of [
      `update audit.events set actor = 'x'`, 'delete from audit.events', 'truncate audit.events', 'drop table audit.events',
      `insert into audit.events values ('152501', 6, now(), 'k', 'a', 's', 'd', 'p', 'h')`,
    ]) await expect(sql.raw(statement).execute(database.db)).rejects.toThrow(/permission denied|must be owner/)
  })

  it.each([
    ['a changed actor', `update audit.events set actor = '李四' where district = '152501' and sequence = 3`, { district: '152501', sequence: '3', reason: 'hash' }],
    ['a changed time', `update audit.events set at = at + interval '1 microsecond' where district = '152501' and sequence = 2`, { district: '152501', sequence: '2', reason: 'hash' }],
    ['a missing link', `delete from audit.events where district = '152500' and sequence = 2`, { district: '152500', sequence: '3', reason: 'gap' }],
    ['a link that was made anew with a hash of its own', `update audit.events set detail = '{}', hash = audit.link_hash(district, sequence, at, kind, actor, subject, '{}', previous_hash) where district = '152501' and sequence = 4`,
      { district: '152501', sequence: '5', reason: 'previous' }],
  ])('names the first bad link after %s by the owner of the database', async (_what, statement, bad) => {
    expect((await owner.query(statement)).rowCount).toBe(1)
    expect((await verifyAudit(database.db)).bad).toEqual(bad)
    await restore()
  })

  it('cut off at its end, or made anew from some link on, still holds in itself; the heads of a report show it', async () => {
    const heads = await auditHeads(database.db)
    expect(heads.map(({ district, sequence }) => [district, sequence])).toEqual([['', '5'], ['152500', '5'], ['152501', '5']])
    await appendAudit(database.db, { district: '152500', kind: 'test', actor: '张三', subject: 's6', detail: {} })
    expect(await lostHeads(database.db, heads)).toEqual([])
    await owner.query(`delete from audit.events where district = '152501' and sequence = 5`)
    await owner.query(`delete from audit.events where district = '152500' and sequence > 3`)
    for (const subject of ['new', 'newer']) await appendAudit(database.db, { district: '152500', kind: 'test', actor: '李四', subject, detail: {} })
    expect((await verifyAudit(database.db)).bad).toBeNull()
    expect(await lostHeads(database.db, heads)).toEqual([
      { district: '152500', sequence: '5', reason: 'rewritten' }, { district: '152501', sequence: '5', reason: 'cut' },
    ])
    await restore()
  })

  /** Puts the chain back as it was, for the next case. */
  async function restore(): Promise<void> {
    await owner.query('truncate audit.events')
    for (const district of ['152500', '152501', '']) {
      for (let number = 1; number <= 5; number += 1) await appendAudit(database.db, { district, kind: 'test', actor: '张三', subject: `s${number}`, detail: { number } })
    }
  }
})
