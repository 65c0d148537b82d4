/** Alarms of problems reach a real web server and a real mail server on this machine, once, and not after the resolution. */
import { createHmac } from 'node:crypto'
import { type IncomingHttpHeaders, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MockActivityEnvironment } from '@temporalio/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { ENGINES } from '../../activities/engines.ts'
import { deliver } from '../../activities/notify.ts'
import { raiseProblemAlarms } from '../../activities/problem-alarm.ts'
import type { ProblemAlarmResult } from '../../activities/problem-contract.ts'
import { appendEvents, holdProblem } from '../../books/problems/store.ts'
import { answerAlarms } from '../../books/problems/alarms.ts'
import { loadConfigFile } from '../../config/load.ts'
import { loadService } from '../../config/service.ts'
import type { EscalationConfig } from '../../config/schemas/people.ts'
import { BOARD_NOW } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { writeProblem } from './rows.ts'

const SECRET = 'shared with the receiver'

describe('an alarm of a problem', () => {
  let database: TestDatabase
  let deps: ActivityDeps
  let delivery: EscalationConfig['delivery']
  let answers: number[] = []
  let broken = false
  const calls: { headers: IncomingHttpHeaders; body: string }[] = []
  const mails: { to: string[]; text: string }[] = []
  const web = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => { body += chunk.toString('utf8') })
    request.on('end', () => { calls.push({ headers: request.headers, body }); response.writeHead(answers.shift() ?? 204).end() })
  })
  const smtp = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => { text += chunk.toString('utf8') })
      stream.on('end', () => { mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text }); done() })
    },
  })
  beforeAll(async () => {
    database = await createTestDatabase()
    await new Promise<void>((resolve) => { web.listen(0, '127.0.0.1', resolve) })
    await new Promise<void>((resolve) => { smtp.listen(0, '127.0.0.1', () => resolve()) })
    delivery = {
      attempts: 3, webhooks: [{ url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/hook`, secret_env: 'HOOK' }],
      smtp: { url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`, from: 'nianjie@example.org', to: ['desk@example.org'] },
    }
    const service = loadService()
    const always = { from: 0, to: 8.64e15, districts: [], daily: null }
    deps = {
      books: database, env: { HOOK: SECRET }, log: { info: () => {}, warn: () => {} }, engines: ENGINES, loadActors: () => ({ actors: [] }), loadDelivery: () => delivery,
      loadDocuments: () => loadConfigFile('documents'),
      loadService: ({ builtIn = false } = {}) => {
        if (broken && !builtIn) throw new Error('roster.yaml:3:1: wrong')
        return builtIn ? service : { ...service, people: [{ name: '丙', email: 'c@example.org' }], shifts: [{ ...always, level: 'coordinator', people: ['丙'] }] }
      },
    }
  })
  afterAll(async () => {
    await new Promise((resolve) => { web.close(resolve) })
    await new Promise<void>((resolve) => { smtp.close(() => resolve()) })
    await database.drop()
  })
  beforeEach(() => {
    calls.length = 0
    mails.length = 0
    answers = []
    broken = false
  })

  const raise = (problemId: string) => new MockActivityEnvironment().run(() => raiseProblemAlarms(deps, { problemId, now: BOARD_NOW.toISOString() })) as Promise<ProblemAlarmResult>
  const send = (notificationId: string) => new MockActivityEnvironment().run(() => deliver(deps, { notificationId }))
  const record = async (id: string) => (await database.db.selectFrom('deliveries').selectAll().where('notification_id', '=', id).orderBy('delivery_id').execute())
    .map(({ channel, attempt, state }) => `${channel} ${attempt} ${state}`)
  const resolve = (problemId: string) => database.db.transaction().execute(async (trx) => {
    await appendEvents(trx, (await holdProblem(trx, problemId))!, [{ at: BOARD_NOW.getTime(), action: 'resolve', actor: 'desk', party: null, detail: { confirmedBy: 'u' } }])
    await answerAlarms(trx, problemId, 'resolve', 'desk', BOARD_NOW.getTime())
  })

  it('goes by the roster to who is on duty, signed, with its id, by webhook and mail, and every delivery is on record', async () => {
    await writeProblem(database.db, 'D-1', 95)
    const { notifications: [id, ...others] } = await raise('D-1')
    expect(others).toEqual([])
    await send(id!)
    await send(id!)
    expect(await record(id!)).toEqual(['log 1 sent', 'tui 1 sent', 'webhook 1 sent', 'smtp 1 sent'])
    expect(calls).toHaveLength(1)
    const { headers, body } = calls[0]!
    expect(headers['idempotency-key']).toBe(id)
    expect(headers['x-nianjie-signature']).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`)
    expect(JSON.parse(body)).toMatchObject({ id, district: '152502', problem: 'D-1', clock: 'resolution', kind: 'escalation', level: 3, people: ['丙'] })
    expect(mails.map(({ to }) => to)).toEqual([['c@example.org', 'desk@example.org']])
    // Asked again after a crash, nothing is raised or named twice.
    expect((await raise('D-1')).notifications).toEqual([])
  })

  it('is tried again where it failed, and not any more once the problem is resolved', async () => {
    answers = [500]
    await writeProblem(database.db, 'D-2', 40)
    const { notifications: [id] } = await raise('D-2')
    await expect(send(id!)).rejects.toThrow('webhook')
    await resolve('D-2')
    await send(id!)
    expect(calls).toHaveLength(1)
    expect((await record(id!)).at(-1)).toBe('webhook 2 void')
    expect((await raise('D-2')).notifications).toEqual([])
  })

  it('of a breach goes out although the problem was resolved right after it', async () => {
    answers = [500]
    await writeProblem(database.db, 'D-3', 125)
    const { notifications: [id] } = await raise('D-3')
    await expect(send(id!)).rejects.toThrow('webhook')
    await resolve('D-3')
    await send(id!)
    expect(JSON.parse(calls[1]!.body)).toMatchObject({ kind: 'breach', problem: 'D-3' })
  })

  it('is not silenced by a mistake in the roster: the levels are called by their roles', async () => {
    broken = true
    await writeProblem(database.db, 'D-4', 95)
    const { notifications: [id] } = await raise('D-4')
    await send(id!)
    expect(JSON.parse(calls[0]!.body)).toMatchObject({ problem: 'D-4', people: [], roles: ['coordinator', 'finance'] })
  })
})
