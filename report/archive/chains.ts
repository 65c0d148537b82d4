/** The audit chains of an archive, link by link, up to the heads that the index names; and which signed words they speak of. */
import { createHash } from 'node:crypto'
import { type Row, rowsOf, textIn } from './lines.ts'
import type { ArchiveIndex } from './model.ts'
import type { Say } from './verify.ts'

/** What the chains say was judged: ids of signed words; those of decisions by `run/id`. */
export interface ChainRecords { links: number; accepted: ReadonlySet<string>; words: ReadonlySet<string> }

const FIRST = '0'.repeat(64)
/** The columns that a hash covers, in this order, joined by U+001F (migration 005). */
const COVERED = ['district', 'sequence', 'at', 'kind', 'actor', 'subject', 'detail', 'previousHash'] as const

export async function checkChains(
  folder: string, { audit, districts }: ArchiveIndex, found: ReadonlySet<string>, say: Say,
): Promise<ChainRecords> {
  const accepted = new Set<string>()
  const words = new Set<string>()
  let links = 0
  const runs = new Set(districts.flatMap((one) => one.runs.map((run) => String(run.id))))
  for (const head of audit) {
    const path = `audit/${head.district || 'common'}.jsonl`
    if (!found.has(path)) continue
    let last: { sequence: string; hash: string } = { sequence: '0', hash: FIRST }
    for await (const { row } of rowsOf(folder, path, say)) {
      const wrong = faultOf(row, head.district, last)
      if (wrong) say(path, 'chain', `第 ${textIn(row, 'sequence')} 条${wrong.zh}`, `link ${textIn(row, 'sequence')} ${wrong.en}`)
      last = { sequence: textIn(row, 'sequence'), hash: textIn(row, 'hash') }
      links += 1
      note(row, runs, accepted, words)
    }
    if (last.sequence !== head.sequence || last.hash !== head.hash) {
      say(
        path, 'chain', `末端是第 ${last.sequence} 条，目录中是第 ${head.sequence} 条：链尾被截断或改写`,
        `ends with link ${last.sequence}, the index says ${head.sequence}: its end was cut off or rewritten`,
      )
    }
  }
  return { links, accepted, words }
}

function faultOf(row: Row, district: string, last: { sequence: string; hash: string }): { zh: string; en: string } | null {
  if (textIn(row, 'sequence') !== after(last.sequence)) {
    return { zh: `与前一条（第 ${last.sequence} 条）之间有缺失`, en: `follows link ${last.sequence}: links between them are missing` }
  }
  if (textIn(row, 'previousHash') !== last.hash) return { zh: '与前一条不衔接', en: 'does not continue the one before' }
  const hash = createHash('sha256').update(COVERED.map((name) => textIn(row, name)).join('\u001f')).digest('hex')
  return hash === textIn(row, 'hash') && textIn(row, 'district') === district ? null : { zh: '内容被改动', en: 'was changed' }
}

/** The number of the next link; '' after what is no number. */
const after = (sequence: string): string => (/^\d{1,18}$/.test(sequence) ? String(BigInt(sequence) + 1n) : '')

/**
 * Whose words a link speaks of (activities/decide.ts, books/problems/store.ts, books/service/records.ts,
 * activities/judge-default.ts).
 */
function note(row: Row, runs: ReadonlySet<string>, accepted: Set<string>, words: Set<string>): void {
  const [kind, subject] = [textIn(row, 'kind'), textIn(row, 'subject')]
  if (kind === 'decision.accepted' && runs.has(subject.slice(0, subject.indexOf('/')))) accepted.add(subject)
  if (kind.startsWith('service.')) words.add(subject)
  if (!kind.startsWith('problem.') && !kind.startsWith('default.')) return
  const detail = detailOf(row)
  for (const name of ['word', 'defaultId']) if (textIn(detail, name) !== '') words.add(textIn(detail, name))
}

function detailOf(row: Row): Row {
  try {
    return JSON.parse(textIn(row, 'detail')) as Row
  } catch {
    return {}
  }
}
