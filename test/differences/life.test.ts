/** The life of a difference: seen, assigned, explained with evidence, fallen with its amounts, corrected; and the gate before the approval. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readEvidenceFile } from '../../books/differences/evidence.ts'
import { explanationsOf } from '../../books/differences/explanations.ts'
import { differenceHistory } from '../../books/differences/history.ts'
import { listDifferences } from '../../books/differences/read.ts'
import { type World, YEAR, approve, createWorld, person, until } from '../workflows/world.ts'

let world: World
let district = ''
const DISTRICTS = ['152501', '152502', '152522', '152523', '152524', '152525', '152526']
beforeAll(async () => {
  world = await createWorld()
  person(world, 'fin', ['finance'])
  person(world, 'eng', ['engineer'])
  person(world, 'both', ['engineer', 'finance'])
  await world.startWorker()
})
afterAll(() => world.close())
beforeEach(async () => {
  district = DISTRICTS.shift()!
  found(['b/1', 500n])
  await world.import(district)
  await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })
  await approve(world, district, 'in-transit', 'fin')
  await until(world, district, 'reconcile', 'blocked')
})

const found = (...keys: [key: string, amount: bigint][]) =>
  world.findings.set(`${district}/reconcile`, keys.map(([key, amount]) => ({ rule: 'R8', key, severity: 'error' as const, amount })))
const list = (more: object = {}) => listDifferences(world.database.db, { year: YEAR, districts: [district], now: new Date(), ...more })
const one = async (key = 'b/1') => (await list()).find((each) => each.key === key)!
const history = async () => (await differenceHistory(world.database.db, { district, year: YEAR, id: (await one()).id })).map((event) => event.what)
const say = async (actor: string, action: 'explain' | 'waive' | 'assign' | 'correct', about = {}, comment = 'because', files: { name: string; content: Buffer }[] = []) =>
  world.operations.decideFindings({ actor, rows: [{ id: (await one()).id, action, comment, about }], files })
const recheck = async () => {
  await world.operations.recheck({ year: YEAR, district, step: 'reconcile', by: 'test' })
  return until(world, district, 'reconcile', 'blocked', 'awaiting-approval')
}

describe('a difference', () => {
  it('is explained with its kind, owner and evidence by one signed word, and the file is kept by its content', async () => {
    const content = Buffer.from('bank letter')
    const evidence = { name: 'letter.pdf', size: content.length, sha256: createHash('sha256').update(content).digest('hex') }
    expect(await one()).toMatchObject({ rule: 'R8', difference: '5.00', state: 'open', owner: null, explanation: null, ageDays: 0 })
    expect(await say('eng', 'explain', { kind: 'timing', owner: '王会计', evidence }, 'paid on 3 January', [{ name: 'letter.pdf', content }])).toEqual({ ok: true, decided: 1 })
    await until(world, district, 'reconcile', 'awaiting-approval')
    expect(await one()).toMatchObject({ state: 'explained', kind: 'timing', owner: '王会计', explanation: { actor: 'eng', comment: 'paid on 3 January', evidence } })
    expect(await readEvidenceFile(world.database.db, evidence.sha256)).toEqual(content)
    const { rows } = await sql<{ signed: string; chain: string }>`select d.payload as signed, a.detail as chain from decisions d join audit.events a
      on a.kind = 'decision.accepted' and a.subject like '%' || d.decision_id where d.kind = 'findings' and a.district = ${district}`.execute(world.database.db)
    for (const text of Object.values(rows[0]!)) expect(text).toContain(evidence.sha256)
    expect(await list({ kind: 'timing', owner: '王会计', states: ['explained'] })).toHaveLength(1)
    expect(await list({ owner: 'nobody' })).toEqual([])
  })

  it('refuses a kind that nobody knows, evidence that did not arrive, and a word of somebody without the role', async () => {
    const missing = { name: 'a.pdf', size: 3, sha256: 'f'.repeat(64) }
    expect(await say('eng', 'explain', { kind: 'magic' })).toMatchObject({ code: 'malformed', en: expect.stringContaining('there is no kind magic: there are timing') })
    expect(await say('eng', 'explain', { evidence: missing })).toMatchObject({ code: 'malformed', en: expect.stringContaining('did not arrive') })
    expect(await say('eng', 'explain', { evidence: { ...missing, name: '../a.pdf' } })).toMatchObject({ code: 'malformed' })
    expect(await say('fin', 'assign', { owner: 'li' })).toMatchObject({ code: 'wrong-role' })
    expect(await say('eng', 'assign')).toMatchObject({ code: 'malformed' })
    expect(await say('eng', 'correct', {}, ' ')).toMatchObject({ code: 'comment-required' })
    expect((await one()).state).toBe('open')
  })

  it('stays open and blocking while it has only an owner and is to be corrected; who said so has settled nothing', async () => {
    expect(await say('both', 'assign', { owner: 'li' }, '')).toMatchObject({ ok: true })
    expect(await say('both', 'correct', { kind: 'wrong-amount' }, 'book 5.00 more')).toMatchObject({ ok: true })
    expect(await one()).toMatchObject({ state: 'to-correct', owner: 'li', kind: 'wrong-amount' })
    await until(world, district, 'reconcile', 'blocked')
    found()
    await recheck()
    expect(await one()).toMatchObject({ state: 'cleared', owner: 'li' })
    expect(await history()).toEqual(['seen', 'assign', 'correct', 'gone'])
    expect(await world.operations.decideStep({ year: YEAR, district, step: 'reconcile', kind: 'approve', actor: 'both', comment: '' })).toEqual({ ok: true })
  })

  it('keeps its explanation over a recheck of the same amounts, and loses it when they change', async () => {
    await say('eng', 'explain', { kind: 'timing' })
    await recheck()
    expect(await one()).toMatchObject({ state: 'explained' })
    found(['b/1', 400n])
    await recheck()
    expect(await one()).toMatchObject({ state: 'open', explanation: null, kind: null, difference: '4.00' })
    expect(await history()).toEqual(['seen', 'explain', 'changed'])
  })

  it('is as old as when it was first seen, in whatever run of the year', async () => {
    await sql`update differences set first_seen_at = now() - interval '9 days' where finding_id = ${(await one()).id}`.execute(world.database.db)
    await world.operations.cancel({ year: YEAR, districts: [district], by: 'test' })
    for (let patience = 100; patience > 0; patience -= 1) {
      const started = await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })
      if (started.ok) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await approve(world, district, 'in-transit', 'fin')
    await until(world, district, 'reconcile', 'blocked')
    expect(await one()).toMatchObject({ ageDays: 9, state: 'open' })
    found(['b/1', 500n], ['b/2', 1n])
    await recheck()
    found(['b/2', 1n])
    await recheck()
    found(['b/1', 500n], ['b/2', 1n])
    await recheck()
    expect(await history()).toEqual(['seen', 'gone', 'back'])
    expect((await one('b/2')).ageDays).toBe(0)
  })
})

describe('explanations from a sheet', () => {
  const line = { line: 2, rule: 'R8', key: 'b/1', difference: '5.00', kind: '时间性在途', explanation: 'paid in January', owner: '李' }
  const kinds = () => world.config.differences.kinds
  const read = (...lines: object[]) => explanationsOf(world.database.db, { year: YEAR, district, kinds: kinds() }, lines.map((more, index) => ({ ...line, line: index + 2, ...more })))

  it('become one signed word, once; and nothing at all when a single line is wrong', async () => {
    found(['b/1', 500n], ['b/2', 100n], ['b/3', 7n])
    await recheck()
    const wrong = await read({}, { key: 'b/9' }, { key: 'b/2', difference: '3.00' }, { key: 'b/3', difference: '', kind: 'magic' }, {}, { explanation: '', owner: '' })
    expect(wrong.rows).toEqual([])
    expect(wrong.problems.map((one) => `${one.line} ${one.column}`)).toEqual(['3 key', '4 difference', '5 kind', '6 key', '7 explanation'])
    const right = [{}, { key: 'b/2', difference: '1', kind: '', explanation: '', owner: '王' }, { key: 'b/3', difference: '', kind: '', explanation: '', owner: '' }]
    const { rows, problems } = await read(...right)
    expect(problems).toEqual([])
    expect(await world.operations.decideFindings({ actor: 'eng', rows })).toEqual({ ok: true, decided: 2 })
    expect((await list()).map((one) => [one.key, one.state, one.kind, one.owner])).toEqual([
      ['b/1', 'explained', 'timing', '李'], ['b/2', 'open', null, '王'], ['b/3', 'open', null, null]])
    expect((await read(...right)).rows).toEqual([])
  })
})

describe('the approval', () => {
  it('is refused while a difference is unexplained, with their number and where to see them', async () => {
    found(['b/1', 500n], ['b/2', 1n])
    await recheck()
    await say('eng', 'explain', { kind: 'timing' })
    const answer = await world.operations.decideStep({ year: YEAR, district, step: 'reconcile', kind: 'approve', actor: 'fin', comment: '' })
    expect(answer).toMatchObject({ code: 'wrong-state', en: expect.stringContaining('1 difference') })
    expect(answer).toMatchObject({ en: expect.stringContaining(`nianjie difference list --district ${district} --state open to-correct`) })
  })
})
