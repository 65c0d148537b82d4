/** What is added to the findings of all reconciliations once each has run: ages, kinds that need two of them, and N-way. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Database } from '../../tables.ts'
import { showPayments } from './payments.ts'
import { transitFrom } from './suggest.ts'

type Trx = Transaction<Database>

/** Facts only: which findings there are, and their amounts, is settled by now. */
export async function finishFindings(trx: Trx, context: StepContext): Promise<void> {
  const lines = Object.entries(context.config.reconciliations.reconciliations)
    .flatMap(([number, { method }]) => (method === 'lines' ? [number] : []))
  await dateLines(trx, context, lines)
  await suggestLineKinds(trx, context, lines)
  await dateVouchers(trx, context)
  await showPayments(trx, context)
}

/** `since`, the oldest row behind a finding of lines: the entry itself, or the rows of its party and reference. */
async function dateLines(trx: Trx, { scopeId }: StepContext, lines: readonly string[]): Promise<void> {
  await sql`
    with wanted as (
      select rule, key, facts->>'party' as party, coalesce(facts->>'reference', '') as reference, facts->'a'->>'date' as own
      from found where rule = any(${[...lines]}::text[]) and facts->>'party' is not null),
    dates as (
      select rule, key, own::date as day from wanted where own is not null
      union all
      select w.rule, w.key, s.date from wanted w join statements s on s.scope_id = ${scopeId} and s.reconciliation = w.rule
        and coalesce(s.party, '') = w.party and coalesce(s.reference, '') = w.reference where w.own is null
      union all
      select w.rule, w.key, e.date from wanted w join entries e on e.scope_id = ${scopeId} and e.posted and e.source = w.reference
        join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id and c.counterparty = w.party
      where w.own is null and w.reference <> '')
    update found f set facts = f.facts || jsonb_build_object('since', d.first)
    from (select rule, key, min(day) as first from dates where day is not null group by rule, key) d where f.rule = d.rule and f.key = d.key`.execute(trx)
}

/**
 * A line and a row of the same reference and amount at two parties: booked at the wrong one. What stands on one side
 * alone in the last days of the year, or later, is in transit.
 */
async function suggestLineKinds(trx: Trx, context: StepContext, lines: readonly string[]): Promise<void> {
  await sql`
    with alone as (
      select rule, key, amount, facts->>'party' as party, facts->>'reference' as reference from found
      where rule = any(${[...lines]}::text[]) and facts->>'kind' = 'omission' and facts->>'reference' <> '')
    update found f set facts = f.facts || jsonb_build_object('kind', 'wrong-unit', 'counterKey', o.key)
    from alone own join alone o on o.rule = own.rule and o.reference = own.reference and o.amount = -own.amount and o.party <> own.party
    where f.rule = own.rule and f.key = own.key`.execute(trx)
  await sql`
    update found set facts = facts || '{"kind":"timing"}'
    where rule = any(${[...lines]}::text[]) and facts->>'kind' = 'omission' and facts->>'since' >= ${transitFrom(context)}`.execute(trx)
}

/** The first line of a voucher that does not balance. */
async function dateVouchers(trx: Trx, { scopeId }: StepContext): Promise<void> {
  await sql`
    with wanted as (select rule, key, facts->>'book' as book, facts->>'voucher' as voucher from found where facts->>'kind' = 'unbalanced' and facts->>'voucher' is not null)
    update found f set facts = f.facts || jsonb_build_object('since', d.first)
    from (select w.rule, w.key, min(e.date) as first from wanted w join books b on b.scope_id = ${scopeId} and b.book = w.book
        join entries e on e.scope_id = b.scope_id and e.book_id = b.book_id and e.voucher = w.voucher group by 1, 2) d
    where f.rule = d.rule and f.key = d.key`.execute(trx)
}
