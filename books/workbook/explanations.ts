/** What was filled in, compared with what the books hold: the words on differences that follow from it, or every reason why not. */
import type { Kysely } from 'kysely'
import type { DifferenceKind } from '../../config/schemas/differences.ts'
import type { AboutDifference, WordAction } from '../../domain/differences.ts'
import { type Difference, listDifferences } from '../differences/read.ts'
import type { Database } from '../tables.ts'
import { checkOf } from './columns.ts'
import { type BackProblem, type BackRow, isOwner, placeOf } from './read-back.ts'

export interface BackWord { id: string; action: WordAction; comment: string; contentDigest: string; about?: AboutDifference }
export interface Explanations {
  words: readonly BackWord[]
  /** Rows that say what stands already, or nothing. */
  unchanged: number
  problems: readonly BackProblem[]
}

/** Rows of workbooks of that year against the differences of its latest runs. `now` only counts ages. */
export async function explanationsOf(db: Kysely<Database>, rows: readonly BackRow[], of: { year: number; now: Date; kinds: readonly DifferenceKind[] }): Promise<Explanations> {
  const known = new Map((await listDifferences(db, { year: of.year, now: of.now })).map((one) => [one.id, one]))
  const problems: BackProblem[] = []
  const words: BackWord[] = []
  const first = new Map<string, BackRow>()
  for (const row of rows) {
    const found = rowProblems(row, known.get(row.id), first.get(row.id), of.kinds)
    first.set(row.id, first.get(row.id) ?? row)
    if (found.length > 0) problems.push(...found)
    else words.push(...wordOf(row, known.get(row.id)!, of.kinds))
  }
  return { words, unchanged: rows.length - words.length - new Set(problems.map(({ file, sheet, line }) => `${file}:${sheet}:${line}`)).size, problems }
}

const kindOf = (kinds: readonly DifferenceKind[], given: string): string | undefined =>
  kinds.find(({ kind, name }) => [kind, name.zh, name.en].includes(given))?.kind

const isFilled = ({ kind, owner, explanation }: BackRow): boolean => kind + owner + explanation !== ''

function rowProblems(row: BackRow, difference: Difference | undefined, before: BackRow | undefined, kinds: readonly DifferenceKind[]): BackProblem[] {
  if (!isFilled(row)) return []
  const say = (key: 'id' | 'check' | 'kind' | 'owner' | 'explanation', value: string, zh: string, en: string): BackProblem => ({ ...placeOf(row.at, key), zh, en, value })
  if (before && isFilled(before)) return [say('id', row.id, `与 ${before.at.file} 第 ${before.at.line} 行重复`, `stands in ${before.at.file} row ${before.at.line} already`)]
  if (!difference) return [say('id', row.id, '没有这项差异', 'there is no such difference')]
  const problems: BackProblem[] = []
  if (row.check !== checkOf(difference)) {
    problems.push(say('check', row.check, '差异在出表之后已变化，请重新出表', 'the difference changed after the workbook was made: make it anew'))
  } else if (difference.state === 'cleared') problems.push(say('id', row.id, '差异已消除，无须说明', 'the difference is gone, there is nothing to explain'))
  if (row.kind !== '' && kindOf(kinds, row.kind) === undefined) {
    problems.push(say('kind', row.kind, `没有这种差异原因（可用：${kinds.map(({ name }) => name.zh).join('、')}）`, `there is no such kind (there are: ${kinds.map(({ kind }) => kind).join(', ')})`))
  }
  if (!isOwner(row.owner)) problems.push(say('owner', row.owner, '负责人须为一行文字，至多 200 字', 'an owner is one line of at most 200 characters'))
  const kind = kindOf(kinds, row.kind)
  if (row.explanation === '' && row.kind !== '' && kind !== undefined) problems.push(say('explanation', '', '填了差异原因就须写明说明', 'a kind needs its explanation in writing'))
  return problems
}

/** An explanation with its kind and owner; an owner alone is an assignment; what stands already is no word. */
function wordOf(row: BackRow, difference: Difference, kinds: readonly DifferenceKind[]): BackWord[] {
  if (!isFilled(row)) return []
  const { id, contentDigest } = difference
  const kind = kindOf(kinds, row.kind)
  const about: AboutDifference = { ...(kind !== undefined && { kind }), ...(row.owner !== '' && { owner: row.owner }) }
  const sameOwner = row.owner === '' || row.owner === difference.owner
  if (row.explanation !== '') {
    const same = difference.state === 'explained' && difference.explanation?.comment === row.explanation && sameOwner && (kind === undefined || kind === difference.kind)
    return same ? [] : [{ id, action: 'explain', comment: row.explanation, contentDigest, ...(Object.keys(about).length > 0 && { about }) }]
  }
  return sameOwner ? [] : [{ id, action: 'assign', comment: '', contentDigest, about: { owner: row.owner } }]
}
