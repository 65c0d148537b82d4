/** One wait on a person: it ends with a decision, a new check or the end of the run; until then its alarms go off. */
import { condition } from '@temporalio/workflow'
import { type Alarm, alarmAt } from '../domain/deadlines.ts'
import type { Step } from '../domain/steps.ts'
import { markProjected, project } from './projection.ts'
import { books, post } from './proxies.ts'
import { type DistrictRun, type Wait, deadlineOf, isOver } from './run.ts'

/**
 * Waits until the step is no longer in the wait that it is in now.
 * Deadlines are absolute: a restart neither loses nor repeats one, and a pause does not move it. While the run is paused
 * nobody is called; what came due meanwhile goes out when it resumes, unless the wait is over by then.
 */
export async function waitForPerson(run: DistrictRun, step: Step): Promise<void> {
  const wait = run.steps[step].wait
  if (!wait) return
  await project(run)
  const over = () => run.steps[step].wait !== wait || isOver(run)
  while (!over()) {
    const alarm = alarmAt(wait.since, run.input.times, wait.raised)
    const left = alarm.at - Date.now()
    if (left > 0 && await condition(over, left)) return
    await condition(() => !run.paused || over())
    if (over()) return
    await raise(run, step, wait, alarm)
  }
}

/** Records the alarm once, then sees to its delivery without keeping anybody waiting. */
async function raise(run: DistrictRun, step: Step, wait: Wait, alarm: Alarm): Promise<void> {
  const status = run.steps[step]
  wait.raised += 1
  status.level = alarm.level
  const deadline = deadlineOf(run, status)!
  markProjected(run, step)
  const { notificationId } = await books.raiseAlarm({
    runId: run.input.runId, step, generation: status.generation, kind: alarm.kind, level: alarm.level,
    roles: alarm.kind === 'reminder' ? status.waitingOn?.split(',') ?? [] : alarm.roles,
    dueAt: new Date(alarm.at).toISOString(), waitingSince: new Date(wait.since).toISOString(), deadline,
  })
  run.deliveries.run(() => post.deliver({ notificationId })).catch(() => {
    // Each attempt stands in the delivery record; a channel that is down must never hold the year-end.
  })
}
