/** The scan: one finding for each document that is not final, with all that a person needs; and the documents that go over. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergeFound } from '../../books/findings.ts'
import { lateDocuments, recordCarriedDocuments, scanInTransit } from '../../books/steps/in-transit/index.ts'
import { DOCUMENT_STATUSES } from '../../domain/documents.ts'
import { CONFIG, contextOf, loadDistrict, runEngine } from '../reconcile/fixture.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

const scan = (scope: number, year: number, more = {}) => runEngine(database, (trx) => scanInTransit(trx, contextOf(scope, '152501', year, { step: 'in-transit', ...more })))

describe('the scan', () => {
  it('finds every type in every status that is not final, with its own severity, and nothing else', async () => {
    const types = Object.keys(CONFIG.documents.types)
    const scope = await loadDistrict(database, '152501', 2025, {
      documents: types.flatMap((type) => DOCUMENT_STATUSES.map((status) => ({ type, number: `${status}-1`, status, amount: '1.10', unit: 'u1' }))),
    })
    const { found, outcome } = await scan(scope, 2025)
    const open = DOCUMENT_STATUSES.filter((status) => !['completed', 'voided'].includes(status))
    expect(found.map((one) => one.key)).toEqual(types.flatMap((type) => open.map((status) => `${type}/${status}-1`)).sort())
    for (const one of found) {
      const [type, number] = one.key.split('/') as [string, string]
      expect(one).toMatchObject({ step: 'in-transit', rule: type, severity: CONFIG.documents.types[type]!.severity, amount: 110n })
      expect(one.facts).toMatchObject({ type, number, unit: 'u1', amount: '1.10' })
      expect(one.message_zh).toMatch(/前处理：.+。$/)
      expect(one.message_en).toContain('To do by 2025-')
      expect((one.facts as { actions?: unknown[] }).actions!.length).toBeGreaterThan(0)
    }
    expect(outcome.figures).toMatchObject({ documents: 144, settled: 48, amount: '158.40', inDoubt: 1, byUnit: { u1: { count: 144, amount: '158.40' } } })
    expect((outcome.figures.byType as Record<string, unknown>).PAY_CERT).toEqual({ count: 6, amount: '6.60' })
  })

  it('tells of a sent certificate that it is in doubt: asked for by its number, never repeated or voided', async () => {
    const scope = await loadDistrict(database, '152501', 2026, {
      documents: [{
        type: 'PAY_CERT', number: 'ZF1', status: 'sent', amount: '1234567.89', unit: 'u9', counterparty: 'icbc', reference: 'R-7', indicator: 'I-1',
        created_on: '2026-12-01', updated_on: '2026-12-20',
      }, { type: 'BASE_INFO', number: 'late', status: 'draft', amount: '0', created_on: '2027-01-05' }],
    })
    const { found } = await scan(scope, 2026)
    const sent = found.find((one) => one.key === 'PAY_CERT/ZF1')!
    expect(sent.facts).toMatchObject({
      inDoubt: true, actions: ['complete', 'return'], ageDays: 30, idleDays: 11, owner: { key: 'bank', en: 'agent bank' }, counterparty: 'icbc',
      reference: 'R-7', indicator: 'I-1', cutOff: '2026-12-31', status: 'sent', createdOn: '2026-12-01',
    })
    expect(sent.message_en).toContain('1234567.89 yuan): sent and no receipt has come back, 30 days in transit')
    expect(sent.message_en).toContain('ask the agent bank by this number; never send it again, never void it')
    expect(sent.message_zh).toContain('不得重发，不得作废')
    expect(found.find((one) => one.key === 'BASE_INFO/late')!).toMatchObject({ severity: 'info', facts: { ageDays: 0 } })
  })

  it('has no amount for a document that gives none, and says so', async () => {
    const scope = await loadDistrict(database, '152505', 2025, {
      documents: [{ type: 'BASE_INFO', number: '1', status: 'draft', amount: '', unit: 'u1' }, { type: 'BASE_INFO', number: '2', status: 'draft', amount: '0', unit: 'u1' }],
    })
    const { found, outcome } = await scan(scope, 2025)
    expect(found.map((one) => one.amount)).toEqual([null, 0n])
    expect(found[0]!.facts).not.toHaveProperty('amount')
    expect(found[0]!.message_en).toContain('(unit u1, no amount given): ')
    expect(found[0]!.message_zh).toContain('（单位 u1，未填金额）')
    expect(outcome.figures).toMatchObject({ documents: 2, amount: '0.00', byType: { BASE_INFO: { count: 2, amount: '0.00' } } })
  })

  it('keeps districts and years apart, and reports a type that the configuration no longer knows', async () => {
    const mine = await loadDistrict(database, '152502', 2025, { documents: [{ type: 'OLD_TYPE', number: '1', status: 'draft', amount: '5' }] })
    await loadDistrict(database, '152502', 2024, { documents: [{ type: 'PAY_APPLY', number: '2', status: 'draft', amount: '5' }] })
    const { found } = await scan(mine, 2025)
    expect(found.map((one) => `${one.severity} ${one.key}`)).toEqual(['error OLD_TYPE/1'])
    expect(found[0]!.message_en).toContain('documents.yaml')
  })

  it('is empty, with figures, for a district without documents', async () => {
    const scope = await loadDistrict(database, '152503', 2025, {})
    const { found, outcome } = await scan(scope, 2025)
    expect([found, outcome.figures]).toEqual([[], { documents: 0, settled: 0, blocking: 0, inDoubt: 0, amount: '0.00', byType: {}, byUnit: {} }])
  })
})

describe('decided documents', () => {
  const documents = [
    { type: 'LQD_CERT', number: 'a/1', status: 'sent', amount: '10', unit: 'u1' }, { type: 'PAY_APPLY', number: 'b', status: 'draft', amount: '20', unit: 'u1' },
    { type: 'ASSET_DOC', number: 'c', status: 'draft', amount: '0' },
  ]

  it('that are carried get their new number, once; late or changed ones are named by the re-scan', async () => {
    const scope = await loadDistrict(database, '152504', 2025, { documents })
    const runId = await startRun(scope)
    const context = contextOf(scope, '152504', 2025, { runId, step: 'in-transit' })
    await runEngine(database, async (trx) => {
      await scanInTransit(trx, context)
      await mergeFound(trx, { runId, district: '152504', year: 2025, generation: 1, step: 'in-transit' })
      expect((await lateDocuments(trx, context)).count).toBe(2)
    })
    await decide(runId, { 'LQD_CERT/a/1': 'carry', 'PAY_APPLY/b': 'void', 'ASSET_DOC/c': 'carry' })
    const carried = () => database.db.selectFrom('carried_documents').select(['type', 'number', 'new_number', 'amount']).where('run_id', '=', runId).orderBy('type').execute()
    for (const _ of [1, 2]) await runEngine(database, (trx) => recordCarriedDocuments(trx, context))
    expect(await carried()).toEqual([
      { type: 'ASSET_DOC', number: 'c', new_number: 'c-2026', amount: 0n }, { type: 'LQD_CERT', number: 'a/1', new_number: 'a/1-2026', amount: 1000n },
    ])
    await sql`update documents set amount = 2100 where scope_id = ${scope} and number = 'b'`.execute(database.db)
    await sql`insert into documents select scope_id, 'PAY_CERT', 'new', unit, null, null, null, null, 1, 'sent', null, null, null, null, 9 from documents where scope_id = ${scope} limit 1`.execute(database.db)
    const { outcome } = await runEngine(database, (trx) => lateDocuments(trx, context))
    expect([outcome.count, outcome.documents.map((one) => `${one.key} ${one.amount}`)]).toEqual([2, ['PAY_APPLY/b 2100', 'PAY_CERT/new 1']])
    expect((await runEngine(database, (trx) => scanInTransit(trx, context))).found).toHaveLength(4)
    await sql`update findings set status = 'open', decision_id = null where run_id = ${runId} and rule = 'ASSET_DOC'`.execute(database.db)
    await runEngine(database, (trx) => recordCarriedDocuments(trx, context))
    expect((await carried()).map((one) => one.number)).toEqual(['a/1'])
  })
})

async function startRun(scope: number): Promise<number> {
  await sql`insert into rule_packs (digest, content) values ('r', '{}') on conflict do nothing`.execute(database.db)
  const run = await database.db.insertInto('runs').values({
    scope_id: scope, kind: 'real', workflow_id: 'w', state: 'running', rules_digest: 'r', with_league: false, league: '152500', started_by: null, ended_at: null,
  }).returning('run_id').executeTakeFirstOrThrow()
  return run.run_id
}

/** Writes decisions as they stand once they were judged. */
async function decide(runId: number, actions: Record<string, 'carry' | 'void'>): Promise<void> {
  for (const [key, action] of Object.entries(actions)) {
    const id = randomUUID()
    await sql`insert into decisions (decision_id, run_id, kind, step, actor, payload, signature) values (${id}, ${runId}, 'findings', 'in-transit', 'zhang', '{}', 's')`.execute(database.db)
    await sql`insert into finding_decisions select ${id}, finding_id, ${action}, 'why', content_digest from findings where run_id = ${runId} and key = ${key}`.execute(database.db)
    await sql`update findings set status = 'resolved', closed_by = 'zhang', decision_id = ${id} where run_id = ${runId} and key = ${key}`.execute(database.db)
  }
}
