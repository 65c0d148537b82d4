/** Messages to a district's workflow. Registered before its first await; validators are synchronous and only look at state. */
import { ApplicationFailure, setHandler } from '@temporalio/workflow'
import type { Judgement } from '../activities/contract.ts'
import { STEPS, stepsAfter, type RunState, type Step } from '../domain/steps.ts'
import { hear, heard } from './hearing.ts'
import {
  type DecisionOutcome, cancelUpdate, decideUpdate, districtViewQuery, inputChangedSignal, pauseUpdate, reachedReconcileSignal,
  recheckUpdate, resumeUpdate,
} from './messages.ts'
import { project, projectionOf } from './projection.ts'
import { books } from './proxies.ts'
import { heedUndo } from './undo.ts'
import { type DistrictRun, endWait, isOver, resetStep, standing, startWait } from './run.ts'

/** A refusal that a client turns into exit code 3; it leaves no history. */
function refuse(zh: string, en: string, type: 'wrong-state' | 'ended' = 'wrong-state'): never {
  throw ApplicationFailure.create({ message: en, type, nonRetryable: true, details: [{ code: 'wrong-state', zh, en }] })
}

/** Registers every handler of the district's messages. */
export function handleMessages(run: DistrictRun): void {
  hear(
    heard(decideUpdate, ({ decisionId }) => run.exclusive(() => decide(run, decisionId)), () => mustHear(run)),
    heard(pauseUpdate, ({ by }) => pause(run, true, by), () => mustBeAtWork(run)),
    heard(resumeUpdate, ({ by }) => pause(run, false, by), () => mustBePaused(run)),
    heard(cancelUpdate, ({ by }) => cancel(run, by), () => mustBeOpen(run)),
    heard(recheckUpdate, ({ step, by }) => run.exclusive(() => recheck(run, step, by)), ({ step }) => mustBeAtRest(run, step)),
  )
  setHandler(inputChangedSignal, () => { run.inputChanges += 1 })
  setHandler(reachedReconcileSignal, () => { run.leagueReached = true })
  setHandler(districtViewQuery, () => ({
    district: run.input.district, year: run.input.year, state: runStateOf(run), steps: STEPS.map((step) => projectionOf(run, step)),
  }))
}

const runStateOf = (run: DistrictRun): RunState => run.signedOff ? 'completed' : run.ending ?? (run.paused ? 'paused' : 'running')

function mustBeOpen(run: DistrictRun): void {
  if (isOver(run) || run.signedOff) refuse('该区划的年结已经结束。', 'the year-end of this district has ended', 'ended')
}

/** After the sign-off words on an undo and the lock are still heard; the judge refuses all others. */
function mustHear(run: DistrictRun): void {
  if (!run.signedOff) mustBeAtWork(run)
}

function mustBeAtWork(run: DistrictRun): void {
  mustBeOpen(run)
  if (run.input.kind === 'rehearsal') return
  if (run.paused) refuse('该区划的年结已暂停：先恢复（nianjie resume）。', 'the year-end of this district is paused: resume it first (nianjie resume)')
}

function mustBePaused(run: DistrictRun): void {
  mustBeOpen(run)
  if (!run.paused) refuse('该区划的年结没有暂停。', 'the year-end of this district is not paused')
}

/** A recheck takes back what a step came to; a step that has come to nothing yet, or whose word stands, has nothing to take back. */
function mustBeAtRest(run: DistrictRun, asked: Step): void {
  mustBeAtWork(run)
  if (!STEPS.includes(asked)) refuse(`没有这个步骤：${asked}`, `there is no step ${asked}`)
  switch (run.steps[rechecked(run, asked)].state) {
    case 'pending': return refuse('该步骤尚未开始：轮到时会按当时的数据检查。', 'this step has not begun: when its turn comes it is checked with the data of that time')
    case 'running': return refuse('该步骤正在运行：等它结束再重新检查。', 'this step is running: check it again when it has ended')
    case 'approved': return refuse('该步骤已审批，数据未变则审批有效；重新导入数据会自动重新检查。', 'this step is approved and stays so while its input is the same; a new import checks it again by itself')
    default:
  }
}

