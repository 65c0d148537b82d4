/** What the report shows of each reconciliation, and the words of its findings. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { Reconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Plain } from '../../../domain/canonical.ts'
import { formatYuan } from '../../../domain/money.ts'
import type { Database } from '../../tables.ts'

/** How a reconciliation ended: `skipped` nothing on either side; `missing` no statement; `no-league`, `own-league` see R17. */
export type ReconciliationState = 'compared' | 'skipped' | 'missing' | 'no-league' | 'own-league'

/** Sums in yuan text; `keys` compared, `unequal` of them are findings. */
export interface ReconciliationFigures {
  readonly [name: string]: Plain
  state: ReconciliationState
  a: string
  b: string
  difference: string
  keys: number
  unequal: number
}

/** Figures of sums in fen. */
export function figuresOf(
  state: ReconciliationState, sums: { a: bigint; b: bigint; keys: number; unequal: number },
): ReconciliationFigures {
  const { a, b, keys, unequal } = sums
  return { state, a: formatYuan(a), b: formatYuan(b), difference: formatYuan(a - b), keys, unequal }
}

export const NOTHING = { a: 0n, b: 0n, keys: 0, unequal: 0 } as const

/** The names of a reconciliation in facts: number, both sides, who confirms it. */
export function headingFacts(reconciliation: Reconciliation): RawBuilder<unknown> {
  const { name, a, b, confirms } = reconciliation
  return sql`${JSON.stringify({ name, aName: a.name, bName: b.name, confirms: confirms.map(({ zh, en }) => ({ zh, en })) })}::jsonb`
}

/** One finding: side A holds something and no statement came at all (CONTRACT §2.1). */
export async function foundMissing(
  trx: Transaction<Database>, number: string, reconciliation: Reconciliation, total: bigint,
): Promise<void> {
  const { name, a, b } = reconciliation
  const yuan = formatYuan(total)
  const zh = `${number} ${name.zh}：${a.name.zh}合计 ${yuan} 元，没有任何${b.name.zh}。请取得对账单并写入 statements.csv 后重新对账。`
  const en = `${number} ${name.en}: ${a.name.en} hold ${yuan} yuan and there is no statement at all (${b.name.en}). Obtain it, put it into statements.csv, and check again.`
  await sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    values ('reconcile', ${number}, ${`${number}/missing`}, 'error', ${total}::bigint, ${zh}, ${en},
      ${headingFacts(reconciliation)} || jsonb_build_object('kind', 'missing', 'a', jsonb_build_object('amount', ${yuan}::text)))`.execute(trx)
}
