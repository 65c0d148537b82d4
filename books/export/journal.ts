/**
 * The closing year of a district as a plain-text journal that hledger and ledger read: opening, posted entries, closing entries,
 * mapping, and at the end an assertion for every account that its balance is the new year's opening. Whoever does not trust
 * this program lets theirs add it up (docs/closing.md). Streamed by COPY: memory does not grow with rows.
 */
import { PassThrough, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import type { Books } from '../connect.ts'
import { beginReading } from '../snapshot.ts'
import { isSameInput } from '../steps/carry-forward/lock.ts'
import type { ExportSource } from './export.ts'

/** The input is not the one that the carry-forward was made from: its entries can not prove that closing. */
export class JournalStale extends Error {}

/** Writes the journal and ends the stream. @param snapshot of books/snapshot.ts @throws JournalStale */
export async function writeJournal(books: Books, source: ExportSource, out: Writable, snapshot?: string): Promise<void> {
  const { rows: [of] } = await books.pool.query<{ scope: number; version: number; district: string; digest: string }>(
    `select scope_id as scope, input_version as version, district, plan_digest as digest from carry_forwards join scopes using (scope_id) where carry_id = $1`,
    [source.carryId])
  if (!(await books.db.transaction().execute((trx) => isSameInput(trx, of!.scope, of!.version)))) {
    throw new JournalStale(`input version ${of!.version}`)
  }
  const client = await books.pool.connect()
  try {
    await beginReading(client, snapshot)
    await client.query(`set local work_mem = '128MB'`)
    const sections = sectionsOf({ ...source, scope: of!.scope })
    out.write(
      `; nianjie ${of!.district} ${source.closingYear}  plan ${of!.digest}\n; hledger -f FILE check\n\ncommodity 1000.00 CNY\n`,
    )
    for (const [title, query] of sections) {
      out.write(`\n; ${title}\n`)
      await copyInto(client, query, out)
    }
    await client.query('commit')
    await pipeline([], out)
  } catch (error) {
    await client.query('rollback').catch(() => {})
    out.destroy()
    throw error
  } finally {
    client.release()
  }
}

/** One query of one text column, line by line; an empty text is an empty line. */
async function copyInto(client: pg.PoolClient, query: string, out: Writable): Promise<void> {
  const lines = new PassThrough()
  const done = pipeline(client.query(copyTo(`copy (${query}) to stdout`)), lines)
  for await (const chunk of lines) if (!out.write(chunk)) await new Promise((resolve) => out.once('drain', resolve))
  await done
}

const KEY = ['book', 'account', ...DIMENSIONS]
/** Signs that mean something in a journal, as percent codes; the percent sign itself first. */
const ODD = ['%', ' ', ':', ';', '(', ')', '[', ']', '"', '\\', '*', '!']
const plain = (column: string): string =>
  ODD.reduce(
    (text, sign) =>
      `replace(${text}, ${sign === '\\' ? `e'\\\\'` : `'${sign}'`}, '%${sign.charCodeAt(0).toString(16).toUpperCase()}')`,
    column,
  )
/** `U001:1002:unit=001`: each level adds up below the one above it. */
const accountOf = (alias: string): string =>
  `${plain(`${alias}.book`)} || ':' || ${plain(`${alias}.account`)}${DIMENSIONS.map((name) => ` || case ${alias}.${name} when '' then '' else ':${name}=' || ${plain(`${alias}.${name}`)} end`).join('')}`
const money = (fen: string): string => `to_char((${fen})::numeric / 100, 'FM999999999999999999990.00') || ' CNY'`
/** A description is one line without the sign that begins a comment. */
const words = (column: string): string => `regexp_replace(replace(coalesce(${column}, ''), ';', '；'), '[[:cntrl:]]', ' ', 'g')`

/** Titles and queries of the sections, in the order in which a reader adds up. Only numbers of our own go into the text. */
function sectionsOf({ scope, carryId, closingYear: year }: ExportSource & { scope: number }): [string, string][] {
  const cells = `cells c join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id join books b on b.scope_id = c.scope_id and b.book_id = c.book_id`
  const key = `b.book, a.account, ${DIMENSIONS.map((name) => `c.${name}`).join(', ')}`
  const keys = KEY.join(', ')
  const ledger = `case when coalesce(element like 'budget%', left(account, 1) >= '6') then 'budgetary' else 'financial' end`
  const chart = `(select b.book, a.account, a.element, a.name from accounts a join books b using (scope_id, book_id) where scope_id = ${scope})`
  const moved = `select ${key}, t.opening as opening, t.opening + t.debit - t.credit as amount from cell_totals t join ${cells} on c.scope_id = t.scope_id and c.cell_id = t.cell_id where t.scope_id = ${scope} and c.scope_id = ${scope}`
  const closing = `select ${keys}, 0::bigint, debit - credit from closing_entries where carry_id = ${carryId} and not reversal`
  const opened = `select ${keys}, 0::bigint, balance from opening_balances where carry_id = ${carryId}`
  const used = `select distinct ${keys} from (${moved} union all ${closing} union all ${opened}) u`
  /** Vouchers of rows (book, voucher, ledger, date, said, place, posting). */
  const vouchers = (rows: string) => `
    with rows as materialized (${rows}), lines as (
      select book, voucher, ledger, 0::bigint as place, e'\\n' as before, min(date)::text || ' * (' || ${plain('voucher')} || ') ' || book || ' ' || ledger || ' ' || min(said) as line
      from rows group by book, voucher, ledger
      union all select book, voucher, ledger, place, '', posting from rows)
    select unnest(case before when '' then array[line] else array['', line] end) from lines order by book collate "C", voucher collate "C", ledger, place`
  const posting = (alias: string, amount: string) => `'    ' || ${accountOf(alias)} || '  ' || ${money(amount)}`
  return [
    ['科目 accounts', `select 'account ' || ${accountOf('u')} || '  ; ' || ${words('k.name')} || case k.element ${TYPES} else '' end
      from (${used}) u left join ${chart} k using (book, account) order by ${KEY.map((name) => `u.${name} collate "C"`).join(', ')}`],
    ['年初余额 opening balances', vouchers(`select book, 'OPENING' as voucher, ${ledger} as ledger, date '${year}-01-01' as date, '年初余额' as said,
      row_number() over (order by ${keys}) as place, ${posting('o', 'o.opening')} as posting from (${moved}) o join ${chart} k using (book, account) where o.opening <> 0`)],
    ['已记账凭证 posted entries', vouchers(`select book, voucher, ${ledger} as ledger, least(date, date '${year}-12-31') as date, ${words('summary')} as said, line::bigint as place,
      ${posting('e', 'e.amount')} as posting from (select ${key}, a.element, x.voucher, x.date, x.summary, x.line, x.debit - x.credit as amount
        from entries x join ${cells} on c.scope_id = x.scope_id and c.cell_id = x.cell_id where x.scope_id = ${scope} and c.scope_id = ${scope} and x.posted) e`)],
    ['年终转账 closing entries', vouchers(`select book, 'CLOSE-${year}-' || lpad(rule_no::text, 3, '0') || '-' || rule as voucher, ${ledger} as ledger, date '${year}-12-31' as date, ${words('name_zh')} as said,
      row_number() over (order by rule_no, ${keys}) as place, ${posting('e', 'e.debit - e.credit')} as posting from (
        select x.*, r.name_zh from closing_entries x join carry_rules r using (carry_id, rule_no) where x.carry_id = ${carryId} and not x.reversal) e join ${chart} k using (book, account)`)],
    ['新旧对照 what the mapping of codes moves', vouchers(`select book, 'MAPPING' as voucher, ${ledger} as ledger, date '${year}-12-31' as date, '新旧对照' as said,
      row_number() over (order by ${keys}) as place, ${posting('d', 'd.amount')} as posting from (
        select ${keys}, sum(amount)::bigint as amount from (
          select ${keys}, -amount as amount from (${moved} union all ${closing}) old union all select ${keys}, amount from (${opened.replace('0::bigint, balance', 'balance as amount')}) new) both_years
        group by ${keys} having sum(amount) <> 0) d left join ${chart} k using (book, account)
      where exists (select from mappings m where m.scope_id = ${scope} and case m.table_name
        when 'account' then d.account in (regexp_replace(m.old, '^[^:]*:', ''), regexp_replace(m.new, '^[^:]*:', ''))
        ${DIMENSIONS.filter((name) => name !== 'counterparty').map((name) => `when '${name}' then d.${name} in (m.old, m.new)`).join(' ')} else false end)`)],
    ['结转下年 each balance is the opening of the new year, and nothing else is left', vouchers(`select book, 'CARRY' as voucher, 'all' as ledger, date '${year}-12-31' as date, '结转下年' as said,
      row_number() over (order by ${keys}) as place, '    ' || ${accountOf('u')} || '  0.00 CNY = ' || ${money('coalesce(n.amount, 0)')} as posting
      from (${used}) u left join (select ${keys}, sum(balance) as amount from opening_balances where carry_id = ${carryId} group by ${keys}) n using (${keys})`)],
  ]
}

/** hledger's own account types, so that its reports on the financial ledger work as they are. */
const TYPES = [['asset', 'A'], ['liability', 'L'], ['net_asset', 'E'], ['revenue', 'R'], ['expense', 'X']].map(
  ([element, type]) => `when '${element}' then ', type: ${type}'`,
).join(' ')
