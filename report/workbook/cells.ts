/** Cells of the workbook: framed, headed, to be filled in. */
import type { CellObject, SheetData } from 'write-excel-file/node'
import { amountCell, textCell } from '../sheet.ts'

export type Row = SheetData[number]

const FRAME = { borderStyle: 'thin', borderColor: '#9AA5B1', alignVertical: 'center' } as const
const HEAD = { ...FRAME, fontWeight: 'bold', backgroundColor: '#E6EEF4', align: 'center', wrap: true } as const
/** Where people write. */
const OPEN = { ...FRAME, backgroundColor: '#FFF9E0', wrap: true } as const

export const title = (text: string, span: number): Row => [
  { ...textCell(text), fontWeight: 'bold', fontSize: 16, align: 'center', columnSpan: span, height: 30, alignVertical: 'center' },
  ...gap(span - 1),
]
export const section = (text: string, span: number): Row =>
  [{ ...textCell(text), fontWeight: 'bold', columnSpan: span, height: 24, alignVertical: 'bottom' }, ...gap(span - 1)]
export const plain = (text: string, span = 1, more: Partial<CellObject> = {}): Row =>
  [{ ...textCell(text), columnSpan: span, ...more }, ...gap(span - 1)]
export const heads = (...texts: readonly string[]): Row => texts.map((text) => ({ ...textCell(text), ...HEAD }))
export const text = (value: string, more: Partial<CellObject> = {}): CellObject =>
  ({ ...(value === '' ? {} : textCell(value)), ...FRAME, ...more }) as CellObject
export const amount = (yuan: string | null, more: Partial<CellObject> = {}): CellObject =>
  ({ ...(yuan === null ? {} : amountCell(yuan)), ...FRAME, align: 'right', ...more }) as CellObject
export const count = (value: number, more: Partial<CellObject> = {}): CellObject =>
  ({ value, type: Number, ...FRAME, ...more }) as CellObject
/** A cell to be filled in, with what is known already. */
export const open = (value: string): CellObject => ({ ...(value === '' ? {} : textCell(value)), ...OPEN }) as CellObject
const gap = (cells: number): null[] => Array.from({ length: cells }, () => null)
