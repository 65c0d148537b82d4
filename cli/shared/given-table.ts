/** Small CSV tables that people give to a command: taken whole or refused whole, with every bad row named in one pass. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { decodeText } from '../../books/import/encoding.ts'
import { usageError } from './exit.ts'
import { safeText } from './safe-text.ts'

/** A row by the titles of its columns, trimmed, and the line on which it ends. */
export interface GivenRow { line: number; cells: Readonly<Record<string, string>> }

/** UTF-8 or GB18030 with a header row; empty lines are passed over. @throws Error when it is neither, or no CSV */
export function parseTable(bytes: Buffer): GivenRow[] {
  const options = { bom: true, columns: true, trim: true, skip_empty_lines: true, info: true } as const
  const records = parse<{ record: Record<string, string>; info: { lines: number } }>(decodeText(bytes), options)
  return records.map(({ record, info }) => ({ line: info.lines, cells: record }))
}

/** `file:line column: reason (value)`, both languages, safe for a terminal. */
export function rowProblem(file: string, { line, cells }: GivenRow, column: string, zh: string, en: string): string {
  const value = safeText(cells[column] ?? '')
  return `${file}:${line} ${column}: ${zh} ${en}${value === '' ? '' : ` (${value})`}`
}

export const noRows = (file: string): string => `${file}: 没有数据行 no rows`

/** Says what is wrong in a column of the row at hand. */
export type RowComplaint = (column: string, zh: string, en: string) => void

/**
 * The rows of a file, each as `rowOf` understands it.
 * @throws CliError usage with all complaints, and when the file can not be read or has no rows
 */
export function readTable<Row>(file: string, rowOf: (cells: GivenRow['cells'], complain: RowComplaint) => Row): Row[] {
  const bytes = readFileSync(file)
  let given: GivenRow[]
  try {
    given = parseTable(bytes)
  } catch (error) {
    const reason = (error as Error).message
    throw usageError({ zh: `无法读取 ${file}：${reason}`, en: `can not read ${file}: ${reason}` })
  }
  const problems = given.length === 0 ? [noRows(file)] : []
  const rows = given.map((row) => rowOf(row.cells, (column, zh, en) => problems.push(rowProblem(file, row, column, zh, en))))
  if (problems.length > 0) {
    throw usageError({ zh: `文件有误：\n${problems.join('\n')}`, en: `the file is wrong:\n${problems.join('\n')}` })
  }
  return rows
}
