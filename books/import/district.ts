/**
 * Imports one district: everything in one transaction, so that it is loaded as a whole or not at all, and a crash leaves nothing
 * behind.
 */
import { join } from 'node:path'
import { stillInForce } from '../assets/kept.ts'
import type { Books } from '../connect.ts'
import { auditLocked } from '../locked.ts'
import { INPUT_FILES, type InputFile } from '../../domain/steps.ts'
import { checkRows, KEYS, listRepeats } from './checks.ts'
import { canonicalWord, col, isInteger } from './columns.ts'
import { listInputFiles, type SourceFile } from './folder.ts'
import { columnsOf } from './header.ts'
import { checkLedger } from './ledger.ts'
import { type DistrictReport, ImportBusy, type Problem } from './report.ts'
import { documentType, systemOf } from './extra-checks.ts'
import { type ImportConfig, type Phase, ProblemList, type Session, type StagedFile, tableNames } from './session.ts'
import { stageFile, stageMissing } from './stage-file.ts'
import { storeVersion } from './store.ts'
import { unchangedVersion } from './unchanged.ts'

export interface DistrictImport {
  root: string
  district: string
  year: number
  config: ImportConfig
  check: boolean
  by: string | null
  progress(file: InputFile | null, phase: Phase, rows?: number): void
}

/** Staging tables have no statistics: left to guesses, the planner sorts a million rows by nine texts to join them. */
const SETTINGS = `set local work_mem = '96MB'; set local maintenance_work_mem = '192MB'; set local enable_mergejoin = off;
  set local max_parallel_workers_per_gather = 2; set local parallel_tuple_cost = 0.01; set local parallel_setup_cost = 200;
  set local default_statistics_target = 30; set local client_min_messages = warning`

/**
 * @throws ImportBusy when another import of the same district and year is running; `lockedBy` tells the error of a locked year
 */
export async function importDistrict(books: Books, request: DistrictImport): Promise<DistrictReport> {
  const { input } = request.config
  const required = INPUT_FILES.filter((file) => input.files[file].required)
  const folder = join(request.root, request.district)
  const listing = await listInputFiles(folder, required)
  const problems = new ProblemList(input.problems_listed)
  for (const one of listing.problems) problems.add(one)
  const client = await books.pool.connect()
  let broken = false
  try {
    await client.query('begin')
    await client.query(SETTINGS)
    const lock = await client.query<{ free: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free`, [`import:${request.district}:${request.year}`],
    )
    if (!lock.rows[0]!.free) throw new ImportBusy(request.district)
    const session: Session = {
      client, district: request.district, year: request.year, config: request.config, problems, progress: request.progress,
      table: tableNames(request.district, request.year),
    }
    return await run(session, request, listing.files)
  } catch (error) {
    await client.query('rollback').catch(() => {})
    await auditLocked(books, error, { what: 'import', by: request.by })
    broken = (error as { severity?: unknown }).severity === 'FATAL'
    throw error
  } finally {
    await client.query('rollback').catch(() => { broken = true })
    client.release(broken)
  }
}

async function run(session: Session, request: DistrictImport, sources: readonly SourceFile[]): Promise<DistrictReport> {
  const refused = (): DistrictReport => ({
    district: session.district, version: null, unchanged: false, loaded: false, files: [],
    problems: inOrder(session.problems.listed), problemCount: session.problems.count,
  })
  if (session.problems.count === 0) {
    const version = await unchangedVersion(session, sources)
    if (version) {
      const corrections = await stillInForce(session.client, session.district, session.year)
      return {
        ...refused(), version: version.version, unchanged: true, files: version.files, ...(corrections ? { corrections } : {}),
      }
    }
  }
  const files = await stageAll(session, sources)
  await checkRows(session, files)
  await checkLedger(session, files)
  const exceptEntries = files.filter((one) => one.file !== 'entries')
  await checkKeys(session, session.problems.count > 0 ? files : exceptEntries)
  if (session.problems.count > 0) return refused()
  const stored = await storeVersion(session, files, request.by)
  // The key of a million entries is proved by building its index; only a repeat makes a search worth its time.
  if (!stored) {
    await checkKeys(session, files.filter((one) => one.file === 'entries'))
    return refused()
  }
  if (!request.check) {
    await dropStaging(session)
    await session.client.query('commit')
  }
  return {
    ...refused(), version: request.check ? null : stored.version, loaded: !request.check, files: stored.files,
    ...(stored.statements ? { statements: stored.statements } : {}),
    ...(stored.corrections ? { corrections: stored.corrections } : {}),
  }
}

/** By file in the order of the contract, then by line; what concerns the folder comes first. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const place = ({ file }: Problem) => INPUT_FILES.findIndex((one) => file.toLowerCase().startsWith(`${one}.`))
  return [...problems].sort((a, b) => place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0))
}

async function dropStaging({ client, table }: Session): Promise<void> {
  const prefix = table('').replace('books."', '').replace('"', '')
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'books'::regnamespace and relkind = 'r' and starts_with(relname, $1)`,
    [prefix])
  await client.query(`drop table ${rows.map(({ name }) => `books."${name}"`).join(', ')}`)
}

async function stageAll(session: Session, sources: readonly SourceFile[]): Promise<StagedFile[]> {
  const files: StagedFile[] = []
  for (const file of INPUT_FILES) {
    const source = sources.find((one) => one.file === file)
    files.push(source ? await stageFile(session, source) : await stageMissing(session, file))
  }
  return files
}

/** Names the rows whose key stands twice, in the files that have a key. */
async function checkKeys(session: Session, files: readonly StagedFile[]): Promise<void> {
  for (const staged of files) {
    if (!staged.readable || staged.path === '' || !KEYS[staged.file]) continue
    const columns = columnsOf(staged.file, session.config.input)
    await listRepeats(session, staged, (column) => {
      if (column === 'type') return documentType(session)
      if (column === 'system') return systemOf(session, 'accounts', col(column))
      const rule = columns.get(column)!
      if (rule.type === 'integer') {
        return `case when ${isInteger(col(column))} then ${col(column)}::int::text else ${col(column)} end`
      }
      return rule.values ? canonicalWord(col(column), rule.values) : col(column)
    })
  }
}
