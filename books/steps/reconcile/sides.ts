/** Each kind of side of config/reconciliations.yaml as SQL: rows `(k1, …, kn, amount)`, one column for each part of the key. */
import { type RawBuilder, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { ReconciliationSide } from '../../../config/schemas/reconciliations.ts'

export type Fragment = RawBuilder<unknown>
/** What a side has to know of the step: whose books, of which year, and where the league's are. */
export type SideContext = Pick<StepContext, 'scopeId' | 'district' | 'year' | 'league'>
type Side<K extends ReconciliationSide['of']> = Extract<ReconciliationSide, { of: K }>
type Part = string | { value: string }

/**
 * The rows of one side: the parts of the key as text `k1`, `k2` …, and `amount` in fen, none of them null. Not grouped: both
 * sides are grouped together, once, and parts as they stand are cheaper to group by than joined ones.
 * @param reconciliation its number: statement rows are those of this number
 */
export function sideRows(reconciliation: string, side: ReconciliationSide, context: SideContext): Fragment {
  switch (side.of) {
    case 'ledger': return ledgerRows(side, context)
    case 'documents': return documentRows(side, context)
    case 'indicators': return indicatorRows(side, context)
    case 'statement': return statementRows(reconciliation, side, context)
    case 'cards': return cardRows(side, context)
    default: return side satisfies never
  }
}

/** The columns `k1`, `k2` …; a part that the row does not have is ''. */
function keyOf(parts: readonly Part[], columns: { readonly [part: string]: Fragment }, context: SideContext): Fragment {
  const texts = parts.map((part) => {
    if (typeof part !== 'string') return sql`${part.value}::text`
    return part === 'district' ? sql`${context.district}::text` : columns[part]!
  })
  return sql.join(texts.map((text, index) => sql`${text} as ${sql.ref(keyColumn(index))}`))
}

/** Name of the column that holds the part at `index`. */
export const keyColumn = (index: number): string => `k${index + 1}`

const filled = (column: Fragment): Fragment => sql`coalesce(${column}, '')`
const columnsOf = (table: string, names: readonly string[]): Record<string, Fragment> =>
  Object.fromEntries(names.map((name) => [name, filled(sql.ref(`${table}.${name}`))]))

function ledgerRows(side: Side<'ledger'>, context: SideContext): Fragment {
  const scope = side.scope === 'league' ? context.league.scopeId : context.scopeId
  const columns: Record<string, Fragment> = {
    ...columnsOf('c', ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']),
    book: sql`b.book`, book_unit: filled(sql`b.unit`), account: sql`declared.code`,
  }
  const turnover = side.as_of === undefined ? sql`t.debit - t.credit` : sql`t.debit - t.credit - coalesce(later.turnover, 0)`
  const opening = sql`t.opening`
  const value = { balance: sql`${opening} + ${turnover}`, turnover, opening }[side.measure]
  const sign = { debit: sql`1`, credit: sql`-1`, account: sql`case a.side when 'debit' then 1 else -1 end` }[side.sign]
  const filters = [
    sql`c.scope_id = ${scope}::int`, sql`b.system = ${side.system}`,
    ...(side.scope === 'league' ? [sql`c.counterparty = ${context.district}`] : []),
    ...Object.entries(side.where).map(([dimension, prefixes]) =>
      sql`(${sql.join(prefixes.map((prefix) => sql`starts_with(c.${sql.ref(dimension)}, ${prefix})`), sql` or `)})`),
  ]
  return sql`
    select ${keyOf(side.key, columns, context)}, ((${value}) * ${sign})::bigint as amount
    from cells c join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      join unnest(${side.accounts as string[]}::text[]) declared(code) on starts_with(a.account, declared.code)
      join books b on b.scope_id = c.scope_id and b.book_id = c.book_id
      join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
      ${side.as_of === undefined ? sql`` : laterTurnover(scope, `${context.year}-${side.as_of}`)}
    where ${sql.join(filters, sql` and `)}`
}

/** What was posted after the day of the balance (决算清理期): it belongs to the year and not to that day. */
function laterTurnover(scope: number | null, day: string): Fragment {
  return sql`left join (
    select e.cell_id, sum(e.debit - e.credit) as turnover from entries e
    where e.scope_id = ${scope}::int and e.posted and e.date > ${day}::date group by 1) later on later.cell_id = c.cell_id`
}

function documentRows(side: Side<'documents'>, context: SideContext): Fragment {
  const names = ['unit', 'indicator', 'function', 'project', 'fund', 'counterparty', 'reference']
  const day = sql`coalesce(to_char(coalesce(d.updated_on, d.created_on), 'YYYY-MM-DD'), '')`
  const columns = { ...columnsOf('d', names), type: sql`d.type`, number: sql`d.number`, day }
  const given = sql`coalesce(d.amount, 0)`
  const signed = side.subtract.length === 0
    ? given
    : sql`case when d.type = any(${side.subtract}::text[]) then -${given} else ${given} end`
  return sql`select ${keyOf(side.key, columns, context)}, ${signed} as amount from documents d
    where d.scope_id = ${context.scopeId}::int and d.type = any(${[...side.add, ...side.subtract]}::text[])
      and d.status = any(${side.statuses as string[]}::text[])`
}

function indicatorRows(side: Side<'indicators'>, context: SideContext): Fragment {
  const columns = { ...columnsOf('i', ['unit', 'function', 'economic', 'project', 'fund']), indicator: sql`i.indicator` }
  const measure = {
    amount: sql`i.amount`, adjusted: sql`i.adjusted`, 'adjusted-amount': sql`i.amount + i.adjusted`, paid: sql`i.paid`,
    occupied: sql`i.occupied`, remaining: sql`i.amount + i.adjusted - i.paid`,
  }[side.measure]
  return sql`select ${keyOf(side.key, columns, context)}, ${measure} as amount from indicators i where i.scope_id = ${context.scopeId}::int`
}

/** Only the rows of the reconciliation's number, and of the party if the side names one. */
export function statementFilter(
  reconciliation: string, party: string | undefined, context: Pick<SideContext, 'scopeId'>,
): Fragment {
  return sql`s.scope_id = ${context.scopeId}::int and s.reconciliation = ${reconciliation}
    ${party === undefined ? sql`` : sql` and s.party = ${party}`}`
}

function statementRows(reconciliation: string, side: Side<'statement'>, context: SideContext): Fragment {
  const names = ['party', 'reference', 'unit', 'function', 'revenue', 'project', 'fund', 'indicator']
  const columns = { ...columnsOf('s', names), date: sql`coalesce(to_char(s.date, 'YYYY-MM-DD'), '')` }
  return sql`select ${keyOf(side.key, columns, context)}, s.amount
    from statements s where ${statementFilter(reconciliation, side.party, context)}`
}

function cardRows(side: Side<'cards'>, context: SideContext): Fragment {
  const classes = side.classes.flatMap(({ prefix, accounts }) => accounts.map(({ account, measure }) => ({
    prefix, account, measure,
  })))
  const columns = { unit: filled(sql`x.unit`), account: sql`k.account` }
  const amount = sql`case k.measure when 'cost' then x.cost when 'accumulated_depreciation' then x.accumulated_depreciation else x.net_value end`
  return sql`
    select ${keyOf(side.key, columns, context)}, coalesce(${amount}, 0) as amount
    from (
      select x.unit, x.cost, x.accumulated_depreciation, x.net_value, (
        select p.prefix from unnest(${side.classes.map(({ prefix }) => prefix)}::text[]) p(prefix)
        where starts_with(coalesce(x.class_code, ''), p.prefix) order by length(p.prefix) desc limit 1) as prefix
      from assets x where x.scope_id = ${context.scopeId}::int and x.booked and x.use_status is distinct from 'disposed') x
      join jsonb_to_recordset(${JSON.stringify(classes)}::jsonb) k(prefix text, account text, measure text) on k.prefix = x.prefix`
}
