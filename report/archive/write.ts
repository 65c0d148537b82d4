/**
 * Archives a year: one folder with everything that the books know of it, an index and checksums. It is read in one snapshot,
 * and says nothing of the moment at which it is written: the same books give the same bytes.
 */
import type { Transaction } from 'kysely'
import { sql } from 'kysely'
import { type ArchiveReader, openReader } from '../../books/archive/copy.ts'
import { auditTable } from '../../books/archive/service-tables.ts'
import { type ArchivedDistrict, districtsOf, stateOf } from '../../books/archive/standing.ts'
import { auditHeads } from '../../books/audit.ts'
import type { Books } from '../../books/connect.ts'
import { loadRulePack } from '../../books/runs.ts'
import { inSnapshot, lettingGo, snapshotOf } from '../../books/snapshot.ts'
import type { Database } from '../../books/tables.ts'
import type { ActorsConfig } from '../../config/schemas/people.ts'
import type { ServiceTargets } from '../../config/schemas/service-targets.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import type { Text } from '../model.ts'
import type { ServiceLook } from '../service/read.ts'
import type { YearEndLook } from '../service/year-end.ts'
import { writeDistrict } from './districts.ts'
import { type ArchiveFolder, openFolder } from './folder.ts'
import { indexPage } from './html.ts'
import { type ArchiveIndex, FORMAT, INDEX, type IndexedDistrict, PAGE } from './model.ts'
import { writeReports } from './reports.ts'
import { archivedRules } from './rules.ts'
import { sealText } from './seal.ts'
import { writeService } from './service.ts'

export interface ArchiveRequest {
  books: Books
  year: number
  out: string
  /** All of the year without it. */
  districts?: readonly string[]
  names: Readonly<Record<string, Text>>
  actors: ActorsConfig
  retention: ServiceTargets['retention']
  yearEnd: YearEndLook
  service: Omit<ServiceLook, 'from' | 'to'>
  /** Who archives it, and signs for it. */
  seal?: { actor: string; sign(payload: string): string }
}

/** There is neither input nor a run of the year: in no district, or not in these that were asked for. */
export class NothingToArchive extends Error {
  readonly districts: readonly string[]
  constructor(year: number, districts: readonly string[]) {
    super(`nothing of ${year} ${districts.join(', ')}`)
    this.districts = districts
  }
}

/** Input was imported, or carried forward, while the archive was written: it would be of two states. */
export class ChangedMeanwhile extends Error {}

/** What the parts of the archive write with. `leave`: says what could not be had, and why. */
export interface Archiving {
  trx: Transaction<Database>
  snapshot: string
  reader: ArchiveReader
  folder: ArchiveFolder
  request: ArchiveRequest
  districts: readonly ArchivedDistrict[]
  leave(district: string | null, what: Text, why: Text): void
}

/**
 * Writes the folder, whole or not at all.
 * @returns the index, and the digest of the checksum file: who has written that number down can tell any change
 * @throws FolderTaken @throws NothingToArchive @throws ChangedMeanwhile
 */
export async function writeArchive(request: ArchiveRequest): Promise<{ index: ArchiveIndex; digest: string }> {
  const folder = await openFolder(request.out)
  try {
    const index = await inSnapshot(request.books.db, (trx) => fill(trx, folder, request))
    const digest = await folder.finish(
      { [INDEX]: `${JSON.stringify(index, null, 1)}\n`, [PAGE]: indexPage(index) }, request.seal && ((sums) => sealText(request.seal!, index, sums)),
    )
    return { index, digest }
  } catch (error) {
    await folder.discard()
    throw error
  }
}

