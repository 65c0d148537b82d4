/** C1–C10: what must be settled before the books are closed (CONTRACT §2.2), each with its row, amount and what to do. */
import { type RawBuilder, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { type MappedTable } from './mapping.ts'
import { carriedBalances } from './openings.ts'
import { type Trx, yuan } from './sql.ts'

const INTO_FOUND = sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)`

/** C1 in-transit occupation, C2 overspent: indicators. Needs `carry_indicators`. */
export async function findIndicatorProblems(trx: Trx): Promise<void> {
  await sql`${INTO_FOUND}
    select 'carry-forward', 'C1', indicator, 'error', occupied,
      format('指标 %s 还有在途占用 %s 元（indicators.csv:%s）：先完成或作废占用它的单据，再重新导入', indicator, ${yuan('occupied')}, file_line),
      format('indicator %s still has %s occupied (indicators.csv:%s): complete or void the documents that occupy it, then import again', indicator, ${yuan('occupied')}, file_line),
      jsonb_build_object('indicator', indicator, 'occupied', ${yuan('occupied')}, 'remaining', ${yuan('remaining')}, 'line', file_line)
    from carry_indicators where occupied <> 0`.execute(trx)
  await sql`${INTO_FOUND}
    select 'carry-forward', 'C2', indicator, 'error', remaining,
      format('指标 %s 超支 %s 元（指标金额＋调整净额－已支付净额，indicators.csv:%s）：核对支付或补办调整，再重新导入', indicator, ${yuan('-remaining')}, file_line),
      format('indicator %s is overspent by %s (amount + adjusted - paid, indicators.csv:%s): check its payments or book the adjustment, then import again', indicator, ${yuan('-remaining')}, file_line),
      jsonb_build_object('indicator', indicator, 'remaining', ${yuan('remaining')}, 'line', file_line)
    from carry_indicators where remaining < 0`.execute(trx)
}

/** C3: a code that is inactive in the new year and not mapped, with a balance after closing or an indicator to carry. */
export async function findDeadCodes(trx: Trx, context: StepContext, dead: readonly MappedTable[]): Promise<void> {
  if (dead.length === 0) return
  const used = dead.flatMap((table) => [
    sql`select d.table_name, d.listed, d.file_line, c.amount, 0::bigint as remaining
      from carried c join dead_codes d on d.table_name = ${sql.lit(table)} and d.code = c.${sql.raw(table)} ${sql.raw(table === 'account' ? 'and d.system = c.system' : '')}`,
    ...(['unit', 'function', 'economic', 'project', 'fund'].includes(table) ? [sql`select d.table_name, d.listed, d.file_line, 0::bigint, i.remaining
      from carry_indicators i join dead_codes d on d.table_name = ${sql.lit(table)} and d.code = i.${sql.raw(table)}
      where i.remaining > 0 and i.disposition = 'carry'`] : []),
  ])
  await sql`
    with carried as (${carriedBalances(context.scopeId)}),
    used as (${sql.join(used, sql` union all `)}),
    codes as (
      select table_name, listed, min(file_line) as file_line, sum(amount)::bigint as balance, sum(remaining)::bigint as remaining,
        count(*) filter (where amount <> 0) as balances, count(*) filter (where remaining <> 0) as indicators
      from used group by table_name, listed)
    ${INTO_FOUND}
    select 'carry-forward', 'C3', table_name || '/' || listed, 'error', case when balances > 0 then balance else remaining end,
      format('%s 代码 %s 新年度停用（setup.csv:%s）且没有新旧对照，但还有 %s 笔余额（借方合计 %s 元）、%s 条待结转指标（%s 元）：在 mappings.csv 中写明对照，或启用该代码',
        table_name, listed, file_line, balances, ${yuan('balance')}, indicators, ${yuan('remaining')}),
      format('%s code %s is inactive in the new year (setup.csv:%s) and not mapped, yet %s balances (net debit %s) and %s indicators to carry (%s) stand on it: map it in mappings.csv, or keep it active',
        table_name, listed, file_line, balances, ${yuan('balance')}, indicators, ${yuan('remaining')}),
      jsonb_build_object('table', table_name, 'code', listed, 'balances', balances, 'balance', ${yuan('balance')}, 'indicators', indicators, 'remaining', ${yuan('remaining')}, 'line', file_line)
    from codes`.execute(trx)
}

/** C4: entries that are not posted; the input's own totals say at once whether there are any. */
export async function findUnposted(trx: Trx, context: StepContext): Promise<void> {
  const { rows } = await sql<{ some: boolean }>`
    select exists (select from cell_totals where scope_id = ${context.scopeId} and unposted <> 0) as some`.execute(trx)
  if (!rows[0]!.some) return
  await sql`${INTO_FOUND}
    select 'carry-forward', 'C4', b.book || '/' || e.voucher, 'error', null,
      format('账套 %s 凭证 %s 有 %s 条分录未记账（entries.csv:%s 起，借方 %s 元）：记账或删除后重新导入', b.book, e.voucher, count(*), min(e.file_line), ${yuan('sum(e.debit)')}),
      format('book %s voucher %s has %s entry lines that are not posted (entries.csv:%s onwards, debit %s): post or delete them, then import again', b.book, e.voucher, count(*), min(e.file_line), ${yuan('sum(e.debit)')}),
      jsonb_build_object('book', b.book, 'voucher', e.voucher, 'lines', count(*), 'debit', ${yuan('sum(e.debit)')}, 'line', min(e.file_line))
    from entries e join books b on b.scope_id = e.scope_id and b.book_id = e.book_id
    where e.scope_id = ${context.scopeId} and not e.posted group by b.book, e.voucher`.execute(trx)
}

interface AccountRule { rule: string; system: string; code: string }

/** C5 normally clear, C6 待处理收支, C7 quota in one-system mode, C8 no fund: balances before closing, by account. */
export async function findBalances(trx: Trx, context: StepContext): Promise<void> {
  const rules: AccountRule[] = Object.values(context.config.closing).flatMap((closing) => [
    ...closing.normally_clear.map((code) => ({ rule: 'C5', system: closing.system, code })),
    ...closing.clear_before.map((code) => ({ rule: 'C6', system: closing.system, code })),
    ...(closing.parameters.mode === 'one-system' ? closing.clear_in_one_system.map((code) => ({
      rule: 'C7', system: closing.system, code,
    })) : []),
  ])
  await sql`
    with rules as materialized (select * from jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as r(rule text, system text, code text)),
    watched as materialized (
      select r.rule, b.book, a.account_id, r.code as account, false as by_fund from rules r
      join books b on b.scope_id = ${context.scopeId} and b.system = r.system
      join accounts a on a.scope_id = b.scope_id and a.book_id = b.book_id and a.leaf and starts_with(a.account, r.code)
      union all
      select 'C8', b.book, a.account_id, a.account, true from books b join accounts a using (scope_id, book_id)
      where scope_id = ${context.scopeId} and b.system = 'treasury-2022' and a.leaf and a.element in ('budget_revenue', 'budget_expenditure')),
    seen as (
      select w.rule, w.book, w.account, sum(t.opening + t.debit - t.credit)::bigint as balance, count(*) as cells
      from watched w join cells c on c.scope_id = ${context.scopeId} and c.account_id = w.account_id and (not w.by_fund or c.fund in ('', 'unit'))
      join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
      where t.opening + t.debit - t.credit <> 0 group by w.rule, w.book, w.account)
    ${INTO_FOUND}
    select 'carry-forward', rule, book || '/' || account, case rule when 'C5' then 'warning' else 'error' end, balance,
      format(zh, book, account, ${yuan('balance')}, cells), format(en, book, account, ${yuan('balance')}, cells),
      jsonb_build_object('book', book, 'account', account, 'balance', ${yuan('balance')}, 'balances', cells)
    from seen join (values ${BALANCE_MESSAGES}) as message(of, zh, en) on message.of = seen.rule`.execute(trx)
}

const BALANCE_MESSAGES: RawBuilder<unknown> = sql.join([
  ['C5', '账套 %s 科目 %s 待处理财产损溢还有余额（借方 %s 元，%s 个辅助项）：结转前一般应处理完毕，保留须说明原因',
    'book %s account %s still has a balance (debit %s over %s cells): it is normally settled before closing; to keep it needs an explanation'],
  ['C6', '账套 %s 科目 %s 待处理收支还有余额（借方 %s 元，%s 个辅助项）：清理到具体收支科目后再结转',
    'book %s account %s, revenue or expenditure to be sorted, has a balance (debit %s over %s cells): move it to its real account before closing'],
  ['C7', '账套 %s 科目 %s 零余额额度还有余额（借方 %s 元，%s 个辅助项）：一体化模式下应先注销额度',
    'book %s account %s, zero-balance quota, has a balance (debit %s over %s cells): in one-system mode the quota must be cancelled first'],
  ['C8', '账套 %s 科目 %s 有未填资金性质或资金性质为 unit 的余额（借方 %s 元，%s 个辅助项）：补填资金性质，否则无法确定转入哪本预算的结转结余',
    'book %s account %s has a balance without a fund or with fund unit (debit %s over %s cells): give its fund, or it can not be told which budget it closes into'],
].map(([of, zh, en]) => sql`(${of}::text, ${zh}::text, ${en}::text)`))

/**
 * C9: classes 4–7 that stay open; C10: a rule's target is no posting account of the book. Both need a change of rules or chart.
 */
export async function findOpenClasses(trx: Trx, context: StepContext): Promise<void> {
  await sql`
    with open as (
      select b.book, a.account, c.balance, c.cells from (
        select account_id, book_id, sum(amount)::bigint as balance, count(*) as cells
        from (
          select c.account_id, c.book_id, c.fund, t.opening + t.debit - t.credit as amount from accounts a
          join cells c on c.scope_id = a.scope_id and c.account_id = a.account_id
          join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
          where a.scope_id = ${context.scopeId} and a.element in ('revenue', 'expense', 'budget_revenue', 'budget_expenditure')
            and a.account_id not in (select account_id from close_touched)
          union all select account_id, book_id, fund, amount from close_work where rule_no is null) left_over
        join books using (book_id)
        where amount <> 0 and scope_id = ${context.scopeId} and not (system = 'treasury-2022' and fund in ('', 'unit'))
        group by account_id, book_id) c
      join accounts a on a.scope_id = ${context.scopeId} and a.account_id = c.account_id
        and a.element in ('revenue', 'expense', 'budget_revenue', 'budget_expenditure')
      join books b on b.scope_id = ${context.scopeId} and b.book_id = c.book_id)
    ${INTO_FOUND}
    select 'carry-forward', 'C9', book || '/' || account, 'error', balance,
      format('账套 %s 收支科目 %s 没有结转规则，结转后仍有余额（借方 %s 元，%s 个辅助项）：在 config/closing 中为它写明转入科目', book, account, ${yuan('balance')}, cells),
      format('no closing rule takes account %2$s of book %1$s, which keeps a balance (debit %3$s over %4$s cells): say in config/closing where it closes to', book, account, ${yuan('balance')}, cells),
      jsonb_build_object('book', book, 'account', account, 'balance', ${yuan('balance')}, 'balances', cells)
    from open where not exists (select from found f where f.rule = 'C6' and starts_with(account, split_part(f.key, '/', 2)) and f.key like book || '/%')`.execute(trx)
  await sql`${INTO_FOUND}
    select 'carry-forward', 'C10', b.book || '/' || o.account, 'error', null,
      format('结转规则 %s 要转入的科目 %s 在账套 %s 中不存在或不是明细科目：在 accounts.csv 或 config/closing 中更正', string_agg(distinct r.rule, '、'), o.account, b.book),
      format('account %s, which closing rule %s writes, is not a posting account of book %s: correct accounts.csv or config/closing', o.account, string_agg(distinct r.rule, ', '), b.book),
      jsonb_build_object('book', b.book, 'account', o.account)
    from close_roles o join close_rules r using (rule_no) join books b on b.scope_id = ${context.scopeId} and b.book_id = o.book_id
    where o.account_id is null and exists (select from cells c where c.scope_id = b.scope_id and c.book_id = b.book_id)
    group by b.book, o.account`.execute(trx)
}
