/** Pieces of SQL that the statements of the carry-forward share. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import { DIMENSIONS } from '../../../domain/dimensions.ts'
import type { Database } from '../../tables.ts'

export type Trx = Transaction<Database>

/** The seven dimensions as a column list, each with the table's alias: `w.unit, w.function, …`. */
export const dims = (alias: string): RawBuilder<unknown> => sql.raw(DIMENSIONS.map((name) => `${alias}.${name}`).join(', '))

/** The same without an alias. */
export const DIMS: RawBuilder<unknown> = sql.raw(DIMENSIONS.join(', '))

/** The dimensions that an account keeps, empty where it does not declare them; `keeps` is the alias of close_roles. */
export const keptDims = (alias: string, keeps: string): RawBuilder<unknown> =>
  sql.raw(DIMENSIONS.map((name) => `case when ${keeps}.keeps_${name} then ${alias}.${name} else '' end as ${name}`).join(', '))

/** Yuan text with two decimals of a fen expression. */
export const yuan = (fen: RawBuilder<unknown> | string): RawBuilder<unknown> =>
  sql`to_char((${typeof fen === 'string' ? sql.raw(fen) : fen})::numeric / 100, 'FM999999999999999999990.00')`

/** Drops temporary tables that an earlier plan of the same transaction left. */
export async function dropTemporary(trx: Trx, tables: readonly string[]): Promise<void> {
  await sql.raw(`drop table if exists ${tables.map((table) => `pg_temp.${table}`).join(', ')}`).execute(trx)
}

/** Rows of plain values as a set: `select … from jsonb_to_recordset(…) as t(columns)`. */
export const recordset = (rows: readonly object[], columns: string): RawBuilder<unknown> =>
  sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(${sql.raw(columns)})`
