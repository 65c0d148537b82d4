/** The fields of a row: from its columns, from the texts around it, or the same for all; each judged. */
import type { FormatConfig, StatementField } from '../../config/schemas/format.ts'
import type { ReasonCode } from '../import/reasons.ts'
import type { Layout, Place } from './layout.ts'
import type { Cell } from './lines.ts'
import type { Blame } from './sums.ts'
import { dateReader, plain } from './values.ts'

/** What the file can not know: accounts and codes of the district. */
export interface Surroundings {
  year: number
  /** Codes that setup.csv has for an account number. */
  codesOf(account: string): readonly string[]
  /** The value that stands behind what the file writes, or why there is none. */
  judge(field: StatementField, value: string): { value: string } | { code: ReasonCode }
}

interface RowOf { cells: readonly Cell[]; layout: Layout; account: string; captured: ReadonlyMap<string, string> }

/** The text of a cell; one that can not be used is blamed. */
export function textAt(cells: readonly Cell[], place: Place | undefined, blame: Blame): string {
  const cell = place && cells[place.at]
  if (cell?.fault) blame(cell.fault, place!.name, null)
  return cell ? cell.text : ''
}

export class Fields {
  readonly #format: FormatConfig
  readonly #around: Surroundings
  readonly #date: (text: string) => string | undefined
  readonly #words: ReadonlyMap<string, ReadonlyMap<string, string>>

  constructor(format: FormatConfig, around: Surroundings) {
    this.#format = format
    this.#around = around
    this.#date = dateReader(['YYYY-MM-DD', ...format.dates])
    this.#words = new Map(Object.entries(format.words).map(([field, words]) => [field, new Map(Object.entries(words))]))
  }

  /** The value of a field as statements.csv would have it; '' where nothing is given or something is wrong with it. */
  read(field: StatementField, row: RowOf, blame: Blame): string {
    const { constants, required, party_of_account: byAccount } = this.#format
    if (field === 'party' && byAccount) return this.#partyOf(row, blame)
    const place = row.layout.fields.get(field)
    const written = (field === 'date' && place && row.cells[place.at]?.day) || textAt(row.cells, place, blame) || row.captured.get(field) || constants[field] || ''
    const name = place?.name ?? field
    if (written === '') {
      if (required.includes(field)) blame('not-given', name, null)
      return ''
    }
    if (field === 'date') return this.#day(written, name, blame)
    const known = this.#words.get(field)
    const word = known ? known.get(written) ?? known.get(plain(written)) : written
    const judged = word === undefined ? { code: 'unknown-word' as const } : this.#around.judge(field, word)
    if ('value' in judged) return judged.value
    blame(judged.code, name, written)
    return ''
  }

  #day(written: string, name: string, blame: Blame): string {
    const { year } = this.#around
    const day = written === 'year-end' ? `${year}-12-31` : this.#date(written)
    if (day === undefined) blame('bad-date-form', name, written)
    else if (day < `${year}-01-01` || day > `${year + 1}-12-31`) blame('date-outside', name, written)
    return day ?? ''
  }

  #partyOf({ layout, account }: RowOf, blame: Blame): string {
    const name = layout.fields.get('account')?.name ?? 'account'
    const { among } = this.#format.party_of_account!
    if (account === '') { blame('no-account', name, null); return '' }
    const codes = this.#around.codesOf(plain(account).replace(/[\s-]/g, '')).filter((code) => !among || among.includes(code))
    if (codes.length === 1) return codes[0]!
    blame(
      codes.length === 0 ? 'unknown-bank-account' : 'two-bank-accounts', name,
      codes.length === 0 ? account : `${account}: ${codes.join(', ')}`,
    )
    return ''
  }
}
