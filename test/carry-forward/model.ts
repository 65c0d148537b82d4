/** A district's input as the rows of its CSV files: what the tests feed in and what the reference computes from. */

export type Dims = Partial<Record<'unit' | 'function' | 'revenue' | 'economic' | 'project' | 'fund' | 'counterparty', string>>
export interface Line extends Dims { book: string; account: string; debit: string; credit: string }
export interface Entry extends Line { voucher: string; posted?: '0' | '1' }
export interface Indicator {
  indicator: string; unit: string; function: string; economic: string; project: string; fund: string
  origin_year: string; category: 'basic' | 'project'; amount: string; adjusted: string; paid: string; occupied: string
}
export interface Setup { table: string; code: string; parent?: string; active: '0' | '1' }
export interface Mapping { table: string; old: string; new: string; share?: string }
export interface Account { book: string; system: string; account: string; element: string; side: 'debit' | 'credit'; dimensions: string }

export interface District {
  district: string
  year: number
  units: { unit: string; kind: 'administrative' | 'institution' }[]
  books: { book: string; system: 'treasury-2022' | 'special-account' | 'government-unit'; unit?: string }[]
  accounts: Account[]
  opening: Line[]
  entries: Entry[]
  indicators: Indicator[]
  setup: Setup[]
  mappings: Mapping[]
}

export const emptyDistrict = (district = '152501', year = 2025): District =>
  ({ district, year, units: [], books: [], accounts: [], opening: [], entries: [], indicators: [], setup: [], mappings: [] })

export const DIM_NAMES = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty'] as const

/** One text for a book, account and its dimensions. */
export const cellKey = (row: Dims & { book: string; account: string }): string =>
  [row.book, row.account, ...DIM_NAMES.map((name) => row[name] ?? '')].join('|')
