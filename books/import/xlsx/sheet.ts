/** Rows of a worksheet as a stream. */
import type { ColumnRule } from '../../../config/schemas/input.ts'
import type { Row } from '../csv-rows.ts'
import type { ReasonCode } from '../reasons.ts'
import { type CellContext, cellText, type RawCell } from './cells.ts'
import { BrokenWorkbook, type Package } from './package.ts'
import { parseXml, unescapeText } from './xml.ts'

/** A row as it stands: `line` is the number that Excel shows; empty cells are left out. */
export interface SheetRow { line: number; cells: (RawCell | undefined)[] }

/** Gives the type of each column once the titles are known. */
export type TypesOf = (titles: readonly string[]) => readonly ColumnRule['type'][]

const MOST_COLUMNS = 16_384
const LONGEST_CELL = 1 << 16

/** The header first, then every row that is not empty; `line` is the number that Excel shows. */
export async function* sheetRows(workbook: Package, part: string, context: CellContext, typesOf: TypesOf): AsyncGenerator<Row[]> {
  let types: readonly ColumnRule['type'][] | undefined
  for await (const rows of rawRows(workbook, part)) {
    const batch: Row[] = []
    for (const row of rows) {
      const plain = types ? toRow(row, types, context) : headerRow(row, context)
      if (!plain) continue
      types ??= typesOf(plain.fields)
      batch.push(plain)
    }
    if (batch.length > 0) yield batch
  }
}

/** Every row of a sheet, whatever it holds. */
export async function* rawRows(workbook: Package, part: string): AsyncGenerator<SheetRow[]> {
  const reader = new SheetReader(part)
  for await (const _ of parseXml(part, workbook.read(part), reader)) yield reader.take()
}

function headerRow({ line, cells }: SheetRow, context: CellContext): Row | undefined {
  const row = toRow({ line, cells }, Array.from(cells, () => 'text' as const), context)
  if (!row) return undefined
  // Cells that were only formatted make no column.
  const last = row.fields.findLastIndex((field) => field.trim() !== '')
  return { ...row, fields: row.fields.slice(0, last + 1) }
}

function toRow({ line, cells }: SheetRow, types: readonly ColumnRule['type'][], context: CellContext): Row | undefined {
  const fields = types.map(() => '')
  let fault: Row['fault']
  const blame = (code: ReasonCode, column: number, value: string) => { fault ??= { code, column, value } }
  for (const [column, cell] of cells.entries()) {
    if (!cell) continue
    const result = cellText(cell, types[column] ?? 'text', context)
    if ('code' in result) blame(result.code, column, `${columnLetters(column)}${line}`)
    else if (column < fields.length) fields[column] = result.text
    else if (result.text.trim() !== '') blame('cell-outside', column, `${columnLetters(column)}${line}: ${result.text}`)
  }
  if (!fault && fields.every((field) => field.trim() === '')) return undefined
  return { line, fields, ...(fault ? { fault } : {}) }
}

/** Handlers that gather the cells of `<row>`. */
class SheetReader {
  private rows: SheetRow[] = []
  private row: SheetRow | undefined
  private cell: RawCell | undefined
  private column = 0
  private line = 0
  private inText = false
  private readonly part: string
  constructor(part: string) {
    this.part = part
  }

  open(name: string, attributes: Record<string, string>): void {
    switch (name) {
      case 'row':
        this.line = attributes.r === undefined ? this.line + 1 : Number(attributes.r)
        if (!Number.isInteger(this.line) || this.line < 1 || this.line > 1_048_576) {
          throw new BrokenWorkbook(`${this.part}: row ${attributes.r}`)
        }
        this.row = { line: this.line, cells: [] }
        this.column = 0
        break
      case 'c':
        if (attributes.r !== undefined) this.column = columnIndex(attributes.r)
        if (this.column >= MOST_COLUMNS) throw new BrokenWorkbook(`${this.part}: cell ${attributes.r}`)
        this.cell = { type: attributes.t ?? 'n', text: '', formula: false }
        break
      case 'f': if (this.cell) this.cell.formula = true; break
      case 'v': case 't': this.inText = this.cell !== undefined; break
      default: break
    }
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.inText = false
    else if (name === 'c' && this.cell && this.row) {
      if (this.cell.type === 'inlineStr' || this.cell.type === 'str') this.cell.text = unescapeText(this.cell.text)
      if (this.cell.text !== '' || this.cell.formula) this.row.cells[this.column] = this.cell
      this.column += 1
      this.cell = undefined
    } else if (name === 'row' && this.row) {
      this.rows.push(this.row)
      this.row = undefined
    }
  }

  text(text: string): void {
    if (!this.inText || !this.cell) return
    this.cell.text += text
    if (this.cell.text.length > LONGEST_CELL) throw new BrokenWorkbook(`${this.part}: a cell of row ${this.line} is too long`)
  }

  take(): SheetRow[] {
    const { rows } = this
    this.rows = []
    return rows
  }
}

/** `AB12` → 27. */
export function columnIndex(reference: string): number {
  let index = 0
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') index = index * 26 + letter.charCodeAt(0) - 64
  return index === 0 ? MOST_COLUMNS : index - 1
}

/** 27 → `AB`. */
export function columnLetters(index: number): string {
  return (index >= 26 ? columnLetters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
}
