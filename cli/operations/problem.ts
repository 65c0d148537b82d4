/** Words on problems: signed here with the actor's own key, brought to the problem's workflow, judged by the worker. */
import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, WorkflowIdReusePolicy, WorkflowNotFoundError } from '@temporalio/client'
import { type Transaction, sql } from 'kysely'
import type { ActOutcome } from '../../activities/problem-contract.ts'
import { refusedIn } from '../../activities/problem-judge.ts'
import { digestOf } from '../../books/digest.ts'
import { type FoundCause, findingCause, stepCause } from '../../books/problems/links.ts'
import { type EarlierReport, judgedWord, lockKey, reportOf, sameReport, storeWord } from '../../books/problems/words.ts'
import type { Database } from '../../books/tables.ts'
import { type ServiceConfig, loadService } from '../../config/service.ts'
import { dateAt } from '../../domain/calendar.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import { parseDuration } from '../../domain/deadlines.ts'
import { type OpenWord, PROBLEM_ID, type ProblemAction, type ProblemWord, wordProblem } from '../../domain/problems.ts'
import { STEP_NAMES, type Step } from '../../domain/steps.ts'
import { TASK_QUEUE } from '../../workflows/ids.ts'
import { type Unanswered, unansweredSignal } from '../../workflows/messages.ts'
import { actUpdate, problemWorkflowId } from '../../workflows/problem-messages.ts'
import type { problem } from '../../workflows/problem.ts'
import type { Done, Refused } from '../operations.ts'
import { type Message, type OperationsDeps, refused, send } from './deps.ts'
import { signAs } from './keys.ts'
import type { OpenProblemRequest, ProblemOperations } from './problem-requests.ts'

/** See `ProblemOperations.openProblem`. */
export async function openProblem(deps: OperationsDeps, request: OpenProblemRequest): Promise<Done<{ problemId: string; existed: boolean }>> {
  const report = await reportFrom(deps, request)
  if ('ok' in report) return report
  const entered = await enter(deps, request, report)
  if ('ok' in entered) return entered
  const { problemId, wordId, existed, judged } = entered
  if (judged) return { ok: true, problemId, existed }
  const answer = await bring(deps, { problemId, district: report.district, wordId, action: 'open', actor: request.actor })
  return answer.ok ? { ok: true, problemId, existed } : answer
}

type Report = Pick<OpenWord, 'district' | 'user' | 'channel' | 'kind' | 'text' | 'from'>

/** The report with what its cause says; refused when something is missing. */
async function reportFrom({ books, config }: OperationsDeps, request: OpenProblemRequest): Promise<Report | Refused> {
  const { from, channel = 'on-site', kind = 'fault' } = request
  const cause = from && ('findingId' in from ? await findingCause(books.db, from.findingId) : await stepCause(books.db, { ...from, district: request.district ?? '' }))
  if (from && !cause) {
    return 'findingId' in from
      ? refused('unknown-finding', `没有问题 ${from.findingId}。`, `there is no finding ${from.findingId}`)
      : refused('wrong-state', `${request.district ?? ''} ${from.step}：没有失败、受阻或待审批的步骤。`, `${request.district ?? ''} ${from.step}: no such step has failed, is blocked or waits for an approval`)
  }
  const district = cause?.district ?? request.district ?? ''
  if (request.district && request.district !== district) return refused('malformed', `该问题属于 ${district}。`, `that finding belongs to ${district}`)
  if (!config.districts.districts.some(({ code }) => code === district)) return refused('malformed', `没有区划 ${district}。`, `there is no district ${district}`)
  const user = request.user ?? (cause ? request.actor : '')
  const text = request.text ?? (cause ? textOf(cause) : '')
  if (!user.trim() || !text.trim()) return refused('malformed', '需要用户和问题内容。', 'the user and the text are needed')
  return { district, user, channel, kind, text, ...(cause ? { from: causeOnly(cause) } : {}) }
}

const textOf = ({ step, zh, findingId, state }: FoundCause): string => (findingId ? zh : zh || `${STEP_NAMES[step as Step].zh}：${STATE_ZH[state ?? ''] ?? state}`)
const STATE_ZH: Record<string, string> = { failed: '失败', blocked: '受阻', 'awaiting-approval': '待审批' }
const causeOnly = ({ runId, step, generation, findingId, state }: FoundCause) => ({ runId, step, generation, ...(findingId ? { findingId } : {}), ...(state ? { state } : {}) })

interface Entered { problemId: string; wordId: string; existed: boolean; judged: boolean }

/** Writes the signed report down, or finds that it was written down before: two desks that take the same call make one problem. */
async function enter(deps: OperationsDeps, request: OpenProblemRequest, report: Report): Promise<Entered | Refused> {
  const { id, actor, calledAt } = request
  if (id !== undefined && !PROBLEM_ID.test(id)) return refused('malformed', `编号 ${id} 只能用字母、数字和 . _ -，最多 64 个。`, `an id has letters, digits and . _ - only, at most 64 of them: ${id}`)
  const service = loadService(deps.overlay)
  const at = await timeOf(deps)
  const { from, ...said } = report
  const entryKey = digestOf({ ...said, ...(from ? { text: '', from: [from.runId, from.step, from.findingId ?? ''] } : {}), calledAt: calledAt?.toISOString() ?? null })
  return deps.books.db.transaction().execute(async (trx) => {
    await lockKey(trx, `entry:${entryKey}`)
    if (id !== undefined) await lockKey(trx, `id:${id}`)
    const earlier = id === undefined ? await earlierReport(trx, entryKey, { calledAt, from: from !== undefined, service }) : await reportOf(trx, id)
    if (earlier) return sameCall(earlier, report, calledAt)
    const wordId = randomUUID()
    const problemId = id ?? `${report.district}-${dateAt(at.getTime(), service.zoneMs).replaceAll('-', '')}-${wordId.slice(0, 6)}`
    const word: OpenWord = { action: 'open', wordId, problemId, actor, signedAt: at.toISOString(), calledAt: (calledAt ?? at).toISOString(), ...report }
    const no = await signAndStore(deps, trx, word, entryKey)
    return no ?? { problemId, wordId, existed: false, judged: false }
  })
}

