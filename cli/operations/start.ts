/** Starts the year-end: runs in the books first, then one workflow for each district under the year's own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ApplicationFailure } from '@temporalio/common'
import {
  WithStartWorkflowOperation, WorkflowIdReusePolicy, WorkflowNotFoundError, WorkflowUpdateFailedError,
} from '@temporalio/client'
import { appendAudit } from '../../books/audit.ts'
import { type Run, latestRuns, scopesWithInput, storeRulePack } from '../../books/runs.ts'
import type { Config } from '../../config/load.ts'
import { type WaitTimes, parseDuration, withEscalateAfter } from '../../domain/deadlines.ts'
import { STEPS, type Step } from '../../domain/steps.ts'
import { TASK_QUEUE, districtWorkflowId, yearEndWorkflowId } from '../../workflows/ids.ts'
import { type DistrictInput, addDistrictsUpdate } from '../../workflows/messages.ts'
import type { yearEnd } from '../../workflows/year-end.ts'
import type { Done, Refused, StartRequest } from '../operations.ts'
import { type OperationsDeps, refused } from './deps.ts'
import { ANSWER_MS, Unreachable, isSilence } from './no-answer.ts'

/** See `Operations.start`. */
export async function start(deps: OperationsDeps, request: StartRequest): Promise<Done<{ started: readonly string[] }>> {
  const chosen = await chooseDistricts(deps, request)
  if (!Array.isArray(chosen)) return chosen
  const live = await refuseLive(deps, request, chosen)
  if (live) return live
  const inputs = await createRuns(deps, request, chosen)
  try {
    await startWorkflows(deps, request, inputs)
  } catch (error) {
    const lost = await giveUp(deps, inputs)
    if (isSilence(error) && lost === inputs.length) throw nothingStarted(error)
    if (error instanceof WorkflowUpdateFailedError) {
      return refused(
        'already-live', `已经开始，不能再次开始：${String(error.cause?.message)}`, `can not be started: ${String(error.cause?.message)}`,
      )
    }
    throw error
  }
  return { ok: true, started: inputs.map(({ district }) => district) }
}

const nothingStarted = (cause: unknown) => new Unreachable({
  zh: '没有工作进程应答，没有开始任何区划。用 nianjie up 或 nianjie worker 启动工作进程后重新开始。',
  en: 'no worker answered: nothing was started. Start a worker with nianjie up or nianjie worker, then start the districts again',
}, cause)

type Chosen = { scopeId: number; district: string }[]

async function chooseDistricts({ books, config }: OperationsDeps, { year, districts }: StartRequest): Promise<Chosen | Refused> {
  const known = new Map(config.districts.districts.map((district) => [district.code, district]))
  const unknown = districts.filter((code) => !known.has(code))
  if (unknown.length > 0) {
    return refused('unknown-district', `没有这些区划：${unknown.join('、')}`, `there are no districts ${unknown.join(', ')}`)
  }
  const withInput = await scopesWithInput(books.db, year)
  const wanted = districts.length > 0
    ? [...new Set(districts)]
    : withInput.map(({ district }) => district).filter((code) => known.get(code)?.enabled)
  const missing = wanted.filter((code) => !withInput.some(({ district }) => district === code))
  if (missing.length > 0 || wanted.length === 0) {
    return refused(
      'no-input', `${year} 年没有导入数据：${missing.join('、') || '全部区划'}。先执行 nianjie import。`,
      `nothing was imported for ${year}: ${missing.join(', ') || 'any district'}. Run nianjie import first.`,
    )
  }
  return withInput.filter(({ district }) => wanted.includes(district))
}

/** A live year-end is refused, and so is a real one that was signed off. A run whose workflow never came to be is closed. */
async function refuseLive(deps: OperationsDeps, { year, kind }: StartRequest, chosen: Chosen): Promise<Refused | null> {
  const latest = (await latestRuns(deps.books.db, kind, year))
    .filter(({ scopeId }) => chosen.some((one) => one.scopeId === scopeId))
  const live: string[] = []
  for (const run of latest) {
    if (run.state !== 'running' && run.state !== 'paused') continue
    if (await workflowIsOpen(deps, run)) live.push(run.district)
    else await closeRuns(deps, [run.runId])
  }
  if (live.length > 0) return refused('already-live', `年结正在进行：${live.join('、')}。`, `a year-end is live in: ${live.join(', ')}`)
  const done = kind === 'real' ? latest.filter(({ state }) => state === 'completed').map(({ district }) => district) : []
  return done.length > 0 ? refused(
    'already-completed', `${year} 年年结已经完成：${done.join('、')}。`, `the year-end of ${year} is completed in: ${done.join(', ')}`,
  ) : null
}

