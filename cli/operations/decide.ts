/** People's words: signed here with the actor's own key, judged by the worker. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { recordRefusal } from '../../activities/decide.ts'
import { pinnedConfig } from '../../activities/deps.ts'
import { type Bench, judgeStep } from '../../activities/judge.ts'
import { judgeFindings } from '../../activities/judge-findings.ts'
import { judgeReceipts } from '../../activities/judge-receipts.ts'
import { appendAudit } from '../../books/audit.ts'
import { storeDecision } from '../../books/decisions.ts'
import { storeEvidence } from '../../books/differences/evidence.ts'
import { type Run, findRun, liveRuns } from '../../books/runs.ts'
import { loadActors } from '../../config/load.ts'
import type { Actor } from '../../config/schemas/people.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import type { ConfirmDecision, Decision, FindingsDecision, LockDecision, StepDecision, UndoDecision } from '../../domain/decisions.ts'
import type { Step } from '../../domain/steps.ts'
import { type DecisionOutcome, decideUpdate } from '../../workflows/messages.ts'
import type { Done, Operations, Refused, WordRow } from '../operations.ts'
import { type Message, type OperationsDeps, refused, send, toWorkflow } from './deps.ts'
import { signAs } from './keys.ts'
import { brokenPartly, refusedPartly } from './partly.ts'

type StepRequest = Parameters<Operations['decideStep']>[0]
type FindingsRequest = Parameters<Operations['decideFindings']>[0]

/** See `Operations.decideStep`. */
export async function decideStep(deps: OperationsDeps, request: StepRequest): Promise<Done> {
  const run = await liveRunOf(deps, request)
  if ('code' in run) return run
  const shown = request.evidenceDigest ?? (await evidenceOf(deps, run, request.step))
  return submit(deps, run, request.actor, { kind: request.kind, step: request.step, evidenceDigest: shown, comment: request.comment })
}

/** See `Operations.canDecideStep`. */
export async function canDecideStep(deps: OperationsDeps, request: Omit<StepRequest, 'evidenceDigest'>): Promise<Done> {
  const run = await liveRunOf(deps, request)
  if ('code' in run) return run
  const bench = await benchOf(deps, run)
  const actor = actorOf(deps, bench, request.actor)
  if ('code' in actor) return actor
  const { kind, step, comment } = request
  const no = await judgeStep(bench, actor, {
    kind, step, comment, evidenceDigest: await evidenceOf(deps, run, step), runId: run.runId, runKind: run.kind, district: run.district, year: run.year, actor: actor.name,
  })
  return no ? { ok: false, ...no } : { ok: true }
}

/** See `Operations.decideFindings`. */
export async function decideFindings(deps: OperationsDeps, { actor, rows, files = [] }: FindingsRequest): Promise<Done<{ decided: number }>> {
  for (const file of files) await storeEvidence(deps.books.db, { ...file, by: actor })
  const groups = await checkRows(deps, { actor, rows })
  if (!(groups instanceof Map)) return groups
  const parts = [...groups].map(([run, group]) => ({ district: run.district, findings: group.length }))
  for (const [index, [run, group]] of [...groups].entries()) {
    const answer = await submit(deps, run, actor, { kind: 'findings', findings: group }).catch((error: unknown) => { throw brokenPartly(error, parts, index) })
    if (!answer.ok) return refusedPartly(answer, parts, index)
  }
  return { ok: true, decided: rows.length }
}

/** See `Operations.canDecideFindings`. */
export async function canDecideFindings(deps: OperationsDeps, request: FindingsRequest): Promise<Done<{ decided: number }>> {
  const groups = await checkRows(deps, { actor: request.actor, rows: request.rows.map(withoutEvidence) })
  return groups instanceof Map ? { ok: true, decided: request.rows.length } : groups
}

/** Evidence is only kept when a word is sent: whether it arrived can not be said before. */
function withoutEvidence(row: WordRow): WordRow {
  if (!row.about?.evidence) return row
  const { evidence: _later, ...about } = row.about
  return { ...row, about }
}

/** Every row against the worker's own judgement before anything is sent: of many rows none is applied when one can not be. */
async function checkRows(deps: OperationsDeps, { actor: name, rows }: FindingsRequest): Promise<Map<Run, Words> | Refused> {
  const ids = new Set<string>()
  const twice = rows.find(({ id }) => ids.size === ids.add(id).size)
  if (twice) return refused('malformed', `${twice.id} 出现两次。`, `${twice.id} stands twice`)
  if (rows.length === 0) return refused('malformed', '没有要处理的问题。', 'there is nothing to decide')
  const groups = await groupByRun(deps, rows)
  if (!(groups instanceof Map)) return groups
  for (const [run, findings] of groups) {
    const bench = await benchOf(deps, run)
    const actor = actorOf(deps, bench, name)
    const no = 'code' in actor ? actor : await judgeFindings(bench, actor, { findings }) ?? await judgeReceipts(bench, { findings })
    if (!no) continue
    await appendAudit(deps.books.db, {
      district: run.district, kind: 'decision.refused', actor: name, subject: String(run.runId), detail: { code: no.code, reason: no.en, findings: findings.length },
    })
    return { ...no, ok: false }
  }
  return groups
}

export async function liveRunOf({ books }: OperationsDeps, { year, district }: { year: number; district: string }): Promise<Run | Refused> {
  const run = (await liveRuns(books.db, 'real', year)).find((one) => one.district === district)
  return run ?? refused('wrong-state', `${district} 没有进行中的 ${year} 年年结。`, `no year-end of ${year} is live in ${district}`)
}

