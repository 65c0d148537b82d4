/** Cells of a statement, as banks, the treasury and units write amounts, dates and names. */
import { formatYuan } from '../domain/money.ts'
import { FUND_NAMES } from './catalogue.ts'
import type { StatementRow } from './world.ts'

export type Cell = string | number | null
/** A file before it is written: a workbook when it has a sheet, else a text. */
export interface FileOf {
  name: string; rows: readonly (readonly Cell[])[]; sheet?: string; delimiter?: string; encoding?: 'utf8-bom' | 'gb18030'
}

export const sum = (rows: readonly StatementRow[]): bigint => rows.reduce((total, { amount }) => total + amount, 0n)
export const compact = (date: string | undefined): string => date!.replaceAll('-', '')
/** A workbook's own number; the amounts here are far below the fifteen digits that it holds. */
export const number = (fen: bigint): number => Number(formatYuan(fen))
export const negative = (rows: readonly StatementRow[]): bigint => -sum(rows.filter(({ amount }) => amount < 0n))
export const positive = (rows: readonly StatementRow[]): bigint => sum(rows.filter(({ amount }) => amount > 0n))
export const nameOf = (list: readonly { code: string; name: string }[], code: string): string =>
  list.find((one) => one.code === code)?.name ?? ''
export const fundOf = (fund: string | undefined): string => nameOf(FUND_NAMES, fund!)
