/** How an outcome reaches a case, on a real server: a receipt, an import, a default after everything was down; and what goes out. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linesOf, listInstructions, pendingDispositions, storeInstruction } from '../../books/cases/instructions.ts'
import { knownSides } from '../../books/cases/known.ts'
import { listCases } from '../../books/cases/read.ts'
import { operationsOf } from '../../cli/operations/index.ts'
import { scheduleBackfill, scheduleList, scheduleOff, scheduleOn } from '../../cli/operations/schedule.ts'
import { listChecks } from '../../books/cases/check.ts'
import type { Config } from '../../config/load.ts'
import { casesWorkflowId } from '../../workflows/ids.ts'
import { archiveVerdict } from '../archive/verdict.ts'
import { type World, YEAR, createWorld, impatient, person, until } from '../workflows/world.ts'
import { type Doc, findingsOf, importDocuments, realScan } from './office.ts'

const DISTRICT = '152501'
let world: World
beforeEach(async () => {
  world = await createWorld()
  person(world, 'eng', ['engineer'])
  person(world, 'coo', ['coordinator', 'finance'])
})
afterEach(() => world.close())

async function start(documents: readonly Doc[], config: Config = world.config, files: Record<string, string> = {}): Promise<number> {
  await importDocuments(world, DISTRICT, documents, files)
  world.operations = operationsOf({ books: world.database, client: world.client, config, ...world.folders })
  expect(await world.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
  await until(world, DISTRICT, 'in-transit', 'blocked')
  const { run_id: runId } = await world.database.db.selectFrom('runs').select('run_id').orderBy('run_id', 'desc').executeTakeFirstOrThrow()
  return runId
}

/** An import while the year-end is under way, told to it as the command does. */
async function again(documents: readonly Doc[]): Promise<void> {
  const version = await importDocuments(world, DISTRICT, documents)
  await world.operations.announceInput({ year: YEAR, district: DISTRICT, version })
}

const receipts = (...rows: [string, 'completed' | 'returned', string][]) => world.operations.registerReceipts({
  year: YEAR, district: DISTRICT, actor: 'eng', rows: rows.map(([number, outcome, reference]) => ({ type: 'PAY_CERT', number, outcome, reference, comment: '' })),
})
const outcomes = async () => (await listCases(world.database.db, { year: YEAR, all: true, documents: world.config.documents })).map((one) => `${one.number} ${one.outcome}`).sort()