/** I1–I4 are found when the carry-forward is planned: asking for the step that owns them means that plan. */
const rechecked = (run: DistrictRun, asked: Step): Step => asked === 'initialise' && run.steps['carry-forward'].state === 'blocked' ? 'carry-forward' : asked

async function decide(run: DistrictRun, decisionId: string): Promise<DecisionOutcome> {
  // It may have ended while this one waited for its turn.
  if (isOver(run)) mustBeOpen(run)
  const judgement = await books.judge({ runId: run.input.runId, decisionId, steps: standing(run) })
  if (judgement.outcome.accepted) {
    follow(run, judgement)
    await heedUndo(run, judgement)
    await project(run)
  }
  return judgement.outcome
}

/** What an accepted decision changes; the counts come from the books, so a decision sent twice counts once. */
function follow(run: DistrictRun, judgement: Judgement): void {
  for (const { step, evidenceDigest, open, approvals } of judgement.touched) {
    const status = run.steps[step]
    const warned = status.open.warnings > 0
    Object.assign(status, { evidenceDigest, open, approvals })
    switch (judgement.kind) {
      case 'approve':
        if (approvals >= run.input.approvers[step]) settleApproved(run, step)
        else startWait(run, step, 'awaiting-approval')
        break
      case 'reject':
        status.approvals = 0
        startWait(run, step, 'blocked', rejection(judgement))
        break
      case 'findings':
        if (status.state === 'blocked' && !status.failure && open.errors === 0) startWait(run, step, 'awaiting-approval')
        else if (status.state === 'awaiting-approval' && warned && open.warnings === 0) startWait(run, step, 'awaiting-approval')
        break
      case 'undo': case 'approve-undo': case 'reject-undo': case 'control': case null: break
      default: judgement.kind satisfies never
    }
  }
}

function settleApproved(run: DistrictRun, step: Step): void {
  const status = run.steps[step]
  endWait(status)
  if (step === 'carry-forward') {
    Object.assign(status, { state: 'running', phase: 'apply' })
    return
  }
  status.state = 'approved'
  status.endedAt = Date.now()
}

function rejection({ actor, comment }: Judgement): { code: string; zh: string; en: string } {
  return {
    code: 'rejected', zh: `${actor} 退回：${comment}。处理后执行 nianjie recheck。`,
    en: `${actor} sent it back: ${comment}. Mend it, then run nianjie recheck.`,
  }
}

async function pause(run: DistrictRun, paused: boolean, by: string): Promise<void> {
  run.paused = paused
  await project(run, paused ? 'paused' : 'running', by)
}

async function cancel(run: DistrictRun, by: string): Promise<void> {
  run.endedBy = by
  run.ending = 'cancelled'
  for (const scope of run.working.values()) scope.cancel()
  await project(run)
}

async function recheck(run: DistrictRun, asked: Step, by: string): Promise<void> {
  const step = rechecked(run, asked)
  const state = run.steps[step].state
  if (state === 'pending' || state === 'running' || state === 'approved') return
  await dropSteps(run, [step], `recheck by ${by}`)
}

/** Steps that have to run again, and every later one that used them: their results and approvals are void from now on. */
export async function dropSteps(run: DistrictRun, fallen: readonly Step[], reason: string): Promise<void> {
  const all = new Set(fallen.flatMap((step) => [step, ...stepsAfter(step)]))
  const steps = STEPS.filter((step) => all.has(step) && run.steps[step].state !== 'pending')
    .map((step) => ({ step, generation: run.steps[step].generation }))
  if (steps.length === 0) return
  for (const { step } of steps) resetStep(run, step)
  await books.voidSteps({ runId: run.input.runId, steps, reason })
  await project(run)
}
