/** What a line-by-line reconciliation could not match, as findings. */
import { type Transaction, sql } from 'kysely'
import type { LinesReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import { headingFacts } from './figures.ts'

/** How many rows or candidates a finding names. */
const NAMED_MAX = 10

/**
 * Everything that did not match, into `found`. Names that hold slashes may give two of them the same key (a bank called
 * like a book): then both stand in one finding.
 * @returns how many were not matched
 */
export async function foundLines(
  trx: Transaction<Database>, number: string, reconciliation: LinesReconciliation,
): Promise<number> {
  await sql`drop table if exists line_findings`.execute(trx)
  await sql`create temporary table line_findings (like found including defaults) on commit drop`.execute(trx)
  const unequal = await foundReferences(trx, number, reconciliation) + await foundUnmatched(trx, number, reconciliation)
  await sql`
    insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select min(step), rule, key, min(severity), sum(amount)::bigint, string_agg(message_zh, ' ' order by message_zh collate "C"),
      string_agg(message_en, ' ' order by message_zh collate "C"),
      (jsonb_agg(facts order by message_zh collate "C"))->0
        || case when count(*) > 1 then jsonb_build_object('also', jsonb_agg(facts order by message_zh collate "C") - 0) else '{}'::jsonb end
    from line_findings group by rule, key`.execute(trx)
  return unequal
}

/** The same reference on both sides with another amount: one finding, key `party/reference`. */
async function foundReferences(trx: Transaction<Database>, number: string, reconciliation: LinesReconciliation): Promise<number> {
  const [a, b, difference] = [yuanText(sql`a`), yuanText(sql`b`), yuanText(sql`a - b`)]
  const { numAffectedRows } = await sql`
    insert into line_findings (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', ${number}::text, party || '/' || reference, 'error', a - b,
      ${`${number} ${reconciliation.name.zh} `}::text || party || ' 流水号 ' || reference || '：账面 ' || ${a} || '（' || a_rows
        || ' 笔），银行 ' || ${b} || '（' || b_rows
        || ' 笔），相差 ' || ${difference} || ' 元。请核对金额，更正后重新对账，或书面说明。',
      ${`${number} ${reconciliation.name.en} `}::text || party || ' reference ' || reference || ': ledger ' || ${a} || ' ('
        || a_rows || ' lines), bank ' || ${b} || ' (' || b_rows
        || ' rows), difference ' || ${difference}
          || ' yuan. Compare the amounts, correct the input and check again, or explain it in writing.',
      ${headingFacts(reconciliation)} || jsonb_build_object('kind', case when b_rows > a_rows then 'duplicate'
        else 'wrong-amount' end,
        'pass', 'reference', 'party', party, 'reference', reference,
        'a', jsonb_build_object('amount', ${a}, 'rows', a_rows), 'b', jsonb_build_object('amount', ${b}, 'rows', b_rows))
    from reference_groups where on_both`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

/** Lines alone (key `book/voucher/line`) and rows alone (key `party/reference`, rows of one reference together). */
async function foundUnmatched(trx: Transaction<Database>, number: string, reconciliation: LinesReconciliation): Promise<number> {
  const amount = yuanText(sql`l.amount`)
  const lines = await sql`
    insert into line_findings (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', ${number}::text, l.line_key, 'error', l.amount,
      ${`${number} ${reconciliation.name.zh} `}::text || l.party || '：账面分录 ' || l.line_key || '（' || l.date || '，' || ${amount}
        || ' 元）银行对账单无此笔。请查明是未达账项还是记账差错，更正后重新对账，或书面说明。' || coalesce(h.zh, ''),
      ${`${number} ${reconciliation.name.en} `}::text || l.party || ': entry line ' || l.line_key || ' (' || l.date || ', '
        || ${amount} || ' yuan) is not on the bank statement. In transit, or booked wrongly: correct it and check again, or explain it in writing.' || coalesce(' ' || h.en, ''),
      ${headingFacts(reconciliation)} || jsonb_build_object('kind', 'omission', 'party', l.party, 'reference', l.reference,
        'a', jsonb_build_object('amount', ${amount}, 'rows', 1, 'date', l.date, 'line', l.line_key), 'b', jsonb_build_object('amount', '0.00', 'rows', 0),
        'candidates', (select coalesce(jsonb_agg(jsonb_build_object('reference', c.reference, 'date', c.date, 'amount', ${amount}) order by c.id), '[]')
          from (select r.id, r.reference, r.date from left_rows r where not r.matched and r.party = l.party
            and r.amount = l.amount order by r.id limit ${NAMED_MAX}) c))
        || case when h.id is null then '{}'::jsonb else jsonb_build_object('together', h.facts) end
    from left_lines l left join line_hints h on h.side = 'a' and h.id = l.id where not l.matched`.execute(trx)
  const rows = await foundRows(trx, number, reconciliation)
  return Number(lines.numAffectedRows ?? 0n) + rows
}

async function foundRows(trx: Transaction<Database>, number: string, reconciliation: LinesReconciliation): Promise<number> {
  const total = yuanText(sql`b.total`)
  const { numAffectedRows } = await sql`
    insert into line_findings (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', ${number}::text, b.party || '/' || b.reference, 'error', -b.total,
      ${`${number} ${reconciliation.name.zh} `}::text || b.party || '：银行对账单' || case when b.reference = '' then '无流水号的 '
        || b.rows || ' 笔' else '流水号 ' || b.reference end
        || '（' || coalesce(b.first_day, '无日期') || '，合计 ' || ${total} || ' 元）账面无此笔。请补记，或查明是否银行差错，更正后重新对账，或书面说明。' || coalesce(h.zh, ''),
      ${`${number} ${reconciliation.name.en} `}::text || b.party || ': on the bank statement ' || case
        when b.reference = '' then b.rows || ' rows without a reference' else 'reference ' || b.reference end
        || ' (' || coalesce(b.first_day, 'no date') || ', ' || ${total}
          || ' yuan in all) is not in the ledger. Book it, or find the bank''s mistake; correct it and check again, or explain it in writing.' || coalesce(' ' || h.en, ''),
      ${headingFacts(reconciliation)} || jsonb_build_object('kind', 'omission', 'party', b.party, 'reference', b.reference,
        'a', jsonb_build_object('amount', '0.00', 'rows', 0), 'b', jsonb_build_object('amount', ${total}, 'rows', b.rows, 'named', b.named))
        || case when h.id is null then '{}'::jsonb else jsonb_build_object('together', h.facts) end
    from (
      select party, reference, min(hint) as hint, sum(amount)::bigint as total, count(*)::int as rows, min(date)::text as first_day,
        jsonb_path_query_array(jsonb_agg(jsonb_build_object('date', date, 'amount', ${yuanText(sql`amount`)}) order by id), ${`$[0 to ${NAMED_MAX - 1}]`}::jsonpath) as named
      from left_rows left join (select id as hint from line_hints where side = 'b') hinted on hinted.hint = left_rows.id
      where not matched group by 1, 2) b left join line_hints h on h.side = 'b' and h.id = b.hint`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}
