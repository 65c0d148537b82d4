/** An office with a closed district, an imported one and another year, with signed words and records of the service. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import { appendAudit } from '../../books/audit.ts'
import { storeRulePack } from '../../books/runs.ts'
import { applyCarryForward } from '../../books/steps/carry-forward/index.ts'
import { addActor, signAs } from '../../cli/operations/keys.ts'
import { loadConfig } from '../../config/load.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import { filesOf, importDistrict } from '../carry-forward/csv.ts'
import { plan } from '../carry-forward/load.ts'
import type { District } from '../carry-forward/model.ts'
import { districtOf } from '../carry-forward/random.ts'
import { writeProblem } from '../problems/rows.ts'
import { type Ran, runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { loadInput } from '../support/input.ts'

/** What must never get into an archive. */
export const SECRETS = { token: 'tok-5e1f', password: 'geheim-77', key: 'PRIVATE KEY' }

export interface Office {
  database: TestDatabase
  folder: string
  keysFolder: string
  overlay: string
  /** The run of 152501. */
  runId: number
  nianjie(...argv: string[]): Promise<{ code: number; out: string; err: string }>
  /** A decision as the worker leaves it: signed, judged, in the audit chain. */
  decide(actor: string, said: { readonly [name: string]: Plain }): Promise<string>
  /** A corrected folder of 152502. */
  importAgain(): Promise<void>
  close(): Promise<void>
}

export async function openOffice(): Promise<Office> {
  const database = await createTestDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'nianjie-archive-'))
  const [overlay, keysFolder] = [join(folder, 'config'), join(folder, 'keys')]
  for (const [name, role] of [['desk', 'engineer'], ['boss', 'coordinator'], ['clerk', 'finance']] as const) addActor({ overlay, keysFolder }, { name, roles: [role], districts: ['*'] })
  const office = { database, folder, keysFolder, overlay } as Office
  office.nianjie = (...argv) => run(office, argv)
  office.decide = (actor, said) => decide(office, actor, said)
  office.importAgain = async () => { await loadInput(database, { district: '152502', year: 2025, files: filesOf(inputOf(2025, 10)) }) }
  office.close = async () => {
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
  await fill(office)
  return office
}

async function run({ database, overlay, keysFolder }: Office, argv: readonly string[]): Promise<Ran> {
  const { code, out, err } = await runCommand([...argv, '--lang', 'en'], {
    env: { DATABASE_URL: database.url, NIANJIE_CONFIG: overlay, NIANJIE_KEYS: keysFolder }, now: () => new Date('2026-01-10T00:00:00Z'),
  })
  return { code, out: out.trim(), err: err.trim() }
}

async function decide({ database: { db }, keysFolder, runId }: Office, actor: string, said: { readonly [name: string]: Plain }): Promise<string> {
  const decisionId = randomUUID()
  const kind = String(said.kind) as 'approve'
  const step = typeof said.step === 'string' ? said.step as 'reconcile' : null
  const payload = canonicalJson({ ...said, decisionId, runId, runKind: 'real', district: '152501', year: 2025, actor, signedAt: '2026-01-05T00:00:00.000Z' })
  await db.insertInto('decisions').values({
    decision_id: decisionId, run_id: runId, kind, step, actor, payload, signature: signAs(keysFolder, actor, payload)!, evidence_digest: 'seen', judged_at: new Date(), accepted: true,
  }).execute()
  await appendAudit(db, { district: '152501', kind: 'decision.accepted', actor, subject: `${runId}/${decisionId}`, detail: said })
  return decisionId
}

function inputOf(year: number, seed: number): District {
  const one = fc.sample(districtOf({ postings: 40, indicators: 6 }), { seed, numRuns: 1 })[0]!
  return { ...one, year, mappings: [], setup: [], indicators: one.indicators.map((row) => ({ ...row, origin_year: String(year) })) }
}

