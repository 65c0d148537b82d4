/**
 * Reads the lines of a bank's file as a format describes them: rows become rows of statements.csv, every other line is
 * checked or skipped with a reason, and what is wrong is named by line and column. Knows no database.
 */
import { type FormatConfig, STATEMENT_FIELDS, type StatementField } from '../../config/schemas/format.ts'
import { type Problem, problem } from '../import/report.ts'
import { Fields, type Surroundings, textAt } from './fields.ts'
import { isHeader, type Layout, layoutByLetters, lineText, readLayout } from './layout.ts'
import type { SourceLine } from './lines.ts'
import { movementOf } from './movement.ts'
import { Patterns } from './patterns.ts'
import { Balances, type Blame, RunningSums } from './sums.ts'
import { amountOf } from './values.ts'

/** A row as statements.csv would have it; '' is "not given". `amount` is fen in the sign of the books. */
export interface ReadRow { line: number; account: string; fields: Readonly<Record<StatementField, string>>; amount: bigint }

export class StatementReader {
  readonly #name: string
  readonly #format: FormatConfig
  readonly #around: Surroundings
  readonly #report: (one: Problem) => void
  readonly #patterns: Patterns
  readonly #sums = new RunningSums()
  readonly #balances: Balances | undefined
  readonly #fields: Fields
  readonly #captured = new Map<string, string>()
  #layout: Layout | undefined
  #refused = false
  #ended = false
  #heading = true
  #last = 0
  rows = 0

  constructor(name: string, format: FormatConfig, around: Surroundings, report: (one: Problem) => void) {
    this.#name = name
    this.#format = format
    this.#around = around
    this.#report = report
    this.#patterns = new Patterns(format)
    this.#balances = format.balance && new Balances(format.balance)
    this.#fields = new Fields(format, around)
    if ('row' in format.header && format.header.row === 0) this.#layout = layoutByLetters(format)
  }

