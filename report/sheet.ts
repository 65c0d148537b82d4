/** Sheets with typed cells, times as times and amounts as numbers, and their bytes. */
import writeXlsx, { type SheetData } from 'write-excel-file/node'
import { parseYuan } from '../domain/money.ts'
import { withFixedTime } from './fixed-time.ts'
import { visible } from './html/escape.ts'
import type { DistrictReport, YearReport } from './model.ts'

type Value = string | number | boolean | null | Money | Moment
/** Yuan text that becomes a number. */
class Money {
  readonly text: string
  constructor(text: string) { this.text = text }
}
/** ISO time that becomes a date in China Standard Time. */
class Moment {
  readonly iso: string
  constructor(iso: string) { this.iso = iso }
}
export const money = (text: string | null) => (text === null ? null : new Money(text))
export const moment = (iso: string | null) => (iso === null ? null : new Moment(iso))

/** A sheet before it is written. */
export interface Sheet {
  name: string; columns: readonly (readonly [title: string, width: number])[]; rows: readonly (readonly Value[])[]
}

/** Sheets as a workbook; the same sheets give the same bytes. */
export async function bytesOf(sheets: readonly Sheet[]): Promise<Buffer> {
  const bytes = await writeXlsx(sheets.map((sheet) => ({
    sheet: sheet.name, data: dataOf(sheet), columns: sheet.columns.map(([, width]) => ({ width })), stickyRowsCount: 1,
  }))).toBuffer()
  return withFixedTime(bytes)
}

function dataOf(sheet: Sheet): SheetData {
  const head = sheet.columns.map(([title]) => ({
    value: title, type: String, fontWeight: 'bold' as const, backgroundColor: '#E6EEF4',
  }))
  return [head, ...sheet.rows.map((row) => row.map(cellOf))]
}

/** Excel keeps 15 digits and 32,767 characters: what would not fit as a number stays text. */
const EXACT_FEN_MAX = 99_999_999_999_999n
const TEXT_MAX = 32_000
const EIGHT_HOURS = 8 * 3_600_000

function cellOf(value: Value) {
  if (value === null || value === '') return null
  if (typeof value === 'number') return { value, type: Number }
  if (typeof value === 'boolean') return { value: value ? '是 yes' : '否 no', type: String }
  if (value instanceof Moment) {
    return { value: new Date(Date.parse(value.iso) + EIGHT_HOURS), type: Date, format: 'yyyy-mm-dd hh:mm:ss' }
  }
  if (value instanceof Money) return amountCell(value.text)
  return textCell(value)
}

/** Yuan text as a number with two decimals; as text where Excel would lose a fen. */
export function amountCell(yuan: string) {
  const fen = parseYuan(yuan)
  const exact = fen <= EXACT_FEN_MAX && fen >= -EXACT_FEN_MAX
  return exact ? { value: Number(yuan), type: Number, format: '#,##0.00' } : { value: yuan, type: String }
}

/** Text from data: nothing hidden in it, and no more than a cell holds. */
export const textCell = (text: string) => ({ value: visible(text).slice(0, TEXT_MAX), type: String })

/** Rows of every district, each after its code and name. */
export const each = (report: YearReport, rows: (district: DistrictReport) => readonly (readonly Value[])[]): (readonly Value[])[] =>
  report.districts.flatMap((district) => rows(district).map((row) => [district.code, district.name.zh, ...row]))
export const DISTRICT = [['区划 Code', 10], ['名称 District', 18]] as const
