/** Taking a carry-forward back through the year-end: who may, in which state, what becomes of the books, and the watch after the sign-off. */
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPORTS, findGeneration, writeExport } from '../../books/export/export.ts'
import { verifyAudit } from '../../books/audit.ts'
import { listFindings } from '../../books/read-model/findings.ts'
import { districtWorkflowId } from '../../workflows/ids.ts'
import { booksOf, closeYear, importUnit, realBooks } from './small-books.ts'
import { PEOPLE, YEAR, type World, addPeople, approve, createWorld, finishDistrict, person, stepsOf, until } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  addPeople(world)
  person(world, 'eng', ['engineer'])
  person(world, 'far', ['finance'], ['152502'])
  await world.startWorker({ engines: realBooks(world) })
})
afterAll(() => world.close())

const undo = (district: string, actor: string, approveIt = false) =>
  world.operations.decideUndo({ year: YEAR, district, actor, comment: '更正', word: approveIt ? 'approve' : 'ask' })
const rejectUndo = (district: string, actor: string, comment = '不必撤销') => world.operations.decideUndo({ year: YEAR, district, actor, comment, word: 'reject' })
const lock = (district: string, actor: string, comment = '') => world.operations.lock({ year: YEAR, district, actor, comment })
const late = async (district: string) =>
  (await listFindings(world.database.db, { year: YEAR, districts: [district] })).filter(({ rule }) => rule === 'LATE').map(({ key, status, severity }) => ({ key, status, severity }))
const runState = async (district: string) => (await world.database.db.selectFrom('runs').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
  .select('state').where('district', '=', district).orderBy('run_id', 'desc').executeTakeFirstOrThrow()).state
const waitOf = (district: string) => world.database.db.selectFrom('undo_requests as u').innerJoin('runs', 'runs.run_id', 'u.run_id').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
  .select(['u.state', 'u.waiting_on']).where('district', '=', district).orderBy('u.waiting_since', 'desc').executeTakeFirst()
const isOpen = async (district: string) => (await world.client.workflow.getHandle(districtWorkflowId(YEAR, district)).describe()).status.name === 'RUNNING'
const ended = (district: string) => world.client.workflow.getHandle(districtWorkflowId(YEAR, district)).result()

async function begin(district: string): Promise<void> {
  await importUnit(world, district, '1000.00')
  expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
}

describe('the undo of a carry-forward', () => {
  it('is refused to the wrong person and in the wrong state, and takes two', async () => {
    const district = '152502'
    await begin(district)
    expect(await undo(district, 'fin')).toMatchObject({ ok: false, code: 'wrong-state' })
    await closeYear(world, district, PEOPLE)
    expect(await undo(district, 'coo', true)).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await undo(district, 'eng')).toMatchObject({ ok: false, code: 'wrong-role' })
    expect(await undo(district, 'nobody')).toMatchObject({ ok: false, code: 'unknown-actor' })
    expect(await undo(district, 'fin')).toEqual({ ok: true, state: 'asked' })
    expect(await undo(district, 'coo')).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await undo(district, 'fin', true)).toMatchObject({ ok: false, code: 'separation-of-duties' })
    expect(await undo(district, 'eng', true)).toMatchObject({ ok: false, code: 'wrong-role' })
    expect((await stepsOf(world, district)).get('carry-forward')!.state).toBe('approved')
    expect(await undo(district, 'coo', true)).toEqual({ ok: true, state: 'undoing' })
    expect((await until(world, district, 'carry-forward', 'awaiting-approval')).generation).toBe(2)
    expect(await undo(district, 'fin')).toMatchObject({ ok: false, code: 'wrong-state' })
  })

  it('is refused to a person of another district', async () => {
    await begin('152522')
    await closeYear(world, '152522', PEOPLE)
    expect(await undo('152522', 'far')).toMatchObject({ ok: false, code: 'wrong-district' })
  })

  it('and another close give the same bytes, ten times, and the year-end goes on', { timeout: 300_000 }, async () => {
    const district = '152501'
    await begin(district)
    await closeYear(world, district, PEOPLE)
    const seen = new Set<string>()
    for (let round = 1; round <= 10; round += 1) {
      await until(world, district, 'initialise', 'awaiting-approval')
      seen.add(await exportsOf(district))
      if (round === 10) break
      if (round === 1) {
        await approve(world, district, 'initialise', 'fin')
        await until(world, district, 'sign-off', 'awaiting-approval')
      }
      expect(await undo(district, 'fin')).toMatchObject({ ok: true })
      // Nothing is signed off over the head of the one who asked.
      if (round === 1) await expect(approve(world, district, 'sign-off', 'coo')).rejects.toThrow('fin asked for the undo')
      expect(await undo(district, 'coo', true)).toMatchObject({ ok: true })
      await until(world, district, 'carry-forward', 'awaiting-approval')
      expect((await stepsOf(world, district)).get('sign-off')!.state).toBe('pending')
      expect((await stepsOf(world, district)).get('reconcile')!.state).toBe('approved')
      await approve(world, district, 'carry-forward', ...PEOPLE)
    }
    expect(seen.size).toBe(1)
    expect([...seen][0]!.split('\n').length).toBeGreaterThan(10)
    expect(await booksOf(world, district)).toMatchObject({ live: 1, reversed: 9, unbalanced: 0 })
    await approve(world, district, 'initialise', 'fin')
    await approve(world, district, 'sign-off', 'coo')
    expect(await ended(district)).toMatchObject({ outcome: 'completed' })
  })
})