/** A call of a given time is that call for ever, a cause as long as its problem is open; other words only for a while. */
function earlierReport(trx: Transaction<Database>, entryKey: string, { calledAt, from, service }: { calledAt?: Date; from: boolean; service: ServiceConfig }) {
  const within = calledAt || from ? null : parseDuration(service.service.same_report_within)
  return sameReport(trx, entryKey, { within, always: calledAt !== undefined })
}

function sameCall({ payload, problemId, wordId, judged }: EarlierReport, report: Report, calledAt: Date | undefined): Entered | Refused {
  const before = JSON.parse(payload) as OpenWord
  const same = (['district', 'user', 'channel', 'kind', 'text'] as const).every((name) => before[name] === report[name]) && (!calledAt || before.calledAt === calledAt.toISOString())
  if (same || report.from) return { problemId, wordId, existed: true, judged }
  return refused('exists', `编号 ${problemId} 已用于另一个问题（${before.user}：${before.text.slice(0, 40)}）。`, `the id ${problemId} is another problem's (${before.user}: ${before.text.slice(0, 40)})`)
}

/** See `ProblemOperations.actOnProblem`. */
export async function actOnProblem(deps: OperationsDeps, { actor, problemId, word: said }: Parameters<ProblemOperations['actOnProblem']>[0]): Promise<Done> {
  const row = await deps.books.db.selectFrom('problems').select(['district', 'state']).where('problem_id', '=', problemId).executeTakeFirst()
  if (!row) return refused('unknown-problem', `没有问题 ${problemId}。`, `there is no problem ${problemId}`)
  // A problem that is resolved has no workflow any more; only what opens it again begins one.
  const no = refusedIn(said.action, row.state)
  if (no) return { ok: false, ...no }
  const wordId = randomUUID()
  const word = { ...said, wordId, problemId, actor, signedAt: (await timeOf(deps)).toISOString() } as ProblemWord
  const unsigned = await deps.books.db.transaction().execute((trx) => signAndStore(deps, trx, word))
  return unsigned ?? bring(deps, { problemId, district: row.district, wordId, action: said.action, actor })
}

/** One clock for everybody who signs: that of the books. */
async function timeOf({ books, now }: OperationsDeps): Promise<Date> {
  if (now) return now()
  return (await sql<{ now: Date }>`select clock_timestamp() as now`.execute(books.db)).rows[0]!.now
}

async function signAndStore({ keysFolder }: OperationsDeps, trx: Transaction<Database>, word: ProblemWord, entryKey?: string): Promise<Refused | null> {
  const problem = wordProblem(word)
  if (problem) return refused('malformed', `内容不合规：${problem}`, `this is malformed: ${problem}`)
  const payload = canonicalJson(word as unknown as Plain)
  const signature = signAs(keysFolder, word.actor, payload)
  if (signature === null) return refused('unknown-actor', `${keysFolder} 中没有 ${word.actor} 的私钥。`, `there is no private key of ${word.actor} in ${keysFolder}`)
  await storeWord(trx, { wordId: word.wordId, problemId: word.problemId, action: word.action, actor: word.actor, payload, signature, entryKey })
  return null
}

interface Bringing { problemId: string; district: string; wordId: string; action: ProblemAction; actor: string }

/** Takes a word to the problem's workflow, which is started when there is none. */
async function bring(deps: OperationsDeps, bringing: Bringing): Promise<Done> {
  const { problemId, district, wordId, actor } = bringing
  const answer = await send(deps, { district, runId: problemId }, { what: 'problem', by: actor, decisionId: wordId }, toProblem(deps, bringing))
  if (!answer.ok) {
    await deps.books.db.transaction().execute((trx) => judgedWord(trx, wordId, answer))
    return answer
  }
  const { accepted, refusal } = answer.value
  return accepted ? { ok: true } : { ok: false, ...refusal! }
}

function toProblem({ client }: OperationsDeps, { problemId, district, wordId, action }: Bringing): Message<ActOutcome> {
  const message = { wordId, action }
  const start = {
    workflowId: problemWorkflowId(problemId), taskQueue: TASK_QUEUE, workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    args: [{ problemId, district }] as Parameters<typeof problem>, memo: { district, problemId },
  }
  const ask = async (patience: number): Promise<ActOutcome> => {
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof problem>('problem', { ...start, workflowIdConflictPolicy: 'USE_EXISTING' })
    try {
      return await client.workflow.executeUpdateWithStart(actUpdate, { args: [message], updateId: wordId, startWorkflowOperation })
    } catch (error) {
      // The one before it was just ending: judged once whatever happens, the word is brought again.
      if (patience === 0 || !(error instanceof WorkflowNotFoundError)) throw error
      return ask(patience - 1)
    }
  }
  return {
    ask: () => ask(3),
    leave: () => client.workflow.signalWithStart<typeof problem, [Unanswered]>('problem', { ...start, signal: unansweredSignal, signalArgs: [{ update: actUpdate.name, message }] }),
  }
}
