/**
 * Exports of CONTRACT §3: the results of a carry-forward as the files that an import reads. They are streamed from
 * PostgreSQL by COPY, so that memory does not grow with rows; the same state gives the same bytes.
 */
import { pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { type Kysely, sql } from 'kysely'
import { to as copyTo } from 'pg-copy-streams'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import type { Books } from '../connect.ts'
import { beginReading } from '../snapshot.ts'
import type { Database } from '../tables.ts'

export const EXPORTS = ['opening', 'closing-entries', 'indicators', 'indicator-dispositions'] as const
export type ExportKind = (typeof EXPORTS)[number]

/** The generation that an export reads. */
export interface ExportSource { carryId: number; closingYear: number; state: string }

/**
 * The generation whose results stand for a district's closing year: the live one of its books, or the planned or live one
 * of its latest rehearsal. A plan counts only in the latest run of its kind: an earlier one was made from other input.
 * @returns null when there is none
 */
export async function findGeneration(
  db: Kysely<Database>, of: { district: string; closingYear: number; rehearsal?: boolean; planned?: boolean },
): Promise<ExportSource | null> {
  const states = of.rehearsal || of.planned ? ['live', 'planned'] : ['live']
  const { rows } = await sql<ExportSource>`
    select c.carry_id as "carryId", s.year as "closingYear", c.state from carry_forwards c join scopes s using (scope_id)
    where s.district = ${of.district} and s.year = ${of.closingYear} and c.rehearsal = ${of.rehearsal === true} and c.state = any(${states}::text[])
      and (c.state = 'live' and not c.rehearsal or c.run_id = (
        select max(r.run_id) from runs r where r.scope_id = c.scope_id and r.kind = ${of.rehearsal ? 'rehearsal' : 'real'}))
    order by ${sql.raw(of.planned ? `c.state = 'planned' desc` : `c.state = 'live' desc`)}, c.carry_id desc limit 1`.execute(db)
  return rows[0] ?? null
}

/** Whether the exported file is of the closing year or of the new one. */
export const isNewYear = (kind: ExportKind): boolean => kind === 'opening' || kind === 'indicators'

/**
 * Writes one export, with its header, and ends the stream.
 * @param snapshot of books/snapshot.ts, where it has to be the state of others
 * @returns rows without the header
 */
export async function writeExport(
  books: Pick<Books, 'pool'>, kind: ExportKind, source: ExportSource, out: Writable, snapshot?: string,
): Promise<number> {
  const client = await books.pool.connect()
  try {
    await beginReading(client, snapshot)
    await client.query(`set local work_mem = '128MB'`)
    const copied = client.query(
      copyTo(`copy (${QUERIES[kind](source)}) to stdout with (format csv, header true, encoding 'UTF8')`),
    )
    await pipeline(copied, out)
    await client.query('commit')
    return copied.rowCount
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

const yuan = (fen: string) => `to_char((${fen})::numeric / 100, 'FM999999999999999999990.00')`
// An empty text would be written as "", an unknown one as nothing at all.
const dims = DIMENSIONS.map((name) => `nullif(${name}, '') as ${name}`).join(', ')
const ordered = (columns: readonly string[]) => columns.map((column) => `coalesce(${column}, '') collate "C"`).join(', ')

/** COPY takes no parameters: only numbers of our own go into the text. */
const QUERIES: Record<ExportKind, (source: ExportSource) => string> = {
  opening: ({ carryId }) => `
    select book, account, ${dims}, ${yuan('greatest(balance, 0)')} as debit, ${yuan('greatest(-balance, 0)')} as credit
    from opening_balances where carry_id = ${Number(carryId)}
    order by ${ordered(['book', 'account', ...DIMENSIONS].map((name) => `opening_balances.${name}`))}`,
  'closing-entries': ({ carryId, closingYear }) => `
    select e.book, 'CLOSE-${Number(closingYear)}-' || e.rule as voucher,
      row_number() over (partition by e.book collate "C", e.rule_no order by ${ordered(['account', ...DIMENSIONS].map((name) => `e.${name}`))}) as line,
      '${Number(closingYear)}-12-31' as date, e.account, ${DIMENSIONS.map((name) => `nullif(e.${name}, '') as ${name}`).join(', ')},
      ${yuan('e.debit')} as debit, ${yuan('e.credit')} as credit, null as source, 1 as posted, e.rule || ' ' || r.name_zh as summary
    from closing_entries e join carry_rules r on r.carry_id = e.carry_id and r.rule_no = e.rule_no
    where e.carry_id = ${Number(carryId)} and not e.reversal order by e.book collate "C", e.rule_no, line`,
  indicators: ({ carryId }) => `
    select indicator, unit, function, economic, project, fund, origin_year, category, ${yuan('amount')} as amount,
      '0.00' as adjusted, '0.00' as paid, '0.00' as occupied, source
    from new_indicators where carry_id = ${Number(carryId)} order by indicator collate "C"`,
  'indicator-dispositions': ({ carryId }) => `
    select indicator, ${yuan('remaining')} as remaining, disposition, ${yuan('amount')} as amount
    from indicator_dispositions where carry_id = ${Number(carryId)} order by indicator collate "C"`,
}
