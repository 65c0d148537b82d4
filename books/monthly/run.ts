/**
 * The reconciliations of a month 月度对账: balances as of its last day, what moved from January to its end. Run on the
 * imported input, without a year-end and whether or not one is under way; they touch nothing of it.
 */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type { Config } from '../../config/load.ts'
import type { Reconciliation } from '../../config/schemas/reconciliations.ts'
import { type Severity, ruleOrder } from '../../domain/findings.ts'
import { daysOfMonth, yearOfMonth } from '../../domain/months.ts'
import { parseYuan } from '../../domain/money.ts'
import { appendAudit } from '../audit.ts'
import { createFound } from '../findings.ts'
import { findScope, storeRulePack } from '../runs.ts'
import { type ReconciliationFigures, reconcileOne } from '../steps/reconcile/index.ts'
import type { Database } from '../tables.ts'
import { comparesBalances, isUndated, layMonth } from './overlay.ts'

export interface MonthlyRequest {
  district: string
  month: string
  /** These numbers; without it those whose cadence is monthly or more often. */
  reconciliations?: readonly string[] | undefined
  by: string
}

/** `undated`: a side has no days, so that it can only be compared at the end of the year. */
type MonthlyState = ReconciliationFigures['state'] | 'undated'
interface Checked {
  number: string; state: MonthlyState; a: bigint; b: bigint; keys: number; unequal: number; found: readonly Found[]
}
interface Found { key: string; severity: Severity; amount: bigint | null; message_zh: string; message_en: string; facts: object }

/** Runs and keeps them. @returns false when nothing was imported for the year */
export async function reconcileMonth(
  db: Kysely<Database>, config: Config, request: MonthlyRequest, heartbeat: (progress: string) => void = () => {},
): Promise<boolean> {
  const { district, month, by } = request
  const year = yearOfMonth(month)
  const input = await db.selectFrom('scopes').innerJoin('input_versions', 'input_versions.scope_id', 'scopes.scope_id')
    .select(['scopes.scope_id as scopeId', 'input_versions.version']).where('district', '=', district).where('year', '=', year)
    .orderBy('version', 'desc').limit(1).executeTakeFirst()
  if (!input) return false
  const numbers = numbersOf(config, request.reconciliations)
  const league = district === config.districts.league ? null : await findScope(db, config.districts.league, year)
  const context: StepContext = {
    runId: 0, scopeId: input.scopeId, district, year, step: 'reconcile', generation: 0, kind: 'rehearsal',
    inputVersion: input.version,
    league: { district: config.districts.league, scopeId: league }, config, heartbeat,
  }
  const checked = await compareMonth(db, context, month, numbers)
  const rules = await storeRulePack(db, config)
  await db.transaction().execute(async (trx) => {
    for (const one of checked) await keep(trx, context, { month, rules, by }, one)
    await appendAudit(trx, {
      district, kind: 'reconcile.monthly', actor: by, subject: `${district}/${month}`,
      detail: {
        inputVersion: input.version, rules,
        reconciliations: checked.map(({ number, state, keys, unequal }) => ({ number, state, keys, unequal })),
      },
    })
  })
  return true
}

const MONTHLY = ['daily', 'ten-day', 'monthly'] as const

function numbersOf(config: Config, asked: readonly string[] | undefined): string[] {
  const all = Object.entries(config.reconciliations.reconciliations)
  return all.filter(([number, { cadence }]) => asked?.includes(number) ?? cadence.some(
    (one) => MONTHLY.some((often) => often === one),
  ))
    .map(([number]) => number).sort((one, other) => ruleOrder(one)[1] - ruleOrder(other)[1])
}

class Undo extends Error {
  readonly checked: readonly Checked[]
  constructor(checked: readonly Checked[]) {
    super('rolled back on purpose')
    this.checked = checked
  }
}

/** Compares in a transaction that is rolled back: whatever an engine writes for a run is not there afterwards. */
async function compareMonth(
  db: Kysely<Database>, context: StepContext, month: string, numbers: readonly string[],
): Promise<readonly Checked[]> {
  const all = context.config.reconciliations.reconciliations
  const isLast = month === `${context.year}-12`
  try {
    return await db.transaction().setIsolationLevel('repeatable read').execute(async (trx) => {
      const dated = await datedNumbers(trx, context.scopeId)
      await layMonth(trx, {
        month, isLast, scopes: [context.scopeId, ...(context.league.scopeId === null ? [] : [context.league.scopeId])],
        balances: Object.keys(all).filter((number) => comparesBalances(all[number]!)),
      })
      const checked: Checked[] = []
      for (const number of numbers) {
        context.heartbeat(number)
        const canBe = isLast || (!isUndated(all[number]!) && dated.get(number) !== false)
        checked.push(canBe ? await compareOne(trx, context, number, all[number]!) : {
          number, state: 'undated', a: 0n, b: 0n, keys: 0, unequal: 0, found: [],
        })
      }
      throw new Undo(checked)
    })
  } catch (error) {
    if (error instanceof Undo) return error.checked
    throw error
  }
}

/** Statements by number: false where rows are there and none of them has a date. */
async function datedNumbers(trx: Transaction<Database>, scopeId: number): Promise<Map<string, boolean>> {
  const { rows } = await sql<{ reconciliation: string; dated: boolean }>`
    select reconciliation, bool_or(date is not null) as dated from statements where scope_id = ${scopeId} group by 1`.execute(trx)
  return new Map(rows.map(({ reconciliation, dated }) => [reconciliation, dated]))
}

async function compareOne(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: Reconciliation,
): Promise<Checked> {
  await createFound(trx)
  const { state, a, b, keys, unequal } = await reconcileOne(trx, context, number, reconciliation)
  const { rows: found } = await sql<Found>`
    select key, severity, amount, message_zh, message_en, facts from found where rule = ${number} order by key collate "C"`.execute(trx)
  return { number, state, a: parseYuan(a), b: parseYuan(b), keys, unequal, found }
}

async function keep(
  trx: Transaction<Database>, { scopeId, inputVersion }: StepContext, of: { month: string; rules: string; by: string },
  one: Checked,
): Promise<void> {
  const { number, state, a, b, keys, unequal, found } = one
  const { check_id: checkId } = await trx.insertInto('monthly_checks').values({
    scope_id: scopeId, month: of.month, reconciliation: number, state, a, b, keys, unequal, input_version: inputVersion,
    rules_digest: of.rules, ran_by: of.by,
  }).returning('check_id').executeTakeFirstOrThrow()
  const rows = JSON.stringify(found.map(({ amount, ...rest }) => ({ ...rest, amount: amount === null ? null : String(amount) })))
  await sql`insert into monthly_differences (check_id, key, severity, amount, message_zh, message_en, facts)
    select ${checkId}::int, key, severity, amount, message_zh, message_en, facts
    from jsonb_to_recordset(${rows}::jsonb) as d(key text, severity text, amount bigint, message_zh text, message_en text, facts jsonb)`.execute(trx)
}

/** Last day of the month: balances are as of it. */
export const asOfDay = (month: string): string => daysOfMonth(month).last
