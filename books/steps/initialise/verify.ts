/** Whether the new year still is what was approved: read back before the old year is signed off, and told of afterwards. */
import { type Transaction, sql } from 'kysely'
import type { Plain } from '../../../domain/canonical.ts'
import { formatYuan } from '../../../domain/money.ts'
import type { Database } from '../../tables.ts'
import { planDigest } from '../carry-forward/digest.ts'
import { differenceDigest } from './differences.ts'

type Trx = Transaction<Database>

/** What the approved figures of the step say of the rows behind them. */
interface Approved { differences?: { digest?: string }; openings?: { planDigest?: string | null } }

/** Names the part of the new year whose rows are no longer those that were approved; null when all of it is. */
export async function alteredPart(
  trx: Trx, { runId, generation, figures }: { runId: number; generation: number; figures: Plain },
): Promise<'setup' | 'openings' | null> {
  const approved = figures as Approved | null
  const setup = approved?.differences?.digest
  if (setup !== undefined && setup !== await differenceDigest(trx, runId, generation)) return 'setup'
  const openings = approved?.openings?.planDigest
  if (openings === undefined || openings === null) return null
  const carry = await trx.selectFrom('carry_forwards').select('carry_id').where('run_id', '=', runId).where('state', '=', 'live')
    .executeTakeFirst()
  return carry && openings === await planDigest(trx, carry.carry_id) ? null : 'openings'
}

/** The openings that become final with the end of a real run; null when it has none in force. */
export async function finalOpenings(trx: Trx, runId: number): Promise<{ readonly [name: string]: Plain } | null> {
  const { rows: [one] } = await sql<{ carry_id: number; plan_digest: string; year: number; balances: number; debit: string; credit: string }>`
    select c.carry_id, c.plan_digest, s.year + 1 as year, count(o.balance)::int as balances, coalesce(sum(greatest(o.balance, 0)), 0)::text as debit,
      coalesce(sum(greatest(-o.balance, 0)), 0)::text as credit
    from carry_forwards c join runs r using (run_id) join scopes s on s.scope_id = r.scope_id left join opening_balances o using (carry_id)
    where c.run_id = ${runId} and c.state = 'live' and r.kind = 'real' group by c.carry_id, c.plan_digest, s.year`.execute(trx)
  return one ? {
    newYear: one.year, carryId: one.carry_id, planDigest: one.plan_digest, balances: one.balances,
    debit: formatYuan(BigInt(one.debit)), credit: formatYuan(BigInt(one.credit)),
  } : null
}
