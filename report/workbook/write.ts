/** Writes the workbooks of reconciliations: an XLSX to hand over and to fill in, and the same as CSV. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import writeXlsx from 'write-excel-file/node'
import type { ReconciliationBook } from '../../books/workbook/read.ts'
import { withFixedTime } from '../fixed-time.ts'
import { differencesCsv, sidesCsv } from './csv.ts'
import { printing } from './print.ts'
import { coverSheet, differencesSheet, sidesSheet } from './sheets.ts'

export const WORKBOOK_FORMATS = ['xlsx', 'csv'] as const
export type WorkbookFormat = (typeof WORKBOOK_FORMATS)[number]

/** `DISTRICT-YEAR-R7.xlsx`; `DISTRICT-YEAR-R7.csv` (differences) and `…-sides.csv`. @returns the paths written */
export async function writeWorkbook(
  book: ReconciliationBook, out: string, formats: readonly WorkbookFormat[],
): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const name = `${book.district.code}-${book.year}-${book.number}`
  const paths: string[] = []
  const put = (file: string, bytes: string | Buffer) => {
    const path = join(out, file)
    writeFileSync(path, bytes)
    paths.push(path)
  }
  if (formats.includes('xlsx')) put(`${name}.xlsx`, await workbookBytes(book))
  if (formats.includes('csv')) {
    put(`${name}.csv`, differencesCsv(book))
    put(`${name}-sides.csv`, sidesCsv(book))
  }
  return paths
}

/** The workbook's bytes: the same for the same state. */
async function workbookBytes(book: ReconciliationBook): Promise<Buffer> {
  const sheets = [coverSheet, differencesSheet, sidesSheet].map((sheet) => sheet(book))
  const bytes = await writeXlsx(sheets.map((sheet) => ({
    sheet: sheet.name, data: sheet.data, columns: sheet.widths.map((width) => ({ width })), orientation: 'landscape' as const,
    ...(sheet.stickyRows > 0 ? { stickyRowsCount: sheet.stickyRows } : {}),
  })), {
    fontFamily: 'SimSun', fontSize: 10, features: [printing(new Map(sheets.map((sheet) => [sheet.name, sheet])))],
  }).toBuffer()
  return withFixedTime(bytes)
}
