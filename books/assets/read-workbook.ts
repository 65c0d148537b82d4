/** Reads filled-in correction workbooks: only the code, the correction and the explanation of a row count. */
import { basename } from 'node:path'
import type { ColumnRule } from '../../config/schemas/input.ts'
import { openRegular } from '../import/folder.ts'
import { ImportRefused } from '../import/report.ts'
import { scanFile } from '../import/scan.ts'
import { cellText } from '../import/xlsx/cells.ts'
import type { SheetRow } from '../import/xlsx/sheet.ts'
import { openRawSheet, type RawSheet } from '../import/xlsx/workbook.ts'
import { CORRECTION_SHEET, FORM, type FormColumn } from './form.ts'
import { type RowProblem, rowProblem } from './reasons.ts'
import { type RowCode, readCode } from './row-code.ts'

/** A row that a unit answered. */
export interface Answer {
  file: string
  sheet: string
  row: number
  code: RowCode
  /** As typed; '' when nothing is corrected. */
  correction: string
  explanation: string
  /** The value as it stands in the workbook now. */
  value: string
}

export interface ReadFile { name: string; sha256: string; answers: readonly Answer[]; problems: readonly RowProblem[] }

const NEEDED: readonly FormColumn[] = ['value', 'correction', 'explanation', 'code']
/** Excel's own limit; a workbook that was sent out never has more. */
const ROWS_MAX = 1_048_576

/** The types of the fields say what a cell means: a date is a number in a workbook. */
type Rules = ReadonlyMap<string, ColumnRule>

/** Reads one workbook whole; what can not be read is among its problems. */
export async function readWorkbook(path: string, rules: Rules): Promise<ReadFile> {
  const name = basename(path)
  try {
    const handle = await openRegular({ file: 'assets', format: 'xlsx', name, path })
    try {
      const { sha256 } = await scanFile(handle)
      return { name, sha256, ...await readSheet(name, await openRawSheet(handle, name, CORRECTION_SHEET), rules) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error
    const [first] = error.problems
    return {
      name, sha256: '', answers: [],
      problems: [rowProblem({ file: name, sheet: CORRECTION_SHEET, row: null }, null, first!.code, first!.value)],
    }
  }
}

async function readSheet(name: string, sheet: RawSheet, rules: Rules): Promise<Pick<ReadFile, 'answers' | 'problems'>> {
  const answers: Answer[] = []
  const problems: RowProblem[] = []
  let columns: ReadonlyMap<FormColumn, number> | undefined
  let count = 0
  for await (const batch of sheet.rows()) {
    for (const row of batch) {
      if (row.cells.every((cell) => !cell || (cell.text.trim() === '' && !cell.formula))) continue
      if (!columns) {
        columns = titles(row, sheet)
        const missing = NEEDED.filter((column) => !columns!.has(column))
        problems.push(...missing.map((column) => rowProblem(
          { file: name, sheet: CORRECTION_SHEET, row: row.line }, FORM[column][0], 'no-column', null,
        )))
        if (missing.length > 0) return { answers, problems }
        continue
      }
      if ((count += 1) > ROWS_MAX) break
      const { answer, problem } = readRow(name, row, columns, sheet, rules)
      if (answer) answers.push(answer)
      if (problem) problems.push(problem)
    }
  }
  if (!columns) problems.push(rowProblem({ file: name, sheet: CORRECTION_SHEET, row: null }, null, 'empty-file', null))
  return { answers, problems }
}

function titles(row: SheetRow, { context }: RawSheet): Map<FormColumn, number> {
  const found = new Map<FormColumn, number>()
  row.cells.forEach((cell, index) => {
    const text = cell ? cellText(cell, 'text', context) : { text: '' }
    const title = 'text' in text ? text.text.trim() : ''
    const column = (Object.keys(FORM) as FormColumn[]).find((one) => FORM[one][0] === title)
    if (column && !found.has(column)) found.set(column, index)
  })
  return found
}

interface ReadRow { answer?: Answer; problem?: RowProblem }

function readRow(
  file: string, row: SheetRow, columns: ReadonlyMap<FormColumn, number>, { context }: RawSheet, rules: Rules,
): ReadRow {
  const place = { file, sheet: CORRECTION_SHEET, row: row.line }
  const text = (column: FormColumn, type: ColumnRule['type'] = 'text') => {
    const cell = row.cells[columns.get(column)!]
    return cell ? cellText(cell, type, context) : { text: '' }
  }
  const shown = text('code')
  const code = 'text' in shown ? readCode(shown.text) : null
  const type = code?.field ? rules.get(code.field)?.type : undefined
  const [correction, explanation, value] = [text('correction', type), text('explanation'), text('value', type)]
  for (const [column, read] of [['correction', correction], ['explanation', explanation]] as const) {
    if (!('text' in read)) return { problem: rowProblem(place, FORM[column][0], read.code, null) }
  }
  const given = { correction: (correction as { text: string }).text, explanation: (explanation as { text: string }).text.trim() }
  if (code) return { answer: { ...place, code, ...given, value: 'text' in value ? value.text : '' } }
  // A row without an answer is of no matter; one with an answer must not be lost.
  if (given.correction.trim() === '' && given.explanation === '') return {}
  return { problem: rowProblem(
    place, FORM.code[0], 'text' in shown && shown.text.trim() === '' ? 'no-code' : 'bad-code',
    'text' in shown ? shown.text : null,
  ) }
}
