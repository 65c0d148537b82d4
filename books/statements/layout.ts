/** Where the columns of a format stand in a file: found once, in its row of titles. */
import type { FormatColumn, FormatConfig, StatementField } from '../../config/schemas/format.ts'
import { type Problem, problem } from '../import/report.ts'
import { columnIndex, columnLetters } from '../import/xlsx/sheet.ts'
import type { Cell, SourceLine } from './lines.ts'
import { normalTitle, plain } from './values.ts'

/** A column of the file: its place from 0, and its name as the user sees it. */
export interface Place { at: number; name: string }
export interface Layout {
  /** Physical line of the titles; 0 without one. */
  line: number
  /** Text of the row of titles, so that a repeated one is known. */
  text: string
  fields: ReadonlyMap<StatementField | 'account' | 'balance', Place>
  amount: { readonly [role: string]: Place }
  check: { start: Place; add: readonly Place[]; subtract: readonly Place[]; equals: Place } | undefined
}

/** The text that patterns are matched against: filled cells, half-width, with one space between them. */
export const lineText = (cells: readonly Cell[]): string =>
  cells.map(({ text }) => plain(text).replace(/\s+/g, ' ')).filter((text) => text !== '').join(' ')

/** Whether the line holds the titles of the format. */
export function isHeader(line: SourceLine, { header }: FormatConfig): boolean {
  if ('row' in header) return line.line === header.row
  const titles = new Set(line.cells.map(({ text }) => normalTitle(text)))
  return header.titles.every((title) => titles.has(normalTitle(title)))
}

/** Places by letter alone, for a file without titles. */
export const layoutByLetters = (format: FormatConfig): Layout =>
  placed(format, { line: 0, text: '' }, (column) => letterPlace(column)!)

/** Finds every column of the format in the row of titles, or says which are not there. */
export function readLayout(
  file: string, line: SourceLine, format: FormatConfig,
): { layout: Layout; problems: readonly Problem[] } {
  const problems: Problem[] = []
  const titles = line.cells.map(({ text }) => normalTitle(text))
  const find = (column: FormatColumn): Place => {
    const byLetter = letterPlace(column)
    if (byLetter) return { ...byLetter, name: plain(line.cells[byLetter.at]?.text ?? '') || byLetter.name }
    const wanted = Array.isArray(column) ? column : [column as string]
    for (const title of wanted) {
      const at = titles.indexOf(normalTitle(title))
      if (at < 0) continue
      if (titles.includes(normalTitle(title), at + 1)) {
        problems.push(problem(
          file, line.line, title, 'title-twice',
          `${columnLetters(at)}, ${columnLetters(titles.indexOf(normalTitle(title), at + 1))}`,
        ))
      }
      return { at, name: title }
    }
    problems.push(problem(file, line.line, wanted[0]!, 'missing-column', wanted.join(' / ')))
    return { at: -1, name: wanted[0]! }
  }
  return { layout: placed(format, { line: line.line, text: lineText(line.cells) }, find), problems }
}

function letterPlace(column: FormatColumn): Place | undefined {
  return typeof column === 'object' && !Array.isArray(column)
    ? { at: columnIndex(`${column.letter}1`), name: column.letter }
    : undefined
}

const AMOUNT_ROLES = {
  signed: ['signed'], sides: ['debit', 'credit'], directed: ['unsigned', 'direction'],
} as const

function placed(format: FormatConfig, titles: { line: number; text: string }, find: (column: FormatColumn) => Place): Layout {
  const { amount, row_check: check } = format
  const roles = 'signed' in amount ? AMOUNT_ROLES.signed : 'unsigned' in amount ? AMOUNT_ROLES.directed : AMOUNT_ROLES.sides
  return {
    ...titles,
    fields: new Map(Object.entries(format.columns).map(([field, column]) => [field as StatementField, find(column)])),
    amount: Object.fromEntries(roles.map((role) => [role, find((amount as Record<string, FormatColumn>)[role]!)])),
    check: check && {
      start: find(check.start), add: check.add.map(find), subtract: check.subtract.map(find), equals: find(check.equals),
    },
  }
}
