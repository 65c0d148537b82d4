/** Alarms reach a real web server and a real mail server on this machine; every attempt is on record. */
import { createHmac } from 'node:crypto'
import { type IncomingHttpHeaders, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MockActivityEnvironment } from '@temporalio/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AlarmRequest } from '../../activities/contract.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import { ENGINES } from '../../activities/engines.ts'
import { deliver, raiseAlarm } from '../../activities/notify.ts'
import type { EscalationConfig } from '../../config/schemas/people.ts'
import { loadConfigFile } from '../../config/load.ts'
import { loadService } from '../../config/service.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const SECRET = 'shared with the receiver'

describe('a notification', () => {
  let database: TestDatabase
  let runId: number
  let generation = 0
  const calls: { headers: IncomingHttpHeaders; body: string }[] = []
  const mails: string[] = []
  let answers: number[] = []
  const web = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => { body += chunk.toString('utf8') })
    request.on('end', () => {
      calls.push({ headers: request.headers, body })
      response.writeHead(answers.shift() ?? 204).end()
    })
  })
  const smtp = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let mail = ''
      stream.on('data', (chunk: Buffer) => { mail += chunk.toString('utf8') })
      stream.on('end', () => { mails.push(mail); done() })
    },
  })
  let delivery: EscalationConfig['delivery']
  let deps: ActivityDeps

  beforeAll(async () => {
    database = await createTestDatabase()
    const { db } = database
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    await new Promise<void>((resolve) => { smtp.listen(0, '127.0.0.1', () => resolve()) })
    const { port } = web.address() as AddressInfo
    const smtpPort = (smtp.server.address() as AddressInfo).port
    delivery = {
      attempts: 3, webhooks: [{ url: `http://127.0.0.1:${port}/hook?token=hidden`, secret_env: 'HOOK' }],
      smtp: { url: `smtp://127.0.0.1:${smtpPort}`, from: 'nianjie@example.org', to: ['a@example.org', 'b@example.org'] },
    }
    deps = {
      books: database, env: { HOOK: SECRET }, log: { info: () => {}, warn: () => {} }, engines: ENGINES,
      loadActors: () => ({ actors: [] }), loadDelivery: () => delivery, loadService: () => loadService(), loadDocuments: () => loadConfigFile('documents'),
    }
    const { scope_id: scopeId } = await db.insertInto('scopes').values({ district: '152501', year: 2025 }).returning('scope_id').executeTakeFirstOrThrow()
    await db.insertInto('rule_packs').values({ digest: 'r', content: '{}' }).execute()
    runId = (await db.insertInto('runs').values({ scope_id: scopeId, kind: 'real', workflow_id: 'w', state: 'running', rules_digest: 'r', with_league: false, league: '152500', started_by: null }).returning('run_id').executeTakeFirstOrThrow()).run_id
  })
  afterAll(async () => {
    await new Promise((resolve) => { web.close(resolve) })
    await new Promise<void>((resolve) => { smtp.close(() => resolve()) })
    await database.drop()
  })
  beforeEach(async () => {
    calls.length = 0
    mails.length = 0
    answers = []
    generation += 1
    await wait('awaiting-approval')
  })

  const wait = (state: 'awaiting-approval' | 'approved') => database.db.insertInto('step_states')
    .values({ run_id: runId, step: 'reconcile', state, generation, waiting_since: state === 'approved' ? null : '2026-01-01T00:00:00Z' })
    .onConflict((conflict) => conflict.columns(['run_id', 'step']).doUpdateSet({ state, generation, waiting_since: state === 'approved' ? null : '2026-01-01T00:00:00Z' })).execute()
  const alarm = (): AlarmRequest => ({
    runId, step: 'reconcile', generation, kind: 'escalation', level: 1, roles: ['coordinator'], dueAt: '2026-01-01T02:00:00.000Z',
    waitingSince: '2026-01-01T00:00:00.000Z', deadline: '2026-01-01T04:00:00.000Z',
  })
  const raise = async () => (await new MockActivityEnvironment().run(() => raiseAlarm(deps, alarm())) as { notificationId: string }).notificationId
  const send = (notificationId: string) => new MockActivityEnvironment().run(() => deliver(deps, { notificationId }))
  const record = async (id: string) => (await database.db.selectFrom('deliveries').selectAll().where('notification_id', '=', id).orderBy('delivery_id').execute())
    .map(({ channel, attempt, state }) => `${channel} ${attempt} ${state}`)

  it('goes to log, terminal UI, webhook and mail; the webhook is signed and says which one it is', async () => {
    const id = await raise()
    await send(id)
    expect(await record(id)).toEqual(['log 1 sent', 'tui 1 sent', 'webhook 1 sent', 'smtp 1 sent'])
    expect(calls).toHaveLength(1)
    const { headers, body } = calls[0]!
    expect(headers['idempotency-key']).toBe(id)
    expect(headers['x-nianjie-signature']).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`)
    expect(JSON.parse(body)).toMatchObject({ id, district: '152501', step: 'reconcile', kind: 'escalation', level: 1 })
    expect(mails).toHaveLength(1)
    expect(mails[0]).toContain('b@example.org')
    expect(mails[0]).toContain(id)
    const targets = await database.db.selectFrom('deliveries').select('target').where('channel', '=', 'webhook').executeTakeFirstOrThrow()
    expect(targets.target).not.toContain('hidden')
  })

  it('that was raised twice is one row and the same id', async () => {
    expect(await raise()).toBe(await raise())
    expect(await database.db.selectFrom('notifications').selectAll().where('generation', '=', generation).execute()).toHaveLength(1)
  })

  it('is tried again where it failed, and only there, until the configured number of attempts', async () => {
    answers = [500, 503]
    const id = await raise()
    await expect(send(id)).rejects.toThrow('webhook')
    await expect(send(id)).rejects.toThrow('webhook')
    await send(id)
    expect(await record(id)).toEqual(['log 1 sent', 'tui 1 sent', 'webhook 1 failed', 'smtp 1 sent', 'webhook 2 failed', 'webhook 3 sent'])
    answers = [500, 500, 500]
    generation += 1
    await wait('awaiting-approval')
    const other = await raise()
    await expect(send(other)).rejects.toThrow()
    await expect(send(other)).rejects.toThrow()
    await send(other)
    await send(other)
    expect((await record(other)).filter((one) => one.startsWith('webhook'))).toEqual(['webhook 1 failed', 'webhook 2 failed', 'webhook 3 failed'])
  })

  it('is not sent any more when the wait is over', async () => {
    answers = [500]
    const id = await raise()
    await expect(send(id)).rejects.toThrow('webhook')
    await wait('approved')
    await send(id)
    expect(calls).toHaveLength(1)
    expect((await record(id)).at(-1)).toBe('webhook 2 void')
  })
})
