/** T1 number, T3 indicator, T4 period: what the document itself meets when it is entered. */
import { sql } from 'kysely'
import type { TrialClass } from '../../../../config/schemas/trial-day.ts'
import { holdsYear, numberOf } from '../../../../domain/number-rules.ts'
import { displayYuan } from '../../../../domain/money.ts'
import { attempt } from './attempt.ts'
import { type CheckOutcome, type Draft, type Trx, type TrialScope, failed, notTried, passed } from './types.ts'

/** `pay-cert`, `Pay_Cert` and `PAY_CERT` name the same class. */
const SAME_CODE = sql.raw(`upper(replace(code, '-', '_'))`)

/** The value of the row of a setup table that belongs to a class; undefined without such a row in force. */
export async function rowOfClass(
  trx: Trx, { runId, generation }: TrialScope, table: string, code: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ value: string | null }>`
    select value from new_setup_items where run_id = ${runId} and generation = ${generation} and table_name = ${table} and live
      and ${SAME_CODE} = ${code.toUpperCase().replaceAll('-', '_')} order by code collate "C" limit 1`.execute(trx)
  return rows[0] ? rows[0].value ?? '' : undefined
}

/** The class was not set up for the new year. */
export const NO_NUMBER_RULE: CheckOutcome = notTried('number', '没有该类单据的单号规则', 'no number rule for this class')

/** Makes the number, and enters the document under it. */
export async function tryNumber(
  trx: Trx, scope: TrialScope, draft: Draft, spec: TrialClass,
): Promise<{ number: string | null; outcome: CheckOutcome }> {
  const pattern = await rowOfClass(trx, scope, 'number-rule', spec.number_rule ?? draft.class)
  if (!pattern) return { number: null, outcome: NO_NUMBER_RULE }
  const made = numberOf(pattern, { day: scope.day, district: scope.district, unit: draft.codes.unit ?? null }, 1)
  if ('problem' in made) {
    return { number: null, outcome: made.problem === 'no-sequence'
      ? failed(
        'number', `格式 ${pattern} 没有流水号，每张单据号码相同：加入 {SEQ:8}`,
        `pattern ${pattern} has no sequence, every document gets the same number: add {SEQ:8}`,
      )
      : notTried('number', `格式 ${pattern} 中的 {${made.mark}} 未知`, `the mark {${made.mark}} of pattern ${pattern} is not known`) }
  }
  const entered = await attempt(trx, () => enter(trx, scope, draft, made.number))
  const before = await trx.selectFrom('documents').select('number').where('scope_id', '=', scope.scopeId)
    .where('type', '=', draft.class).where('number', '=', made.number).executeTakeFirst()
  return {
    number: made.number,
    outcome: numberOutcome(made.number, { twice: entered !== 'done', before: before !== undefined, yearly: holdsYear(pattern) }),
  }
}

function numberOutcome(
  number: string, { twice, before, yearly }: { twice: boolean; before: boolean; yearly: boolean },
): CheckOutcome {
  if (twice) {
    return failed('number', `首号 ${number} 已被结转单据占用`, `the first number ${number} belongs to a document that was carried over`)
  }
  if (before) {
    return failed(
      'number', `首号 ${number} 与上年单据重复：格式须能区分年度`,
      `the first number ${number} is one of last year's: the pattern must tell the years apart`, yearly ? {} : { saidBy: 'I8' },
    )
  }
  return passed('number', `首号 ${number}`, `first number ${number}`)
}

async function enter(trx: Trx, scope: TrialScope, draft: Draft, number: string): Promise<void> {
  const { unit = null, function: func = null, project = null, fund = null } = draft.codes
  await sql`insert into trial_papers (scope_id, type, number, unit, indicator, function, project, fund, amount, status, created_on, updated_on, file_line)
    values (${scope.scopeId}, ${draft.class}, ${number}, ${unit}, ${draft.indicator}, ${func}, ${project}, ${fund}, ${draft.amount}, 'submitted', ${scope.day}, ${scope.day}, 0)`.execute(trx)
}

/** The indicator covers the document, and refuses one fen more than it holds. */
export async function tryIndicator(trx: Trx, draft: Draft, spec: TrialClass): Promise<CheckOutcome> {
  if (!draft.indicator) {
    return spec.indicator === 'salary'
      ? notTried(
        'indicator', '没有已挂接新指标的工资项目，待新预算下达',
        'no salary item is linked to an indicator of the new year yet: it waits for the new budget',
      )
      : notTried('indicator', '没有结转指标，待新预算下达', 'no indicator was carried: it waits for the new budget')
  }
  const take = (fen: bigint) =>
    attempt(
      trx, () => sql`update trial_indicators set occupied = occupied + ${fen} where indicator = ${draft.indicator}`.execute(trx),
    )
  const { rows: [held] } = await sql<{ balance: bigint }>`select (amount + adjusted - paid - occupied)::bigint as balance from trial_indicators where indicator = ${draft.indicator}`.execute(trx)
  if (await take(BigInt(held!.balance) + 1n) === 'done') {
    return failed(
      'indicator', `指标 ${draft.indicator} 可以透支`, `indicator ${draft.indicator} can be overdrawn`, { subject: draft.indicator },
    )
  }
  const amount = displayYuan(draft.amount)
  if (spec.indicator !== 'names' && await take(draft.amount) !== 'done') {
    return failed(
      'indicator', `指标 ${draft.indicator} 余额不足 ${amount}`, `indicator ${draft.indicator} does not cover ${amount}`,
      { subject: draft.indicator },
    )
  }
  return passed(
    'indicator', `指标 ${draft.indicator} 余额 ${displayYuan(BigInt(held!.balance))}，占用 ${amount}，不可透支`,
    `indicator ${draft.indicator} holds ${displayYuan(BigInt(held!.balance))}, ${amount} taken, no overdraft`,
  )
}

/** The day lies in a period of the new year. */
export async function tryPeriod(trx: Trx, { runId, generation, day }: TrialScope): Promise<CheckOutcome> {
  const period = await trx.selectFrom('new_periods').select('period').where('run_id', '=', runId)
    .where('generation', '=', generation)
    .where('starts_on', '<=', day).where('ends_on', '>=', day).orderBy('period').limit(1).executeTakeFirst()
  return period
    ? passed('period', `期间 ${period.period}`, `period ${period.period}`)
    : failed('period', `${day} 不在新年度的任何期间内`, `${day} is in no period of the new year`, { subject: day })
}