async function fill(trx: Transaction<Database>, folder: ArchiveFolder, request: ArchiveRequest): Promise<ArchiveIndex> {
  const { year, names } = request
  const districts = await districtsOf(trx, year, request.districts)
  const missing = (request.districts ?? []).filter((code) => !districts.some((one) => one.code === code))
  if (districts.length === 0 || missing.length > 0) throw new NothingToArchive(year, missing)
  const snapshot = await snapshotOf(trx)
  const state = await lettingGo(trx, () => stateOf(trx, year))
  const reader = await openReader(request.books, snapshot)
  const leftOut: ArchiveIndex['leftOut'] = []
  const archiving: Archiving = {
    trx, snapshot, reader, folder, request, districts, leave: (district, what, why) => { leftOut.push({ district, what, why }) },
  }
  try {
    const reported = await lettingGo(trx, () => writeReports(archiving))
    const none = new Map<string, string[]>()
    for (const district of districts) none.set(district.code, await lettingGo(trx, () => writeDistrict(archiving, district)))
    const served = await lettingGo(trx, () => writeService(archiving))
    const audit = await writeAudit(archiving)
    await writeKeys(archiving)
    if (await stateOf(request.books.db, year) !== state) throw new ChangedMeanwhile(String(year))
    return {
      format: FORMAT, year, asOf: latest([reported, served, audit.asOf]),
      provisional: districts.some(({ standing }) => standing !== 'locked'),
      districts: districts.map(({ code, standing, runs }): IndexedDistrict => ({
        code, name: names[code] ?? { zh: code, en: code }, standing,
        runs: runs.map(({ id, kind, state, rulesDigest }) => ({ id, kind, state, rules: rulesDigest })),
        none: none.get(code) ?? [],
      })),
      audit: audit.heads, retention: retentionOf(request), leftOut, files: [...folder.files],
    }
  } finally {
    await reader.close()
  }
}

const latest = (times: readonly (string | null)[]): string | null =>
  times.reduce((a, b) => (a !== null && (b === null || a > b) ? a : b), null)

/** From the day after the year's end (会计档案管理办法, 第十四条). */
const retentionOf = ({ retention, year }: ArchiveRequest): ArchiveIndex['retention'] =>
  Object.fromEntries(Object.entries(retention).map(([key, { years, zh, en }]) =>
    [key, { years, until: years === null ? null : `${year + years}-12-31`, name: { zh, en } }])) as ArchiveIndex['retention']

/** The common chain and those of the districts that were asked for; all of them where none was named. */
async function writeAudit({ trx, reader, folder, request }: Archiving): Promise<{ heads: ArchiveIndex['audit']; asOf: string | null }> {
  const wanted = (code: string) => code === '' || request.districts === undefined || request.districts.includes(code)
  const heads = (await auditHeads(trx)).filter(({ district }) => wanted(district))
  const codes = heads.map(({ district }) => district)
  for (const { district } of heads) {
    const { file, what, retention, ...table } = auditTable(district)
    await folder.put({ path: file, what, district: district || null, retention }, (out) => reader.copy(table, out))
  }
  const { rows: [last] } = await sql<{ at: Date | null }>`select max(at) as at from audit.events where district = any(${codes}::text[])`.execute(trx)
  return { heads, asOf: last!.at?.toISOString() ?? null }
}

/** Public keys, and the configuration that runs were pinned to. */
async function writeKeys({ trx, folder, districts, request }: Archiving): Promise<void> {
  const actors = request.actors.actors.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  await folder.putText(
    {
      path: 'keys/actors.json', what: { zh: '操作人的公钥（核验签名用）', en: 'public keys of the actors, to check signatures with' },
      district: null, retention: 'reports',
    },
    `${JSON.stringify({ actors }, null, 1)}\n`)
  for (const digest of [...new Set(districts.flatMap(({ runs }) => runs.map((run) => run.rulesDigest)))].toSorted()) {
    await folder.putText(
      {
        path: `rules/${digest}.json`, what: { zh: '年结所用的规则配置', en: 'the configuration that runs were pinned to' }, district: null,
        retention: 'reports',
      },
      `${canonicalJson(archivedRules(digest, await loadRulePack(trx, digest)) as unknown as Plain)}\n`)
  }
}
