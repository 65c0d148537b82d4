/**
 * Explanations that were filled into a workbook, read back: rows are recognised by the id of the difference and by the
 * digest of its content, so that nobody explains what has changed since. Every bad row is named; with one, none counts.
 */
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'csv-parse/sync'
import { FILL_COLUMNS, type FillKey } from './columns.ts'
import { decodeText } from '../import/encoding.ts'
import { ImportRefused } from '../import/report.ts'
import { cellText } from '../import/xlsx/cells.ts'
import { openRawSheet } from '../import/xlsx/workbook.ts'
import { REASONS, type Reason as Text } from '../import/reasons.ts'

/** Where it stands: `file:sheet:row column`. */
export interface Place { file: string; sheet: string; line: number | null; column: string | null }
export interface BackProblem extends Place, Text { value: string }

/** A row as it was filled in. */
export interface BackRow { at: Place; id: string; check: string; kind: string; owner: string; explanation: string }

const SHEET = '差异'
/** Rows of a sheet that are looked at: more than any reconciliation has open differences for one person. */
const ROWS_MAX = 200_000
const MIB = 1 << 20
/** A CSV is read as a whole. */
const BYTES_MAX = 64 * MIB

/** Reads one workbook or CSV. Rows without an id and with nothing filled in are passed over. */
export async function readBack(path: string): Promise<{ rows: BackRow[]; problems: BackProblem[] }> {
  const file = basename(path)
  const isXlsx = /\.xlsx$/i.test(path)
  try {
    return rowsOf(file, isXlsx ? SHEET : '', isXlsx ? await xlsxGrid(path, file) : await csvGrid(path))
  } catch (error) {
    return { rows: [], problems: unreadable(file, error) }
  }
}

interface GridRow { line: number; cells: readonly (string | Text)[] }

async function xlsxGrid(path: string, name: string): Promise<GridRow[]> {
  const handle = await open(path, 'r')
  try {
    const sheet = await openRawSheet(handle, name, SHEET)
    const grid: GridRow[] = []
    for await (const batch of sheet.rows()) {
      for (const { line, cells } of batch) {
        grid.push({ line, cells: Array.from(cells, (cell) => {
          if (!cell) return ''
          const told = cellText(cell, 'text', sheet.context)
          return 'code' in told ? REASONS[told.code] : told.text
        }) })
        if (grid.length > ROWS_MAX) throw new RangeError(`more than ${ROWS_MAX} rows`)
      }
    }
    return grid
  } finally {
    await handle.close()
  }
}

async function csvGrid(path: string): Promise<GridRow[]> {
  const handle = await open(path, 'r')
  try {
    if ((await handle.stat()).size > BYTES_MAX) throw new RangeError(`more than ${BYTES_MAX / MIB} MiB`)
    const bytes = await handle.readFile()
    const records = parse(decodeText(bytes), {
      bom: true, info: true, relax_column_count: true, skip_empty_lines: true,
    }) as unknown as {
      record: string[]; info: { lines: number }
    }[]
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }))
  } finally {
    await handle.close()
  }
}

function unreadable(file: string, error: unknown): BackProblem[] {
  const at = { file, sheet: '', line: null, column: null }
  if (error instanceof ImportRefused) {
    return error.problems.map(({ code, value }) => ({ ...at, ...REASONS[code], value: value ?? '' }))
  }
  const value = error instanceof Error ? error.message : String(error)
  return [{ ...at, zh: '文件无法读取', en: 'the file can not be read', value }]
}

const NEEDED = ['kind', 'owner', 'explanation', 'id', 'check'] as const satisfies readonly FillKey[]

function rowsOf(file: string, sheet: string, grid: readonly GridRow[]): { rows: BackRow[]; problems: BackProblem[] } {
  const place = { file, sheet, line: null, column: null }
  const headAt = grid.findIndex(({ cells }) => NEEDED.every((key) => cells.some((cell) => titleOf(cell) === key)))
  if (headAt < 0) {
    const titles = NEEDED.map((key) => FILL_COLUMNS.find((one) => one.key === key)!.zh).join('、')
    return { rows: [], problems: [{ ...place, zh: `没有表头（须有：${titles}）`, en: `there is no header with ${titles}`, value: '' }] }
  }
  const at = new Map(grid[headAt]!.cells.map((cell, index) => [titleOf(cell), index] as const))
  const rows: BackRow[] = []
  const problems: BackProblem[] = []
  for (const { line, cells } of grid.slice(headAt + 1)) {
    const read = (key: (typeof NEEDED)[number]): string => {
      const cell = cells[at.get(key)!] ?? ''
      if (typeof cell === 'string') return plain(cell)
      problems.push({ ...placeOf({ file, sheet, line }, key), ...cell, value: '' })
      return ''
    }
    const row = {
      at: { file, sheet, line, column: null }, id: read('id'), check: read('check'), kind: read('kind'), owner: read('owner'),
      explanation: read('explanation'),
    }
    if (row.id !== '') rows.push(row)
    else if (row.kind + row.owner + row.explanation !== '') problems.push({
      ...placeOf({ file, sheet, line }, 'id'), zh: '缺少差异编号', en: 'the id of the difference is missing', value: '',
    })
  }
  return { rows, problems }
}

const titleOf = (cell: string | Text): FillKey | undefined =>
  (typeof cell === 'string' ? FILL_COLUMNS.find(({ zh }) => zh === cell.trim())?.key : undefined)
/** Without the apostrophe that keeps a text from being a formula. */
const plain = (text: string): string => text.replace(/^'(?=[=+\-@])/, '').trim()

/** The place of a column, by its title. */
export const placeOf = (at: Pick<Place, 'file' | 'sheet' | 'line'>, key: FillKey): Place =>
  ({ ...at, column: FILL_COLUMNS.find((one) => one.key === key)!.zh })

/** `file:sheet:row column: reason (value)`. The value is data: clean it before it goes to a terminal. */
export function formatBackProblem({ file, sheet, line, column, value, ...text }: BackProblem, lang: 'zh' | 'en'): string {
  const place = [file, sheet, line].filter((part) => part !== null && part !== '').join(':')
  return `${place}${column === null ? '' : ` ${column}`}: ${text[lang]}${value === '' ? '' : ` (${value.slice(0, 120)})`}`
}