export async function benchOf({ books, overlay }: OperationsDeps, run: Run): Promise<Bench> {
  return {
    db: books.db, run, actors: loadActors(overlay), config: await pinnedConfig(books.db, run.rulesDigest),
    steps: await books.db.selectFrom('step_states').select(['step', 'state', 'generation', 'evidence_digest as evidenceDigest']).where('run_id', '=', run.runId).execute(),
  }
}

export function actorOf({ keysFolder }: OperationsDeps, { actors }: Bench, name: string): Actor | Refused {
  const actor = actors.actors.find((one) => one.name === name)
  if (!actor) return refused('unknown-actor', `没有登记操作人 ${name}。`, `there is no actor ${name}`)
  if (actor.revoked) return refused('revoked', `操作人 ${name} 已停用。`, `actor ${name} was revoked`)
  return signAs(keysFolder, name, '') === null ? noKey(keysFolder, name) : actor
}

const noKey = (keysFolder: string, name: string): Refused =>
  refused('unknown-actor', `${keysFolder} 中没有 ${name} 的私钥。`, `there is no private key of ${name} in ${keysFolder}`)

/** What is shown of a step now: an approval is for this. */
async function evidenceOf({ books }: OperationsDeps, run: Run, step: Step): Promise<string> {
  const row = await books.db.selectFrom('step_states').select('evidence_digest').where('run_id', '=', run.runId).where('step', '=', step).executeTakeFirst()
  return row?.evidence_digest ?? ''
}

type Words = FindingsDecision['findings'][number][]

/** The live run of each finding; what was shown is taken as it stands now unless the caller says what it saw. */
async function groupByRun({ books }: OperationsDeps, rows: FindingsRequest['rows']): Promise<Map<Run, Words> | Refused> {
  const found = await books.db.selectFrom('findings').innerJoin('runs', 'runs.run_id', 'findings.run_id')
    .select(['findings.run_id', 'finding_id', 'content_digest', 'runs.state']).where('runs.kind', '=', 'real')
    .where('finding_id', '=', sql<string>`any(${rows.map(({ id }) => id)}::text[])`).orderBy('findings.run_id', 'desc').execute()
  const byId = Map.groupBy(found, (one) => one.finding_id)
  const groups = new Map<number, Words>()
  for (const { id, action, comment, contentDigest, about, receipt } of rows) {
    const all = byId.get(id) ?? []
    const live = all.find(({ state }) => state === 'running' || state === 'paused')
    if (!live) {
      return all.length > 0
        ? refused('wrong-state', `${id}：其年结已经结束。`, `${id}: its year-end has ended`)
        : refused('unknown-finding', `${id}：没有这个问题。`, `${id}: there is no such finding`)
    }
    const group = groups.get(live.run_id) ?? []
    group.push({ id, action, comment, contentDigest: contentDigest ?? live.content_digest, ...(about && Object.keys(about).length > 0 ? { about } : {}), ...(receipt && { receipt }) })
    groups.set(live.run_id, group)
  }
  const byRun = new Map<Run, Words>()
  for (const [runId, group] of groups) byRun.set(await findRun(books.db, runId), group)
  return byRun
}

type Word =
  | Pick<StepDecision, 'kind' | 'step' | 'evidenceDigest' | 'comment'> | Pick<FindingsDecision, 'kind' | 'findings'>
  | Pick<ConfirmDecision, 'kind' | 'reconciliation' | 'party' | 'confirmer' | 'evidenceDigest' | 'comment'>
  | Pick<UndoDecision, 'kind' | 'step' | 'evidenceDigest' | 'comment'> | Pick<LockDecision, 'kind' | 'action' | 'comment'>
/** How the word of that id is taken to its workflow. */
export type Bring = (decisionId: string) => Message<DecisionOutcome>

/** Signs, stores, submits; the answer is the judge's. `bring` takes the word to the workflow: without it, to the one that is open. */
export async function submit(deps: OperationsDeps, run: Run, actor: string, word: Word, bring: Bring = toOpenWorkflow(deps, run)): Promise<Done> {
  const decisionId = randomUUID()
  const decision = {
    ...word, decisionId, runId: run.runId, runKind: run.kind, district: run.district, year: run.year, actor, signedAt: new Date().toISOString(),
  } as Decision
  const payload = canonicalJson(decision as unknown as Plain)
  const signature = signAs(deps.keysFolder, actor, payload)
  if (signature === null) return noKey(deps.keysFolder, actor)
  const row = {
    decisionId, runId: run.runId, kind: word.kind, step: 'step' in word ? word.step : null, actor, payload, signature,
    evidenceDigest: 'evidenceDigest' in word ? word.evidenceDigest : null,
  }
  await storeDecision(deps.books.db, row)
  const answer = await send(deps, run, { what: 'decision', by: actor, decisionId }, bring(decisionId))
  if (!answer.ok) {
    await deps.books.db.transaction().execute((trx) => recordRefusal(trx, run, row, { code: 'wrong-state', zh: answer.zh, en: answer.en }))
    return answer
  }
  const { accepted, refusal } = answer.value
  return accepted ? { ok: true } : { ok: false, ...refusal! }
}

const toOpenWorkflow = (deps: OperationsDeps, { workflowId }: Run): Bring => (decisionId) =>
  toWorkflow(deps, workflowId, decideUpdate, { decisionId }, decisionId)