describe('a case on a real server', () => {
  it('ends by a receipt, signed and once, or by an import that shows its document settled', async () => {
    await world.startWorker({ engines: realScan(world) })
    const sent = ['c1', 'c2', 'c3'].map((number): Doc => ({ type: 'PAY_CERT', number, status: 'sent', amount: '10', counterparty: 'icbc' }))
    const runId = await start(sent, world.config, { statements: 'reconciliation,party,reference,date,amount\nR8,icbc,c1,2025-12-29,10.00\n' })
    const known = await knownSides(world.database.db, DISTRICT, YEAR, ['PAY_CERT/c1', 'PAY_CERT/c2'])
    expect(known.get('PAY_CERT/c1')).toMatchObject({ statements: [{ reconciliation: 'R8', party: 'icbc', amount: '10.00' }], vouchers: [], receipt: null })
    expect(known.get('PAY_CERT/c2')!.conclusion.en).toContain('ask the other side by its number')
    expect(await receipts(['c1', 'completed', 'B-1'], ['none', 'completed', 'B-9'])).toMatchObject({ ok: false, code: 'unknown-finding' })
    expect(await receipts(['c1', 'completed', 'B-1'], ['c1', 'completed', 'B-1'])).toMatchObject({ ok: false, code: 'malformed' })
    expect((await findingsOf(world, runId))[0]).toBe('PAY_CERT/c1 open')
    expect(await receipts(['c1', 'completed', 'B-1'], ['c2', 'returned', 'B-2'])).toMatchObject({ ok: true, registered: 2, already: 0 })
    expect(await receipts(['c1', 'completed', 'B-1'])).toMatchObject({ ok: true, registered: 0, already: 1 })
    expect(await receipts(['c1', 'returned', 'B-3'])).toMatchObject({ ok: false, code: 'wrong-state' })
    // Two people at the same time, past the look before: the judge takes one.
    const { finding_id: id } = await world.database.db.selectFrom('findings').select('finding_id').where('key', '=', 'PAY_CERT/c3').executeTakeFirstOrThrow()
    const both = await Promise.all(['B-4', 'B-5'].map((reference) => world.operations.decideFindings({
      actor: 'eng', rows: [{ id, action: 'complete', comment: '', receipt: { outcome: 'completed', reference } }],
    })))
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(await outcomes()).toEqual(['c1 complete', 'c2 return', 'c3 complete'])
    await until(world, DISTRICT, 'in-transit', 'awaiting-approval')
    // c2 has come back in the business system too; c3 was completed there: it is gone.
    await again([sent[0]!, { ...sent[1]!, status: 'returned' }, { ...sent[2]!, status: 'completed' }])
    await until(world, DISTRICT, 'in-transit', 'blocked')
    await expect.poll(() => findingsOf(world, runId)).toEqual(['PAY_CERT/c1 resolved complete eng', 'PAY_CERT/c2 open', 'PAY_CERT/c3 resolved complete eng'])
    expect(await outcomes()).toEqual(['c1 complete', 'c2 null', 'c3 complete'])
    const links = await world.database.db.selectFrom('audit.events').select('detail').where('kind', '=', 'decision.accepted').execute()
    expect(links.filter(({ detail }) => detail.includes('"receipt"'))).toHaveLength(2)
  })

  it('gets its default once although worker and all were down at the cut-off', async () => {
    const engines = realScan(world)
    const worker = await world.startWorker({ engines })
    const at = new Date(Date.now() + 20_000)
    const [day, time] = at.toISOString().split('T') as [string, string]
    const { documents } = world.config
    const config = { ...world.config, documents: { ...documents, cut_off_time: time.slice(0, 8), utc_offset: '+00:00', cut_offs_of_year: { [YEAR]: { '*': { BGT_ADJ: day } } } } }
    const runId = await start([{ type: 'BGT_ADJ', number: 'b1', status: 'draft', amount: '3' }, { type: 'BGT_ADJ', number: 'b2', status: 'draft', amount: '4' }], config)
    await worker.stop()
    // Words that no worker took are on record, and judged when one is back.
    for (const [number, actor] of [['b1', 'eng'], ['', 'coo']] as const) {
      const word = impatient(world, config).approveDefault({ year: YEAR, district: DISTRICT, type: 'BGT_ADJ', comment: '', number, actor })
      await expect(word).rejects.toThrow('will be judged when a worker is back')
    }
    await sleep(Math.max(0, at.getTime() - Date.now()) + 500)
    expect(await findingsOf(world, runId)).toEqual(['BGT_ADJ/b1 open', 'BGT_ADJ/b2 open'])
    await world.startWorker({ engines })
    await until(world, DISTRICT, 'in-transit', 'awaiting-approval')
    expect(await findingsOf(world, runId)).toEqual(['BGT_ADJ/b1 resolved void eng', 'BGT_ADJ/b2 resolved void coo'])
    expect(await world.database.db.selectFrom('case_firings').select(['attempt', 'findings']).execute()).toEqual([{ attempt: 1, findings: 1 }, { attempt: 1, findings: 1 }])
    await expect.poll(async () => (await world.client.workflow.getHandle(casesWorkflowId(YEAR, DISTRICT)).describe()).status.name).toBe('COMPLETED')
    // Two defaults, and two decisions that stand by the signature of their default.
    expect(await archiveVerdict(world.database.url, world.folders.overlay, YEAR)).toMatchObject({ faults: [], signatures: 4 })
  })

  it('goes out as an instruction that is done when an import shows it', async () => {
    await world.startWorker({ engines: realScan(world) })
    const documents: Doc[] = [
      { type: 'PAY_APPLY', number: "a'1", status: 'draft', amount: '10' }, { type: 'PAY_APPLY', number: 'a2', status: 'draft', amount: '20' }, { type: 'LQD_CERT', number: 'q1', status: 'sent', amount: '30' },
    ]
    const runId = await start(documents)
    const { db } = world.database
    const findings = await db.selectFrom('findings').select(['finding_id as id', 'rule']).where('run_id', '=', runId).execute()
    expect(await world.operations.decideFindings({
      actor: 'eng', rows: findings.map(({ id, rule }) => ({ id, action: rule === 'LQD_CERT' ? 'carry' : 'void', comment: 'x' })),
    })).toMatchObject({ ok: true })
    const { scope_id: scopeId } = await db.selectFrom('scopes').select('scope_id').where('district', '=', DISTRICT).executeTakeFirstOrThrow()
    const rules = world.config.documents
    const pending = await pendingDispositions(db, scopeId, rules)
    expect(pending.map((one) => `${one.type}/${one.number} ${one.action} ${one.actor}`)).toEqual(["PAY_APPLY/a'1 void eng", 'PAY_APPLY/a2 void eng'])
    const instruction = 'ZL-2025-152501-0001'
    const lines = linesOf(pending, { instruction, district: DISTRICT, year: YEAR, documents: rules })
    await db.transaction().execute((trx) => storeInstruction(trx, { scopeId, instruction, sequence: 1, format: 'csv', file: 'f', sha256: 's', inputVersion: 1, by: 'eng' }, pending, lines))
    expect(await pendingDispositions(db, scopeId, rules)).toEqual([])
    const open = async () => (await listInstructions(db, YEAR, rules))[0]!.open.map((one) => `${one.number} ${one.status}`)
    expect(await open()).toEqual(["a'1 draft", 'a2 draft'])
    await again([{ ...documents[0]!, status: 'voided' }, documents[1]!, documents[2]!])
    expect(await open()).toEqual(['a2 draft'])
    await again([{ ...documents[0]!, status: 'voided' }, documents[2]!])
    expect((await listInstructions(db, YEAR, rules))[0]).toMatchObject({ lines: 2, done: 2, open: [] })
  })

  it('is counted by the monthly check of its district, whose missed months are caught up under their own time', async () => {
    await world.startWorker({ engines: realScan(world) })
    await importDocuments(world, DISTRICT, [{ type: 'PAY_CERT', number: 'c1', status: 'sent', amount: '10' }, { type: 'PAY_CERT', number: 'c4', status: 'completed', amount: '10' }])
    const deps = { client: world.client, config: world.config }
    await scheduleOn(deps, [DISTRICT])
    await scheduleOn(deps, [DISTRICT])
    expect(await scheduleBackfill(deps, DISTRICT, new Date('2026-02-15T00:00:00Z'), new Date('2026-04-15T00:00:00Z'))).toBe(true)
    const checks = () => listChecks(world.database.db, { districts: [DISTRICT] })
    await expect.poll(async () => (await checks()).map((one) => one.checkedFor)).toEqual(['2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'])
    expect((await checks())[0]!.figures).toMatchObject({ documents: 1, amount: '10.00', blocking: 1, inDoubt: 1, numberGaps: 2, byType: { PAY_CERT: { count: 1, sent: 1 } } })
    expect(await world.database.db.selectFrom('findings').select('finding_id').execute()).toEqual([])
    expect(await scheduleList(deps, [DISTRICT, '152502'])).toMatchObject([{ district: DISTRICT, on: true }, { district: '152502', on: false }])
    expect(await scheduleOff(deps, [DISTRICT, '152502'])).toEqual([DISTRICT])
  })
})
