/** Writes a checked district: new partitions, the version with its digests and differences, one audit link. */
import { canonicalJson } from '../../domain/canonical.ts'
import { INPUT_FILES, type InputFile } from '../../domain/steps.ts'
import { contentDigest, type Difference, differences, type Version } from './content.ts'
import { buildPartition, currentPartitions, partitionName, swapPartitions } from './partitions.ts'
import type { FileReport, StatementsKept } from './report.ts'
import type { Session, StagedFile } from './session.ts'
import { type CorrectionsKept, correctionsKept } from '../assets/kept.ts'
import { reapply } from '../assets/overlay.ts'
import { isReplaced, type LiveFile, liveFiles, withFiles } from '../statements/source.ts'
import { INPUT_TABLES, type InputTable, tableSource, type TableSource } from './tables.ts'
import { folderDigest, versionDigest } from './unchanged.ts'

export interface StoredVersion {
  version: number
  files: readonly FileReport[]
  statements: StatementsKept | undefined
  corrections: CorrectionsKept | undefined
}

/** Stores the version in the session's transaction; undefined when the key of the entries repeats, with nothing stored. */
export async function storeVersion(
  session: Session, files: readonly StagedFile[], by: string | null,
): Promise<StoredVersion | undefined> {
  const { client } = session
  const scopeId = await scopeOf(session)
  const { rows } = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from input_versions where scope_id = $1', [scopeId],
  )
  const version = rows[0]!.version + 1
  const old = await currentPartitions(client, scopeId)
  const fresh = new Map(INPUT_TABLES.map((table) => [table, partitionName(table, scopeId, version)]))
  const built: Version = (table) => `books."${fresh.get(table)}"`
  const beside = await liveFiles(client, scopeId)
  await client.query('savepoint build')
  for (const table of INPUT_TABLES) {
    session.progress(fileOf(table), 'store')
    try {
      const source = tableSource(session, table, built)
      await buildPartition(
        client, table, scopeId, fresh.get(table)!, table === 'statements' ? withFiles(source, beside, partitionOf(old)) : source,
      )
    } catch (error) {
      if (table !== 'entries' || (error as { code?: string }).code !== '23505') throw error
      await client.query('rollback to savepoint build')
      return undefined
    }
  }
  const corrections = correctionsKept(await reapply(client, scopeId, built('assets'), version))
  const before: Version | undefined = old.size === INPUT_TABLES.length ? (table) => `books."${old.get(table)}"` : undefined
  const reports = await describe(session, { scopeId, version, files, built, before, by, beside, corrections })
  const statements = beside.length === 0 ? undefined : await keptBeside(session, beside, built)
  await swapPartitions(client, scopeId, fresh, old)
  return { version, files: reports, statements, corrections }
}

const partitionOf = (old: ReadonlyMap<InputTable, string>): string | undefined =>
  (old.has('statements') ? `books."${old.get('statements')}"` : undefined)

/** What the user is told of the files of banks: they stay, and some rows of statements.csv stand back for them. */
async function keptBeside(session: Session, files: readonly LiveFile[], built: Version): Promise<StatementsKept> {
  const { from, columns } = tableSource(session, 'statements', built) satisfies TableSource
  const { rows } = await session.client.query<{ n: number }>(`select count(*)::int as n
    from (select ${columns.reconciliation} as reconciliation, ${columns.party} as party from ${from}) c where ${isReplaced('c', files)}`)
  return { files: files.map(({ name, rows: count }) => ({ name, rows: count })), leftOut: rows[0]!.n }
}

/** The scope, locked: a step that reads this input (it holds the row `for share`) is waited for, and later ones wait. */
async function scopeOf({ client, district, year }: Session): Promise<number> {
  await client.query('insert into scopes (district, year) values ($1, $2) on conflict do nothing', [district, year])
  const { rows } = await client.query<{ scope_id: number }>('select scope_id from scopes where district = $1 and year = $2 for no key update', [
    district, year,
  ])
  return rows[0]!.scope_id
}

interface Description {
  scopeId: number
  version: number
  files: readonly StagedFile[]
  built: Version
  before: Version | undefined
  by: string | null
  beside: readonly LiveFile[]
  corrections: CorrectionsKept | undefined
}

/** The rows of input_versions and input_files, and the link of the audit chain. */
async function describe(
  session: Session, { scopeId, version, files, built, before, by, beside, corrections }: Description,
): Promise<FileReport[]> {
  const { client } = session
  const folder = folderDigest(session.config, new Map(files.map((one) => [one.file, one.sha256])))
  const digest = versionDigest(folder, beside)
  const contents = new Map<InputFile, string>()
  const reports: FileReport[] = []
  for (const staged of files) {
    const content = await contentDigest(client, staged.file, built, staged.rows, session.table('hashes'))
    contents.set(staged.file, content)
    const difference = await differenceOf(session, staged, { scopeId, version, digest: content, built, before })
    if (staged.path !== '' || difference.removed > 0) reports.push({ file: staged.file, rows: staged.rows, ...difference })
  }
  const changes = Object.fromEntries(reports.map(({ file, ...counts }) => [file, { ...counts }]))
  await client.query('insert into input_versions (scope_id, version, digest, folder_digest, imported_by, changes) values ($1, $2, $3, $4, $5, $6)',
    [scopeId, version, digest, folder === digest ? null : folder, by, JSON.stringify(changes)])
  for (const { file, path, sha256, rows } of files) {
    await client.query('insert into input_files (scope_id, version, file, path, sha256, content_digest, rows) values ($1, $2, $3, $4, $5, $6, $7)',
      [scopeId, version, file, path, sha256, contents.get(file), rows])
  }
  await client.query('select audit.append($1, $2, $3, $4, $5)',
    [
      session.district, 'import', by ?? 'system', `input/${session.district}/${session.year}/${version}`,
      canonicalJson({ version, digest, changes, ...(corrections ? {
        corrections: { kept: corrections.kept, adopted: corrections.adopted, ended: corrections.ended.length },
      } : {}) }),
    ])
  return reports
}

async function differenceOf(session: Session, staged: StagedFile,
  { scopeId, version, digest, built, before }: {
    scopeId: number; version: number; digest: string; built: Version; before: Version | undefined
  },
): Promise<Difference> {
  if (!before) return { added: staged.rows, removed: 0, changed: 0 }
  const { rows } = await session.client.query<{ content_digest: string }>(
    'select content_digest from input_files where scope_id = $1 and version = $2 and file = $3',
    [scopeId, version - 1, staged.file])
  if (rows[0]?.content_digest === digest) return { added: 0, removed: 0, changed: 0 }
  return differences(session.client, staged.file, before, built)
}

const fileOf = (table: InputTable): InputFile | null => {
  if (table === 'openings') return 'opening'
  if (table === 'setup_items') return 'setup'
  return INPUT_FILES.find((file) => file === table) ?? null
}
