/** Taking a carry-forward back: reversal entries, both kept. */
import { sql } from 'kysely'
import { CarryForwardError } from './errors.ts'
import { type Trx, DIMS, yuan } from './sql.ts'
import { lockCarryForward } from './lock.ts'

/**
 * Writes the reversal of every closing entry of a live generation and marks it reversed, then reads back that entries and
 * reversals cancel out in every account and dimension.
 * @throws CarryForwardError proof-failed
 */
export async function reverseGeneration(trx: Trx, carryId: number, reason: string): Promise<{ entries: number }> {
  const { numAffectedRows } = await sql`
    insert into closing_entries (carry_id, rule_no, rule, book, account, ${DIMS}, debit, credit, reversal)
    select carry_id, rule_no, rule, book, account, ${DIMS}, credit, debit, true from closing_entries
    where carry_id = ${carryId} and not reversal`.execute(trx)
  await sql`update carry_forwards set state = 'reversed', reversed_at = now(), reversed_because = ${reason} where carry_id = ${carryId}`.execute(trx)
  const { rows } = await sql<{ book: string; account: string }>`
    select book, account from closing_entries where carry_id = ${carryId}
    group by book, account, ${DIMS} having sum(debit) <> sum(credit) limit 1`.execute(trx)
  if (rows[0]) {
    throw new CarryForwardError('proof-failed', {
      zh: `冲销后账套 ${rows[0].book} 科目 ${rows[0].account} 未归零，未写入任何数据`,
      en: `book ${rows[0].book} account ${rows[0].account} does not return to where it was: nothing was written`,
    })
  }
  return { entries: Number(numAffectedRows ?? 0n) }
}

export interface UndoPreview {
  carryId: number
  generation: number
  liveSince: string
  closingEntries: { entries: number; debit: string }
  openings: { balances: number; debit: string }
  newIndicators: { indicators: number; amount: string }
  /** Entries of the new year that rest on these openings, by what was imported for it. */
  newYear: { entries: number; openings: number }
  /** Steps whose approval falls: the carry-forward and all that used it. */
  approvals: readonly { step: string; actor: string; signedAt: string }[]
}

/** What an undo would touch, without touching it. @throws CarryForwardError nothing-live */
export async function previewUndo(trx: Trx, runId: number): Promise<UndoPreview> {
  const { rows } = await sql<Omit<UndoPreview, 'approvals'>>`
    select c.carry_id as "carryId", c.generation, to_char(c.live_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "liveSince",
      (select jsonb_build_object('entries', count(*), 'debit', ${yuan('coalesce(sum(debit), 0)')})
        from closing_entries e where e.carry_id = c.carry_id and not reversal) as "closingEntries",
      (select jsonb_build_object('balances', count(*), 'debit', ${yuan('coalesce(sum(greatest(balance, 0)), 0)')})
        from opening_balances o where o.carry_id = c.carry_id) as openings,
      (select jsonb_build_object('indicators', count(*), 'amount', ${yuan('coalesce(sum(amount), 0)')})
        from new_indicators i where i.carry_id = c.carry_id) as "newIndicators",
      (select jsonb_build_object('entries', coalesce(sum(t.entries), 0), 'openings', count(*) filter (where t.opening <> 0))
        from scopes old join scopes new on new.district = old.district and new.year = old.year + 1
        join cell_totals t on t.scope_id = new.scope_id where old.scope_id = c.scope_id) as "newYear"
    from carry_forwards c where c.run_id = ${runId} and c.state = 'live'`.execute(trx)
  if (!rows[0]) throw nothingLive()
  const approvals = await sql<UndoPreview['approvals'][number]>`
    select step, actor, to_char(submitted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "signedAt" from decisions
    where run_id = ${runId} and kind = 'approve' and accepted and void_at is null and step in ('carry-forward', 'initialise', 'sign-off')
    order by submitted_at, decision_id`.execute(trx)
  return { ...rows[0], approvals: approvals.rows }
}

/**
 * Undoes the live carry-forward of a run: reversal entries, state `reversed`, openings and indicators no longer in force.
 * A second undo finds nothing live and is refused, so that a retry after success does no harm.
 * @throws CarryForwardError nothing-live
 */
export async function undoCarryForward(
  trx: Trx, context: { runId: number; scopeId: number }, reason: string,
): Promise<{ carryId: number; entries: number }> {
  await lockCarryForward(trx, context.scopeId)
  const { rows } = await sql<{ carry_id: number }>`
    select carry_id from carry_forwards where run_id = ${context.runId} and state = 'live'`.execute(trx)
  if (!rows[0]) throw nothingLive()
  const { entries } = await reverseGeneration(trx, rows[0].carry_id, reason)
  return { carryId: rows[0].carry_id, entries }
}

const nothingLive = () => new CarryForwardError('nothing-live', {
  zh: '没有已生效的年终结转可撤销', en: 'there is no carry-forward in force to undo',
})
