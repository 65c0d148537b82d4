/** What stays of a trial day: its protocol, its figures, and what failed as findings of the step. */
import { type Kysely, sql } from 'kysely'
import type { TrialDayConfig } from '../../../../config/schemas/trial-day.ts'
import type { Plain } from '../../../../domain/canonical.ts'
import { formatYuan } from '../../../../domain/money.ts'
import { digestOf } from '../../../digest.ts'
import type { Database } from '../../../tables.ts'
import { ruleOf } from './run.ts'
import type { CheckOutcome, Trx, TrialDocument, TrialScope } from './types.ts'

/** Writes the protocol of a generation; one that was there is written anew. */
export async function storeTrialDay(
  trx: Trx, { runId, generation }: TrialScope, documents: readonly TrialDocument[],
): Promise<void> {
  await trx.deleteFrom('trial_documents').where('run_id', '=', runId).where('generation', '=', generation).execute()
  if (documents.length === 0) return
  await trx.insertInto('trial_documents').values(documents.map((one, index) => ({
    run_id: runId, generation, place: index + 1, class: one.class, day: one.day, number: one.number, unit: one.unit,
    indicator: one.indicator, amount: one.amount, result: one.result,
  }))).execute()
  await trx.insertInto('trial_checks').values(documents.flatMap((one) => one.checks.map(({ check, result, zh, en }) => (
    { run_id: runId, generation, class: one.class, check_id: ruleOf(check), name: check, result, zh, en })))).execute()
}

/** Counts, the classes that failed, and a digest of the whole protocol: part of the evidence of the step. */
export function trialFigures(documents: readonly TrialDocument[]): { readonly [name: string]: Plain } {
  const count = (result: TrialDocument['result']) => documents.filter((one) => one.result === result).length
  return {
    day: documents[0]?.day ?? null, passed: count('passed'), failed: count('failed'), notTried: count('not-tried'),
    failedClasses: documents.filter((one) => one.result === 'failed').map((one) => one.class),
    digest: digestOf(documents.map((one) => ({
      ...one, amount: formatYuan(one.amount), checks: one.checks.map((check) => ({ ...check })),
    }))),
  }
}

/** Puts what failed into `found`: one row for each rule and thing that is wrong, with the classes that it stops. */
export async function findTrialProblems(trx: Trx, config: TrialDayConfig, documents: readonly TrialDocument[]): Promise<void> {
  const problems = new Map<string, { check: CheckOutcome; classes: string[] }>()
  for (const document of documents) {
    for (const check of document.checks.filter((one) => one.result === 'failed' && one.saidBy === undefined)) {
      const key = `${check.check}\n${check.subject ?? document.class}`
      problems.set(key, { check, classes: [...problems.get(key)?.classes ?? [], document.class] })
    }
  }
  for (const [key, { check, classes }] of problems) {
    const severity = config.findings[check.check] ?? 'none'
    if (severity === 'none') continue
    await sql`insert into found (step, rule, key, severity, message_zh, message_en, facts)
      values ('initialise', ${ruleOf(check.check)}, ${key.split('\n')[1]!}, ${severity}, ${`试运行 ${classes.join('、')}：${check.zh}`}, ${`Trial day, ${classes.join(', ')}: ${check.en}`},
        ${JSON.stringify({ check: check.check, classes })}::jsonb)`.execute(trx)
  }
}

/** The stored protocol of a generation, in the order of the configuration. */
export async function readTrialDay(db: Kysely<Database>, runId: number, generation: number): Promise<StoredTrial[]> {
  const { rows } = await sql<Omit<StoredTrial, 'amount'> & { amount: string }>`
    select d.class, d.day::text as day, d.number, d.unit, d.indicator, d.amount::text as amount, d.result, coalesce((
      select jsonb_agg(jsonb_build_object('rule', c.check_id, 'check', c.name, 'result', c.result, 'zh', c.zh, 'en', c.en) order by c.check_id)
      from trial_checks c where c.run_id = d.run_id and c.generation = d.generation and c.class = d.class), '[]') as checks
    from trial_documents d where run_id = ${runId} and generation = ${generation} order by place`.execute(db)
  return rows.map((row) => ({ ...row, amount: formatYuan(BigInt(row.amount)) }))
}

/** A test document as it is shown: amounts in yuan. */
export interface StoredTrial {
  class: string; day: string; number: string | null; unit: string | null; indicator: string | null; amount: string
  result: TrialDocument['result']
  checks: readonly { rule: string; check: CheckOutcome['check']; result: CheckOutcome['result']; zh: string; en: string }[]
}

/** The same of a trial that was not stored. */
export function asShown(documents: readonly TrialDocument[]): StoredTrial[] {
  return documents.map((one) => ({
    ...one, amount: formatYuan(one.amount),
    checks: one.checks.map(({ check, result, zh, en }) => ({ rule: ruleOf(check), check, result, zh, en })),
  }))
}
