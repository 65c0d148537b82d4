/** What the carry-forward is measured against: the plain SQL of the same sums, on integer keys and on the text keys of the files. */
import { type RawBuilder, sql } from 'kysely'
import type { Books } from '../books/connect.ts'

const KEYS = ['book', 'account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty']

/**
 * What a night of plain SQL would be: entries summed into balances, closed into the carry-over of their project, and opened,
 * with an integer for each code, or with the codes and amounts as they stand in the files: the balances, the lines of the closing
 * entries, and the openings. Nothing is checked, named, mapped, hashed or proved.
 */
export async function runBaseline({ db }: Books, entries: string, key: 'int' | 'text', amount: 'bigint' | 'numeric'): Promise<void> {
  const keys = sql.raw(KEYS.join(', '))
  const columns = sql.raw(KEYS.map((name) => `${name} ${key} not null`).join(', '))
  const [type, none] = [sql.raw(amount), sql.raw(key === 'int' ? '0' : "''")]
  const account = (code: string) =>
    (key === 'text' ? sql.lit(code) : sql`(select number from bench_account_numbers where account = ${code})`)
  await db.transaction().execute(async (trx) => {
    await sql`drop table if exists bench_balances, bench_closed, bench_opened, bench_lines`.execute(trx)
    for (const table of ['bench_balances', 'bench_closed', 'bench_opened']) {
      await sql`create table ${sql.ref(table)} (${columns}, balance ${type} not null, primary key (${keys}))`.execute(trx)
    }
    await sql`create table bench_lines (${columns}, amount ${type} not null)`.execute(trx)
    const closing = sql`account in (${account('720101')}, ${account('6001')})`
    const instead = (code: string) => sql`book, ${account(code)}, ${sql.raw(KEYS.slice(2).join(', '))}`
    await sql`insert into bench_balances select ${keys}, sum(debit - credit) from ${sql.ref(entries)} group by ${keys}`.execute(trx)
    await sql`insert into bench_closed
      select book, ${account('810107')}, unit, function, revenue, ${none}, project, fund, counterparty, sum(balance) from bench_balances
      where ${closing} group by 1, 2, 3, 4, 5, 6, 7, 8, 9`.execute(trx)
    await sql`insert into bench_lines select ${keys}, -balance from bench_balances where ${closing}
      union all select ${instead('810106')}, balance from bench_closed union all select ${instead('810106')}, -balance from bench_closed
      union all select ${keys}, balance from bench_closed`.execute(trx)
    await sql`insert into bench_opened select ${keys}, sum(balance) from (
      select * from bench_balances where not (${closing})
      union all select * from bench_closed) carried group by ${keys} having sum(balance) <> 0`.execute(trx)
  })
}

/** The same entries for the baselines: with an integer for each code, and with the codes and yuan as they stand in the files. */
export async function fillPlain({ db }: Books, scopeId: number): Promise<void> {
  await sql`drop table if exists bench_account_numbers, bench_plain, bench_text`.execute(db)
  const number = (column: string) => sql.raw(`dense_rank() over (order by c.${column})::int as ${column}`)
  await sql`create table bench_account_numbers as select account, row_number() over ()::int as number
    from (values ('800102'), ('720101'), ('6001'), ('810106'), ('810107')) v(account)`.execute(db)
  const entries = (keyed: RawBuilder<unknown>, amount: (column: string) => string) => sql`
    with keyed as (${keyed})
    select ${sql.raw(KEYS.map((name) => `k.${name}`).join(', '))}, ${sql.raw(`${amount('debit')} as debit, ${amount('credit')} as credit`)}, e.date
    from entries e join keyed k on k.cell_id = e.cell_id where e.scope_id = ${scopeId}`
  const cells = sql`from cells c join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
    join books b on b.scope_id = c.scope_id and b.book_id = c.book_id`
  await sql`create table bench_plain as ${entries(sql`
    select c.cell_id, c.book_id as book, n.number as account, ${sql.join(KEYS.slice(2).map(number))}
    ${cells} join bench_account_numbers n on n.account = a.account where c.scope_id = ${scopeId}`, (column) => `e.${column}`)}`.execute(db)
  await sql`create table bench_text as ${entries(sql`
    select c.cell_id, b.book, a.account, ${sql.raw(KEYS.slice(2).map((name) => `c.${name}`).join(', '))}
    ${cells} where c.scope_id = ${scopeId}`, (column) => `(e.${column}::numeric / 100)::numeric(20, 2)`)}`.execute(db)
  for (const table of ['plain', 'text', 'account_numbers']) await sql.raw(`vacuum analyze bench_${table}`).execute(db)
}
