/** The state of one district's run inside its workflow: plain data and the few transitions that it knows. */
import { CancellationScope } from '@temporalio/workflow'
import type { OpenCounts, StepFailure, StepStanding } from '../activities/contract.ts'
import { nextEscalation } from '../domain/deadlines.ts'
import { CHAIN, STEPS, type Step, type StepState } from '../domain/steps.ts'
import type { DistrictInput } from './messages.ts'

/** A wait on people. A new wait is a new object: whoever holds an old one knows that it is over. */
export interface Wait {
  since: number
  /** How many of its alarms were raised. */
  raised: number
}

/** An undo that somebody asked for and that others have not decided yet. */
export interface AskedUndo {
  requestId: string
  /** Roles that may decide it, joined by commas. */
  waitingOn: string
  /** How many agreed so far: each further person has a wait of their own. */
  approvals: number
  wait: Wait
}

export interface StepStatus {
  step: Step
  state: StepState
  /** Of the carry-forward. `apply`: approved, and now being carried out; `undo`: now being taken back. */
  phase: 'check' | 'apply' | 'undo'
  attempt: number
  generation: number
  startedAt: number | null
  endedAt: number | null
  evidenceDigest: string | null
  open: OpenCounts
  approvals: number
  failure: StepFailure | null
  waitingOn: string | null
  wait: Wait | null
  level: number
}

export interface DistrictRun {
  readonly input: DistrictInput
  readonly steps: Record<Step, StepStatus>
  paused: boolean
  /** Set once: how the run ends. */
  ending: 'completed' | 'cancelled' | null
  endedBy: string | null
  /** Signed off before this workflow began: nothing is at work, only words on an undo or the lock are heard. */
  signedOff: boolean
  /** The undo that was approved and is not carried out yet. */
  undo: { requestId: string; reason: string } | null
  /** The undo that was asked for and not decided yet. */
  asked: AskedUndo | null
  leagueReached: boolean
  /** Announcements of changed input: received, and looked into. */
  inputChanges: number
  inputSeen: number
  /** Scopes of the steps that are at work, to cancel what fell. */
  readonly working: Map<Step, CancellationScope>
  /** What the projection was last told of each step. */
  readonly projected: Map<Step, string>
  readonly deliveries: CancellationScope
  exclusive<T>(work: () => Promise<T>): Promise<T>
  projecting: Promise<void>
}

/** A run before its first step. */
export function openRun(input: DistrictInput): DistrictRun {
  const steps = Object.fromEntries(STEPS.map((step) => [step, pendingStep(step)])) as Record<Step, StepStatus>
  return {
    input, steps, paused: false, ending: null, endedBy: null, signedOff: input.reopened === true, undo: null, asked: null,
    leagueReached: false, inputChanges: 0, inputSeen: 0,
    working: new Map(), projected: new Map(), deliveries: new CancellationScope({ cancellable: true }), exclusive: oneAtATime(),
    projecting: Promise.resolve(),
  }
}

function pendingStep(step: Step): StepStatus {
  return {
    step, state: 'pending', phase: 'check', attempt: 0, generation: 0, startedAt: null, endedAt: null, evidenceDigest: null,
    open: { errors: 0, warnings: 0 }, approvals: 0, failure: null, waitingOn: null, wait: null, level: 0,
  }
}

/** Decisions, rechecks and input changes are taken one after another: each sees what the one before it left. */
function oneAtATime(): DistrictRun['exclusive'] {
  let tail: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = tail.then(work)
    tail = mine.catch(() => {})
    return mine
  }
}

/** The earliest step of the chain that is not approved; null while only asset-health is missing. */
export function earliestOpen(run: DistrictRun): Step | null {
  for (const step of CHAIN) if (run.steps[step].state !== 'approved') return step
  return run.steps['asset-health'].state === 'approved' ? 'sign-off' : null
}

export const isOver = (run: DistrictRun): boolean => run.ending !== null

/** Puts a step into a wait on people; its clock starts now. */
export function startWait(run: DistrictRun, step: Step, state: StepState, failure: StepFailure | null = null): void {
  const status = run.steps[step]
  const engineers = state !== 'awaiting-approval' || status.open.warnings > 0
  status.state = state
  status.failure = failure
  status.level = 0
  if (run.input.kind === 'rehearsal') {
    status.endedAt = Date.now()
    return
  }
  status.waitingOn = engineers ? 'engineer' : run.input.approverRoles[step].join(',')
  status.wait = { since: Date.now(), raised: 0 }
}

/** Ends whatever the step was waiting for. */
export function endWait(status: StepStatus): void {
  status.wait = null
  status.waitingOn = null
  status.level = 0
}

/** The step has to run again: what it had found and got approved no longer counts. */
export function resetStep(run: DistrictRun, step: Step): void {
  const status = run.steps[step]
  endWait(status)
  Object.assign(status, {
    state: 'pending', phase: 'check', evidenceDigest: null, open: { errors: 0, warnings: 0 }, approvals: 0, failure: null,
    startedAt: null, endedAt: null,
  } satisfies Partial<StepStatus>)
  run.working.get(step)?.cancel()
}

/** When the wait escalates next, as ISO 8601 UTC. */
export function deadlineOf(run: DistrictRun, status: StepStatus): string | null {
  return status.wait ? escalatesAt(run, status.wait) : null
}

/** The same of any wait. */
export const escalatesAt = (run: DistrictRun, wait: Wait): string =>
  new Date(nextEscalation(wait.since, run.input.times, wait.raised)).toISOString()

/** What the judge of a decision needs to know of the steps; a paused or ended run decides nothing. */
export function standing(run: DistrictRun): StepStanding[] {
  return STEPS.map((step) => {
    const { generation, evidenceDigest } = run.steps[step]
    return { step, state: shownState(run, run.steps[step]), generation, evidenceDigest }
  })
}

const ACTIVE: readonly StepState[] = ['running', 'blocked', 'awaiting-approval', 'failed']

/** The state that people see: what is at work shows as paused while the run is paused, as cancelled when it was cancelled. */
export function shownState(run: DistrictRun, status: StepStatus): StepState {
  if (run.ending === 'cancelled' && status.state !== 'approved') return 'cancelled'
  return run.paused && ACTIVE.includes(status.state) ? 'paused' : status.state
}
