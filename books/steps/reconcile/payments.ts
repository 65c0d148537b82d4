/**
 * N-way 多方核对: where one payment stands. A finding whose key names a payment shows what every place says of it — payment
 * system, ledgers, banks, People's Bank, the unit's books (config/differences.yaml) — and which one is the odd one out.
 */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { Reconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import type { Fragment } from './sides.ts'

type Trx = Transaction<Database>

/** How many vouchers or documents a place names. */
const NAMED_MAX = 5

/**
 * After every reconciliation, over all that was `found`: adds `payment`, `places` and `odd` to the facts of findings whose
 * key names a payment by its number or reference. Sizes are compared, for money that leaves an account is negative there.
 * A place that has to hold the payment (a side of the reconciliation) and does not counts with 0. `odd.decided` is false
 * where no amount has a majority of at least three places.
 */
export async function showPayments(trx: Trx, context: StepContext): Promise<void> {
  if (await namePayments(trx, context) === 0) return
  await sql`drop table if exists payment_places`.execute(trx)
  await sql`create temporary table payment_places on commit drop as
    select rule, key, place, sum(abs(amount))::bigint as amount, sum(rows)::int as rows, jsonb_strip_nulls(jsonb_build_object(
      'names', case when count(named) > 0 then jsonb_path_query_array(jsonb_agg(named order by named collate "C") filter (where named is not null), ${`$[0 to ${NAMED_MAX - 1}]`}::jsonpath) end,
      'status', string_agg(distinct status, ', ' order by status), 'stated', case when sum(stated) <> sum(abs(amount)) then ${yuanText(sql`sum(stated)::bigint`)} end)) as more
    from (${documents(context)} union all ${ledgers(context)} union all ${statements(context)} union all ${sidesOf(context)}) said
    group by rule, key, place`.execute(trx)
  await intoFacts(trx, context)
}

/** The number of the payment of each finding, and every name that it goes by: the number of a document and its reference. */
async function namePayments(trx: Trx, { scopeId }: StepContext): Promise<number> {
  for (const table of ['payments', 'payment_names']) await sql`drop table if exists ${sql.ref(table)}`.execute(trx)
  await sql`create temporary table payments on commit drop as
    select * from (select rule, key, facts->'a'->>'type' as type, coalesce(nullif(facts->'a'->>'number', ''), nullif(facts->'parts'->>'number', ''),
      nullif(facts->'parts'->>'reference', ''), nullif(facts->>'reference', '')) as number
    from found where step = 'reconcile' and severity <> 'info') p where number is not null`.execute(trx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from payments`.execute(trx)
  if (rows[0]!.count === 0) return 0
  await sql`create temporary table payment_names on commit drop as
    with named as materialized (
      select distinct d.number, d.reference from documents d where d.scope_id = ${scopeId} and d.reference <> '' and d.reference <> d.number
        and (d.number in (select number from payments) or d.reference in (select number from payments)))
    select rule, key, type, number as name from payments
    union select p.rule, p.key, p.type, n.reference from payments p join named n using (number)
    union select p.rule, p.key, p.type, n.number from payments p join named n on n.reference = p.number`.execute(trx)
  await sql`analyze payment_names`.execute(trx)
  return rows[0]!.count
}

const isPlace = <T extends string>(of: T) =>
  <P extends { of: string }>(place: P): place is Extract<P, { of: T }> => place.of === of

/** A document that is not final has its amount stated, and stands there with nothing. */
function documents({ scopeId, config }: StepContext): Fragment {
  const place = config.differences.places.find(isPlace('documents'))?.place ?? null
  const types = typesOf(config.reconciliations.reconciliations)
  return sql`
    select n.rule, n.key, ${place}::text as place, case when d.status = 'completed' then coalesce(d.amount, 0) else 0 end as amount, 1 as rows,
      d.type || '/' || d.number as named, nullif(d.status, 'completed') as status, abs(coalesce(d.amount, 0)) as stated
    from payment_names n join documents d on d.scope_id = ${scopeId}::int and d.number = n.name and d.status <> 'voided'
      left join jsonb_to_recordset(${JSON.stringify(types)}::jsonb) t(rule text, type text) on t.rule = n.rule and t.type = d.type
    where ${place}::text is not null and (n.type = d.type or (n.type is null and (t.type is not null or n.rule <> all(${types.map(({ rule }) => rule)}::text[]))))`
}

/** The types of documents that a reconciliation looks at; one that looks at none takes every type. */
function typesOf(all: { readonly [number: string]: Reconciliation }): { rule: string; type: string }[] {
  return Object.entries(all).flatMap(([rule, one]) => (one.method === 'keyed'
    ? [one.a, one.b].flatMap((side) => (side.of === 'documents' ? [...side.add, ...side.subtract] : []))
      .map((type) => ({ rule, type })) : []))
}

/** The financial debit of the posted vouchers whose source it is; a voucher of several sources counts by the lines of each. */
function ledgers({ scopeId, config }: StepContext): Fragment {
  const systems = config.differences.places.filter(isPlace('ledger'))
    .flatMap(({ place, systems: own }) => own.map((system) => ({ place, system })))
  return sql`
    select n.rule, n.key, v.place, v.debit, 1, v.named, null, abs(v.debit)
    from payment_names n join (
      with own as (
        select distinct e.book_id, e.voucher from entries e where e.scope_id = ${scopeId}::int and e.posted and e.source in (select name from payment_names)),
      lines as (
        select e.book_id, e.voucher, e.source, coalesce(sum(e.debit) filter (where a.element not like 'budget%'), 0) as debit
        from entries e join own on own.book_id = e.book_id and own.voucher = e.voucher
          join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
        where e.scope_id = ${scopeId}::int and e.posted group by 1, 2, 3),
      sources as (
        select book_id, voucher, source, debit, sum(debit) over one as voucher_debit, min(source) over one = max(source) over one as alone
        from lines window one as (partition by book_id, voucher))
      select s.source, p.place, b.book || '/' || s.voucher as named, (case when s.alone then s.voucher_debit else s.debit end)::bigint as debit
      from sources s join books b on b.scope_id = ${scopeId}::int and b.book_id = s.book_id
        join jsonb_to_recordset(${JSON.stringify(systems)}::jsonb) p(place text, system text) on p.system = b.system
      where s.source is not null) v on v.source = n.name`
}

/** Rows by reference; a reconciliation that belongs to no place is one of its own. */
function statements({ scopeId, config }: StepContext): Fragment {
  return sql`
    select n.rule, n.key, coalesce(p.place, s.reconciliation), s.amount, s.rows, null, null, abs(s.amount)
    from payment_names n join (
      select reconciliation, reference, sum(amount)::bigint as amount, count(*)::int as rows from statements
      where scope_id = ${scopeId}::int and reference in (select name from payment_names) group by 1, 2) s on s.reference = n.name
      left join jsonb_to_recordset(${JSON.stringify(statementPlaces(config.differences.places))}::jsonb) p(place text, number text) on p.number = s.reconciliation`
}

const statementPlaces = (places: StepContext['config']['differences']['places']) =>
  places.filter(isPlace('statement'))
    .flatMap(({ place, reconciliations }) => reconciliations.map((number) => ({ place, number })))

/** Both sides of the finding's own reconciliation, with nothing: where the payment is missing, that is said. */
function sidesOf({ config }: StepContext): Fragment {
  const { places } = config.differences
  const ofDocuments = places.find(isPlace('documents'))?.place
  const ofLedger = (system: string) =>
    places.filter(isPlace('ledger')).find(({ systems }) => (systems as readonly string[]).includes(system))?.place
  const rows = Object.entries(config.reconciliations.reconciliations).flatMap(([rule, one]) => {
    const statement = places.filter(isPlace('statement')).find(({ reconciliations }) => reconciliations.includes(rule))?.place
      ?? rule
    const sides = one.method === 'lines' ? [ofLedger(one.a.system), statement]
      : one.method === 'vouchers' ? [ofDocuments, ofLedger(one.b.system)]
        : one.method === 'keyed' ? [one.a, one.b].map((side) => ({
          documents: ofDocuments, statement, ledger: undefined, indicators: undefined, cards: undefined,
        })[side.of]) : []
    return sides.flatMap((place) => (place === undefined ? [] : [{ rule, place }]))
  })
  return sql`select n.rule, n.key, p.place, 0, 0, null, null, 0 from payments n
    join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) p(rule text, place text) on p.rule = n.rule`
}

async function intoFacts(trx: Trx, { config }: StepContext): Promise<void> {
  const names = [
    ...config.differences.places.map(({ place, name }, order) => ({ place, name, position: order })),
    ...Object.entries(config.reconciliations.reconciliations)
      .map(([place, { b }], order) => ({ place, name: b.name, position: 1000 + order })),
  ]
  await sql`
    with sizes as (
      select rule, key, amount, count(*) as n, sum(count(*)) over (partition by rule, key) as all_places from payment_places group by rule, key, amount),
    majority as (
      select distinct on (rule, key) rule, key, amount, all_places >= 3 and 2 * n > all_places as decided from sizes order by rule, key, n desc, amount desc),
    shown as (
      select p.rule, p.key,
        jsonb_agg(jsonb_build_object('place', p.place, 'name', n.name, 'amount', ${yuanText(sql`p.amount`)}, 'rows', p.rows) || p.more
          order by n.position nulls last, p.place collate "C") as places,
        coalesce(jsonb_agg(p.place order by n.position nulls last, p.place collate "C") filter (where m.decided and p.amount <> m.amount), '[]') as odd, m.decided
      from payment_places p join majority m using (rule, key)
        left join jsonb_to_recordset(${JSON.stringify(names)}::jsonb) n(place text, name jsonb, position int) on n.place = p.place
      group by p.rule, p.key, m.decided)
    update found f set facts = f.facts || jsonb_build_object('payment', p.number, 'places', s.places, 'odd', jsonb_build_object('decided', s.decided, 'places', s.odd))
    from shown s join payments p using (rule, key) where f.rule = s.rule and f.key = s.key`.execute(trx)
}
