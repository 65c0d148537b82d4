/**
 * The proof of a carry-forward: what is in the database, read back by queries that share nothing with those that wrote it.
 * It sums the openings and entries of the input itself instead of trusting the kept totals, maps the codes its own way, and
 * compares with the rows of the generation (CONTRACT §3, DOMAIN §3.3).
 */
import { type RawBuilder, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Transaction } from 'kysely'
import type { Database } from '../../tables.ts'
import { bookChecks, indicatorChecks } from './proof-checks.ts'
import { prepareProof } from './proof-tables.ts'

export interface ProofCheck {
  name: string
  zh: string
  en: string
  ok: boolean
  expected: string
  actual: string
  /** The first rows that break the rule. */
  offending: readonly object[]
}
export interface Proof { checks: readonly ProofCheck[]; ok: boolean }

/** One invariant: `offending` selects `item jsonb` of every row that breaks it; `totals` what is compared, as text. */
export interface Invariant {
  name: string
  zh: string
  en: string
  offending: RawBuilder<unknown>
  totals?: RawBuilder<{ expected: string; actual: string }>
}

const OFFENDING_MAX = 20

/** Reads the invariants back; writes nothing but temporary tables. Give it the generation that is about to count. */
export async function proveCarryForward(trx: Transaction<Database>, context: StepContext, carryId: number): Promise<Proof> {
  const tables = await prepareProof(trx, context, carryId)
  context.heartbeat('entries summed')
  const checks: ProofCheck[] = []
  for (const invariant of [...bookChecks(context, carryId, tables), ...indicatorChecks(context, carryId)]) {
    checks.push(await runCheck(trx, invariant))
    context.heartbeat(invariant.name)
  }
  return { checks, ok: checks.every((check) => check.ok) }
}

export const failedChecks = (proof: Proof): ProofCheck[] => proof.checks.filter((check) => !check.ok)

async function runCheck(trx: Transaction<Database>, { name, zh, en, offending, totals }: Invariant): Promise<ProofCheck> {
  const { rows: [broken] } = await sql<{ broken: number; items: object[] }>`
    select count(*)::int as broken, coalesce(jsonb_agg(item) filter (where place <= ${OFFENDING_MAX}), '[]') as items
    from (select item, row_number() over () as place from (${offending}) o) numbered`.execute(trx)
  const sums = totals
    ? (await sql<{ expected: string; actual: string }>`${totals}`.execute(trx)).rows[0]!
    : { expected: '0', actual: String(broken!.broken) }
  return { name, zh, en, ok: broken!.broken === 0 && sums.expected === sums.actual, ...sums, offending: broken!.items }
}
