import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { readBoard } from '../../books/read-model/board.ts'
import { latestYear } from '../../books/read-model/current.ts'
import { readEvents } from '../../books/read-model/events.ts'
import { readEvidence } from '../../books/read-model/evidence.ts'
import { listFindingDecisions, listFindings } from '../../books/read-model/findings.ts'
import { readStatus } from '../../books/read-model/status.ts'
import { STEPS } from '../../domain/steps.ts'
import { addRun, addScope, BOARD, fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const NAMES = new Map([['152500', { zh: '锡林郭勒盟本级', en: 'Xilingol League' }]])
let books: TestDatabase

beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
})
afterAll(() => books?.drop())

describe('the status of a year', () => {
  it('has every district with a run or input, by code, each with all steps in order', async () => {
    const status = await readStatus(books.db, { year: 2025 }, NAMES)
    expect(status.districts.map((district) => district.code)).toEqual(BOARD.map((district) => district.code))
    for (const district of status.districts) expect(district.steps.map((step) => step.step)).toEqual([...STEPS])
    expect(status).toMatchObject({ year: 2025, state: 'running' })
    expect(status.districts[0]).toMatchObject({ name: '锡林郭勒盟本级', state: 'running', percent: 50 })
    expect(status.districts[1]).toMatchObject({ state: 'completed', percent: 100 })
    expect(status.districts.at(-1)).toMatchObject({ code: '152530', state: 'pending', percent: 0 })
  })
  it('counts findings by severity whatever their status, and the open ones', async () => {
    const status = await readStatus(books.db, { year: 2025 }, NAMES)
    const blocked = status.districts.find((district) => district.code === '152502')!.steps
    expect(blocked[0]!.findings).toEqual({ error: 1, warning: 1, info: 0, open: 2 })
    expect(blocked[4]!.findings).toEqual({ error: 1, warning: 1, info: 1, open: 2 })
  })
  it('gives times as ISO 8601 UTC', async () => {
    const status = await readStatus(books.db, { year: 2025 }, NAMES)
    expect(status.districts[0]!.steps[2]!.deadline).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })
  it('says why a step failed, with a code for machines, and nothing of the others', async () => {
    const status = await readStatus(books.db, { year: 2025 }, NAMES)
    const failed = status.districts.find((district) => district.code === '152523')!.steps
    expect(failed[2]).toMatchObject({ state: 'failed', failure: { code: 'failed', zh: expect.stringContaining('试算不平'), en: expect.stringContaining('trial balance') } })
    expect(failed[1]!.failure).toBeNull()
    await sql`update step_states s set failure = '{"code":"rejected","zh":"退回","en":"sent back"}'
      from runs r where r.run_id = s.run_id and r.workflow_id = 'year-end-152502' and s.step = 'in-transit'`.execute(books.db)
    const again = await readStatus(books.db, { year: 2025, districts: ['152502'] }, NAMES)
    expect(again.districts[0]!.steps[0]).toMatchObject({ state: 'blocked', failure: { code: 'rejected', zh: '退回', en: 'sent back' } })
  })
  it('lets nothing wait that was approved or called off, whatever it waited for last', async () => {
    await sql`update step_states set waiting_on = 'finance', deadline = now() where state in ('cancelled', 'approved')`.execute(books.db)
    const { districts } = await readStatus(books.db, { year: 2025 }, NAMES)
    const over = districts.flatMap(({ steps }) => steps).filter(({ state }) => state === 'cancelled' || state === 'approved')
    expect(over.length).toBeGreaterThan(10)
    for (const step of over) expect(step).toMatchObject({ waitingOn: null, deadline: null })
  })
  it('is empty and pending for a year that nobody knows', async () => {
    expect(await readStatus(books.db, { year: 1999 }, NAMES)).toEqual({ year: 1999, state: 'pending', districts: [] })
  })
  it('shows the real run and, when asked, the rehearsal', async () => {
    const scopeId = await addScope(books.db, '152501', 2030)
    await addRun(books.db, { scopeId, district: '152501', state: 'completed', kind: 'rehearsal', index: 0, steps: ['approved', 'blocked', 'pending', 'pending', 'approved', 'pending'] })
    expect((await readStatus(books.db, { year: 2030 }, NAMES)).districts[0]).toMatchObject({ kind: 'rehearsal', state: 'completed' })
    await addRun(books.db, { scopeId, district: '152501', state: 'cancelled', index: 0, steps: ['running', 'pending', 'pending', 'pending', 'running', 'pending'] })
    expect((await readStatus(books.db, { year: 2030 }, NAMES)).districts[0]).toMatchObject({ kind: 'real', state: 'cancelled' })
    expect((await readStatus(books.db, { year: 2030, rehearsal: true }, NAMES)).districts[0]).toMatchObject({ kind: 'rehearsal' })
  })
  it('without a year shows the latest one that is live', async () => {
    expect(await latestYear(books.db)).toBe(2025)
  })
})