async function fill(office: Office): Promise<void> {
  const { database, overlay, folder } = office
  writeFileSync(join(overlay, 'escalation.yaml'), [
    'reminder_after: 90m', 'escalate_after: 2h', 'repeat_after: 2h', 'ladder: [{ name: { zh: 协调人, en: coordinator }, roles: [coordinator] }]',
    `delivery: { attempts: 3, webhooks: [{ url: 'https://hooks.example.org/${SECRETS.token}?key=${SECRETS.token}' }], smtp: { url: 'smtp://desk:${SECRETS.password}@mail.example.org:587', from: a@example.org, to: [b@example.org] } }`,
  ].join('\n'))
  const rules = await storeRulePack(database.db, loadConfig(overlay))
  const plain = await storeRulePack(database.db, loadConfig())
  // The same codes in two years and two districts; one of them closed.
  const contexts: StepContext[] = []
  for (const [district, year, seed] of [['152501', 2025, 7], ['152502', 2025, 8], ['152501', 2024, 9]] as const) {
    contexts.push(await importDistrict(database, { district, year, files: filesOf(inputOf(year, seed)) }))
  }
  await database.db.transaction().execute(async (trx) => { await plan(trx, contexts[0]!) })
  await database.db.transaction().execute(async (trx) => { await applyCarryForward(trx, contexts[0]!) })
  await sql`update runs set rules_digest = ${rules} where run_id = ${contexts[0]!.runId}`.execute(database.db)
  await sql`update runs set rules_digest = ${plain} where run_id <> ${contexts[0]!.runId}`.execute(database.db)
  await sql`update runs set state = 'completed', started_at = '2026-01-01T00:00:00Z', ended_at = '2026-01-06T00:00:00Z' where run_id = ${contexts[0]!.runId}`.execute(database.db)
  office.runId = contexts[0]!.runId
  await addFinding(office)
  await office.decide('clerk', { kind: 'approve', step: 'reconcile', evidenceDigest: 'seen', comment: '核对无误 U+2028:\u2028,"' })
  await office.decide('boss', { kind: 'approve', step: 'sign-off', evidenceDigest: 'seen', comment: '' })
  await appendAudit(database.db, { district: '152501', kind: 'step.result', actor: 'system', subject: `${office.runId}/sign-off/1`, detail: {} })
  await addService(office, folder)
}

async function addFinding({ database, runId }: Office): Promise<void> {
  await sql`insert into findings (run_id, finding_id, step, rule, key, severity, amount, status, message_zh, message_en, facts, content_digest, opened_generation, seen_generation, opened_at)
    values (${runId}, 'F0000000000000001', 'reconcile', 'R8', 'bank/ZF1', 'error', 12345, 'open', '差额 "123.45"', 'differs', '{"a":"1.00"}', 'd', 1, 1, '2026-01-01T00:00:00Z')`.execute(database.db)
  await writeProblem(database.db, 'P-1', 30, { district: '152501' })
  await sql`insert into problem_links (problem_id, run_id, step, generation, finding_id, linked_at) values ('P-1', ${runId}, 'reconcile', 1, 'F0000000000000001', '2026-01-01T03:00:00Z')`.execute(database.db)
}

/** Calls in the year, in the window after it, and of another year; a complaint; satisfaction. */
async function addService({ nianjie }: Office, folder: string): Promise<void> {
  const log = join(folder, 'calls.csv')
  writeFileSync(log, 'call_id,district,user,called_at,answered_at,ended_at,called_back_at\nK1,152501,王,2025-06-30 08:00,2025-06-30 08:01,,\nK2,152501,李,2026-01-15 09:00,,,\nK3,152501,王,2024-11-02 10:00,,,\nK4,152501,王,2026-03-02 10:00,,,\n')
  const said = [
    ['calls', log], ['complaint', 'add', '--district', '152501', '--user', '王', '--text', '没人接', '--at', '2025-12-30 10:00', '--id', 'C1'],
    ['rating', '--district', '152501', '--month', '2025-12', '--score', '96'],
  ]
  for (const argv of said) {
    const { code, err } = await nianjie('service', ...argv, '--as', 'desk')
    if (code !== 0) throw new Error(err)
  }
}
