/** A year-end under way, written straight into the tables: what screens and commands are tested against. */
import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../books/tables.ts'
import { STEPS, type Step, type StepState } from '../../domain/steps.ts'

/** The moment at which the board stands still; pass it to screens as their clock. */
export const BOARD_NOW = new Date('2026-01-01T03:00:00Z')
const before = (minutes: number) => new Date(BOARD_NOW.getTime() - minutes * 60_000)

const A = 'approved', R = 'running', B = 'blocked', W = 'awaiting-approval', P = 'pending', F = 'failed', X = 'cancelled', Z = 'paused'
type States = readonly [StepState, StepState, StepState, StepState, StepState, StepState]

/** States in the order of STEPS; the last two districts have input only, or another year only. */
export const BOARD: readonly { code: string; state: 'running' | 'paused' | 'completed' | 'cancelled' | null; steps: States }[] = [
  { code: '152500', state: 'running', steps: [A, A, W, P, A, P] },
  { code: '152501', state: 'completed', steps: [A, A, A, A, A, A] },
  { code: '152502', state: 'running', steps: [B, P, P, P, B, P] },
  { code: '152522', state: 'running', steps: [A, R, P, P, R, P] },
  { code: '152523', state: 'running', steps: [A, A, F, P, A, P] },
  { code: '152524', state: 'paused', steps: [A, Z, P, P, Z, P] },
  { code: '152525', state: 'running', steps: [A, W, P, P, W, P] },
  { code: '152526', state: 'running', steps: [A, A, A, A, A, W] },
  { code: '152527', state: 'cancelled', steps: [A, X, X, X, X, X] },
  { code: '152528', state: 'running', steps: [A, A, A, W, B, P] },
  { code: '152529', state: 'running', steps: [W, P, P, P, R, P] },
  { code: '152530', state: null, steps: [P, P, P, P, P, P] },
]

/** Writes {@link BOARD} for `year`, besides a finished district of the year before. */
export async function fillBoard(db: Kysely<Database>, year = 2025): Promise<void> {
  await sql`insert into rule_packs (digest, content) values ('rules', '{}') on conflict do nothing`.execute(db)
  for (const [index, district] of BOARD.entries()) {
    const scopeId = await addScope(db, district.code, year)
    if (district.state) await addRun(db, { scopeId, district: district.code, state: district.state, steps: district.steps, index })
  }
  const old = await addScope(db, '152531', year - 1)
  await addRun(db, { scopeId: old, district: '152531', state: 'completed', steps: [A, A, A, A, A, A], index: 0 })
}

export async function addScope(db: Kysely<Database>, district: string, year: number): Promise<number> {
  const { rows } = await sql<{ scope_id: number }>`insert into scopes (district, year) values (${district}, ${year}) returning scope_id`.execute(db)
  await sql`insert into input_versions (scope_id, version, digest, imported_by, changes) values (${rows[0]!.scope_id}, 1, 'input', 'chen.jie', '{}')`.execute(db)
  return rows[0]!.scope_id
}

export interface RunSeed { scopeId: number; district: string; state: string; steps: States; index: number; kind?: 'real' | 'rehearsal' }

export async function addRun(db: Kysely<Database>, seed: RunSeed): Promise<number> {
  const { rows } = await sql<{ run_id: number }>`
    insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league, started_by, started_at, ended_at)
    values (${seed.scopeId}, ${seed.kind ?? 'real'}, ${`year-end-${seed.district}`}, ${seed.state}, 'rules', true, '152500', 'chen.jie', ${before(400)},
      ${seed.state === 'completed' ? before(20) : null}) returning run_id`.execute(db)
  const runId = rows[0]!.run_id
  for (const [place, step] of STEPS.entries()) await addStep(db, { ...seed, runId, step, state: seed.steps[place]!, place })
  await addFindings(db, runId, seed)
  await sql`select audit.append(${seed.district}, 'run-started', 'chen.jie', ${`run/${runId}`}, '{"year":2025}')`.execute(db)
  return runId
}

interface StepSeed extends RunSeed { runId: number; step: Step; state: StepState; place: number }

