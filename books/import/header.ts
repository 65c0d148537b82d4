/** The header of an input file: English names or Chinese titles, each column once. */
import type { ColumnRule, InputConfig } from '../../config/schemas/input.ts'
import type { InputFile } from '../../domain/steps.ts'
import { problem, type Problem } from './report.ts'

/** Every column of a file by its English name, in the order of config/input.yaml; the dimensions come last. */
export type Columns = ReadonlyMap<string, ColumnRule>

export function columnsOf(file: InputFile, input: InputConfig): Columns {
  const rule = input.files[file]
  return new Map(Object.entries({ ...rule.columns, ...(rule.dimensions ? input.dimensions : {}) }))
}

export interface Header {
  /** English names in the order of the file. */
  columns: readonly string[]
  problems: readonly Problem[]
}

/** Reads the titles of a header row. `columns` is complete only if there is no problem. */
export function readHeader(name: string, titles: readonly string[], known: Columns, line = 1): Header {
  const byTitle = new Map<string, string>()
  for (const [column, { titles: more }] of known) {
    for (const title of [column, ...more]) byTitle.set(normalise(title), column)
  }
  const problems: Problem[] = []
  const columns: string[] = []
  for (const title of titles) {
    const column = byTitle.get(normalise(title))
    if (title.trim() === '') problems.push(problem(name, line, null, 'unnamed-column'))
    else if (!column) problems.push(problem(name, line, title.trim(), 'unknown-column'))
    else if (columns.includes(column)) problems.push(problem(name, line, column, 'doubled-column', title.trim()))
    else columns.push(column)
  }
  for (const [column, rule] of known) {
    if (rule.required && !columns.includes(column)) problems.push(problem(name, line, column, 'missing-column', rule.titles[0]))
  }
  return { columns, problems }
}

/** Full-width brackets and spaces are a matter of taste: 累计折旧（摊销） is 累计折旧(摊销). */
const normalise = (title: string) => title.normalize('NFKC').replace(/\s+/g, '').toLowerCase()
