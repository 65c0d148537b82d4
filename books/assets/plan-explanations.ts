/** Explanations of filled-in workbooks, brought back to the findings that they speak of. */
import type { Sql } from './cards.ts'
import { FORM } from './form.ts'
import type { Answer } from './read-workbook.ts'
import { type RowProblem, rowProblem } from './reasons.ts'
import { CONTENT_LENGTH } from './row-code.ts'

export interface PlannedExplanation { answer: Answer; finding: string; contentDigest: string; comment: string }

interface FindingRow { finding_id: string; status: string; content_digest: string; closed_by: string | null }

/** What units explain and do not correct, against the findings of the live year-end. What is wrong goes into `problems`. */
export async function planExplanations(
  db: Sql, scopeId: number, answers: readonly Answer[], problems: RowProblem[],
): Promise<{ planned: PlannedExplanation[]; settled: number }> {
  if (answers.length === 0) return { planned: [], settled: 0 }
  const { rows: [live] } = await db.query<{ run_id: number }>(
    `select run_id from runs where scope_id = $1 and kind = 'real' and state in ('running', 'paused')`, [scopeId],
  )
  if (!live) {
    problems.push(...answers.map((answer) => rowProblem(answer, FORM.explanation[0], 'no-year-end', answer.explanation)))
    return { planned: [], settled: 0 }
  }
  const { rows } = await db.query<FindingRow>(`select finding_id, status, content_digest, closed_by from findings where run_id = $1 and finding_id = any($2::text[])`,
    [live.run_id, [...new Set(answers.map(({ code }) => code.finding))]])
  const { rows: said } = await db.query<{ finding_id: string; explanation: string }>(`select distinct on (finding_id) finding_id, explanation from asset_answers join asset_batches using (batch_id)
    where scope_id = $1 and finding_id = any($2::text[]) and explanation is not null order by finding_id, applied_at desc`, [
      scopeId, rows.map((row) => row.finding_id),
    ])
  const planned = new Map<string, PlannedExplanation>()
  let settled = 0
  for (const answer of answers) {
    const finding = rows.find((row) => row.finding_id === answer.code.finding)
    const again = said.some((one) => one.finding_id === answer.code.finding && one.explanation.includes(answer.explanation))
    if (finding?.status === 'explained' && again) settled += 1
    else if (!finding || finding.closed_by === 'recheck' || finding.status !== 'open') problems.push(rowProblem(
      answer, FORM.problem[0], 'finding-settled', answer.code.finding,
    ))
    else if (!answer.code.content
      || finding.content_digest.slice(0, CONTENT_LENGTH) !== answer.code.content) problems.push(rowProblem(
      answer, FORM.problem[0], 'finding-changed', answer.code.finding,
    ))
    else addExplanation(planned, answer, finding)
  }
  return { planned: [...planned.values()], settled }
}

function addExplanation(
  planned: Map<string, PlannedExplanation>, answer: Answer, { finding_id: finding, content_digest: contentDigest }: FindingRow,
): void {
  const before = planned.get(finding)
  const comment = before && !before.comment.includes(answer.explanation)
    ? `${before.comment}；${answer.explanation}`
    : before?.comment ?? answer.explanation
  planned.set(finding, { answer: before?.answer ?? answer, finding, contentDigest, comment })
}
