/** Tables of the archive, streamed from PostgreSQL by COPY in one snapshot: memory does not grow with rows. */
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Books } from '../connect.ts'
import { beginReading } from '../snapshot.ts'

/** Key of `retention` in config/service-targets.yaml. */
export type Retention = 'vouchers' | 'reconciliations' | 'reports' | 'service'

/** Whose signed words a file holds; says how they are checked (report/archive/signed.ts). */
export type Signed = 'decisions' | 'defaults' | 'corrections' | 'statements' | 'problems' | 'service'

/**
 * A table of the archive. `csv`: UTF-8 with BOM, a header row, amounts in yuan, times ISO 8601 UTC; `jsonl`: one JSON object
 * on each line.
 */
export interface ArchivedTable {
  file: string
  what: { zh: string; en: string }
  retention: Retention
  form: 'csv' | 'jsonl'
  query: string
  signed?: Signed
}

export interface ArchiveReader {
  /** Writes a table and ends the stream. @returns rows, without the header */
  copy(table: Pick<ArchivedTable, 'form' | 'query'>, out: Writable): Promise<number>
  close(): Promise<void>
}

const BOM = '\uFEFF'
// JSON has none of these signs in it, so that nothing is quoted.
const JSON_LINES = String.raw`format csv, delimiter e'\x02', quote e'\x01'`

/** @param snapshot of books/snapshot.ts */
export async function openReader({ pool }: Pick<Books, 'pool'>, snapshot: string): Promise<ArchiveReader> {
  const client = await pool.connect()
  await beginReading(client, snapshot)
  return {
    copy: async ({ form, query }, out) => {
      if (form === 'csv') out.write(BOM)
      const text = form === 'csv' ? query : `select row_to_json(line)::text from (${query}) line`
      await client.query('savepoint looking')
      const copied = client.query(
        copyTo(`copy (${text}) to stdout with (${form === 'csv' ? 'format csv, header true' : JSON_LINES}, encoding 'UTF8')`),
      )
      await pipeline(copied, out)
      // Lets go of the tables (books/snapshot.ts); and the number of rows, which comes after the last one, is there by then.
      await client.query('rollback to savepoint looking')
      return copied.rowCount
    },
    close: async () => {
      await client.query('rollback').catch(() => {})
      client.release()
    },
  }
}

/** Text for the text of a query: COPY takes no parameters. */
export const literal = (text: string): string => pg.escapeLiteral(text)
/** `any(…)` over whole numbers of our own. */
export const anyOf = (ids: readonly number[]): string => `any('{${ids.map(Number).join(',')}}'::int[])`
/** A time as ISO 8601 UTC with microseconds; the session works in UTC. */
export const iso = (column: string): string => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
/** Fen as yuan text. */
export const yuan = (column: string): string => `to_char((${column})::numeric / 100, 'FM999999999999999999990.00')`
