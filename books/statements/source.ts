/** What the table `statements` of a new version is made of: rows of statements.csv, and rows of files loaded beside it. */
import type pg from 'pg'
import type { StatementField } from '../../config/schemas/format.ts'
import { STATEMENT_FIELDS } from '../../config/schemas/format.ts'
import type { TableSource } from '../import/tables.ts'

/** A file whose rows stand in `statements`. */
export interface LiveFile {
  fileId: number; name: string; format: string; sha256: string; rows: number
  inPlaceOf: readonly { reconciliation: string; party: string }[]
}

/** Files in force, by name. */
export async function liveFiles(client: pg.PoolClient, scopeId: number): Promise<LiveFile[]> {
  const { rows } = await client.query<LiveFile>(`
    select file_id as "fileId", name, format, sha256, rows, in_place_of as "inPlaceOf" from statement_files
    where scope_id = $1 and state = 'live' order by name collate "C"`, [scopeId])
  return rows
}

const CONTENT = ['reconciliation', ...STATEMENT_FIELDS, 'amount'] as const satisfies readonly (StatementField | 'reconciliation' | 'amount')[]
const ALL = [...CONTENT, 'file_line', 'file_id'].map((column) => `"${column}"`).join(', ')

/** Rows numbered in an order that knows nothing of how they came. */
export function numberedRows(from: string): TableSource {
  const order = [
    ...CONTENT.map((column) => (column === 'amount' || column === 'date' ? `r."${column}"` : `r."${column}" collate "C"`)),
    'r.file_id nulls first', 'r.file_line',
  ]
  return {
    columns: {
      ...Object.fromEntries([...CONTENT, 'file_line', 'file_id'].map((column) => [column, `r."${column}"`])),
      row_id: `row_number() over (order by ${order.join(', ')})`,
    },
    from: `(${from}) r`,
  }
}

/** SQL of the rows of a partition that fit a condition. */
export const partitionRows = (partition: string, condition: string): string =>
  `select ${ALL} from ${partition} where ${condition}`

/** SQL that holds for a row of statements.csv for which a file stands. */
export function isReplaced(row: string, files: readonly Pick<LiveFile, 'inPlaceOf'>[]): string {
  const pairs = files.flatMap(({ inPlaceOf }) => inPlaceOf)
  return `exists (select from json_to_recordset('${JSON.stringify(pairs).replaceAll("'", "''")}'::json) p(reconciliation text, party text)
    where p.reconciliation = ${row}.reconciliation and p.party = coalesce(${row}.party, ''))`
}

/** Rows of the folder's statements.csv together with those of the files in force, which stay as they are. */
export function withFiles(folder: TableSource, files: readonly LiveFile[], before: string | undefined): TableSource {
  if (files.length === 0 || before === undefined) return { ...folder, columns: { ...folder.columns, file_id: 'null' } }
  const list = [...CONTENT, 'file_line'].map((column) => `${folder.columns[column]} as "${column}"`).join(', ')
  return numberedRows(`select * from (select ${list}, null::int as file_id from ${folder.from}) c where not ${isReplaced('c', files)}
    union all ${partitionRows(before, 'file_id is not null')}`)
}
