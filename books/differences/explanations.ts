/** Explanations that come from outside, such as a workbook that was filled in: each line matched with its difference. */
import type { Kysely } from 'kysely'
import type { DifferenceKind } from '../../config/schemas/differences.ts'
import type { WordOnFinding } from '../../domain/decisions.ts'
import { type AboutDifference, type EvidenceRef, isName } from '../../domain/differences.ts'
import { formatYuan, parseYuan } from '../../domain/money.ts'
import type { Database } from '../tables.ts'
import { type Difference, listDifferences } from './read.ts'

/** One filled-in line. Texts as they stand in the file, trimmed; '' is not given. */
export interface ExplanationLine {
  /** Physical line or row of the file, for messages. */
  line: number
  rule: string
  key: string
  /** The difference as the sheet shows it, in yuan: a sheet of an earlier state is refused. '' is not compared. */
  difference: string
  /** Key of a kind, or its Chinese or English name. */
  kind: string
  explanation: string
  owner: string
  evidence?: EvidenceRef
}

export interface LineProblem {
  line: number; column: 'rule' | 'key' | 'difference' | 'kind' | 'explanation' | 'owner'; value: string; zh: string; en: string
}

/**
 * The words that the lines say, ready for `Operations.decideFindings` (one signed decision, all or nothing): a line with
 * an explanation explains its difference, one with an owner alone assigns it, one with neither says nothing, and one that
 * says what is said already is left out. With any problem there are no words at all.
 * @returns `rows` for `decideFindings({ actor, rows, files })`; put the files that `evidence` names into `files`
 */
export async function explanationsOf(
  db: Kysely<Database>, of: { year: number; district: string; kinds: readonly DifferenceKind[] },
  lines: readonly ExplanationLine[],
): Promise<{ rows: WordOnFinding[]; problems: LineProblem[] }> {
  const listed = await listDifferences(db, { year: of.year, districts: [of.district], now: new Date(0) })
  const byKey = new Map(listed.map((one) => [`${one.rule} ${one.key}`, one]))
  const seen = new Map<string, number>()
  const rows: WordOnFinding[] = []
  const problems: LineProblem[] = []
  for (const line of lines) {
    const bad = (column: LineProblem['column'], zh: string, en: string) => { problems.push({
      line: line.line, column, value: line[column], zh, en,
    }) }
    if (line.explanation === '' && line.owner === '') {
      if (line.kind !== '') bad('explanation', '填写了差异原因而没有说明', 'a kind is given and no explanation')
      continue
    }
    const one = byKey.get(`${line.rule} ${line.key}`)
    if (!one || one.state === 'cleared') {
      bad('key', `没有这项差异（对账 ${line.rule}）`, `there is no such difference (reconciliation ${line.rule})`)
      continue
    }
    const before = seen.get(one.id)
    if (before !== undefined) bad('key', `与第 ${before} 行重复`, `stands in line ${before} already`)
    seen.set(one.id, line.line)
    const about = aboutOf(of.kinds, line, one, bad)
    if (!saidAlready(one, line, about)) {
      rows.push({
        id: one.id, action: line.explanation === '' ? 'assign' : 'explain', comment: line.explanation,
        contentDigest: one.contentDigest, about,
      })
    }
  }
  return { rows: problems.length > 0 ? [] : rows, problems }
}

type Bad = (column: LineProblem['column'], zh: string, en: string) => void

function aboutOf(kinds: readonly DifferenceKind[], line: ExplanationLine, one: Difference, bad: Bad): AboutDifference {
  const kind = kinds.find(({ kind: key, name }) => [key, name.zh, name.en].includes(line.kind))
  if (line.kind !== '' && !kind) {
    bad(
      'kind', `没有这种差异原因，可用：${kinds.map(({ name }) => name.zh).join('、')}`,
      `no such kind; there are: ${kinds.map(({ kind: key }) => key).join(', ')}`,
    )
  }
  if (line.owner !== '' && !isName(line.owner)) bad('owner', '不是姓名', 'not a name')
  if (line.difference !== '' && one.difference !== null && yuanOf(line.difference) !== one.difference) {
    bad(
      'difference', `与现在的差额 ${one.difference} 不符：请用新导出的对账表`, `it is ${one.difference} by now: take a sheet that is exported anew`,
    )
  }
  return {
    ...(kind && line.explanation !== '' && { kind: kind.kind }), ...(line.owner !== '' && { owner: line.owner }),
    ...(line.evidence && { evidence: line.evidence }),
  }
}

function yuanOf(text: string): string | null {
  try { return formatYuan(parseYuan(text)) } catch { return null }
}

function saidAlready(one: Difference, line: ExplanationLine, about: AboutDifference): boolean {
  const owner = about.owner === undefined || about.owner === one.owner
  if (line.explanation === '') return owner
  const said = one.state === 'explained' ? one.explanation : null
  return said !== null && owner && said.comment === line.explanation && (about.kind === undefined || about.kind === one.kind)
    && (about.evidence === undefined || about.evidence.sha256 === said.evidence?.sha256)
}
