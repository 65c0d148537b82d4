/** The amount of a row: as it stands in the file, as the bank's debit and credit, and in the sign of the books. */
import type { FormatConfig } from '../../config/schemas/format.ts'
import { formatYuan } from '../../domain/money.ts'
import type { Layout, Place } from './layout.ts'
import type { Cell } from './lines.ts'
import type { Blame, Movement } from './sums.ts'
import { amountOf, plain } from './values.ts'

/** The movement of a row with its `value` in the books; undefined when something is wrong with it, which is then blamed. */
export function movementOf(
  format: FormatConfig, layout: Layout, cells: readonly Cell[], blame: Blame,
): (Movement & { value: bigint }) | undefined {
  checkRow(layout, cells, blame)
  const { amount } = format
  if ('signed' in amount) {
    const fen = fenAt(cells, layout.amount.signed!, blame)
    if (fen === undefined) return undefined
    if (fen === null) return missing(layout.amount.signed!, blame)
    return {
      amount: fen, debit: fen < 0n ? -fen : 0n, credit: fen > 0n ? fen : 0n, value: amount.sign === 'opposite' ? -fen : fen,
    }
  }
  return 'unsigned' in amount ? directed(amount, layout, cells, blame) : sided(amount, layout, cells, blame)
}

type Amount = FormatConfig['amount']

function sided(
  rule: Extract<Amount, { positive: unknown }>, layout: Layout, cells: readonly Cell[], blame: Blame,
): (Movement & { value: bigint }) | undefined {
  const [debit, credit] = [fenAt(cells, layout.amount.debit!, blame), fenAt(cells, layout.amount.credit!, blame)]
  if (debit === undefined || credit === undefined) return undefined
  const name = `${layout.amount.debit!.name} / ${layout.amount.credit!.name}`
  if (debit === null && credit === null) { blame('no-side', name, null); return undefined }
  if (debit && credit) { blame('both-sides', name, `${formatYuan(debit)} / ${formatYuan(credit)}`); return undefined }
  const [d, c] = [debit ?? 0n, credit ?? 0n]
  return { amount: d + c, debit: d, credit: c, value: rule.positive === 'credit' ? c - d : d - c }
}

function directed(
  rule: Extract<Amount, { unsigned: unknown }>, layout: Layout, cells: readonly Cell[], blame: Blame,
): (Movement & { value: bigint }) | undefined {
  const fen = fenAt(cells, layout.amount.unsigned!, blame)
  const place = layout.amount.direction!
  const word = plain(cells[place.at]?.text ?? '')
  const side = (['debit', 'credit'] as const).find((one) => rule[one].some((known) => plain(known) === word))
  if (!side) blame('bad-direction', place.name, word === '' ? null : word)
  if (fen === null) return missing(layout.amount.unsigned!, blame)
  if (fen === undefined || !side) return undefined
  return {
    amount: fen, debit: side === 'debit' ? fen : 0n, credit: side === 'credit' ? fen : 0n,
    value: side === rule.positive ? fen : -fen,
  }
}

function missing(place: Place, blame: Blame): undefined {
  blame('not-given', place.name, null)
  return undefined
}

/** Fen of the cell at a place: null where nothing stands, undefined where it is no amount. */
export function fenAt(cells: readonly Cell[], place: Place, blame: Blame): bigint | null | undefined {
  const cell = cells[place.at]
  if (cell?.fault) { blame(cell.fault, place.name, null); return undefined }
  const fen = amountOf(cell?.text ?? '')
  if (fen === undefined) blame('bad-amount', place.name, cell!.text)
  return fen
}

function checkRow({ check }: Layout, cells: readonly Cell[], blame: Blame): void {
  if (!check) return
  const sum = (places: readonly Place[]) => places.reduce<bigint | undefined>((total, place) => {
    const fen = fenAt(cells, place, blame)
    return total === undefined || fen === undefined ? undefined : total + (fen ?? 0n)
  }, 0n)
  const [start, add, subtract, equals] = [sum([check.start]), sum(check.add), sum(check.subtract), sum([check.equals])]
  if (start === undefined || add === undefined || subtract === undefined || equals === undefined) return
  const due = start + add - subtract
  if (due !== equals) blame('row-does-not-add-up', check.equals.name, `${formatYuan(equals)} ≠ ${formatYuan(due)}`)
}