  /** Lines that are no rows, by reason. */
  get skipped() { return this.#patterns.skipped }
  /** Lines of totals and balances of the file that were compared. */
  get checked(): { totals: number; balances: number } { return {
    totals: this.#sums.checked, balances: this.#balances?.checked ?? 0,
  } }

  /** The row that a line is, if it is one and nothing is wrong with it. */
  push(line: SourceLine): ReadRow | undefined {
    if (this.#refused) return undefined
    this.#last = line.line
    if (line.fault) { this.#blame(line.line)(line.fault, null, null); return undefined }
    const text = lineText(line.cells)
    if (text === '') { this.#patterns.skip('blank', line.line); return undefined }
    if (this.#ended || (this.#layout && this.#patterns.isEnd(text))) {
      this.#ended = true
      this.#patterns.skip('end', line.line)
      return undefined
    }
    if (!this.#layout) { this.#above(line, text); return undefined }
    return this.#isOther(line, text, this.#layout) ? undefined : this.#row(line, this.#layout)
  }

  /** What can be said only when the file is over. */
  end(): void {
    if (this.#refused) return
    const blame = this.#blame(null)
    const { header } = this.#format
    if (!this.#layout) return blame('no-header', null, 'titles' in header ? header.titles.join(', ') : String(header.row))
    this.#balances?.end(this.#blame(this.#last))
    if (this.rows === 0) blame('no-rows', null, null)
    else if (this.#format.totals_required && this.#sums.checked === 0) blame('missing-total', null, null)
  }

  #blame(line: number | null): Blame {
    return (code, column, value) => this.#report(problem(this.#name, line, column, code, value))
  }

  #above(line: SourceLine, text: string): void {
    if (!isHeader(line, this.#format)) {
      if (!this.#capture(text, line.line)) this.#patterns.skip('above', line.line)
      return
    }
    const { layout, problems } = readLayout(this.#name, line, this.#format)
    this.#layout = layout
    this.#refused = problems.length > 0
    for (const one of problems) this.#report(one)
  }

  /** True for a line that is no row. */
  #isOther(line: SourceLine, text: string, layout: Layout): boolean {
    if (text === layout.text) this.#patterns.skip('titles', line.line)
    else if (this.#capture(text, line.line)) return true
    else if (this.#patterns.isBroughtForward(text)) this.#bringForward(line, layout)
    else if (!this.#total(line, text, layout)) {
      const why = this.#patterns.skipReason(text)
      if (!why) return false
      this.#patterns.skip(why, line.line)
    }
    return true
  }

  #total(line: SourceLine, text: string, layout: Layout): boolean {
    const total = this.#patterns.totalOf(text, line.cells, layout.amount, this.#blame(line.line))
    if (!total) return false
    this.#sums.compare(total.since, total.figures, this.#blame(line.line))
    this.#patterns.skip('total', line.line)
    return true
  }

  /** Texts around the rows. The first of them after rows begins a section, unless all it says is the closing balance. */
  #capture(text: string, line: number): boolean {
    const found = this.#patterns.capturesOf(text)
    if (!found) return false
    this.#patterns.skip('capture', line)
    const onlyCloses = [...found.keys()].every((group) => group === 'closing')
    if (!this.#heading && !onlyCloses) {
      this.#balances?.end(this.#blame(line))
      this.#balances?.startSection()
      this.#sums.startSection()
      this.#heading = true
    }
    for (const [group, value] of found) {
      if (group !== 'opening' && group !== 'closing') { this.#captured.set(group, value); continue }
      const balance = amountOf(value)
      if (balance === undefined || balance === null) this.#blame(line)('bad-amount', null, value)
      else if (group === 'opening') this.#balances?.open(balance)
      else this.#balances?.close(balance)
    }
    return true
  }

  #bringForward(line: SourceLine, layout: Layout): void {
    const place = layout.fields.get('balance')
    const balance = place && amountOf(line.cells[place.at]?.text ?? '')
    if (balance === undefined || balance === null) this.#blame(line.line)(
      'bad-amount', place?.name ?? null, place ? line.cells[place.at]?.text ?? '' : null,
    )
    else this.#balances?.open(balance)
    this.#patterns.skip('capture', line.line)
  }

  #row(line: SourceLine, layout: Layout): ReadRow | undefined {
    this.#heading = false
    let bad = false
    const blame: Blame = (code, column, value) => { bad = true; this.#blame(line.line)(code, column, value) }
    const movement = movementOf(this.#format, layout, line.cells, blame)
    const account = textAt(line.cells, layout.fields.get('account'), blame) || (this.#captured.get('account') ?? '')
    if (movement) {
      this.#sums.add(movement)
      this.#checkBalance(line, layout, account, movement, blame)
    }
    const fields = Object.fromEntries(STATEMENT_FIELDS.map((field) => [
      field, this.#fields.read(field, { cells: line.cells, layout, account, captured: this.#captured }, blame),
    ])) as ReadRow['fields']
    this.rows += 1
    if (bad || !movement) return undefined
    const { only_on: day } = this.#format
    if (day !== undefined && fields.date !== `${this.#around.year}-${day}`) { this.#patterns.skip(
      'other-day', line.line,
    ); return undefined }
    return { line: line.line, account, fields, amount: movement.value }
  }

  #checkBalance(line: SourceLine, layout: Layout, account: string, movement: Parameters<Balances['add']>[1], blame: Blame): void {
    const place = layout.fields.get('balance')
    if (!this.#balances) return
    const balance = place ? amountOf(textAt(line.cells, place, blame)) : null
    if (balance === undefined) return blame('bad-amount', place!.name, line.cells[place!.at]!.text)
    this.#balances.add(account, movement, 'signed' in this.#format.amount, balance, (code, _, value) => blame(
      code, place?.name ?? null, value,
    ))
  }
}
