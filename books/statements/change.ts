/** A change of the files beside statements.csv, as a new version of the district's input: loaded, replaced, or taken out. */
import type pg from 'pg'
import { canonicalJson } from '../../domain/canonical.ts'
import { digestOf } from '../digest.ts'
import { contentDigest, type Difference, differences } from '../import/content.ts'
import { buildPartition, currentPartitions, partitionName, swapPartitions } from '../import/partitions.ts'
import { tableNames } from '../import/session.ts'
import type { TableSource } from '../import/tables.ts'
import { versionDigest } from '../import/unchanged.ts'
import { StatementRefused } from './report.ts'
import { type LiveFile, liveFiles } from './source.ts'

export interface LoadedFile extends LiveFile { loadedBy: string; loadedAt: Date }
export interface CurrentInput {
  scopeId: number
  version: number
  folderDigest: string
  /** Quoted name of the partition of `statements`. */
  partition: string
  files: readonly LoadedFile[]
}

export interface ChangeOfFiles {
  kind: 'import.statement' | 'remove.statement'
  by: string
  /** Of who acts, over what is done; null where nobody signs. */
  signature: string | null
  ended: readonly LoadedFile[]
  endedAs: 'replaced' | 'removed'
  /** '' makes the next import of the same folder load it anew. */
  folderDigest: string
  added?: {
    name: string; format: string; sha256: string; reconciliation: string; rows: number; amount: bigint
    inPlaceOf: readonly { reconciliation: string; party: string }[]; checked: { totals: number; balances: number }
  }
  /** The rows of the new version, given the number of the added file. */
  source(fileId: number | null): TableSource
}

/** @throws StatementRefused */
export function refuse(code: string, zh: string, en: string): never {
  throw new StatementRefused({ code, zh, en })
}

/** The input in force, locked as an import locks it. @throws StatementRefused when the district has none of the year */
export async function currentInput(
  client: pg.PoolClient, { district, year }: { district: string; year: number },
): Promise<CurrentInput> {
  const scope = await client.query<{ scope_id: number }>('select scope_id from scopes where district = $1 and year = $2 for no key update', [
    district, year,
  ])
  const scopeId = scope.rows[0]?.scope_id
  const version = scopeId === undefined ? { rows: [] } : await client.query<{ version: number; folder: string }>(`
    select version, coalesce(folder_digest, digest) as folder from input_versions where scope_id = $1 order by version desc limit 1`, [scopeId])
  const partition = scopeId === undefined ? undefined : (await currentPartitions(client, scopeId)).get('statements')
  if (scopeId === undefined || !version.rows[0] || partition === undefined) {
    refuse(
      'no-input', `${district} 还没有 ${year} 年度的数据：先用 nianjie import 导入`,
      `${district} has no input of ${year} yet: load its folder with nianjie import first`,
    )
  }
  const marks = await client.query<{ fileId: number; loadedBy: string; loadedAt: Date }>(
    `select file_id as "fileId", loaded_by as "loadedBy", loaded_at as "loadedAt" from statement_files where scope_id = $1 and state = 'live'`,
    [scopeId])
  const byId = new Map(marks.rows.map((row) => [row.fileId, row]))
  const files = (await liveFiles(client, scopeId)).map((file) => ({ ...file, ...byId.get(file.fileId)! }))
  return {
    scopeId, version: version.rows[0].version, folderDigest: version.rows[0].folder, partition: `books."${partition}"`, files,
  }
}

/** Writes the new version in the client's transaction: partition, version, digests, audit. */
export async function storeStatements(
  client: pg.PoolClient, { district, year }: { district: string; year: number }, current: CurrentInput, change: ChangeOfFiles,
): Promise<{ version: number; changes: Difference }> {
  const { scopeId } = current
  const version = current.version + 1
  await endFiles(client, change, version)
  const fileId = change.added ? await addFile(client, scopeId, version, change) : null
  const name = partitionName('statements', scopeId, version)
  await buildPartition(client, 'statements', scopeId, name, change.source(fileId))
  const fresh = `books."${name}"`
  const changes = await differences(client, 'statements', () => current.partition, () => fresh)
  const { rows: [counted] } = await client.query<{ n: number }>(`select count(*)::int as n from ${fresh}`)
  const content = await contentDigest(client, 'statements', () => fresh, counted!.n, tableNames(district, year)('hashes'))
  const folder = change.folderDigest
    || digestOf({ folder: current.folderDigest, without: change.ended.map((file) => file.sha256) })
  const digest = versionDigest(folder, await liveFiles(client, scopeId))
  await client.query(`insert into input_versions (scope_id, version, digest, folder_digest, origin, imported_by, changes) values ($1, $2, $3, $4, 'statement', $5, $6)`,
    [scopeId, version, digest, change.folderDigest, change.by, JSON.stringify({ statements: { ...changes } })])
  await client.query(`insert into input_files (scope_id, version, file, path, sha256, content_digest, rows)
    select scope_id, $2, file, path, sha256, case file when 'statements' then $4 else content_digest end, rows from input_files where scope_id = $1 and version = $3`,
  [scopeId, version, current.version, content])
  const { added } = change
  const detail = canonicalJson({
    version, digest, changes: { ...changes },
    ended: change.ended.map((file) => ({ name: file.name, sha256: file.sha256, as: change.endedAs })),
    ...(added ? {
      file: added.name, format: added.format, sha256: added.sha256, rows: added.rows,
      inPlaceOf: added.inPlaceOf.map((pair) => ({ ...pair })),
    } : {}),
    ...(change.signature === null ? {} : { signature: change.signature }),
  })
  await client.query('select audit.append($1, $2, $3, $4, $5)', [
    district, change.kind, change.by, `input/${district}/${year}/${version}`, detail,
  ])
  await swapPartitions(
    client, scopeId, new Map([['statements', name]]),
    new Map([['statements', current.partition.replace('books."', '').replace('"', '')]]),
  )
  return { version, changes }
}

async function endFiles(client: pg.PoolClient, { ended, endedAs, by }: ChangeOfFiles, version: number): Promise<void> {
  await client.query(`update statement_files set state = $2, ended_version = $3, ended_by = $4, ended_at = now() where file_id = any($1)`,
    [ended.map((file) => file.fileId), endedAs, version, by])
}

async function addFile(
  client: pg.PoolClient, scopeId: number, version: number, { added, by, ended, signature }: ChangeOfFiles,
): Promise<number> {
  const one = added!
  const { rows } = await client.query<{ file_id: number }>(`
    insert into statement_files (scope_id, name, format, sha256, reconciliation, rows, amount, first_day, last_day, in_place_of, checked, version, loaded_by, signature)
    select $1, $2, $3, $4, $5, $6, $7, min(date), max(date), $8, $9, $10, $11, $12 from statement_rows returning file_id`,
  [
    scopeId, one.name, one.format, one.sha256, one.reconciliation, one.rows, one.amount, JSON.stringify(one.inPlaceOf),
    JSON.stringify(one.checked), version, by, signature,
  ])
  const fileId = rows[0]!.file_id
  await client.query('update statement_files set replaced_by = $2 where file_id = any($1)', [
    ended.map((file) => file.fileId), fileId,
  ])
  return fileId
}
