/** Input files as the sample writes them: columns of CONTRACT §1, several encodings and forms, streamed. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import writeXlsx from 'write-excel-file/node'
import { DIMENSIONS } from '../domain/dimensions.ts'
import type { InputFile } from '../domain/steps.ts'
import { withFixedTime } from '../report/fixed-time.ts'
import { encodeGb18030 } from '../report/gb18030.ts'

const list = (text: string) => text.trim().split(/[\s,]+/)

/** English column names of each table; the analysis text (asset_analysis) is none. */
export const COLUMNS: Partial<Record<InputFile, readonly string[]>> = {
  units: list('unit name kind parent active'),
  books: list('book name system unit'),
  accounts: list('book system account name element side dimensions'),
  opening: ['book', 'account', ...DIMENSIONS, 'debit', 'credit'],
  entries: ['book', 'voucher', 'line', 'date', 'account', ...DIMENSIONS, 'debit', 'credit', 'source', 'posted', 'summary'],
  indicators: list('indicator unit function economic project fund origin_year category amount adjusted paid occupied'),
  documents: list('type number unit indicator function project fund amount status created_on updated_on counterparty reference'),
  statements: list('reconciliation party reference date unit function revenue project fund indicator amount'),
  setup: list('table code name parent value active'),
  mappings: list('table old new share'),
  assets: list(`asset_no card_no name class_code unit use_status acquire_mode acquired_on booked_on booked voucher_no in_use_on created_on
    value_type quantity unit_price cost accumulated_depreciation net_value life_months fiscal_amount other_amount department keeper location
    land_area land_use_type floor_area usable_area structure certificate certificate_no certificate_on no_certificate_reason completed_on
    address area_self_use area_leased area_idle area_other lease_reference plate_no vin engine_no registered_on displacement energy
    vehicle_usage quota_status brand_model dispose_type dispose_approval_no dispose_approved_on disposed_on dispose_booked_on dispose_income
    dispose_income_remitted last_depreciated_month`),
  asset_report: list('unit table line column value prior_value'),
}

/** How a district's office exports its files: what the systems of real offices differ in. */
export interface FileStyle {
  encoding: 'utf8' | 'utf8-bom' | 'gb18030'
  /** Files that come as XLSX; the others are CSV. */
  xlsx: readonly InputFile[]
  /** Chinese titles and values in place of the English ones. */
  words: Words | null
  /** `1,234.50` in place of `1234.50`. */
  separators: boolean
  /** `20251231` in place of `2025-12-31`. */
  compactDates: boolean
}

export interface Words {
  title(file: InputFile, column: string): string
  value(file: InputFile, column: string, value: string): string
}

export type Row = Readonly<Record<string, string>>

const FLUSH_CHARACTERS = 1 << 18
const AMOUNTS = new Set(list(
  'debit credit amount adjusted paid occupied cost unit_price accumulated_depreciation net_value fiscal_amount other_amount',
))
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/

/** One input file of a district. Rows are written as they come; `close` must be called. */
export class TableFile {
  readonly #file: InputFile
  readonly #columns: readonly string[]
  readonly #style: FileStyle
  readonly #path: string
  readonly #descriptor: number | null
  readonly #sheet: string[][] = []
  #pending = ''
  rows = 0

  constructor(folder: string, file: InputFile, style: FileStyle) {
    mkdirSync(folder, { recursive: true })
    this.#file = file
    this.#columns = COLUMNS[file]!
    this.#style = style
    const excel = style.xlsx.includes(file)
    this.#path = join(folder, `${file}.${excel ? 'xlsx' : 'csv'}`)
    this.#descriptor = excel ? null : openSync(this.#path, 'w')
    if (!excel && style.encoding === 'utf8-bom') this.#pending = '\uFEFF'
    this.#put(this.#columns.map((column) => style.words?.title(file, column) ?? column))
  }

  /** Adds a row; columns that are not given stay empty. */
  write(row: Row): void {
    this.#put(this.#columns.map((column) => this.#present(column, row[column] ?? '')))
    this.rows += 1
  }

  async close(): Promise<void> {
    if (this.#descriptor !== null) {
      this.#flush()
      closeSync(this.#descriptor)
      return
    }
    const sheet = this.#sheet.map((cells) => cells.map((value) => (value === '' ? null : { value, type: String })))
    writeFileSync(this.#path, withFixedTime(await writeXlsx(sheet as never).toBuffer()))
  }

  #present(column: string, value: string): string {
    if (this.#style.separators && AMOUNTS.has(column)) return value.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
    if (this.#style.words && value !== '') return this.#style.words.value(this.#file, column, value)
    if (this.#style.compactDates) return value.replace(DATE, '$1$2$3')
    return value
  }

  #put(cells: string[]): void {
    if (this.#descriptor === null) { this.#sheet.push(cells); return }
    this.#pending += `${cells.map(quote).join(',')}\r\n`
    if (this.#pending.length >= FLUSH_CHARACTERS) this.#flush()
  }

  #flush(): void {
    writeSync(
      this.#descriptor!, this.#style.encoding === 'gb18030' ? encodeGb18030(this.#pending) : Buffer.from(this.#pending, 'utf8'),
    )
    this.#pending = ''
  }
}

const quote = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
