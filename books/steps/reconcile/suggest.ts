/**
 * What kind of difference each one looks like (DOMAIN §6), where the rows show it, into `kind` and `more` of the temporary
 * table `unequal_keys`. A suggestion: nobody is bound by it, and it is part of the facts that an explanation rests on.
 */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { KeyedReconciliation, ReconciliationSide } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { type Fragment, keyColumn, sideRows } from './sides.ts'
import { suggestLaterTurnover, suggestOtherAccount } from './suggest-ledger.ts'

type Trx = Transaction<Database>
type Documents = Extract<ReconciliationSide, { of: 'documents' }>

/** From what is plain to what needs more of a look: a later suggestion takes the place of an earlier one. */
export async function suggestKinds(
  trx: Trx, context: StepContext, number: string, reconciliation: KeyedReconciliation,
): Promise<void> {
  await suggestPlain(trx, reconciliation)
  await suggestOpposites(trx, context, reconciliation)
  await suggestOtherAccount(trx, context, reconciliation)
  await suggestLaterTurnover(trx, context, number, reconciliation)
  await suggestRefunds(trx, context, number, reconciliation)
  await suggestTiming(trx, context, number, reconciliation)
  await suggestStates(trx, context, reconciliation)
}

/** `duplicate` a key twice on one side; `omission` one side has nothing; `wrong-amount` both have, and differ. */
async function suggestPlain(trx: Trx, { once }: KeyedReconciliation): Promise<void> {
  const doubled = sql`(${once}::boolean and b_rows > 1) or (a <> 0 and b = 2 * a and b_rows = 2 * a_rows) or (b <> 0 and a = 2 * b and a_rows = 2 * b_rows)`
  await sql`update unequal_keys set kind = case when ${doubled} then 'duplicate' when a is null or b is null then 'omission' else 'wrong-amount' end,
    more = case when ${once}::boolean and b_rows > 1 then jsonb_build_object('hint', jsonb_build_object(
      'zh', '同一编号在对方出现 ' || b_rows || ' 次', 'en', 'the same number stands ' || b_rows || ' times on the other side')) end`.execute(trx)
}

/**
 * An equal and opposite difference stands on one other key: by what the two keys differ in (`keys` of
 * config/differences.yaml) it was booked on the wrong unit or account; where one code is the beginning of the other, on
 * the wrong level of it. Keys that differ otherwise only get the hint.
 */
async function suggestOpposites(trx: Trx, { config }: StepContext, { a, b }: KeyedReconciliation): Promise<void> {
  const kinds = new Map(config.differences.kinds.flatMap(({ kind, keys }) => keys.map((key) => [key, kind] as const)))
  const byPart = a.key.map(
    (part, index) => [part, b.key[index]].flatMap((one) => (typeof one === 'string' ? kinds.get(one) ?? [] : []))[0] ?? '',
  )
  await sql`
    with opposite as (
      select coalesce(a, 0) - coalesce(b, 0) as amount, key, count(*) over (partition by coalesce(a, 0) - coalesce(b, 0)) as same from unequal_keys
      where kind <> 'duplicate'),
    pairs as (
      select own.key, o.key as other, string_to_array(own.key, '/') as parts, string_to_array(o.key, '/') as other_parts
      from opposite o join opposite own on own.same = 1 and own.amount = -o.amount
      where o.same = 1 and o.amount <> 0 and own.key <> o.key),
    apart as (
      select p.key, p.other, array_agg(distinct ${byPartKind(byPart)}) as kinds
      from pairs p, unnest(p.parts, p.other_parts) with ordinality u(part, other_part, place)
      where cardinality(p.parts) = ${byPart.length}::int and cardinality(p.other_parts) = ${byPart.length}::int and u.part <> u.other_part
      group by p.key, p.other)
    update unequal_keys d set
      kind = case when cardinality(x.kinds) = 1 and x.kinds[1] <> '' then x.kinds[1] else d.kind end,
      more = jsonb_build_object('counterKey', p.other, 'hint', jsonb_build_object(
        'zh', '与 ' || p.other || ' 的差额正好相反，可能列错', 'en', p.other || ' differs by exactly the opposite: perhaps booked under the wrong one'))
    from pairs p left join apart x on x.key = p.key and x.other = p.other where p.key = d.key`.execute(trx)
}

const byPartKind = (kinds: readonly string[]): Fragment => sql`case
  when (${[...kinds]}::text[])[u.place] = 'wrong-account' and u.part <> '' and u.other_part <> ''
    and (starts_with(u.part, u.other_part) or starts_with(u.other_part, u.part)) then 'wrong-level'
  else (${[...kinds]}::text[])[u.place] end`

/**
 * The difference is exactly what was refunded on the key, and one side has not taken it off; or money came back on a
 * number of which the system knows no refund.
 */