async function addStep(db: Kysely<Database>, seed: StepSeed): Promise<void> {
  const { runId, step, state } = seed
  const begun = state !== P
  const waits = state === W || state === B
  const since = before(30 + seed.index * 17)
  const deadline = new Date(since.getTime() + 120 * 60_000)
  const late = waits && deadline < BOARD_NOW ? 1 : 0
  await sql`insert into step_states (run_id, step, state, attempt, generation, started_at, ended_at, waiting_on, waiting_since, deadline,
      escalation_level, evidence_digest, failure, updated_at)
    values (${runId}, ${step}, ${state}, ${begun ? 1 : 0}, ${begun ? 1 : 0}, ${begun ? before(390 - seed.place * 40) : null},
      ${state === A ? before(370 - seed.place * 40) : null}, ${waits ? (state === W ? 'finance' : 'engineer') : null}, ${waits ? since : null},
      ${waits ? deadline : null}, ${late}, ${begun && state !== R ? `evidence-${step}` : null},
      ${state === F ? JSON.stringify({ zh: '结转后试算不平：账套 GU101 借方 120.00 贷方 118.00', en: 'trial balance broken in book GU101: debit 120.00, credit 118.00' }) : null},
      ${before(1)})`.execute(db)
  if (!begun) return
  await sql`insert into step_history (run_id, step, state, attempt, generation, waiting_on, at) values
    (${runId}, ${step}, 'running', 1, 1, null, ${before(390 - seed.place * 40)}), (${runId}, ${step}, ${state}, 1, 1, null, ${before(370 - seed.place * 40)})`.execute(db)
  await sql`insert into step_results (run_id, step, generation, input_digest, evidence_digest, result) values (${runId}, ${step}, 1, 'input', ${`evidence-${step}`},
    ${JSON.stringify({ figures: FIGURES[step] })})`.execute(db)
  if (state === A || (step === 'carry-forward' && state === W)) await addApproval(db, runId, step, 'wang.li')
  if (late) {
    await sql`insert into notifications (notification_id, run_id, step, generation, kind, level, to_roles, due_at, created_at, message_zh, message_en)
      values (${randomUUID()}, ${runId}, ${step}, 1, 'escalation', 1, '{coordinator}', ${deadline}, ${deadline},
        ${`${seed.district} ${step} 超过两小时无人处理`}, ${`${seed.district} ${step} has waited for more than two hours`})`.execute(db)
  }
}

const FIGURES: Record<Step, object> = {
  'in-transit': { documents: 17, settled: 1187, blocking: 1, inDoubt: 0, amount: '1284533.20', byType: { PAY_CERT: { count: 16, amount: '1285033.20' }, BGT_ADJ: { count: 1, amount: '-500.00' } } },
  reconcile: { R1: { state: 'compared', a: '10.00', b: '10.00', difference: '0.00', keys: 1, unequal: 0 }, R8: { state: 'compared', a: '9.00', b: '4.50', difference: '4.50', keys: 7, unequal: 2 }, R13: { state: 'skipped', a: '0.00', b: '0.00', difference: '0.00', keys: 0, unequal: 0 } },
  'carry-forward': {
    written: true, blocking: 0, closing: [{ rule: 'A1', name: { zh: '收入', en: 'revenue' }, source: '政府会计制度 第三部分', vouchers: 1, lines: 12, debit: '48210077.36' }],
    openingTotals: { balances: 2290, books: 3, debit: '48210077.36', credit: '48210077.36' }, newIndicators: { indicators: 188, amount: '1200000.00' }, change: null,
  },
  initialise: { newYear: 2026, openings: { state: 'live', count: 2290, debit: '48210077.36', credit: '48210077.36' }, tables: { unit: { live: 12 }, fund: { live: 6 } } },
  'asset-health': { cards: 5821, rules: 74 },
  'sign-off': { steps: { 'carry-forward': { figures: { openingTotals: { balances: 2290, books: 3, debit: '48210077.36', credit: '48210077.36' } } } } },
}

export async function addApproval(db: Kysely<Database>, runId: number, step: Step, actor: string): Promise<void> {
  await sql`insert into decisions (decision_id, run_id, kind, step, actor, payload, signature, evidence_digest, submitted_at, judged_at, accepted)
    values (${randomUUID()}, ${runId}, 'approve', ${step}, ${actor}, '{"comment":"核对无误"}', 'signature', ${`evidence-${step}`}, ${before(60)}, ${before(60)}, true)`.execute(db)
}