/** Every export of the year in force, as one text. */
async function exportsOf(district: string): Promise<string> {
  const source = (await findGeneration(world.database.db, { district, closingYear: YEAR }))!
  let text = ''
  const sink = () => new Writable({ write: (chunk, _, done) => { text += String(chunk); done() } })
  for (const kind of EXPORTS) await writeExport(world.database, kind, source, sink())
  return text
}

describe('a late change before the sign-off', () => {
  it('shows its difference against what is in force, needs two approvals, and takes its place by a reversal', async () => {
    const district = '152524'
    await begin(district)
    await closeYear(world, district, PEOPLE)
    await until(world, district, 'initialise', 'awaiting-approval')
    await world.operations.announceInput({ year: YEAR, district, version: await importUnit(world, district, '1200.00') })
    for (const step of ['asset-health', 'in-transit', 'reconcile'] as const) await approve(world, district, step, 'fin')
    expect((await until(world, district, 'carry-forward', 'awaiting-approval')).generation).toBe(2)
    const { result } = await world.database.db.selectFrom('step_results').innerJoin('runs', 'runs.run_id', 'step_results.run_id').innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id')
      .select('result').where('district', '=', district).where('step', '=', 'carry-forward').where('generation', '=', 2).executeTakeFirstOrThrow()
    expect(result).toMatchObject({ figures: { change: { openings: 4, amount: '800.00' } } })
    expect((await booksOf(world, district)).openings).toContain('U|1002 110000')
    await approve(world, district, 'carry-forward', ...PEOPLE)
    await until(world, district, 'initialise', 'awaiting-approval')
    expect(await booksOf(world, district)).toMatchObject({ live: 1, reversed: 1, unbalanced: 0 })
    expect((await booksOf(world, district)).openings).toContain('U|1002 130000')
    expect(await late(district)).toEqual([])
  })
})