describe('the list of findings', () => {
  it('is sorted by district, step, rule by letter then number, and key', async () => {
    const findings = await listFindings(books.db, { year: 2025, districts: ['152500', '152501'] })
    expect(findings.filter((finding) => finding.district === '152500').map((finding) => finding.rule))
      .toEqual(['BGT_ADJ', 'PAY_CERT', 'R2', 'R10', 'D03', 'F03', 'L12'])
    expect(findings.findIndex((finding) => finding.district === '152501')).toBe(7)
  })
  it('filters by step, rule, status and severity, and writes amounts as signed yuan', async () => {
    const one = await listFindings(books.db, { year: 2025, districts: ['152502'], step: 'in-transit', rule: 'BGT_ADJ', status: 'open', severity: 'warning' })
    expect(one).toHaveLength(1)
    expect(one[0]).toMatchObject({ key: 'BGT_ADJ/TZ0007', amount: '-500.00', status: 'open', contentDigest: expect.any(String) })
    expect(await listFindings(books.db, { year: 2025, rule: 'NONE' })).toEqual([])
  })
  it('hides what later steps had found while an earlier one is open again, but not what the plan of the carry-forward finds', async () => {
    const scopeId = await addScope(books.db, '152501', 2031)
    const runId = await addRun(books.db, { scopeId, district: '152501', state: 'running', index: 0, steps: ['blocked', 'blocked', 'blocked', 'pending', 'blocked', 'pending'] })
    await sql`update findings set step = 'initialise' where run_id = ${runId} and rule = 'R2'`.execute(books.db)
    const shown = async () => (await listFindings(books.db, { year: 2031 })).map((finding) => finding.rule)
    const open = async () => (await readStatus(books.db, { year: 2031 }, NAMES)).districts[0]!.steps.map((step) => step.findings.open)
    expect(await shown()).toEqual(['BGT_ADJ', 'PAY_CERT', 'R10', 'R2', 'D03', 'F03', 'L12'])
    expect(await open()).toEqual([2, 1, 0, 1, 2, 0])
    await sql`update step_states set state = 'pending' where run_id = ${runId} and step in ('reconcile', 'carry-forward')`.execute(books.db)
    expect(await shown()).toEqual(['BGT_ADJ', 'PAY_CERT', 'D03', 'F03', 'L12'])
    expect(await open()).toEqual([2, 0, 0, 0, 2, 0])
  })
  it('keeps every word on a finding', async () => {
    const finding = (await listFindings(books.db, { year: 2025, districts: ['152500'], rule: 'R10' }))[0]!
    expect(await listFindingDecisions(books.db, { year: 2025 }, finding.id)).toMatchObject([{ actor: 'bao.yin', action: 'explain', accepted: true, current: true }])
  })
})

describe('the overview', () => {
  it('says who approved and who decided, and what nobody has seen', async () => {
    const board = await readBoard(books.db, { year: 2025 }, NAMES)
    expect(board.details.get('152500/carry-forward')).toMatchObject({ approvedBy: ['wang.li'], decidedBy: [], evidenceDigest: 'evidence-carry-forward' })
    expect(board.details.get('152500/reconcile')).toMatchObject({ decidedBy: ['bao.yin'] })
    expect(board.details.get('152523/carry-forward')!.failure!.en).toContain('GU101')
    expect(board.notices.length).toBeGreaterThan(2)
    await sql`update notifications set seen_by = 'chen.jie', seen_at = now()`.execute(books.db)
    expect((await readBoard(books.db, { year: 2025 }, NAMES)).notices).toEqual([])
  })
})

describe('the evidence of a step', () => {
  it('has the digest, the figures in their order and the words of people', async () => {
    const evidence = await readEvidence(books.db, { year: 2025 }, '152500', 'carry-forward')
    expect(evidence).toMatchObject({ evidenceDigest: 'evidence-carry-forward', words: [{ actor: 'wang.li', kind: 'approve', comment: '核对无误', holds: true }] })
    expect(evidence!.figures).toMatchObject({ openingTotals: { debit: '48210077.36' } })
    expect(await readEvidence(books.db, { year: 2025 }, '152530', 'reconcile')).toBeNull()
  })
  it('of a district lists what happened, newest first', async () => {
    const events = await readEvents(books.db, { year: 2025 }, '152500')
    expect(events.map((event) => event.at)).toEqual(events.map((event) => event.at).toSorted().toReversed())
    expect(events.some((event) => event.kind === 'run-started' && event.actor === 'chen.jie')).toBe(true)
    expect(events.some((event) => event.kind === 'state' && event.subject === 'carry-forward')).toBe(true)
  })
})