interface FindingSeed { step: Step; rule: string; key: string; severity: string; amount: bigint | null; status?: string; zh: string; en: string; facts?: object }

const FINDINGS: readonly FindingSeed[] = [
  { step: 'in-transit', rule: 'PAY_CERT', key: 'PAY_CERT/ZF20250001208', severity: 'error', amount: 12_345_678n, facts: { status: 'sent', counterparty: '中国银行锡林浩特支行', created_on: '2025-12-29' },
    zh: '支付凭证 ZF20250001208 已发送银行，尚无回单：请等银行回单后办结，或由银行退回后作废', en: 'payment certificate ZF20250001208 was sent and has no bank receipt: complete it once the receipt is in, or void it after the bank returned it' },
  { step: 'in-transit', rule: 'BGT_ADJ', key: 'BGT_ADJ/TZ0007', severity: 'warning', amount: -50_000n,
    zh: '指标调整 TZ0007 未办结：请办结、作废，或说明原因', en: 'budget adjustment TZ0007 is not completed: complete or void it, or explain' },
  { step: 'reconcile', rule: 'R10', key: 'ZB2025-0031', severity: 'error', amount: 100n, zh: '指标 ZB2025-0031 已支付与支付凭证相差 1.00', en: 'indicator ZB2025-0031: paid differs from its payment certificates by 1.00', facts: { a: '20001.00', b: '20000.00' } },
  { step: 'reconcile', rule: 'R2', key: 'pboc/1001', severity: 'error', amount: -2_000_000n, zh: '国库存款与人行对账单不符', en: 'treasury deposit differs from the statement' },
  { step: 'asset-health', rule: 'F03', key: 'ZC-2019-00381', severity: 'error', amount: null, zh: '资产 ZC-2019-00381 净值不等于原值减累计折旧', en: 'asset ZC-2019-00381: net value is not cost less depreciation' },
  { step: 'asset-health', rule: 'D03', key: 'ZC-2021-00007', severity: 'warning', amount: null, status: 'explained', zh: '资产 ZC-2021-00007 记账日期早于取得日期\u001b[31m', en: 'asset ZC-2021-00007 was booked before it was acquired\u001b[31m' },
  { step: 'asset-health', rule: 'L12', key: 'ZC-2001-00100', severity: 'info', amount: null, zh: '房屋 ZC-2001-00100 无权属证书', en: 'building ZC-2001-00100 has no certificate of title' },
]

async function addFindings(db: Kysely<Database>, runId: number, seed: RunSeed): Promise<void> {
  const decisionId = randomUUID()
  const decider = 'bao.yin'
  await sql`insert into decisions (decision_id, run_id, kind, actor, payload, signature, submitted_at, judged_at, accepted)
    values (${decisionId}, ${runId}, 'findings', ${decider}, '{}', 'signature', ${before(90)}, ${before(90)}, true)`.execute(db)
  for (const finding of FINDINGS) {
    const state = seed.steps[STEPS.indexOf(finding.step)]!
    if (state === P || state === R || state === X) continue
    const settled = state !== B && finding.severity !== 'info'
    const status = finding.status ?? (settled ? 'explained' : 'open')
    const id = `F${seed.district}${finding.rule}`.padEnd(16, '0').slice(0, 16)
    await sql`insert into findings (run_id, finding_id, step, rule, key, severity, amount, status, message_zh, message_en, facts, content_digest,
        opened_generation, seen_generation, opened_at, closed_at, closed_by, decision_id)
      values (${runId}, ${id}, ${finding.step}, ${finding.rule}, ${finding.key}, ${finding.severity}, ${finding.amount}, ${status}, ${finding.zh}, ${finding.en},
        ${JSON.stringify(finding.facts ?? {})}, ${`digest-${id}`}, 1, 1, ${before(120)}, ${status === 'open' ? null : before(90)},
        ${status === 'open' ? null : decider}, ${status === 'open' ? null : decisionId})`.execute(db)
    if (status !== 'open') {
      await sql`insert into finding_decisions (decision_id, finding_id, action, comment, content_digest)
        values (${decisionId}, ${id}, 'explain', '已与银行核实', ${`digest-${id}`})`.execute(db)
    }
  }
}
