/** The workbook as CSV (RFC 4180, UTF-8 with BOM so that Excel shows Chinese): differences to fill in, and both sides. */
import type { ReconciliationBook } from '../../books/workbook/read.ts'
import { formatYuan } from '../../domain/money.ts'
import { visible } from '../html/escape.ts'
import { FILL_COLUMNS } from '../../books/workbook/columns.ts'
import { differencesSheet, sidesSheet } from './sheets.ts'

const BOM = '\uFEFF'

/** One line for each difference, with the columns of the sheet 差异; titles are those of {@link FILL_COLUMNS}. */
export function differencesCsv(book: ReconciliationBook): string {
  return csv([FILL_COLUMNS.map(({ zh }) => zh), ...valuesOf(differencesSheet(book).data.slice(2))])
}

/** Both sides, one line for each row of the sheet 双方明细. */
export function sidesCsv(book: ReconciliationBook): string {
  return csv(valuesOf(sidesSheet(book).data.slice(1)))
}

type Cells = ReturnType<typeof sidesSheet>['data']

/** Amounts stay amounts; a text that a spreadsheet would take for a formula is kept from being one. */
const valuesOf = (rows: Cells): string[][] => rows.map((row) => row.map((cell) => {
  const value = cell !== null && typeof cell === 'object' && 'value' in cell ? cell.value : undefined
  if (typeof value === 'number') return 'format' in (cell as object) ? formatYuan(BigInt(Math.round(value * 100))) : String(value)
  return typeof value === 'string' ? harmless(value) : ''
}))

/** `=1+1` would be computed by who opens the file: with an apostrophe before it, it is only shown. */
const harmless = (value: string): string => (/^[=+\-@\t\r]/.test(value) && !/^-?[\d,.]+$/.test(value) ? `'${value}` : value)

/** Rows as a file; nothing hides in it. */
export const csv = (rows: readonly (readonly string[])[]): string =>
  BOM + rows.map((row) => row.map((value) => field(visible(value))).join(',')).join('\r\n') + '\r\n'

const field = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
