/** People's words: signed here with the actor's own key, judged by the worker. */
import { randomUUID } from 'node:crypto'
import type { StepStanding } from '../../activities/contract.ts'
import { recordRefusal } from '../../activities/decide.ts'
import { pinnedConfig } from '../../activities/deps.ts'
import { judgeFindings } from '../../activities/judge-findings.ts'
import { appendAudit } from '../../books/audit.ts'
import { storeDecision } from '../../books/decisions.ts'
import { type Run, findRun, liveRuns } from '../../books/runs.ts'
import { loadActors } from '../../config/load.ts'
import type { Plain } from '../../domain/canonical.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import type { Decision, FindingsDecision, StepDecision } from '../../domain/decisions.ts'
import { decideUpdate } from '../../workflows/messages.ts'
import type { Done, Operations, Refused } from '../operations.ts'
import { type OperationsDeps, refused, send } from './deps.ts'
import { signAs } from './keys.ts'

type StepRequest = Parameters<Operations['decideStep']>[0]
type FindingsRequest = Parameters<Operations['decideFindings']>[0]

/** See `Operations.decideStep`. */
export async function decideStep(deps: OperationsDeps, request: StepRequest): Promise<Done> {
  const run = (await liveRuns(deps.books.db, 'real', request.year)).find(({ district }) => district === request.district)
  if (!run) return refused('wrong-state', `${request.district} 没有进行中的 ${request.year} 年年结。`, `no year-end of ${request.year} is live in ${request.district}`)
  const shown = request.evidenceDigest ?? (await standingOf(deps, run)).find(({ step }) => step === request.step)?.evidenceDigest ?? ''
  return submit(deps, run, request.actor, { kind: request.kind, step: request.step, evidenceDigest: shown, comment: request.comment })
}

/** See `Operations.decideFindings`. */
export async function decideFindings(deps: OperationsDeps, { actor, rows }: FindingsRequest): Promise<Done<{ decided: number }>> {
  const twice = rows.find((row, index) => rows.findIndex(({ id }) => id === row.id) !== index)
  if (rows.length === 0 || twice) return refused('malformed', twice ? `${twice.id} 出现两次。` : '没有要处理的问题。', twice ? `${twice.id} stands twice` : 'nothing to decide')
  const groups = await groupByRun(deps, rows)
  if (!(groups instanceof Map)) return groups
  for (const [run, group] of groups) {
    const no = await precheck(deps, run, actor, group)
    if (no) return no
  }
  let decided = 0
  for (const [run, group] of groups) {
    const answer = await submit(deps, run, actor, { kind: 'findings', findings: group })
    if (!answer.ok) return decided === 0 ? answer : { ...answer, zh: `${answer.zh}（此前已处理 ${decided} 个）`, en: `${answer.en} (${decided} were decided before it)` }
    decided += group.length
  }
  return { ok: true, decided }
}

type Words = FindingsDecision['findings'][number][]

/** The live run of each finding; what was shown is taken as it stands now unless the caller says what it saw. */
async function groupByRun({ books }: OperationsDeps, rows: FindingsRequest['rows']): Promise<Map<Run, Words> | Refused> {
  const found = await books.db.selectFrom('findings').innerJoin('runs', 'runs.run_id', 'findings.run_id')
    .select(['findings.run_id', 'finding_id', 'content_digest', 'runs.state']).where('runs.kind', '=', 'real')
    .where('finding_id', 'in', rows.map(({ id }) => id)).orderBy('findings.run_id', 'desc').execute()
  const groups = new Map<number, Words>()
  for (const { id, action, comment, contentDigest } of rows) {
    const all = found.filter((one) => one.finding_id === id)
    const live = all.find(({ state }) => state === 'running' || state === 'paused')
    if (!live) {
      return all.length > 0
        ? refused('wrong-state', `${id}：其年结已经结束。`, `${id}: its year-end has ended`)
        : refused('unknown-finding', `${id}：没有这个问题。`, `${id}: there is no such finding`)
    }
    const group = groups.get(live.run_id) ?? []
    group.push({ id, action, comment, contentDigest: contentDigest ?? live.content_digest })
    groups.set(live.run_id, group)
  }
  const byRun = new Map<Run, Words>()
  for (const [runId, group] of groups) byRun.set(await findRun(books.db, runId), group)
  return byRun
}

/** The worker's own judgement, before anything is sent: so that of many rows none is applied when one can not be. */
async function precheck({ books, overlay }: OperationsDeps, run: Run, name: string, findings: Words): Promise<Refused | null> {
  const actors = loadActors(overlay)
  const actor = actors.actors.find((one) => one.name === name)
  if (!actor || actor.revoked) return null // The worker says so, and why.
  const bench = { db: books.db, run, actors, config: await pinnedConfig(books.db, run.rulesDigest), steps: await standingOf({ books }, run) }
  const no = await judgeFindings(bench, actor, { findings })
  if (!no) return null
  await appendAudit(books.db, { district: run.district, kind: 'decision.refused', actor: name, subject: String(run.runId), detail: { code: no.code, reason: no.en, findings: findings.length } })
  return { ok: false, ...no }
}

async function standingOf({ books }: Pick<OperationsDeps, 'books'>, run: Run): Promise<StepStanding[]> {
  return books.db.selectFrom('step_states').select(['step', 'state', 'generation', 'evidence_digest as evidenceDigest']).where('run_id', '=', run.runId).execute()
}

type Word = Pick<StepDecision, 'kind' | 'step' | 'evidenceDigest' | 'comment'> | Pick<FindingsDecision, 'kind' | 'findings'>

/** Signs, stores, submits; the answer is the judge's. */
async function submit(deps: OperationsDeps, run: Run, actor: string, word: Word): Promise<Done> {
  const decisionId = randomUUID()
  const decision = {
    ...word, decisionId, runId: run.runId, runKind: run.kind, district: run.district, year: run.year, actor, signedAt: new Date().toISOString(),
  } as Decision
  const payload = canonicalJson(decision as unknown as Plain)
  const signature = signAs(deps.keysFolder, actor, payload)
  if (signature === null) {
    return refused('unknown-actor', `${deps.keysFolder} 中没有 ${actor} 的私钥。`, `there is no private key of ${actor} in ${deps.keysFolder}`)
  }
  const row = {
    decisionId, runId: run.runId, kind: word.kind, step: 'step' in word ? word.step : null, actor, payload, signature,
    evidenceDigest: 'evidenceDigest' in word ? word.evidenceDigest : null,
  }
  await storeDecision(deps.books.db, row)
  const answer = await send(deps, run, { what: 'decision', by: actor }, () =>
    deps.client.workflow.getHandle(run.workflowId).executeUpdate(decideUpdate, { args: [{ decisionId }], updateId: decisionId }))
  if (!answer.ok) {
    await deps.books.db.transaction().execute((trx) => recordRefusal(trx, run, row, { code: 'wrong-state', zh: answer.zh, en: answer.en }))
    return answer
  }
  const { accepted, refusal } = answer.value
  return accepted ? { ok: true } : { ok: false, ...refusal! }
}