describe('a year that was signed off', () => {
  const district = '152523'

  it('raises a finding for a late change and reopens nothing', async () => {
    await begin(district)
    await finishDistrict(world, district, PEOPLE)
    expect(await ended(district)).toMatchObject({ outcome: 'completed' })
    await world.operations.announceInput({ year: YEAR, district, version: await world.import(district, ['statements', 'assets']) })
    expect(await ended(district)).toMatchObject({ outcome: 'completed' })
    expect(await late(district)).toEqual([])
    const version = await importUnit(world, district, '1500.00')
    await world.operations.announceInput({ year: YEAR, district, version })
    await expect.poll(() => late(district)).toEqual([{ key: 'entries', status: 'open', severity: 'warning' }])
    expect(await ended(district)).toMatchObject({ outcome: 'completed' })
    expect(await runState(district)).toBe('completed')
    expect([...(await stepsOf(world, district)).values()].map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'approved'))
    expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })).toMatchObject({ ok: false, code: 'already-completed' })
  })

  it('hears a request for an undo and stays open while nobody decided it; approved, it goes on from the carry-forward', async () => {
    expect(await undo(district, 'eng')).toMatchObject({ ok: false, code: 'wrong-role' })
    expect(await undo(district, 'coo')).toEqual({ ok: true, state: 'asked' })
    expect(await waitOf(district)).toMatchObject({ state: 'open', waiting_on: 'finance,coordinator' })
    expect(await isOpen(district)).toBe(true)
    expect(await runState(district)).toBe('completed')
    expect(await lock(district, 'coo', '下年调整')).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await rejectUndo(district, 'fin', '')).toMatchObject({ ok: false, code: 'comment-required' })
    expect(await rejectUndo(district, 'eng')).toMatchObject({ ok: false, code: 'wrong-role' })
    expect(await rejectUndo(district, 'fin')).toEqual({ ok: true, state: 'rejected' })
    expect(await ended(district)).toMatchObject({ outcome: 'completed' })
    expect(await waitOf(district)).toMatchObject({ state: 'rejected' })
    expect(await rejectUndo(district, 'fin')).toMatchObject({ ok: false, code: 'wrong-state' })
    // Rejected is not for ever: it can be asked for again, and taken back by the one who asked.
    expect(await undo(district, 'coo')).toEqual({ ok: true, state: 'asked' })
    expect(await rejectUndo(district, 'coo', '收回')).toEqual({ ok: true, state: 'rejected' })
    expect(await undo(district, 'coo')).toEqual({ ok: true, state: 'asked' })
    expect(await world.operations.showUndo({ year: YEAR, district })).toMatchObject({
      ok: true, preview: { signedOff: true, request: { actor: 'coo' }, approvals: [{ step: 'carry-forward' }, { step: 'carry-forward' }, { step: 'initialise' }, { step: 'sign-off' }] },
    })
    expect(await undo(district, 'fin', true)).toEqual({ ok: true, state: 'undoing' })
    expect(await runState(district)).toBe('running')
    // The correction touched what the earlier steps rest on: they are checked again first.
    await approve(world, district, 'in-transit', 'fin')
    await approve(world, district, 'asset-health', 'fin')
    await approve(world, district, 'reconcile', 'fin')
    await approve(world, district, 'carry-forward', ...PEOPLE)
    await approve(world, district, 'initialise', 'fin')
    await approve(world, district, 'sign-off', 'coo')
    expect(await ended(district)).toMatchObject({ outcome: 'completed' })
    expect(await runState(district)).toBe('completed')
    expect(await late(district)).toMatchObject([{ status: 'resolved' }])
    expect(await booksOf(world, district)).toMatchObject({ live: 1, reversed: 1, unbalanced: 0 })
    expect((await booksOf(world, district)).openings).toContain('U|1002 160000')
  })

  it('is locked by a coordinator, with the reason while a late change is open; then nothing can be undone', async () => {
    const version = await importUnit(world, district, '1700.00')
    await world.operations.announceInput({ year: YEAR, district, version })
    await expect.poll(() => late(district)).toMatchObject([{ status: 'open' }])
    expect(await lock(district, 'fin')).toMatchObject({ ok: false, code: 'wrong-role' })
    expect(await lock(district, 'coo')).toMatchObject({ ok: false, code: 'comment-required' })
    expect(await lock(district, 'coo', '下年调整')).toEqual({ ok: true })
    expect(await late(district)).toMatchObject([{ status: 'explained' }])
    expect(await undo(district, 'fin')).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await lock(district, 'coo', '再次')).toMatchObject({ ok: false, code: 'wrong-state' })
    // No more input either, whatever writes it: the year is over.
    await expect(world.import(district, ['entries'])).rejects.toMatchObject({ code: 'NJ001' })
    expect(await runState(district)).toBe('completed')
    expect(await verifyAudit(world.database.db)).toMatchObject({ bad: null })
  })

  it('can not be locked before its sign-off', async () => {
    expect(await lock('152522', 'coo')).toMatchObject({ ok: false, code: 'wrong-state' })
  })
})