async function workflowIsOpen({ client }: OperationsDeps, run: Run): Promise<boolean> {
  try {
    const { status, memo } = await client.workflow.getHandle(run.workflowId).describe()
    return status.name === 'RUNNING' && (memo?.runId === undefined || memo.runId === run.runId)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** The runs in the books, and what each district's workflow is given. Nothing is started yet. */
export async function createRuns(
  { books, config }: Pick<OperationsDeps, 'books' | 'config'>, request: StartRequest, chosen: Chosen,
): Promise<DistrictInput[]> {
  const { year, kind, by } = request
  const { league } = config.districts
  return books.db.transaction().execute(async (trx) => {
    const rulesDigest = await storeRulePack(trx, config)
    const before = await latestRuns(trx, kind, year)
    const withLeague = chosen.some(({ district }) => district === league)
      || before.some(({ district, state }) => district === league && state !== 'cancelled')
    const inputs: DistrictInput[] = []
    for (const { scopeId, district } of chosen) {
      const { run_id: runId } = await trx.insertInto('runs').values({
        scope_id: scopeId, kind, workflow_id: districtWorkflowId(year, district, kind), state: 'running',
        rules_digest: rulesDigest,
        with_league: withLeague, league, started_by: by,
      }).returning('run_id').executeTakeFirstOrThrow()
      await trx.insertInto('step_states').values(STEPS.map((step) => ({ run_id: runId, step, state: 'pending' as const })))
        .execute()
      await appendAudit(trx, {
        district, kind: 'run.started', actor: by, subject: String(runId), detail: { year, kind, rules: rulesDigest, withLeague },
      })
      inputs.push(districtInput(config, {
        runId, district, year, kind, league, withLeague, times: timesOf(config, request.escalateAfterMs),
      }))
    }
    return inputs
  })
}

/** What a district's workflow is given. */
export function districtInput(config: Config, given: Omit<DistrictInput, 'approvers' | 'approverRoles'>): DistrictInput {
  const perStep = <T>(value: (step: Step) => T) =>
    Object.fromEntries(STEPS.map((step) => [step, value(step)])) as { [S in Step]: T }
  const { steps } = config.approvals
  return { ...given, approvers: perStep((step) => steps[step].approvers), approverRoles: perStep((step) => steps[step].roles) }
}

/** The waits of config/escalation.yaml, in milliseconds. */
export function timesOf({ escalation }: Config, escalateAfterMs?: number): WaitTimes {
  const times: WaitTimes = {
    reminderMs: parseDuration(escalation.reminder_after), escalateMs: parseDuration(escalation.escalate_after),
    repeatMs: parseDuration(escalation.repeat_after), ladder: escalation.ladder.map(({ roles }) => roles),
  }
  return escalateAfterMs === undefined ? times : withEscalateAfter(times, escalateAfterMs)
}

/** One call: the year's workflow is started when there is none, and given the districts. */
async function startWorkflows(
  deps: OperationsDeps, request: StartRequest, districts: readonly DistrictInput[], patience = 10,
): Promise<void> {
  const { client, config, answerMs = ANSWER_MS } = deps
  const { year, kind } = request
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof yearEnd>('yearEnd', {
    workflowId: yearEndWorkflowId(year, kind), taskQueue: TASK_QUEUE, workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    args: [{ year, kind, league: config.districts.league, districts: [] }],
  })
  try {
    await client.withDeadline(Date.now() + answerMs, () =>
      client.workflow.executeUpdateWithStart(addDistrictsUpdate, { startWorkflowOperation, args: [{ districts }] }))
  } catch (error) {
    if (patience === 0 || !(error instanceof WorkflowUpdateFailedError && isAlreadyLive(error.cause))) throw error
    // The districts' own workflows were seen to have ended: the year's workflow hears of it in a moment.
    await sleep(500)
    await startWorkflows(deps, request, districts, patience - 1)
  }
}

const isAlreadyLive = (cause: unknown): boolean => cause instanceof ApplicationFailure && cause.type === 'already-live'

/** @returns how many of the runs were closed, because they have no workflow */
async function giveUp(deps: OperationsDeps, inputs: readonly DistrictInput[]): Promise<number> {
  const lost: number[] = []
  for (const { runId, district, year, kind } of inputs) {
    const run = { runId, workflowId: districtWorkflowId(year, district, kind) } as Run
    if (!(await workflowIsOpen(deps, run).catch(() => true))) lost.push(runId)
  }
  await closeRuns(deps, lost)
  return lost.length
}

async function closeRuns({ books }: OperationsDeps, runIds: readonly number[]): Promise<void> {
  if (runIds.length === 0) return
  await books.db.updateTable('runs').set({ state: 'cancelled', ended_at: new Date() }).where('run_id', 'in', [...runIds])
    .execute()
}
