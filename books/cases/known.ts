/**
 * What the other sides know of a document in transit, by its number: bank and treasury statements, the ledger, the receipt.
 * It is read when it is shown and is no part of the finding's digest: a statement that comes later must not undo a word that
 * was signed on the document itself.
 */
import { type Kysely, sql } from 'kysely'
import { formatYuan } from '../../domain/money.ts'
import type { Database } from '../tables.ts'

export interface KnownSides {
  statements: readonly { reconciliation: string; party: string; reference: string; date: string | null; amount: string }[]
  vouchers: readonly { book: string; voucher: string; date: string; posted: boolean; amount: string }[]
  receipt: { outcome: 'completed' | 'returned'; reference: string; actor: string } | null
  /** What follows from it, for people. */
  conclusion: { zh: string; en: string }
}

interface StatementRow {
  key: string; reconciliation: string; party: string | null; reference: string; date: string | null; amount: bigint
}
interface ReceiptSide { key: string; outcome: 'completed' | 'returned'; reference: string; actor: string }
interface VoucherRow { key: string; book: string; voucher: string; date: string; posted: boolean; amount: bigint }

/**
 * The sides of the documents with these keys (`TYPE/number`) of one district and year; a document nobody knows has empty sides.
 * Statement rows are found by the document's number and by its own reference, vouchers by the number as their source.
 */
export async function knownSides(
  db: Kysely<Database>, district: string, year: number, keys: readonly string[],
): Promise<Map<string, KnownSides>> {
  if (keys.length === 0) return new Map()
  const asked = sql`
    select d.type || '/' || d.number as key, d.scope_id, d.number, nullif(d.reference, '') as reference
    from documents d join scopes s using (scope_id)
    where s.district = ${district} and s.year = ${year} and d.type || '/' || d.number = any(${[...keys]}::text[])`
  const statements = await sql<StatementRow>`
    with asked as (${asked})
    select a.key, s.reconciliation, s.party, s.reference, s.date::text as date, s.amount
    from asked a join statements s on s.scope_id = a.scope_id and s.reference in (a.number, a.reference)
    order by s.reconciliation collate "C", s.date, s.row_id`.execute(db)
  const vouchers = await sql<VoucherRow>`
    with asked as (${asked})
    select a.key, b.book, e.voucher, min(e.date)::text as date, bool_and(e.posted) as posted, sum(e.debit)::bigint as amount
    from asked a join entries e on e.scope_id = a.scope_id and e.source = a.number
      join books b on b.scope_id = e.scope_id and b.book_id = e.book_id
    group by a.key, b.book, e.voucher order by b.book collate "C", e.voucher collate "C"`.execute(db)
  const receipts = await sql<ReceiptSide>`
    with asked as (${asked})
    select a.key, r.outcome, r.reference, r.actor from asked a join document_receipts r on r.scope_id = a.scope_id and r.type || '/' || r.number = a.key`.execute(db)
  const onStatement = Map.groupBy(statements.rows, (row) => row.key)
  const booked = Map.groupBy(vouchers.rows, (row) => row.key)
  const answered = new Map(receipts.rows.map((row) => [row.key, row]))
  return new Map(keys.map((key) => [key, sidesOf(onStatement.get(key) ?? [], booked.get(key) ?? [], answered.get(key))]))
}

function sidesOf(
  statements: readonly StatementRow[], vouchers: readonly VoucherRow[], receipt: ReceiptSide | undefined,
): KnownSides {
  return {
    statements: statements.map(({ reconciliation, party, reference, date, amount }) => ({
      reconciliation, party: party ?? '', reference, date, amount: formatYuan(amount),
    })),
    vouchers: vouchers.map(({ book, voucher, date, posted, amount }) => ({
      book, voucher, date, posted, amount: formatYuan(amount),
    })),
    receipt: receipt ? { outcome: receipt.outcome, reference: receipt.reference, actor: receipt.actor } : null,
    conclusion: conclude(statements.length > 0, vouchers.length > 0, receipt?.outcome),
  }
}

function conclude(
  onStatement: boolean, booked: boolean, receipt: 'completed' | 'returned' | undefined,
): { zh: string; en: string } {
  if (receipt === 'completed') return { zh: '已登记回单：已支付', en: 'a receipt is registered: it was paid' }
  if (receipt === 'returned') return { zh: '已登记回单：银行已退回', en: 'a receipt is registered: the bank returned it' }
  if (onStatement && booked) {
    return {
      zh: '对账单与总账都有记录：很可能已支付，登记回单后办结', en: 'on the statement and in the ledger: most likely it was paid, register the receipt',
    }
  }
  if (onStatement) {
    return {
      zh: '对账单有记录而总账没有：对方已办理，登记回单并补记账',
      en: 'on the statement, not in the ledger: the other side carried it out, register the receipt and book it',
    }
  }
  if (booked) {
    return {
      zh: '总账已记账而对账单没有：按凭证号向对方查询，不得重发',
      en: 'in the ledger, not on a statement: ask the other side by its number, never send it again',
    }
  }
  return {
    zh: '对账单与总账都没有记录：结果未明，按凭证号向对方查询', en: 'neither on a statement nor in the ledger: unknown, ask the other side by its number',
  }
}

/** Findings as they are, those in doubt with what each side knows (`facts.known`): only there is the question open. */
export async function withKnownSides<T extends { district: string; key: string; facts: { readonly [name: string]: unknown } }>(
  db: Kysely<Database>, year: number, findings: readonly T[],
): Promise<T[]> {
  const doubtful = findings.filter(({ facts }) => facts.inDoubt === true)
  const known = new Map<string, KnownSides>()
  for (const [district, some] of Map.groupBy(doubtful, (one) => one.district)) {
    for (const [key, sides] of await knownSides(db, district, year, some.map((one) => one.key))) {
      known.set(`${district}/${key}`, sides)
    }
  }
  return findings.map((one) => {
    const sides = known.get(`${one.district}/${one.key}`)
    return sides ? { ...one, facts: { ...one.facts, known: sides } } : one
  })
}
