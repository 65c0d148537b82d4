/** What the new year has beside the setup tables: counted from what it is made of (config/initialise.yaml, `items`). */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { ItemSource } from '../../../config/schemas/initialise.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { formatYuan } from '../../../domain/money.ts'
import type { Database } from '../../tables.ts'

type Trx = Transaction<Database>

/** Counts of one item: `live` in the new year, `dropped` what does not go over. `null` for what people do outside. */
type Counts = { live: number; dropped: number; amount?: string } | null

/** For each item of the configuration how much of it the new year has. */
export async function countItems(trx: Trx, context: StepContext, carryId: number | null): Promise<Record<string, Plain>> {
  const items: Record<string, Plain> = {}
  for (const [name, { treatment, source }] of Object.entries(context.config.initialise.items)) {
    items[name] = { treatment, ...await countItem(trx, context, carryId, source) }
  }
  return items
}

async function countItem(trx: Trx, { runId, scopeId }: StepContext, carryId: number | null, source: ItemSource): Promise<Counts> {
  switch (source) {
    case 'books': return count(trx, openedBooks(scopeId, carryId))
    case 'openings': return count(trx, sql`
      select count(*)::int as live, 0 as dropped, coalesce(sum(greatest(balance, 0)), 0)::text as amount from opening_balances where carry_id = ${carryId}::int`)
    case 'indicators': return count(trx, sql`
      select (select count(*)::int from new_indicators where carry_id = ${carryId}::int) as live,
        (select count(*)::int from indicators i where i.scope_id = ${scopeId} and not exists (
          select from new_indicators n where n.carry_id = ${carryId}::int and n.source = i.indicator)) as dropped,
        (select coalesce(sum(amount), 0)::text from new_indicators where carry_id = ${carryId}::int) as amount`)
    case 'plans': return count(trx, sql`
      select (select count(*)::int from carried_documents where run_id = ${runId} and type = 'PAY_PLAN') as live,
        (select count(*)::int from documents where scope_id = ${scopeId} and type = 'PAY_PLAN') as dropped, null as amount`)
    case 'documents': return count(trx, sql`
      select count(*)::int as live, 0 as dropped, coalesce(sum(amount), 0)::text as amount from carried_documents where run_id = ${runId}`)
    // Cards are no input of this step: a changed card must not change what was approved here.
    case 'assets':
    case 'task': return null
    default: return source satisfies never
  }
}

/** A book is opened anew when its unit goes on, or it still has a balance; the books of the treasury always. */
const openedBooks = (scopeId: number, carryId: number | null): RawBuilder<unknown> => sql`
  select count(*) filter (where goes_on)::int as live, count(*) filter (where not goes_on)::int as dropped, null as amount
  from (
    select b.unit is null
      or exists (select from opening_balances o where o.carry_id = ${carryId}::int and o.book = b.book)
      or not (exists (select from units u where u.scope_id = b.scope_id and u.unit = b.unit and not u.active)
        or exists (select from setup_work w where w.table_name = 'unit' and w.code = b.unit and not w.live)) as goes_on
    from books b where b.scope_id = ${scopeId}) books`

async function count(trx: Trx, query: RawBuilder<unknown>): Promise<Counts> {
  const { live, dropped, amount } = (await (query as RawBuilder<{ live: number; dropped: number; amount: string | null }>).execute(trx)).rows[0]!
  return { live, dropped, ...(amount === null ? {} : { amount: formatYuan(BigInt(amount)) }) }
}
