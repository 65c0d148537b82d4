/** One wait on a person: it ends with a decision, a new check or the end of the run; until then its alarms go off. */
import { condition } from '@temporalio/workflow'
import type { AlarmRequest } from '../activities/contract.ts'
import { type Alarm, alarmAt } from '../domain/deadlines.ts'
import type { Step } from '../domain/steps.ts'
import { markProjected, project } from './projection.ts'
import { books, post } from './proxies.ts'
import { type AskedUndo, type DistrictRun, type Wait, deadlineOf, escalatesAt, isOver } from './run.ts'

/** Waits until the step is no longer in the wait that it is in now. */
export async function waitForPerson(run: DistrictRun, step: Step): Promise<void> {
  const status = run.steps[step]
  const { wait } = status
  if (!wait) return
  await project(run)
  await soundAlarms(run, wait, () => status.wait !== wait || isOver(run), (alarm) => {
    status.level = alarm.level
    const deadline = deadlineOf(run, status)!
    markProjected(run, step)
    return { step, generation: status.generation, roles: rolesOf(alarm, status.waitingOn), deadline }
  })
}

/** Waits until the request for an undo is decided or falls, or `disturbed` asks to look at something else first. */
export async function waitForUndo(run: DistrictRun, asked: AskedUndo, disturbed: () => boolean = () => false): Promise<void> {
  const { wait } = asked
  const over = () => run.asked?.wait !== wait || isOver(run) || disturbed()
  await soundAlarms(run, wait, over, (alarm) => ({
    step: 'carry-forward', generation: run.steps['carry-forward'].generation, roles: rolesOf(alarm, asked.waitingOn),
    deadline: escalatesAt(run, wait), undoRequest: asked.requestId,
  }))
}

type AlarmOf = Pick<AlarmRequest, 'step' | 'generation' | 'roles' | 'deadline' | 'undoRequest'>

/** A reminder goes to whoever is waited for, an escalation to its rung. */
const rolesOf = (alarm: Alarm, waitingOn: string | null): readonly string[] =>
  (alarm.kind === 'reminder' ? waitingOn?.split(',') ?? [] : alarm.roles)

/**
 * Deadlines are absolute: a restart neither loses nor repeats one, and a pause does not move it. While the run is paused
 * nobody is called; what came due meanwhile goes out when it resumes, unless the wait is over by then.
 */
async function soundAlarms(run: DistrictRun, wait: Wait, over: () => boolean, about: (alarm: Alarm) => AlarmOf): Promise<void> {
  while (!over()) {
    const alarm = alarmAt(wait.since, run.input.times, wait.raised)
    const left = alarm.at - Date.now()
    if (left > 0 && await condition(over, left)) return
    await condition(() => !run.paused || over())
    if (over()) return
    wait.raised += 1
    await raise(run, wait, alarm, about(alarm))
  }
}

/** Records the alarm once, then sees to its delivery without keeping anybody waiting. */
async function raise(run: DistrictRun, wait: Wait, alarm: Alarm, about: AlarmOf): Promise<void> {
  const { notificationId } = await books.raiseAlarm({
    runId: run.input.runId, kind: alarm.kind, level: alarm.level, ...about,
    dueAt: new Date(alarm.at).toISOString(), waitingSince: new Date(wait.since).toISOString(),
  })
  run.deliveries.run(() => post.deliver({ notificationId })).catch(() => {
    // Each attempt stands in the delivery record; a channel that is down must never hold the year-end.
  })
}
