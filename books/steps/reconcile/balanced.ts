/** R15 账账核对: debit against credit, of each voucher and of each ledger of each book, posted or not. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { BalancedReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import { type ReconciliationFigures, figuresOf, headingFacts } from './figures.ts'
import type { Fragment } from './sides.ts'

/**
 * Keys `book/voucher`, and `book/financial` (classes 1–5) and `book/budgetary` (6–8) from opening balances plus all
 * entries: the two ledgers never net against each other (DOMAIN §3.3). Sums are of the ledgers.
 */
export async function reconcileBalanced(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: BalancedReconciliation,
): Promise<ReconciliationFigures> {
  await sql`drop table if exists balances`.execute(trx)
  await sql`create temporary table balances on commit drop as ${ledgers(context)}`.execute(trx)
  const vouchers = await sql<{ keys: number }>`select count(*)::int as keys from (
    select from entries where scope_id = ${context.scopeId} group by book_id, voucher) v`.execute(trx)
  const sums = await sql<{ a: bigint; b: bigint; keys: number }>`
    select coalesce(sum(a), 0)::bigint as a, coalesce(sum(b), 0)::bigint as b, count(*)::int as keys from balances`.execute(trx)
  await sql`delete from balances where a = b`.execute(trx)
  await sql`insert into balances ${unbalancedVouchers(context)}`.execute(trx)
  const unequal = await found(trx, number, reconciliation)
  const { a, b, keys } = sums.rows[0]!
  return figuresOf(keys + vouchers.rows[0]!.keys === 0 ? 'skipped' : 'compared', {
    a, b, keys: keys + vouchers.rows[0]!.keys, unequal,
  })
}

/** Rows `(key, kind, book, voucher, a, b, rows, unposted)`: both sides of each ledger of each book. */
export function ledgers(context: StepContext): Fragment {
  return sql`
    select b.book || '/' || case when a.element like 'budget%' then 'budgetary' else 'financial' end as key,
      case when a.element like 'budget%' then 'budgetary' else 'financial' end as kind, b.book, null::text as voucher,
      sum(x.debit)::bigint as a, sum(x.credit)::bigint as b, sum(x.rows)::int as rows, false as unposted
    from (
      select cell_id, sum(debit) as debit, sum(credit) as credit, count(*) as rows from entries
        where scope_id = ${context.scopeId} group by 1
      union all
      select cell_id, sum(debit), sum(credit), count(*) from openings where scope_id = ${context.scopeId} group by 1) x
      join cells c on c.scope_id = ${context.scopeId} and c.cell_id = x.cell_id
      join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      join books b on b.scope_id = c.scope_id and b.book_id = c.book_id
    group by 1, 2, 3`
}

function unbalancedVouchers(context: StepContext): Fragment {
  return sql`
    select b.book || '/' || v.voucher, 'voucher', b.book, v.voucher, v.debit, v.credit, v.rows, v.unposted
    from (
      select book_id, voucher, sum(debit)::bigint as debit, sum(credit)::bigint as credit, count(*)::int as rows, bool_or(not posted) as unposted
      from entries where scope_id = ${context.scopeId} group by 1, 2 having sum(debit) <> sum(credit)) v
      join books b on b.scope_id = ${context.scopeId} and b.book_id = v.book_id`
}

/** A voucher that happens to be called `financial` shares its key with the ledger: then both stand in one finding. */
async function found(trx: Transaction<Database>, number: string, reconciliation: BalancedReconciliation): Promise<number> {
  const [debit, credit, difference] = [yuanText(sql`a`), yuanText(sql`b`), yuanText(sql`a - b`)]
  const { rows } = await sql<{ key: string }>`
    insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', ${number}::text, key, 'error', sum(a - b)::bigint,
      string_agg(${number}::text || ' ' || case kind when 'voucher' then '账套 ' || book || ' 凭证 ' || voucher || case
        when unposted then '（未记账）' else '' end
          when 'financial' then '账套 ' || book || ' 财务会计总账（1–5 类）' else '账套 ' || book || ' 预算会计总账（6–8 类）' end
        || '：借方 ' || ${debit} || '，贷方 ' || ${credit} || '，相差 ' || ${difference} || ' 元。请更正凭证或期初余额后重新对账。', ' ' order by kind),
      string_agg(${number}::text || ' ' || case kind when 'voucher' then 'book ' || book || ' voucher ' || voucher || case
        when unposted then ' (not posted)' else '' end
          when 'financial' then 'book ' || book || ' financial ledger (classes 1–5)' else 'book ' || book
            || ' budgetary ledger (classes 6–8)' end
        || ': debit ' || ${debit} || ', credit ' || ${credit} || ', difference ' || ${difference}
          || ' yuan. Correct the voucher or the opening balance and check again.', ' ' order by kind),
      ${headingFacts(reconciliation)}
        || jsonb_build_object('kind', 'unbalanced', 'book', min(book), 'voucher', min(voucher), 'unposted', bool_or(unposted),
        'a', jsonb_build_object('amount', ${yuanText(sql`sum(a)`)}), 'b', jsonb_build_object('amount', ${yuanText(sql`sum(b)`)}), 'rows', sum(rows))
    from balances group by key returning key`.execute(trx)
  return rows.length
}
