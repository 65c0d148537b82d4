/**
 * Loads a bank's file beside statements.csv: in one transaction, as a whole or not at all. It becomes a new version of the
 * district's input, as a re-import would, so what rests on the statements is judged anew.
 */
import type pg from 'pg'
import type { FormatConfig } from '../../config/schemas/format.ts'
import type { InputConfig } from '../../config/schemas/input.ts'
import { auditLocked } from '../locked.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import type { Books } from '../connect.ts'
import { ImportBusy } from '../import/report.ts'
import { ProblemList } from '../import/session.ts'
import { type ChangeOfFiles, currentInput, type CurrentInput, refuse, storeStatements } from './change.ts'
import { StatementRefused, type StatementReport } from './report.ts'
import { isReplaced, numberedRows, partitionRows } from './source.ts'
import { STAGED, type Staged, stageStatement, surroundingsOf } from './stage.ts'

export interface StatementImport {
  path: string
  district: string
  year: number
  /** Key in config/formats and what stands there. */
  format: string
  layout: FormatConfig
  input: InputConfig
  /** Names of earlier files, or `statements.csv` for its rows of the same reconciliation and parties. */
  replace: readonly string[]
  /** Rows that stand in another file already are loaded all the same. */
  allowRepeats: boolean
  preview: boolean
  by: string
  /** Signs what is loaded; null where nobody is to sign. @throws when the signer may not */
  sign: ((text: string) => string) | null
}

const CSV_NAME = 'statements.csv'

/**
 * Loads one file, or only looks at it.
 * @throws StatementRefused when it may not be loaded; ImportRefused when it can not be read; ImportBusy
 */
export async function importStatement(books: Books, request: StatementImport): Promise<StatementReport> {
  return await inImport(books, request, async (client) => {
    const current = await currentInput(client, request)
    const problems = new ProblemList(request.input.problems_listed)
    const around = await surroundingsOf(client, current.scopeId, request.year, request.layout, request.input)
    const staged = await stageStatement(client, request.path, request.layout, around, problems)
    const report = reportOf(request, staged, problems)
    if (problems.count > 0) return { report, keep: false }
    try {
      return { report: await loadStaged(client, request, current, staged, report), keep: !request.preview }
    } catch (error) {
      // A preview shows the rows all the same.
      if (!request.preview || !(error instanceof StatementRefused)) throw error
      return { report: { ...report, refusal: { code: error.code, zh: error.zh, en: error.en } }, keep: false }
    }
  })
}

