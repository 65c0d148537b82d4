/** Yuan text of fen, made in SQL: exact, two decimals, no separators (as `formatYuan` of domain/money.ts). */
import { type RawBuilder, sql } from 'kysely'

/** `123450` → `'1234.50'`; null stays null. Takes bigint or the numeric that a sum of bigints is. */
export function yuanText(fen: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`((${fen})::numeric * 0.01)::numeric(38, 2)::text`
}
