/** The lines of a bank's file, CSV or workbook, as cells of text; what they mean is for `reader.ts`. */
import type { FileHandle } from 'node:fs/promises'
import type { FormatConfig } from '../../config/schemas/format.ts'
import { csvRows } from '../import/csv-rows.ts'
import { judgeEncoding, utf8Chunks } from '../import/encoding.ts'
import type { ReasonCode } from '../import/reasons.ts'
import { ImportRefused, problem } from '../import/report.ts'
import { lineOf, scanFile } from '../import/scan.ts'
import { type CellContext, cellText, type RawCell } from '../import/xlsx/cells.ts'
import { openRawSheet } from '../import/xlsx/workbook.ts'

export interface Cell {
  text: string
  /** ISO day, where the cell of a workbook holds a number that may be one. */
  day?: string
  /** Why the cell can not be used; it matters only where a column is read from it. */
  fault?: ReasonCode
}
/** A line of the file that is not blank; `line` is its physical number. */
export interface SourceLine { line: number; cells: readonly Cell[]; fault?: ReasonCode }

export interface SourceFile {
  /** As it stands in its folder. */
  name: string
  /** Of the bytes as given, lower-case hex. */
  sha256: string
  lines(): AsyncGenerator<SourceLine[]>
}

/**
 * Opens a file in the layout of a format.
 * @param name as it stands in its folder; its ending says whether it is a workbook
 * @throws ImportRefused when the file as such can not be read; `lines` throws it too, for a workbook broken on the way
 */
export async function openSource(handle: FileHandle, name: string, format: FormatConfig): Promise<SourceFile> {
  const kind = name.toLowerCase().endsWith('.xlsx') ? 'xlsx' : 'csv'
  if (!format.files.includes(kind)) {
    throw new ImportRefused([problem(name, null, null, 'not-this-kind-of-file', format.files.join(', '))])
  }
  const scan = await scanFile(handle)
  if (scan.bytes === (scan.bom ? 3 : 0)) throw new ImportRefused([problem(name, null, null, 'empty-file')])
  if (kind === 'xlsx') {
    const sheet = await openRawSheet(handle, name, format.sheet)
    return { name, sha256: scan.sha256, lines: () => sheetLines(sheet.rows(), sheet.context) }
  }
  if (scan.nulAt !== null) throw new ImportRefused([problem(name, await lineOf(handle, scan.nulAt), null, 'nul-byte')])
  const verdict = await judgeEncoding(handle, scan)
  if ('code' in verdict) throw new ImportRefused([problem(name, verdict.line, null, verdict.code)])
  if (format.encoding === 'utf-8' && verdict.encoding !== 'utf-8') {
    throw new ImportRefused([problem(name, null, null, 'not-this-encoding', verdict.encoding)])
  }
  // A file of plain digits and letters is valid in both; so is one whose Chinese happens to be UTF-8 where GB18030 is usual.
  return { name, sha256: scan.sha256, lines: () => csvLines(utf8Chunks(handle, verdict.encoding, scan.bom), format.delimiter) }
}

async function* csvLines(chunks: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<SourceLine[]> {
  for await (const rows of csvRows(chunks, delimiter)) {
    yield rows.map(({ line, fields, fault }) => ({
      line, cells: fields.map((field) => ({ text: field.trim() })), ...(fault ? { fault: fault.code } : {}),
    }))
  }
}

async function* sheetLines(
  rows: AsyncGenerator<{ line: number; cells: (RawCell | undefined)[] }[]>, context: CellContext,
): AsyncGenerator<SourceLine[]> {
  for await (const batch of rows) {
    yield batch.map(({ line, cells }) => ({ line, cells: Array.from(cells, (cell) => cellOf(cell, context)) }))
  }
}

/** Which columns hold dates is known only once the titles are: a number is kept both ways. */
function cellOf(cell: RawCell | undefined, context: CellContext): Cell {
  if (!cell) return { text: '' }
  const text = cellText(cell, 'text', context)
  if ('code' in text) return { text: '', fault: text.code }
  if (cell.type !== 'n' && cell.type !== 'd') return { text: text.text.trim() }
  const day = cellText(cell, 'date', context)
  return { text: text.text.trim(), ...('text' in day && /^\d{4}-\d\d-\d\d$/.test(day.text) ? { day: day.text } : {}) }
}
