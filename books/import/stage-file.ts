/** Brings one file into its staging table, or says why it can not be read. */
import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { copyBytes, copyRows, createStaging } from './staging.ts'
import { csvRows, CsvReader, type Row, textLines } from './csv-rows.ts'
import { judgeEncoding, type Encoding, utf8Chunks } from './encoding.ts'
import { fileState, openRegular, type SourceFile } from './folder.ts'
import { type Columns, columnsOf, readHeader } from './header.ts'
import { ImportRefused, problem } from './report.ts'
import { type FileScan, lineOf, scanFile } from './scan.ts'
import type { Session, StagedFile } from './session.ts'
import { openWorkbook } from './xlsx/workbook.ts'

const HEADER_BYTES = 1 << 16

/** An empty staging table stands for a file that the district does not have. */
export async function stageMissing(session: Session, file: StagedFile['file']): Promise<StagedFile> {
  await createStaging(session.client, session.table(file), columnsOf(file, session.config.input))
  return { file, name: `${file}.csv`, path: '', format: 'csv', sha256: '', rows: 0, readable: true, columns: [] }
}

/** Stages a file. What is wrong with it goes into the session's problems; one that can not be read at all is not `readable`. */
export async function stageFile(session: Session, source: SourceFile): Promise<StagedFile> {
  const columns = columnsOf(source.file, session.config.input)
  const staged: StagedFile = {
    file: source.file, name: source.name, path: `${session.district}/${basename(source.path)}`, format: source.format,
    sha256: '', rows: 0, readable: false, columns: [],
  }
  await session.client.query('savepoint stage')
  try {
    const handle = await openRegular(source)
    try {
      return await stageOpen(session, staged, columns, handle)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error
    for (const one of error.problems) session.problems.add(one)
    await startAnew(session, staged, columns)
    return staged
  }
}

/** A COPY that broke off has spoilt the transaction back to here. */
async function startAnew({ client, table }: Session, staged: StagedFile, columns: Columns): Promise<void> {
  await client.query('rollback to savepoint stage')
  await createStaging(client, table(staged.file), columns)
}

async function stageOpen(session: Session, staged: StagedFile, columns: Columns, handle: FileHandle): Promise<StagedFile> {
  session.progress(staged.file, 'read')
  await createStaging(session.client, session.table(staged.file), columns)
  const before = await fileState(handle)
  const scan = await scanFile(handle)
  if (scan.bytes === (scan.bom ? 3 : 0)) throw new ImportRefused([problem(staged.name, null, null, 'empty-file')])
  const load = { csv: stageCsv, xlsx: stageWorkbook, text: stageText }[staged.format]
  const result = { ...(await load(session, staged, columns, handle, scan)), sha256: scan.sha256 }
  if (await fileState(handle) !== before) throw new ImportRefused([problem(staged.name, null, null, 'file-changed')])
  session.progress(staged.file, 'load', result.rows)
  return result
}

/** @throws ImportRefused when it is no text, or in no encoding that is read */
async function encodingOf(staged: StagedFile, handle: FileHandle, scan: FileScan): Promise<Encoding> {
  if (scan.nulAt !== null) throw new ImportRefused([problem(staged.name, await lineOf(handle, scan.nulAt), null, 'nul-byte')])
  const verdict = await judgeEncoding(handle, scan)
  if ('code' in verdict) throw new ImportRefused([problem(staged.name, verdict.line, null, verdict.code)])
  return verdict.encoding
}

async function stageCsv(
  session: Session, staged: StagedFile, columns: Columns, handle: FileHandle, scan: FileScan,
): Promise<StagedFile> {
  const encoding = await encodingOf(staged, handle, scan)
  const text = () => utf8Chunks(handle, encoding, scan.bom)
  const slowly = async () => ({ ...staged, ...(await stageRows(session, staged, columns, csvRows(text()))), readable: true })
  if (!scan.regular) return await slowly()
  const header = readHeader(staged.name, await headerOf(handle, encoding, scan), columns)
  if (header.problems.length > 0) throw new ImportRefused(header.problems)
  try {
    const rows = await copyBytes(session.client, session.table(staged.file), header.columns, text())
    return { ...staged, rows, columns: header.columns, readable: true }
  } catch (error) {
    // What PostgreSQL will not take as it is, our own reader takes or names by line.
    if (!/^2[23]/.test(String((error as { code?: unknown }).code))) throw error
    await startAnew(session, staged, columns)
    return await slowly()
  }
}

/** A text has no header: each of its lines is a row of one column. */
async function stageText(
  session: Session, staged: StagedFile, columns: Columns, handle: FileHandle, scan: FileScan,
): Promise<StagedFile> {
  const encoding = await encodingOf(staged, handle, scan)
  const [column] = [...columns.keys()]
  async function* rows(): AsyncGenerator<Row[]> {
    yield [{ line: 1, fields: [column!] }]
    yield* textLines(utf8Chunks(handle, encoding, scan.bom))
  }
  return { ...staged, ...(await stageRows(session, staged, columns, rows())), readable: true }
}

async function stageWorkbook(session: Session, staged: StagedFile, columns: Columns, handle: FileHandle): Promise<StagedFile> {
  const workbook = await openWorkbook(handle, staged.name)
  return { ...staged, ...(await stageRows(session, staged, columns, workbook.rows(columns))), readable: true }
}

/** Rows with their header first. @throws ImportRefused when there is no header or it is wrong */
async function stageRows(
  session: Session, staged: StagedFile, columns: Columns, batches: AsyncGenerator<Row[]>,
): Promise<{ rows: number; columns: readonly string[] }> {
  const { first, rest } = await takeFirst(batches)
  try {
    return await stageAfterHeader(session, staged, columns, first, rest)
  } finally {
    await batches.return(undefined)
  }
}

async function stageAfterHeader(
  session: Session, staged: StagedFile, columns: Columns, first: Row | undefined, rest: AsyncIterable<Row[]>,
): Promise<{ rows: number; columns: readonly string[] }> {
  if (!first) throw new ImportRefused([problem(staged.name, null, null, 'empty-file')])
  if (first.fault) throw new ImportRefused([problem(staged.name, first.line, null, first.fault.code)])
  const header = readHeader(staged.name, first.fields, columns, first.line)
  if (header.problems.length > 0) throw new ImportRefused(header.problems)
  const target = {
    file: staged.name, table: session.table(staged.file), columns: header.columns, rules: columns,
    report: (one: Parameters<Session['problems']['add']>[0]) => session.problems.add(one),
  }
  const rows = await copyRows(session.client, target, rest)
  return { rows, columns: header.columns }
}

async function takeFirst(batches: AsyncGenerator<Row[]>): Promise<{ first: Row | undefined; rest: AsyncGenerator<Row[]> }> {
  let head: Row[] = []
  while (head.length === 0) {
    const next = await batches.next()
    if (next.done) return { first: undefined, rest: batches }
    head = next.value
  }
  async function* rest(): AsyncGenerator<Row[]> {
    yield head.slice(1)
    yield* batches
  }
  return { first: head[0], rest: rest() }
}

/** Titles of a regular file: its first line. */
async function headerOf(handle: FileHandle, encoding: Encoding, scan: FileScan): Promise<string[]> {
  const buffer = Buffer.alloc(HEADER_BYTES)
  const { bytesRead } = await handle.read(buffer, 0, HEADER_BYTES, scan.bom ? 3 : 0)
  const end = buffer.subarray(0, bytesRead).indexOf(0x0a)
  const reader = new CsvReader()
  const text = new TextDecoder(encoding).decode(buffer.subarray(0, end < 0 ? bytesRead : end + 1))
  return [...reader.push(text), ...reader.end()][0]?.fields ?? []
}