async function suggestRefunds(trx: Trx, context: StepContext, number: string, { a, b }: KeyedReconciliation): Promise<void> {
  const hint = jsonHint('与该对象的退款金额相同，退款可能未登记', 'it is what was refunded here: one side may not have the refund')
  for (const side of [a, b]) {
    if (side.of !== 'documents' || side.subtract.length === 0) continue
    for (const statuses of [side.statuses, OPEN_STATUSES]) {
      const refunds: Documents = { ...side, add: side.subtract, subtract: [], statuses: [...statuses] }
      await sql`
        with refunds as (select ${keyText(side)} as key, sum(amount)::bigint as amount from (${sideRows(number, refunds, context)}) r group by 1)
        update unequal_keys d set kind = 'refund-not-registered', more = coalesce(d.more, '{}') || ${hint}
        from refunds r where r.key = d.key and r.amount <> 0 and abs(coalesce(d.a, 0) - coalesce(d.b, 0)) = r.amount and d.kind <> 'duplicate'`.execute(trx)
    }
  }
  if (a.of !== 'documents' || b.of !== 'statement' || !a.key.includes('number')) return
  await sql`update unequal_keys d set kind = 'refund-not-registered', more = coalesce(d.more, '{}') || ${jsonHint('对方为退回款项，系统无此单据', 'money that came back, of which the system has no document')}
    where d.a is null and d.b < 0`.execute(trx)
}

const OPEN_STATUSES = ['submitted', 'approved', 'sent'] as const
const jsonHint = (zh: string, en: string): Fragment => sql`${JSON.stringify({ hint: { zh, en } })}::jsonb`
const keyText = (side: ReconciliationSide): Fragment =>
  sql.join(side.key.map((_, index) => sql.ref(keyColumn(index))), sql` || '/' || `)

/** The column that dates the rows of a side; the rows of the others have no day. */
const dayOf = (side: ReconciliationSide): string | null =>
  (side.of === 'statement' ? 'date' : side.of === 'documents' ? 'day' : null)

/**
 * The oldest row behind each difference, for its age; and `timing` where one side has nothing of a payment and the rows of
 * the other are dated in the last days of the year or later. Totals say nothing of that: a report is dated at its end.
 */
async function suggestTiming(trx: Trx, context: StepContext, number: string, { a, b }: KeyedReconciliation): Promise<void> {
  const dated = [a, b].flatMap((side) => {
    const day = dayOf(side)
    if (day === null) return []
    const rows = sideRows(number, { ...side, key: [...side.key, day] } as ReconciliationSide, context)
    // Each side meets the few keys on its own: only of what they leave the day is made into text.
    return [sql`select key, day from (
      select ${keyText(side)} as key, ${sql.ref(keyColumn(side.key.length))} as day from (${rows}) r) dated
      where key in (select key from unequal_keys)`]
  })
  if (dated.length === 0) return
  const payments = [...a.key, ...b.key].some((part) => part === 'number' || part === 'reference')
  await sql`
    with days as (
      select key, min(nullif(day, '')) as first from (${sql.join(dated, sql` union all `)}) dated group by key)
    update unequal_keys d set more = coalesce(d.more, '{}') || jsonb_build_object('since', days.first),
      kind = case when ${payments} and d.kind = 'omission' and days.first >= ${transitFrom(context)} then 'timing' else d.kind end
    from days where days.key = d.key and days.first is not null`.execute(trx)
}

/** ISO day from which a row that stands on one side alone is probably in transit. */
export function transitFrom({ year, config }: StepContext): string {
  return new Date(Date.UTC(year, 11, 31 - config.differences.timing.days + 1)).toISOString().slice(0, 10)
}

/**
 * The other side knows a document that is not final in the system: the states do not agree. What the other side dated
 * in the next year is in transit instead: at the end of the year both agreed.
 */
async function suggestStates(trx: Trx, context: StepContext, { a }: KeyedReconciliation): Promise<void> {
  if (a.of !== 'documents') return
  const place = a.key.indexOf('number') + 1
  if (place === 0) return
  await sql`update unequal_keys x set kind = case when x.more->>'since' > ${`${context.year}-12-31`} then 'timing' else 'state-mismatch' end,
      more = coalesce(x.more, '{}') || jsonb_build_object(
      'document', jsonb_build_object('type', d.type, 'number', d.number, 'status', d.status, 'counterparty', d.counterparty),
      'hint', jsonb_build_object('zh', '系统内单据状态为 ' || d.status || '，对方 ' || coalesce(d.counterparty, '未填'),
        'en', 'the document is ' || d.status || ' in the system, counterparty ' || coalesce(d.counterparty, 'not given')))
    from documents d
    where x.a is null and d.scope_id = ${context.scopeId}::int and d.type = any(${a.add}::text[]) and d.status <> all(${a.statuses as string[]}::text[])
      and d.number = split_part(x.key, '/', ${place}::int) and d.number <> ''`.execute(trx)
}
