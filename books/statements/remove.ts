/** Takes a loaded file out again, and lists those that are there. */
import { type Kysely, sql } from 'kysely'
import { canonicalJson } from '../../domain/canonical.ts'
import type { Books } from '../connect.ts'
import type { Database } from '../tables.ts'
import { currentInput, refuse, storeStatements } from './change.ts'
import { inImport } from './load.ts'
import { numberedRows, partitionRows } from './source.ts'

export interface Removal { district: string; year: number; file: string; version: number; rows: number; backWithFolder: boolean }

/**
 * Takes the rows of a file out of the input, as a new version. Rows of statements.csv that it stood for come back with
 * the next import of the folder.
 * @throws StatementRefused when no such file is loaded; ImportBusy
 */
export async function removeStatement(
  books: Books, request: { district: string; year: number; name: string; by: string; sign: ((text: string) => string) | null },
): Promise<Removal> {
  return await inImport(books, request, async (client) => {
    const current = await currentInput(client, request)
    const file = current.files.find((one) => one.name === request.name)
    if (!file) {
      const names = current.files.map((one) => one.name)
      refuse('unknown-file', `没有已载入的文件“${request.name}”${names.length > 0 ? `，已载入：${names.join('、')}` : ''}`,
        `no file '${request.name}' is loaded${names.length > 0 ? `; there are ${names.join(', ')}` : ''}`)
    }
    const backWithFolder = file.inPlaceOf.length > 0
    const { version } = await storeStatements(client, request, current, {
      kind: 'remove.statement', by: request.by,
      signature: request.sign?.(canonicalJson({
        remove: file.name, district: request.district, year: request.year, sha256: file.sha256,
      })) ?? null,
      ended: [file], endedAs: 'removed', folderDigest: backWithFolder ? '' : current.folderDigest,
      source: () => numberedRows(partitionRows(current.partition, `file_id is distinct from ${file.fileId}`)),
    })
    return {
      report: { district: request.district, year: request.year, file: file.name, version, rows: file.rows, backWithFolder },
      keep: true,
    }
  })
}

/** A file that was loaded at some time; amounts in fen. */
export interface ListedFile {
  district: string; name: string; format: string; reconciliation: string; rows: number; amount: bigint; firstDay: string | null
  lastDay: string | null
  sha256: string; state: 'live' | 'replaced' | 'removed'; version: number; loadedBy: string; loadedAt: Date
  endedBy: string | null; endedAt: Date | null
  replacedBy: string | null; inPlaceOf: { reconciliation: string; party: string }[]
}

/** Files of the districts of a year, those in force first, then by name and time. */
export async function listStatements(
  db: Kysely<Database>, { year, districts, all }: { year: number; districts?: readonly string[] | undefined; all: boolean },
): Promise<ListedFile[]> {
  const { rows } = await sql<ListedFile>`
    select s.district, f.name, f.format, f.reconciliation, f.rows, f.amount, f.first_day as "firstDay", f.last_day as "lastDay", f.sha256, f.state,
      f.version, f.loaded_by as "loadedBy", f.loaded_at as "loadedAt", f.ended_by as "endedBy", f.ended_at as "endedAt", n.name as "replacedBy", f.in_place_of as "inPlaceOf"
    from statement_files f join scopes s using (scope_id) left join statement_files n on n.file_id = f.replaced_by
    where s.year = ${year} and (${districts ? [...districts] : null}::text[] is null or s.district = any(${districts ? [...districts] : null}::text[]))
      and (${all} or f.state = 'live')
    order by s.district collate "C", f.state <> 'live', f.name collate "C", f.loaded_at`.execute(db)
  return rows
}
