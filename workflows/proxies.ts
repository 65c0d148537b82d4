/** The activities as the workflows see them, with every option written out. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { SQL_TASK_QUEUE, TASK_QUEUE } from './ids.ts'

/** Permanent errors are marked by the activities themselves (activities/failures.ts): everything else is tried again. */
const RETRY = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' } as const

/** Short work on the books: decisions, projection, alarms. Never behind a heavy step. */
export const books = proxyActivities<Activities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '60s',
  // A worker that was killed is noticed by its silence, long before the time is up.
  heartbeatTimeout: '20s',
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
})

/** Heavy SQL: hours are allowed, silence is not. */
export const sql = proxyActivities<Activities>({
  taskQueue: SQL_TASK_QUEUE,
  startToCloseTimeout: '6h',
  heartbeatTimeout: '30s',
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
})

/** Delivery of a notification; each attempt is recorded, and the configured number of attempts bounds it from inside. */
export const post = proxyActivities<Activities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '60s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '60s', maximumAttempts: 20 },
  // When the run ends nobody waits for it: an attempt under way finds by itself that the wait is over.
  cancellationType: ActivityCancellationType.ABANDON,
})
