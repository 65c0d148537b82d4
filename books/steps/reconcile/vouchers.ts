/** R16 凭证与单据核对: every final document has exactly one posted voucher, of its amount. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { VouchersReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import { type ReconciliationFigures, figuresOf, headingFacts } from './figures.ts'
import type { Fragment } from './sides.ts'

/**
 * Key `TYPE/number`. A is the document's amount, B the debit total of the financial lines (classes 1–5) of the posted
 * vouchers whose source is its number; a voucher of several sources counts by the lines of each. None, or more than one
 * voucher, is a finding even if the sum agrees; types in `red` compare absolute values, for a refund's voucher may be red.
 */
export async function reconcileVouchers(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: VouchersReconciliation,
): Promise<ReconciliationFigures> {
  await sql`drop table if exists document_vouchers`.execute(trx)
  await sql`create temporary table document_vouchers on commit drop as ${compared(context, reconciliation)}`.execute(trx)
  const { rows } = await sql<{ a: bigint; b: bigint; keys: number; unequal: number }>`
    select coalesce(sum(a), 0)::bigint as a, coalesce(sum(b), 0)::bigint as b, count(*)::int as keys,
      (count(*) filter (where vouchers <> 1 or a <> b))::int as unequal from document_vouchers`.execute(trx)
  await found(trx, context, number, reconciliation)
  return figuresOf(rows[0]!.keys === 0 ? 'skipped' : 'compared', rows[0]!)
}

/** Rows `(type, number, unit, a, b, vouchers, names, day)`: each final document beside its vouchers. */
export function compared(context: StepContext, { a, b, red }: VouchersReconciliation): Fragment {
  const sized = (amount: Fragment) => sql`case when d.type = any(${red}::text[]) then abs(${amount}) else ${amount} end`
  return sql`
    with lines as (
      select e.book_id, e.voucher, e.source, sum(e.debit) filter (where a.element not like 'budget%') as debit
      from entries e join books b on b.scope_id = e.scope_id and b.book_id = e.book_id and b.system = ${b.system}
        join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id
        join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      where e.scope_id = ${context.scopeId} and e.posted group by 1, 2, 3),
    voucher_sources as (
      select book_id, voucher, source, debit, sum(debit) over one as voucher_debit, min(source) over one = max(source) over one as alone
      from lines window one as (partition by book_id, voucher)),
    by_source as (
      select v.source, count(*)::int as vouchers, sum(coalesce(case when v.alone then v.voucher_debit
        else v.debit end, 0))::bigint as debit,
        (array_agg(b.book || '/' || v.voucher order by b.book, v.voucher))[1:10] as names
      from voucher_sources v join books b on b.scope_id = ${context.scopeId} and b.book_id = v.book_id
      where v.source is not null group by 1)
    select d.type, d.number, d.unit, ${sized(sql`coalesce(d.amount, 0)`)} as a, coalesce(${sized(sql`s.debit`)}, 0) as b,
      coalesce(s.vouchers, 0) as vouchers, coalesce(s.names, '{}') as names,
      coalesce(d.updated_on, d.created_on) as day
    from documents d left join by_source s on s.source = d.number
    where d.scope_id = ${context.scopeId} and d.type = any(${a.types}::text[])
      and d.status = any(${a.statuses as string[]}::text[])`
}

async function found(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: VouchersReconciliation,
): Promise<void> {
  const [document, debit, difference] = [yuanText(sql`v.a`), yuanText(sql`v.b`), yuanText(sql`v.a - v.b`)]
  await sql`
    with unposted as (
      select e.source, min(b.book || '/' || e.voucher) as voucher
      from entries e join books b on b.scope_id = e.scope_id and b.book_id = e.book_id and b.system = ${reconciliation.b.system}
      where e.scope_id = ${context.scopeId} and not e.posted and e.source is not null group by 1)
    insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', ${number}::text, v.type || '/' || v.number, 'error', v.a - v.b,
      ${`${number} ${reconciliation.name.zh} `}::text || v.type || '/' || v.number || '：单据 ' || ${document} || '，' || case
        when v.vouchers = 0 then '没有已记账的凭证' || coalesce('（未记账：' || u.voucher || '）', '') || '。请生成凭证并记账'
        when v.vouchers > 1 then v.vouchers || ' 张凭证（' || array_to_string(v.names, '、') || '）共 ' || ${debit}
          || '。请保留一张有效凭证，其余冲销'
        else '凭证 ' || v.names[1] || ' 为 ' || ${debit} || '，相差 ' || ${difference} || ' 元。请更正凭证或单据' end || '，然后重新对账。',
      ${`${number} ${reconciliation.name.en} `}::text || v.type || '/' || v.number || ': document ' || ${document} || ', '
        || case
        when v.vouchers = 0 then 'no posted voucher' || coalesce(' (not posted: ' || u.voucher || ')', '')
          || '. Make the voucher and post it'
        when v.vouchers > 1 then v.vouchers || ' vouchers (' || array_to_string(v.names, ', ') || ') of ' || ${debit}
          || ' in all. Keep one and reverse the others'
        else 'voucher ' || v.names[1] || ' is ' || ${debit} || ', difference ' || ${difference}
          || ' yuan. Correct the voucher or the document' end || ', then check again.',
      ${headingFacts(reconciliation)} || jsonb_build_object(
        'kind', case when v.vouchers = 0 and v.type = any(${reconciliation.red}::text[]) then 'refund-not-registered'
          when v.vouchers = 0 then 'omission' when v.vouchers > 1 then 'duplicate' else 'wrong-amount' end,
        'since', v.day,
        'a', jsonb_build_object('amount', ${document}, 'type', v.type, 'number', v.number, 'unit', v.unit),
        'b', jsonb_build_object('amount', ${debit}, 'vouchers', v.vouchers, 'names', to_jsonb(v.names), 'unposted', u.voucher))
    from document_vouchers v left join unposted u on u.source = v.number
    where v.vouchers <> 1 or v.a <> v.b`.execute(trx)
}