/** One import of a district at a time; commits only what is to be kept. @throws ImportBusy */
export async function inImport<T>(
  books: Books, { district, year }: { district: string; year: number },
  work: (client: pg.PoolClient) => Promise<{ report: T; keep: boolean }>,
): Promise<T> {
  const client = await books.pool.connect()
  let broken = false
  try {
    await client.query('begin')
    await client.query(`set local work_mem = '96MB'; set local client_min_messages = warning`)
    const lock = await client.query<{ free: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free`, [`import:${district}:${year}`],
    )
    if (!lock.rows[0]!.free) throw new ImportBusy(district)
    const { report, keep } = await work(client)
    if (keep) await client.query('commit')
    return report
  } catch (error) {
    broken = (error as { severity?: unknown }).severity === 'FATAL'
    await client.query('rollback').catch(() => { broken = true })
    await auditLocked(books, error, { what: 'import-statement', by: null })
    throw error
  } finally {
    await client.query('rollback').catch(() => { broken = true })
    client.release(broken)
  }
}

function reportOf(request: StatementImport, staged: Staged, problems: ProblemList): StatementReport {
  const { reader, rows, amount, days, first, sha256, name } = staged
  return {
    district: request.district, year: request.year, file: name, format: request.format,
    reconciliation: request.layout.reconciliation, sha256,
    loaded: false, version: null, rows, amount, days, first, skipped: reader.skipped, checked: reader.checked, replaced: [],
    inPlaceOfCsv: null,
    changes: { added: 0, removed: 0, changed: 0 }, problems: [...problems.listed].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    problemCount: problems.count,
  }
}

async function loadStaged(
  client: pg.PoolClient, request: StatementImport, current: CurrentInput, staged: Staged, report: StatementReport,
): Promise<StatementReport> {
  refuseLoaded(current, staged, request)
  const replaced = current.files.filter((file) => request.replace.includes(file.name))
  const parties = request.replace.includes(CSV_NAME) ? (await partiesOf(client, request.layout.reconciliation)) : []
  const inPlaceOf = uniquePairs([...parties, ...replaced.flatMap((file) => file.inPlaceOf)])
  const kept = `(file_id is null or file_id <> all(array[${replaced.map((file) => file.fileId).join(', ')}]::int[]))
    and not (file_id is null and ${isReplaced('s', [{ inPlaceOf }])})`
  const left = parties.length === 0
    ? null
    : await countRows(client, `${current.partition} s where file_id is null and ${isReplaced('s', [{ inPlaceOf: parties }])}`)
  if (!request.allowRepeats) await refuseRepeats(client, request, current, kept)
  const change: ChangeOfFiles = {
    kind: 'import.statement', by: request.by,
    signature: request.sign?.(canonicalJson({
      load: staged.name, district: request.district, year: request.year, format: request.format, sha256: staged.sha256,
    })) ?? null,
    ended: replaced, endedAs: 'replaced', folderDigest: current.folderDigest,
    added: {
      name: staged.name, format: request.format, sha256: staged.sha256, reconciliation: request.layout.reconciliation,
      rows: staged.rows,
      amount: staged.amount, inPlaceOf, checked: staged.reader.checked,
    },
    source: (fileId) => numberedRows(`${partitionRows(`${current.partition} s`, kept)} union all
      select '${request.layout.reconciliation}', party, reference, date, unit, function, revenue, project, fund, indicator, amount, file_line, ${fileId} from ${STAGED}`),
  }
  const { version, changes } = await storeStatements(client, request, current, change)
  return {
    ...report, loaded: !request.preview, version: request.preview ? null : version, changes, inPlaceOfCsv: left,
    replaced: replaced.map(({ name, rows, loadedBy, loadedAt }) => ({ name, rows, loadedBy, loadedAt })),
  }
}

/** The same bytes, or the same name, twice. */
function refuseLoaded(current: CurrentInput, { sha256, name }: Staged, { replace }: StatementImport): void {
  const at = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ')
  const same = current.files.find((file) => file.sha256 === sha256)
  if (same) {
    const zh = `此文件已载入（${same.name}，${same.loadedBy} 于 ${at(same.loadedAt)} UTC 载入，${same.rows} 行）`
    refuse(
      'already-loaded', zh,
      `this very file is loaded already (${same.name}, ${same.rows} rows, by ${same.loadedBy} on ${at(same.loadedAt)} UTC)`,
    )
  }
  const unknown = replace.find((one) => one !== CSV_NAME && !current.files.some((file) => file.name === one))
  if (unknown !== undefined) {
    const names = [CSV_NAME, ...current.files.map((file) => file.name)].join('、')
    refuse(
      'unknown-file', `没有已载入的文件“${unknown}”，可替换：${names}`,
      `no file '${unknown}' is loaded; there are ${names.replaceAll('、', ', ')}`,
    )
  }
  const named = current.files.find((file) => file.name === name)
  if (named && !replace.includes(name)) {
    refuse('name-taken', `同名文件已由 ${named.loadedBy} 于 ${at(named.loadedAt)} UTC 载入；若这是更正后的文件，加 --replace ${name}`,
      `a file of this name was loaded by ${named.loadedBy} on ${at(named.loadedAt)} UTC; if this is the corrected one, add --replace ${name}`)
  }
}

/** Rows that are loaded already from somewhere else: two files of one period would count twice. */
async function refuseRepeats(
  client: pg.PoolClient, { layout }: StatementImport, current: CurrentInput, kept: string,
): Promise<void> {
  const content = (row: string) =>
    `(row(${['party', 'reference', 'date', 'unit', 'function', 'revenue', 'project', 'fund', 'indicator', 'amount'].map((column) => `${row}.${column}`).join(', ')}))::text`
  const { rows } = await client.query<{ name: string; n: number; line: number; other: number }>(`
    select coalesce(f.name, '${CSV_NAME}') as name, count(*)::int as n, (array_agg(r.file_line order by r.file_line, s.file_line))[1] as line,
      (array_agg(s.file_line order by r.file_line, s.file_line))[1] as other
    from (select * from ${current.partition} s where s.reconciliation = $1 and ${kept}) s join ${STAGED} r on ${content('r')} = ${content('s')}
      left join statement_files f on f.file_id = s.file_id group by 1 order by 1`, [layout.reconciliation])
  if (rows.length === 0) return
  const zh = rows.map(({ name, n, line, other }) => `${name} ${n} 行（如第 ${line} 行即该文件第 ${other} 行）`).join('；')
  const en = rows.map(({ name, n, line, other }) => `${n} in ${name} (line ${line} is line ${other} there)`).join('; ')
  refuse('rows-loaded', `有些行已从别处载入：${zh}。用 --replace <文件名> 取代那一份，或确认不是重复后用 --allow-repeats 载入`,
    `some rows are loaded already: ${en}. Take that one's place with --replace NAME, or load them all the same with --allow-repeats`)
}

async function partiesOf(client: pg.PoolClient, reconciliation: string): Promise<{ reconciliation: string; party: string }[]> {
  const { rows } = await client.query<{ party: string }>(`select distinct coalesce(party, '') as party from ${STAGED} order by 1`)
  return rows.map(({ party }) => ({ reconciliation, party }))
}

const uniquePairs = (pairs: readonly { reconciliation: string; party: string }[]) =>
  [...new Map(pairs.map((pair) => [`${pair.reconciliation}\u001f${pair.party}`, pair])).values()]

async function countRows(client: pg.PoolClient, from: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${from}`)
  return rows[0]!.n
}

