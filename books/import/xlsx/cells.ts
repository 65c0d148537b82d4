/** The text that a cell stands for, as a user who types CSV would write it. */
import type { ColumnRule } from '../../../config/schemas/input.ts'
import type { ReasonCode } from '../reasons.ts'
import type { StringTable } from './strings.ts'

export interface RawCell {
  /** Attribute t: s, inlineStr, str, b, e, d or n. */
  type: string
  text: string
  formula: boolean
}

export interface CellContext {
  strings: StringTable
  date1904: boolean
}

export type CellText = { text: string } | { code: ReasonCode }

/** Dates are numbers in a workbook: the type of the column says which are meant. */
export function cellText(cell: RawCell, columnType: ColumnRule['type'], { strings, date1904 }: CellContext): CellText {
  if (cell.formula) return { code: 'formula' }
  switch (cell.type) {
    case 's': {
      const text = cell.text === '' ? '' : strings.get(Number(cell.text))
      return text === undefined ? { code: 'cell-error' } : { text }
    }
    case 'inlineStr': case 'str': case 'b': return { text: cell.text }
    case 'd': return { text: cell.text.slice(0, columnType === 'month' ? 7 : 10) }
    case 'e': return { code: 'cell-error' }
    default: return cell.text.trim() === '' ? { text: '' } : numberText(Number(cell.text), columnType, date1904)
  }
}

/** 15 digits are what Excel holds: 0.30000000000000004 is shown, and meant, as 0.3. */
function numberText(value: number, columnType: ColumnRule['type'], date1904: boolean): CellText {
  if (!Number.isFinite(value)) return { code: 'cell-error' }
  if (Number.isInteger(value) && Math.abs(value) >= 1e15) return { code: 'number-too-long' }
  const dated = (columnType === 'date' || columnType === 'month') && value >= 1 && value < LAST_SERIAL
  if (dated) return { text: isoDay(value, date1904).slice(0, columnType === 'month' ? 7 : 10) }
  return { text: plainNumber(Number(value.toPrecision(15))) }
}

/** 31 December 9999; a number above it is a date typed as 20251231. */
const LAST_SERIAL = 2_958_466
const DAY = 86_400_000

/** Excel counts a 29 February 1900 that never was, so that days before it are one off. */
function isoDay(serial: number, date1904: boolean): string {
  const day = Math.floor(serial)
  const start = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30)
  return new Date(start + day * DAY).toISOString()
}

function plainNumber(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text
}
