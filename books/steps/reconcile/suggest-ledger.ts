/** Suggestions that need the ledger: the same amount on another account, and what was posted after the day of a balance. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { KeyedReconciliation, ReconciliationSide } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { type Fragment, keyColumn, sideRows } from './sides.ts'

type Trx = Transaction<Database>
type Ledger = Extract<ReconciliationSide, { of: 'ledger' }>

/** What side `a` or `b` would need more to agree. */
const missingOf = (which: 'a' | 'b'): Fragment =>
  (which === 'a' ? sql`coalesce(d.b, 0) - coalesce(d.a, 0)` : sql`coalesce(d.a, 0) - coalesce(d.b, 0)`)

const ledgerSides = ({ a, b }: KeyedReconciliation): { which: 'a' | 'b'; side: Ledger }[] => [
  ...(a.of === 'ledger' && a.scope === 'district' ? [{ which: 'a' as const, side: a }] : []),
  ...(b.of === 'ledger' && b.scope === 'district' ? [{ which: 'b' as const, side: b }] : []),
]

/** Columns of a ledger row, as parts of a key have them; `account` tells accounts apart and is no part of the place. */
const COLUMNS: Readonly<Record<string, Fragment>> = {
  book: sql`b.book`, book_unit: sql`coalesce(b.unit, '')`, unit: sql`c.unit`, function: sql`c.function`, revenue: sql`c.revenue`,
  economic: sql`c.economic`, project: sql`c.project`, fund: sql`c.fund`, counterparty: sql`c.counterparty`,
}

/**
 * `wrong-account`: exactly what is missing on the accounts of the reconciliation stands on one other account of the same
 * system, under the same unit, function, fund and whatever else the key names.
 */
export async function suggestOtherAccount(
  trx: Trx, { scopeId }: StepContext, reconciliation: KeyedReconciliation,
): Promise<void> {
  for (const { which, side } of ledgerSides(reconciliation)) {
    const places = side.key.flatMap((part, index) => (typeof part === 'string' && COLUMNS[part] ? [
      sql`${COLUMNS[part]} = split_part(d.key, '/', ${index + 1})`,
    ] : []))
    if (places.length === 0) continue
    const own = sql.join(side.accounts.map((code) => sql`starts_with(a.account, ${code})`), sql` or `)
    const sign = { debit: sql`1`, credit: sql`-1`, account: sql`case a.side when 'debit' then 1 else -1 end` }[side.sign]
    const value = {
      balance: sql`t.opening + t.debit - t.credit`, turnover: sql`t.debit - t.credit`, opening: sql`t.opening`,
    }[side.measure]
    await sql`
      with elsewhere as (
        select d.key, a.account, sum((${value}) * ${sign})::bigint as amount
        from unequal_keys d join cells c on c.scope_id = ${scopeId}::int
          join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id and not (${own})
          join books b on b.scope_id = c.scope_id and b.book_id = c.book_id and b.system = ${side.system}
          join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
        where d.kind in ('omission', 'wrong-amount') and cardinality(string_to_array(d.key, '/')) = ${side.key.length}::int and ${sql.join(places, sql` and `)}
        group by d.key, a.account),
      fitting as (
        select e.key, min(e.account) as account from elsewhere e join unequal_keys d on d.key = e.key
        where e.amount <> 0 and e.amount = ${missingOf(which)} group by e.key having count(*) = 1)
      update unequal_keys d set kind = 'wrong-account', more = coalesce(d.more, '{}') || jsonb_build_object('otherAccount', f.account, 'hint',
        jsonb_build_object('zh', '相同金额记在科目 ' || f.account, 'en', 'the same amount stands on account ' || f.account))
      from fitting f where f.key = d.key`.execute(trx)
  }
}

/** `timing`: the balance is of a day, and what was posted after that day makes up the difference exactly. */
export async function suggestLaterTurnover(
  trx: Trx, context: StepContext, number: string, reconciliation: KeyedReconciliation,
): Promise<void> {
  for (const { which, side } of ledgerSides(reconciliation)) {
    if (side.as_of === undefined || side.measure !== 'balance') continue
    const { as_of: _day, ...whole } = side
    const key = sql.join(side.key.map((_, index) => sql.ref(keyColumn(index))), sql` || '/' || `)
    const own = sql.ref(which)
    const other = sql.ref(which === 'a' ? 'b' : 'a')
    await sql`
      with total as (select ${key} as key, sum(amount)::bigint as amount from (${sideRows(number, whole, context)}) r group by 1)
      update unequal_keys d set kind = 'timing', more = coalesce(d.more, '{}') || ${JSON.stringify({ hint: {
        zh: `差额正好是 ${side.as_of} 之后入账的数`, en: `it is exactly what was posted after ${side.as_of}` } })}::jsonb
      from total t where t.key = d.key and t.amount = coalesce(d.${other}, 0) and t.amount <> coalesce(d.${own}, 0)`.execute(trx)
  }
}
