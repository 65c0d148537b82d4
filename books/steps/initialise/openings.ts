/**
 * The opening balances that the new year starts with: those of the live carry-forward, provisional until the old year is signed
 * off.
 */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { formatYuan } from '../../../domain/money.ts'
import type { Database } from '../../tables.ts'

/** The new year was to be made before there was a carry-forward to make it from. */
export class NoCarryForward extends Error {
  constructor(district: string, year: number) {
    super(`${district} ${year}: no carry-forward is in force, so there are no opening balances to load`)
    this.name = 'NoCarryForward'
  }
}

export interface Openings { carryId: number | null; figures: { readonly [name: string]: Plain } }

/**
 * Reads the openings back from what the carry-forward wrote. A rehearsal takes its own plan where nothing is live.
 * @throws NoCarryForward in a real year-end without a live carry-forward
 */
export async function readOpenings(trx: Transaction<Database>, context: StepContext): Promise<Openings> {
  const { rows } = await sql<{ carry_id: number; state: string; plan_digest: string }>`
    select carry_id, state, plan_digest from carry_forwards where run_id = ${context.runId} and (state = 'live' or (${context.kind === 'rehearsal'}::boolean and state = 'planned'))
    order by state = 'live' desc, carry_id desc limit 1`.execute(trx)
  const carry = rows[0]
  if (!carry && context.kind === 'real') throw new NoCarryForward(context.district, context.year)
  const carryId = carry?.carry_id ?? null
  const balances = await sql<{ count: number; debit: string; credit: string; books: number }>`
    select count(*)::int as count, count(distinct book)::int as books, coalesce(sum(greatest(balance, 0)), 0)::text as debit,
      coalesce(sum(greatest(-balance, 0)), 0)::text as credit from opening_balances where carry_id = ${carryId}::int`.execute(trx)
  const indicators = await sql<{ count: number; amount: string }>`
    select count(*)::int as count, coalesce(sum(amount), 0)::text as amount from new_indicators where carry_id = ${carryId}::int`.execute(trx)
  const [opening, indicator] = [balances.rows[0]!, indicators.rows[0]!]
  return {
    carryId,
    figures: {
      state: carry ? 'provisional' : 'missing', planDigest: carry?.plan_digest ?? null, count: opening.count,
      books: opening.books,
      debit: formatYuan(BigInt(opening.debit)), credit: formatYuan(BigInt(opening.credit)),
      carriedIndicators: indicator.count, carriedAmount: formatYuan(BigInt(indicator.amount)),
    },
  }
}
