/** Both sides of a reconciliation as they were compared, row beside row, for the workbook 对账表. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type { KeyedReconciliation, Reconciliation } from '../../config/schemas/reconciliations.ts'
import { ledgers } from '../steps/reconcile/balanced.ts'
import { type Fragment, keyColumn, sideRows } from '../steps/reconcile/sides.ts'
import { compared } from '../steps/reconcile/vouchers.ts'
import type { Database } from '../tables.ts'
import { type LinePair, linePairs } from './lines.ts'

/** Amounts are fen; null where a side has nothing. */
export interface SideRow { parts: readonly string[]; a: bigint | null; b: bigint | null }

/** `rows` of the whole `total`, those that differ first; the sums are over all. */
export interface Sides {
  total: number
  a: bigint
  b: bigint
  /** Names of the parts of the key. */
  columns: readonly string[]
  rows: readonly SideRow[]
  /** Line by line: what was matched with what, and what with nothing. */
  pairs: readonly LinePair[] | null
}

/** Reads both sides from the input that the database holds now. @param most how many rows; the rest is only counted */
export async function readSides(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: Reconciliation, most: number,
): Promise<Sides> {
  switch (reconciliation.method) {
    case 'keyed': return readKeyed(trx, context, number, reconciliation, most)
    case 'balanced': return read(
      trx, ['book', 'ledger'], sql`select array[book, kind] as parts, a, b from (${ledgers(context)}) l`, most,
    )
    case 'vouchers':
      return read(trx, ['type', 'number', 'vouchers'], sql`select array[type, number, array_to_string(names, '、')] as parts, a, case when vouchers = 0 then null else b end as b
        from (${compared(context, reconciliation)}) d`, most)
    case 'lines': {
      const { pairs, total, a, b } = await linePairs(trx, context, number, reconciliation, most)
      return { total, a, b, columns: [], rows: [], pairs }
    }
    default: return reconciliation satisfies never
  }
}

function readKeyed(
  trx: Transaction<Database>, context: StepContext, number: string, { a, b }: KeyedReconciliation, most: number,
): Promise<Sides> {
  const keys = sql.join(a.key.map((_, index) => sql.ref(keyColumn(index))))
  const names = a.key.map((part, index) => {
    const other = b.key[index]!
    return typeof part === 'string' ? part : typeof other === 'string' ? other : part.value
  })
  return read(trx, names, sql`
    select array[${keys}] as parts, sum(a)::bigint as a, sum(b)::bigint as b
    from (select ${keys}, amount as a, null::bigint as b from (${sideRows(number, a, context)}) a
      union all select ${keys}, null, amount from (${sideRows(number, b, context)}) b) both_sides
    group by ${keys}`, most)
}

async function read(trx: Transaction<Database>, columns: readonly string[], rows: Fragment, most: number): Promise<Sides> {
  const { rows: found } = await sql<SideRow & { total: number; sum_a: bigint; sum_b: bigint }>`
    select parts, a, b, (count(*) over ())::int as total, (sum(a) over ())::bigint as sum_a, (sum(b) over ())::bigint as sum_b
    from (${rows}) s order by (coalesce(a, 0) = coalesce(b, 0)), parts collate "C" limit ${most}`.execute(trx)
  const first = found[0]
  return {
    total: first?.total ?? 0, a: first?.sum_a ?? 0n, b: first?.sum_b ?? 0n, columns,
    rows: found.map(({ parts, a, b }) => ({ parts, a, b })), pairs: null,
  }
}
