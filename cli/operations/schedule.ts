/** The Temporal Schedules of the monthly check: one for each district. */
import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import { TASK_QUEUE, inTransitWatchId } from '../../workflows/ids.ts'
import type { inTransitWatch } from '../../workflows/in-transit-watch.ts'
import type { OperationsDeps } from './deps.ts'

export interface ScheduleState {
  district: string
  on: boolean
  timeZone: string | null
  /** ISO 8601 UTC. */
  next: string | null
  last: string | null
}

/** Makes the schedules of these districts what config/documents.yaml says; one that is there is brought up to date. */
export async function scheduleOn(
  { client, config }: Pick<OperationsDeps, 'client' | 'config'>, districts: readonly string[],
): Promise<void> {
  const { cron, time_zone: timezone, catch_up: catchupWindow } = config.documents.watch
  for (const district of districts) {
    const scheduleId = inTransitWatchId(district)
    const what = {
      spec: { cronExpressions: [cron], timezone },
      // One that was missed while the server was down is caught up within this time.
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, catchupWindow },
      action: {
        type: 'startWorkflow' as const, workflowType: 'inTransitWatch' as unknown as typeof inTransitWatch,
        workflowId: scheduleId, taskQueue: TASK_QUEUE, args: [{ district }] as [{ district: string }],
      },
    }
    const handle = client.schedule.getHandle(scheduleId)
    try {
      await handle.update((before) => ({ ...before, ...what, state: { ...before.state, paused: false } }))
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
      await client.schedule.create({ scheduleId, ...what })
    }
  }
}

/** Ends the schedules of these districts; what they checked stays. @returns the districts that had one */
export async function scheduleOff({ client }: Pick<OperationsDeps, 'client'>, districts: readonly string[]): Promise<string[]> {
  const ended: string[] = []
  for (const district of districts) {
    try {
      await client.schedule.getHandle(inTransitWatchId(district)).delete()
      ended.push(district)
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
    }
  }
  return ended
}

/**
 * Runs the check of a district for every due time between two moments: months before it was switched on, or further back than the
 * window.
 */
export async function scheduleBackfill(
  { client }: Pick<OperationsDeps, 'client'>, district: string, start: Date, end: Date,
): Promise<boolean> {
  try {
    await client.schedule.getHandle(inTransitWatchId(district)).backfill({ start, end, overlap: ScheduleOverlapPolicy.ALLOW_ALL })
    return true
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false
    throw error
  }
}

/** Whether each district has a schedule, and when it runs. */
export async function scheduleList(
  { client }: Pick<OperationsDeps, 'client'>, districts: readonly string[],
): Promise<ScheduleState[]> {
  const states: ScheduleState[] = []
  for (const district of districts) {
    try {
      const { spec, info } = await client.schedule.getHandle(inTransitWatchId(district)).describe()
      states.push({
        district, on: true, timeZone: spec.timezone ?? null,
        next: info.nextActionTimes[0]?.toISOString() ?? null, last: info.recentActions.at(-1)?.scheduledAt.toISOString() ?? null,
      })
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
      states.push({ district, on: false, timeZone: null, next: null, last: null })
    }
  }
  return states
}
