/** The books of one district while they are written: openings, vouchers, and the balances that statements must agree with. */
import { DIMENSIONS, type Dimension } from '../domain/dimensions.ts'
import { formatYuan } from '../domain/money.ts'
import type { Row, TableFile } from './tables.ts'

export type Dims = Readonly<Partial<Record<Dimension, string>>>
export interface Line { account: string; dims?: Dims; debit?: bigint; credit?: bigint }
export interface Voucher {
  book: string
  /** ISO date; the month is part of the voucher's number. */
  date: string
  lines: readonly Line[]
  source?: string
  summary: string
  /** False: 未记账, not posted. */
  posted?: boolean
}
/** Opening (debit-positive) and posted turnover of one account with its dimensions. */
export interface Cell { book: string; account: string; dims: Dims; opening: bigint; debit: bigint; credit: bigint }

export class Ledger {
  readonly #entries: TableFile
  readonly #openings: TableFile
  readonly #cells = new Map<string, Cell>()
  readonly #sequences = new Map<string, number>()
  readonly #year: number
  /** Entry lines so far. */
  lines = 0

  constructor(year: number, entries: TableFile, openings: TableFile) {
    this.#year = year
    this.#entries = entries
    this.#openings = openings
  }

  /** Adds to an opening balance; a debit is positive. Written by {@link writeOpenings}. */
  open(book: string, account: string, dims: Dims, fen: bigint): void {
    this.#cell(book, account, dims).opening += fen
  }

  /**
   * Writes a voucher and gives its number (`MM-NNNNN`, counted for each book and month; 13 is the clearing period). Unbalanced
   * ones are written as they are.
   */
  post(voucher: Voucher): string {
    const month = Number(voucher.date.slice(0, 4)) > this.#year ? '13' : voucher.date.slice(5, 7)
    const sequence = (this.#sequences.get(`${voucher.book}/${month}`) ?? 0) + 1
    this.#sequences.set(`${voucher.book}/${month}`, sequence)
    const number = `${month}-${String(sequence).padStart(5, '0')}`
    voucher.lines.forEach((line, index) => this.#write(voucher, number, index + 1, line))
    return number
  }

  #write(voucher: Voucher, number: string, index: number, line: Line): void {
    const posted = voucher.posted ?? true
    this.#entries.write({
      book: voucher.book, voucher: number, line: String(index), date: voucher.date, account: line.account, ...line.dims,
      debit: line.debit === undefined ? '' : formatYuan(line.debit),
      credit: line.credit === undefined ? '' : formatYuan(line.credit),
      source: voucher.source ?? '', posted: posted ? '1' : '0', summary: voucher.summary,
    })
    this.lines += 1
    if (!posted) return
    const cell = this.#cell(voucher.book, line.account, line.dims ?? {})
    cell.debit += line.debit ?? 0n
    cell.credit += line.credit ?? 0n
  }

  /** Every cell of a book whose account begins with one of `accounts`. */
  cells(book: string, ...accounts: readonly string[]): Cell[] {
    return [...this.#cells.values()].filter(
      (cell) => cell.book === book && accounts.some((account) => cell.account.startsWith(account)),
    )
  }

  /** Closing balance, debit-positive, over all dimensions. */
  balance(book: string, ...accounts: readonly string[]): bigint {
    return this.cells(book, ...accounts).reduce((sum, cell) => sum + cell.opening + cell.debit - cell.credit, 0n)
  }

  /** Opening rows in the order in which they were made. */
  writeOpenings(): void {
    for (const cell of this.#cells.values()) {
      if (cell.opening === 0n) continue
      const side: Row = cell.opening > 0n ? { debit: formatYuan(cell.opening) } : { credit: formatYuan(-cell.opening) }
      this.#openings.write({ book: cell.book, account: cell.account, ...cell.dims, ...side })
    }
  }

  #cell(book: string, account: string, dims: Dims): Cell {
    const key = [book, account, ...DIMENSIONS.map((dimension) => dims[dimension] ?? '')].join('\u001f')
    let cell = this.#cells.get(key)
    if (!cell) this.#cells.set(key, cell = { book, account, dims, opening: 0n, debit: 0n, credit: 0n })
    return cell
  }
}
