/** What a file says of itself: lines of totals, running balances, opening and closing. Compared to the fen. */
import type { FormatConfig, TotalGroup } from '../../config/schemas/format.ts'
import { formatYuan } from '../../domain/money.ts'
import type { ReasonCode } from '../import/reasons.ts'

/** One row's movement: `amount` as it stands in the file, debit and credit as the bank sees them. */
export interface Movement { amount: bigint; debit: bigint; credit: bigint }
export type Blame = (code: ReasonCode, column: string | null, value: string | null) => void
export interface Figure { group: TotalGroup; column: string | null; value: bigint }

type Sums = Record<TotalGroup, bigint>
const nothing = (): Sums => ({ debit: 0n, credit: 0n, amount: 0n, count: 0n, debit_count: 0n, credit_count: 0n })
type Since = FormatConfig['totals'][number]['since']

/** Sums since the beginning of the file, of the section, and since the last subtotal. */
export class RunningSums {
  readonly #sums: Record<Since, Sums> = { file: nothing(), section: nothing(), subtotal: nothing() }
  /** Lines of totals that were compared. */
  checked = 0

  add({ amount, debit, credit }: Movement): void {
    for (const sums of Object.values(this.#sums)) {
      sums.amount += amount
      sums.debit += debit
      sums.credit += credit
      sums.count += 1n
      if (debit !== 0n) sums.debit_count += 1n
      if (credit !== 0n) sums.credit_count += 1n
    }
  }

  startSection(): void {
    this.#sums.section = nothing()
    this.#sums.subtotal = nothing()
  }

  /** Compares a line of totals with the rows above it. */
  compare(since: Since, figures: readonly Figure[], blame: Blame): void {
    if (figures.length === 0) blame('empty-total', null, null)
    for (const { group, column, value } of figures) {
      const sum = this.#sums[since][group]
      if (value !== sum) blame('total-differs', column, `${shown(group, value)} ≠ ${shown(group, sum)}`)
    }
    if (figures.length > 0) this.checked += 1
    if (since === 'subtotal') this.#sums.subtotal = nothing()
  }
}

const shown = (group: TotalGroup, value: bigint): string => (group.endsWith('count') ? String(value) : formatYuan(value))

interface Account { expected: bigint | null; moved: bigint }

/** Balances of one section, account by account. */
export class Balances {
  readonly #rises: 'debit' | 'credit'
  readonly #newestFirst: boolean
  readonly #accounts = new Map<string, Account>()
  #opening: bigint | null = null
  #closing: bigint | null = null
  /** Balances that were compared. */
  checked = 0

  constructor(rule: NonNullable<FormatConfig['balance']>) {
    this.#rises = rule.rises_with
    this.#newestFirst = rule.order === 'newest-first'
  }

  startSection(): void {
    this.#accounts.clear()
    this.#opening = null
    this.#closing = null
  }

  open(balance: bigint): void { this.#opening = balance }
  close(balance: bigint): void { this.#closing = balance }

  /** A row with its balance, null where it has none. */
  add(account: string, movement: Movement, signed: boolean, balance: bigint | null, blame: Blame): void {
    const rise = signed ? movement.amount : movement.credit - movement.debit
    const moved = this.#rises === 'credit' ? rise : -rise
    const state = this.#accounts.get(account) ?? { expected: this.#newestFirst ? null : this.#opening, moved: 0n }
    this.#accounts.set(account, state)
    state.moved += moved
    const due = state.expected === null || this.#newestFirst ? state.expected : state.expected + moved
    if (balance !== null && due !== null) {
      this.checked += 1
      if (balance !== due) blame('balance-differs', null, `${formatYuan(balance)} ≠ ${formatYuan(due)}`)
    }
    const now = balance ?? due
    state.expected = now === null || !this.#newestFirst ? now : now - moved
  }

  /** At the end of a section. */
  end(blame: Blame): void {
    const [only] = this.#accounts.size === 1 ? [...this.#accounts.values()] : [undefined]
    const moved = [...this.#accounts.values()].reduce((sum, one) => sum + one.moved, 0n)
    const compare = (said: bigint | null, due: bigint | null | undefined): void => {
      if (said === null || due === null || due === undefined) return
      this.checked += 1
      if (said !== due) blame('closing-differs', null, `${formatYuan(said)} ≠ ${formatYuan(due)}`)
    }
    if (this.#opening !== null) compare(this.#closing, this.#opening + moved)
    else if (!this.#newestFirst) compare(this.#closing, only?.expected)
    if (this.#newestFirst) compare(this.#opening, only?.expected)
  }
}
