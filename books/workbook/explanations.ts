/** What was filled into workbooks, compared with what the books hold: the words that follow from it, or every reason why not. */
import type { Kysely } from 'kysely'
import type { DifferenceKind } from '../../config/schemas/differences.ts'
import type { WordOnFinding } from '../../domain/decisions.ts'
import { type LineProblem, explanationsOf } from '../differences/explanations.ts'
import { type Difference, listDifferences } from '../differences/read.ts'
import type { Database } from '../tables.ts'
import { type FillKey, checkOf } from './columns.ts'
import { type BackProblem, type BackRow, placeOf } from './read-back.ts'

export interface FilledIn {
  words: readonly WordOnFinding[]
  /** Rows that say what stands already, or nothing. */
  unchanged: number
  problems: readonly BackProblem[]
}

/** Rows of workbooks of that year against the differences of its latest runs; with any problem there are no words at all. */
export async function wordsOf(
  db: Kysely<Database>, rows: readonly BackRow[], of: { year: number; now: Date; kinds: readonly DifferenceKind[] },
): Promise<FilledIn> {
  const known = new Map((await listDifferences(db, { year: of.year, now: of.now })).map((one) => [one.id, one]))
  const problems: BackProblem[] = []
  const first = new Map<string, BackRow>()
  const filled = rows.filter(({ kind, owner, explanation }) => kind + owner + explanation !== '')
  const byDistrict = new Map<string, { row: BackRow; one: Difference }[]>()
  for (const row of filled) {
    const one = known.get(row.id)
    const no = problemOf(row, one, first.get(row.id))
    if (no) problems.push(no)
    if (one && !first.has(row.id)) byDistrict.set(one.district, [...(byDistrict.get(one.district) ?? []), { row, one }])
    first.set(row.id, first.get(row.id) ?? row)
  }
  const words: WordOnFinding[] = []
  for (const [district, own] of byDistrict) {
    const said = await explanationsOf(db, { year: of.year, district, kinds: of.kinds }, own.map(({ row, one }, index) =>
      ({
        line: index, rule: one.rule, key: one.key, difference: '', kind: row.kind, explanation: row.explanation, owner: row.owner,
      })))
    words.push(...said.rows)
    problems.push(...said.problems.filter(({ column }) => column !== 'key')
      .map(({ line, column, value, zh, en }) => ({ ...placeOf(own[line]!.row.at, COLUMNS[column]), value, zh, en })))
  }
  problems.sort((one, other) => order(one, rows) - order(other, rows))
  return { words: problems.length > 0 ? [] : words, unchanged: rows.length - words.length, problems }
}

const COLUMNS: Record<LineProblem['column'], FillKey> = {
  rule: 'id', key: 'id', difference: 'difference', kind: 'kind', explanation: 'explanation', owner: 'owner',
}

/** As the rows stand in the files. */
const order = (problem: BackProblem, rows: readonly BackRow[]): number =>
  rows.findIndex(({ at }) => at.file === problem.file && at.sheet === problem.sheet && at.line === problem.line)

/** Whether the row is about a difference that still is what the workbook showed. */
function problemOf(row: BackRow, one: Difference | undefined, before: BackRow | undefined): BackProblem | null {
  const say = (key: FillKey, value: string, zh: string, en: string): BackProblem => ({ ...placeOf(row.at, key), zh, en, value })
  if (before) {
    return say(
      'id', row.id, `与 ${before.at.file} 第 ${before.at.line} 行重复`, `stands in ${before.at.file} row ${before.at.line} already`,
    )
  }
  if (!one) return say('id', row.id, '没有这项差异', 'there is no such difference')
  if (one.state === 'cleared') return say('id', row.id, '差异已消除，无须说明', 'the difference is gone, there is nothing to explain')
  if (row.check === checkOf(one)) return null
  return say('check', row.check, '差异在出表之后已变化，请重新出表', 'the difference changed after the workbook was made: make it anew')
}
